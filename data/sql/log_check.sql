-- One row per logged row that a line of the file says, or per line that is none; `fault` says what is wrong with it,
-- and `row_line` is the line under which the row is stored.
-- Reads: incoming, through log_line.sql. Parameters: as there; $only_header: the header of its only_column.
CREATE OR REPLACE TEMP TABLE checked AS
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
    score_time,
    CASE WHEN fault IS NOT NULL THEN fault_of(
        nullif(split_part(fault, ' ', 1), 'line'),
        fault_value,
        CASE fault
            WHEN 'line torn' THEN 'the quotation marks on this line do not match'
            WHEN 'line wide'
                THEN printf('the line has %d cells where the header has %d', cells, $width)
            WHEN 'line short' THEN printf('the line ends after %d of %d cells', cells, $width)
            WHEN 'line other' THEN printf(
                'the line is no set or session: its %s is %s', $only_header, coalesce(form, 'empty')
            )
            WHEN 'score_time wrong' THEN 'does not say before, during or after'
            WHEN 'patient_id long' THEN too_long($bounds.patient_id)
            WHEN 'performed_at wrong' THEN 'is not a date that exists'
            WHEN 'performed_at early' THEN 'is before 1990'
            WHEN 'performed_at future' THEN 'is in the future'
            WHEN 'session_id long' THEN too_long($bounds.session_id)
            WHEN 'exercise long' THEN 'is longer than 200 characters'
            WHEN 'exercise missing' THEN 'is missing, and there is no pain score either'
            WHEN 'side wrong' THEN 'is not left, right or both'
            WHEN 'sets wrong' THEN wrong_number(fault_number, $bounds.sets)
            WHEN 'reps wrong' THEN wrong_number(fault_number, $bounds.reps)
            WHEN 'duration_s wrong' THEN wrong_number(fault_number, $bounds.duration_s)
            WHEN 'pain_before wrong' THEN wrong_number(fault_number, $bounds.pain_before)
            WHEN 'pain_during wrong' THEN wrong_number(fault_number, $bounds.pain_during)
            WHEN 'pain_after wrong' THEN wrong_number(fault_number, $bounds.pain_after)
            WHEN 'stopped_early wrong' THEN 'is not yes or no'
            WHEN 'notes long' THEN too_long($bounds.notes)
            ELSE 'is missing'
        END
    ) END AS fault,
    CASE WHEN fault IS NOT NULL OR score_time IS NOT NULL THEN line END AS line
FROM log_line(
    $header_line, $header, $delimiter, $quote, $escape, $cell_pattern, $width, $needed, $hash_is_data, $last_line,
    $last_is_cut, $patient, $date_order, $scale_from, $scale_by, $duration_unit, $zero_is_missing, $only_column,
    $only_values, $except_values, $bounds, $latest, $missing,
    $exercise_words, $side_words, $yes_no_words, $is_guarded, $fixed_day, $time_zone, $score_times,
    $place, $sided
)
