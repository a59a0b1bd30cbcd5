-- Stores the sound rows among those that 03_check.sql looked at. Reads: checked.
-- Parameters: $upload_id; $first_row_id.
INSERT INTO clinic.log_row
SELECT
    $first_row_id + 2 * line_no + part_no AS row_id,
    $upload_id AS upload_id,
    line_no,
    NULL AS revises,
    patient_id,
    performed_at,
    has_time,
    session_id,
    exercise,
    exercise_name,
    side,
    "sets",
    reps,
    duration_s,
    pain_before,
    pain_during,
    pain_after,
    stopped_early,
    notes,
    utc_offset_minutes
FROM checked
WHERE no_data IS NULL AND line_no = row_line AND line_no NOT IN (SELECT line_no FROM checked WHERE fault IS NOT NULL)
ORDER BY line_no, part_no
