-- One row per logged row of the upload at hand, the first ones, as they would be stored.
-- Parameters: $upload_id; $most: how many.
SELECT
    line_no AS line,
    patient_id,
    CASE
        WHEN has_time THEN strftime(performed_at, '%Y-%m-%d %H:%M')
        ELSE strftime(performed_at, '%Y-%m-%d')
    END AS performed_at,
    session_id,
    coalesce(
        exercise_name,
        exercise,
        CASE WHEN coalesce(pain_during, pain_after) IS NULL THEN 'pain entry' ELSE 'unstated' END
    ) AS exercise,
    side,
    "sets",
    reps,
    duration_s,
    CAST(pain_before AS DOUBLE) AS pain_before,
    CAST(pain_during AS DOUBLE) AS pain_during,
    CAST(pain_after AS DOUBLE) AS pain_after,
    stopped_early,
    notes
FROM clinic.log_row
WHERE upload_id = $upload_id
ORDER BY row_id
LIMIT $most
