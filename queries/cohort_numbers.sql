-- One row.
-- Answers: how many patients are in the cohort, how many of their sessions went with a rise, and how much is done?
-- Definition: sessions with a rise are k of the n that can be judged; adherence is the median over patients with enough
-- data.
-- Parameters: $as_of, $since (dates); $severity, $site, $clinician (lists; an empty one keeps everyone).
SELECT
    count(*) AS patients,
    count(*) FILTER (WHERE sessions > 0) AS exercising,
    coalesce(sum(sessions), 0) AS sessions,
    coalesce(sum(assessable), 0) AS assessable,
    coalesce(sum(with_rise), 0) AS with_rise,
    count(*) FILTER (WHERE with_rise > 0) AS patients_with_rise,
    coalesce(sum(stopped), 0) AS stopped,
    median(adherence) AS adherence,
    count(adherence) AS patients_with_adherence,
    count(*) FILTER (WHERE adherence_label = 'adherent') AS adherent
FROM cohort_patient($as_of, $since, $severity, $site, $clinician)
