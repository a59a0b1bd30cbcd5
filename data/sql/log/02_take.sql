-- Stores the lines of a log with which nothing is wrong or out of the ordinary; the others are for 03_check.sql.
-- The short way of a large file: its rows go straight to where they stay.
-- Reads: incoming, through 01_line.sql. Parameters: as there; $upload_id; $first_row_id.
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
FROM (
    SELECT
        *,
        -- Without random() DuckDB would move this condition to where the values are made, and make each of them twice.
        is_in_order AND random() >= 0 AS is_taken
    FROM log_line(
        $written, $place, $meaning, $bounds, $exercise_words, $side_words, $yes_no_words, $score_times, $missing
    )
) AS read_line
WHERE is_taken
