-- One row per step of adherence (5 % wide) and of median peak pain (half a point wide) in which there are patients,
-- those with a session with a rise apart from those without.
-- Answers: how does adherence go with pain across a cohort that is too large for a mark per patient?
-- Definition: patients are those of cohort_points. A step of adherence begins with adherence_from, and the last one
-- ends with 1; median_peak is the middle of its step; patient_ids are all of the step's patients, by id.
-- Parameters: $as_of, $since (dates); $severity, $site, $clinician (lists; an empty one keeps everyone).
SELECT
    least(floor(adherence * 20), 19) / 20 AS adherence_from,
    round(median_peak * 2) / 2 AS median_peak,
    with_rise > 0 AS rises,
    count(*) AS patients,
    list(patient_id ORDER BY patient_id) AS patient_ids
FROM cohort_patient($as_of, $since, $severity, $site, $clinician)
WHERE adherence IS NOT NULL AND median_peak IS NOT NULL
GROUP BY ALL
ORDER BY ALL
