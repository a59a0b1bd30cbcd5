-- Looks closely at the lines that 02_take.sql has not stored, or at all of them where it did not run.
-- Makes: checked. Reads: incoming, through 01_line.sql. Parameters: as there.
INSERT INTO checked BY NAME
SELECT
    line_no,
    line_no AS row_line,
    part_no,
    no_data,
    ends_early,
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
    utc_offset_minutes,
    score_time,
    split_part(fault, ' ', 2) AS fault,
    nullif(split_part(fault, ' ', 1), 'line') AS fault_column,
    fault_value,
    CASE
        WHEN fault = 'line not_chosen' THEN json_object('header', unread_header)
        ELSE fault_details(split_part(fault, ' ', 2), $bounds[split_part(fault, ' ', 1)], cells, $written.width)
    END AS fault_details,
    CASE WHEN fault IS NOT NULL OR score_time IS NOT NULL THEN line END AS line
FROM log_line(
        $written, $place, $meaning, $bounds, $exercise_words, $side_words, $yes_no_words, $score_times, $missing
    )
