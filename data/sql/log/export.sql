-- One row per logged row that counts, in the contract's columns and the order in which the rows came.
-- Answers: what is the whole log, in a form that any Supine imports again?
SELECT
    patient_id,
    CASE
        WHEN has_time THEN CAST(performed_at AS VARCHAR) || coalesce(written_offset(utc_offset_minutes), '')
        ELSE strftime(performed_at, '%Y-%m-%d')
    END AS performed_at,
    session_id,
    coalesce(
        exercise_name,
        exercise,
        -- A day on which somebody wrote that there was no exercise; with an empty cell the line would say nothing.
        CASE WHEN coalesce(pain_before, pain_during, pain_after) IS NULL THEN 'none' END
    ) AS exercise,
    side,
    "sets",
    reps,
    duration_s,
    pain_before,
    pain_during,
    pain_after,
    CASE stopped_early WHEN true THEN 'yes' WHEN false THEN 'no' END AS stopped_early,
    notes
FROM clinic.log_row
WHERE row_id NOT IN (SELECT row_id FROM uncounted_row())
ORDER BY row_id
