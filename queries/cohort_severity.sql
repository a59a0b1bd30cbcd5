-- One row per severity band that the cohort has.
-- Answers: how does the cohort split by symptom severity, and how does each part fare?
-- Parameters: $as_of, $since (dates); $severity, $site, $clinician (lists; an empty one keeps everyone).
SELECT
    coalesce(severity, 'unknown') AS severity,
    count(*) AS patients,
    sum(assessable) AS assessable,
    sum(with_rise) AS with_rise,
    median(adherence) AS adherence,
    median(median_peak) AS median_peak
FROM cohort_patient($as_of, $since, $severity, $site, $clinician)
GROUP BY coalesce(severity, 'unknown')
ORDER BY list_position(['severe', 'moderate', 'mild', 'none', 'unknown'], coalesce(severity, 'unknown'))
