-- One row per patient on one page of the cohort's table, the most severe first, then by id.
-- Answers: who is in the cohort, and how have they been over the period?
-- Definition: rises are those of the last sessions that can be judged, oldest first; patients counts all pages.
-- Parameters: $as_of, $since (dates); $severity, $site, $clinician (lists; an empty one keeps everyone); $limit,
-- $offset (integers).
WITH page AS (
    SELECT
        *,
        count(*) OVER () AS patients
    FROM cohort_patient($as_of, $since, $severity, $site, $clinician)
    ORDER BY
        list_position(['severe', 'moderate', 'mild', 'none', 'unknown'], coalesce(severity, 'unknown')),
        patient_id
    LIMIT $limit
    OFFSET $offset
),

trend AS (
    SELECT
        patient_id,
        list(rise ORDER BY started_at)[-14:] AS rises
    FROM session($as_of)
    WHERE rise IS NOT NULL AND day >= CAST($since AS DATE) AND patient_id IN (SELECT patient_id FROM page)
    GROUP BY patient_id
)

SELECT
    page.*,
    trend.rises
FROM page
LEFT JOIN trend USING (patient_id)
ORDER BY
    list_position(['severe', 'moderate', 'mild', 'none', 'unknown'], coalesce(page.severity, 'unknown')),
    page.patient_id
