-- One row per patient with adherence and at least one peak in the period.
-- Answers: how does adherence go with pain across the cohort?
-- Parameters: $as_of, $since (dates); $severity, $site, $clinician (lists; an empty one keeps everyone).
SELECT
    patient_id,
    severity,
    adherence,
    median_peak,
    with_rise,
    assessable
FROM cohort_patient($as_of, $since, $severity, $site, $clinician)
WHERE adherence IS NOT NULL AND median_peak IS NOT NULL
ORDER BY patient_id
