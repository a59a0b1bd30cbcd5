-- One row per logged row that a line of the file says, or per line that is none; `fault` says what is wrong with it.
-- Answers: what does each line of this log say, and which cells cannot be understood?
-- Definition: the column contract; a line with any fault is rejected as a whole.
-- Reads: incoming (line_no, line), part (one row per logged row that a line holds: the position of each column),
-- known_word (kind, written, meaning).
-- Parameters: $header_line, $header, $delimiter, $quote, $escape, $cell_pattern, $width, $needed, $hash_is_data,
-- $last_line, $last_is_cut: how the file is written; $patient: the patient of a file that names none; $date_order: ymd, dmy or
-- mdy; $scale_from, $scale_by: a pain score is (written - from) × by; $bounds: the contract's bounds; $latest: the
-- last moment that can have happened; $missing: words for nothing; $only_column, $only_values: which lines of a mixed export are sessions.
CREATE OR REPLACE TEMP TABLE checked AS
-- A blank line, a remark and a repeated header are no data; everything else has to end as one of the four fates.
WITH data_record AS (
    SELECT
        line_no,
        line,
        contains(line, $quote) AS quoted,
        CASE
            WHEN line = '' THEN 'blank'
            WHEN ascii(line) IN (9, 32, ascii($delimiter), ascii($quote))
                AND ltrim(line, ' ' || chr(9) || $delimiter || $quote) = '' THEN 'blank'
            WHEN ascii(line) = 35 AND NOT $hash_is_data THEN 'remark'
            WHEN line = $header THEN 'header'
        END AS no_data
    FROM incoming
    WHERE line_no > $header_line
),

split AS (
    SELECT
        line_no,
        line,
        no_data,
        quoted,
        CASE
            WHEN no_data IS NOT NULL THEN []
            WHEN NOT quoted THEN string_split(line, $delimiter)
            ELSE regexp_extract_all(line || $delimiter, $cell_pattern)
        END AS piece
    FROM data_record
),

celled AS (
    SELECT
        line_no,
        line,
        no_data,
        quoted AND no_data IS NULL AND length(array_to_string(piece, '')) <> length(line) + 1 AS torn,
        CASE WHEN quoted THEN list_transform(piece, lambda x: unquoted(x, $quote, $escape)) ELSE piece END AS cell,
        CASE WHEN has_odd_space(line) THEN list_transform(cell, lambda x: plain_space(x)) ELSE cell END AS word
    FROM split
),

worded AS (
    SELECT
        line_no,
        part.part_no,
        line,
        no_data,
        torn,
        len(cell) AS cells,
        filled(word[-1]) IS NULL AS ends_empty,
        $only_column IS NOT NULL
        AND NOT list_contains($only_values, coalesce(filled(word[$only_column]), '')) AS no_session,
        CASE WHEN part.patient_id IS NULL THEN $patient ELSE filled(word[part.patient_id]) END AS patient_id,
        CASE
            WHEN part.time_of_day IS NULL THEN filled(word[part.performed_at])
            ELSE concat_ws(' ', filled(word[part.performed_at]), filled(word[part.time_of_day]))
        END AS performed_at,
        filled(word[part.session_id]) AS session_id,
        filled(word[part.exercise]) AS exercise,
        CASE
            WHEN part.present IS NOT NULL AND filled(word[part.present]) IS NULL THEN filled(word[part.side])
            ELSE coalesce(part.side_value, filled(word[part.side]))
        END AS side,
        filled(word[part."sets"]) AS "sets",
        filled(word[part.reps]) AS reps,
        filled(word[part.duration_s]) AS duration_s,
        filled(word[part.pain_before]) AS pain_before,
        filled(word[part.pain_during]) AS pain_during,
        filled(word[part.pain_after]) AS pain_after,
        filled(word[part.stopped_early]) AS stopped_early,
        CASE WHEN filled(word[part.notes]) IS NOT NULL THEN cell[part.notes] END AS notes
    FROM celled
    CROSS JOIN part
    WHERE
        part.present IS NULL
        OR filled(word[part.present]) IS NOT NULL
        OR (part.part_no = 1 AND filled(word[part.unless]) IS NULL)
),

typed AS (
    SELECT
        worded.*,
        moment(performed_at, $date_order) AS performed_at_value,
        coalesce(exercise_word.meaning, exercise_bare.meaning) AS exercise_code,
        coalesce(side_word.meaning, side_bare.meaning) AS side_value,
        number("sets") AS sets_value,
        number(reps) AS reps_value,
        number(duration_s) AS duration_value,
        CAST((number(pain_before) - $scale_from) * $scale_by AS DECIMAL(12, 3)) AS before_value,
        CAST((number(pain_during) - $scale_from) * $scale_by AS DECIMAL(12, 3)) AS during_value,
        CAST((number(pain_after) - $scale_from) * $scale_by AS DECIMAL(12, 3)) AS after_value,
        coalesce(stopped_word.meaning, stopped_bare.meaning) AS stopped_value
    FROM worded
    LEFT JOIN known_word AS exercise_word
        ON exercise_word.kind = 'exercise' AND lower(worded.exercise) = exercise_word.written
    LEFT JOIN known_word AS exercise_bare
        ON
            exercise_bare.kind = 'exercise'
            AND CASE WHEN exercise_word.kind IS NULL THEN bare_word(worded.exercise) END = exercise_bare.written
    LEFT JOIN known_word AS side_word
        ON side_word.kind = 'side' AND lower(worded.side) = side_word.written
    LEFT JOIN known_word AS side_bare
        ON
            side_bare.kind = 'side'
            AND CASE WHEN side_word.kind IS NULL THEN bare_word(worded.side) END = side_bare.written
    LEFT JOIN known_word AS stopped_word
        ON stopped_word.kind = 'yes_no' AND lower(worded.stopped_early) = stopped_word.written
    LEFT JOIN known_word AS stopped_bare
        ON
            stopped_bare.kind = 'yes_no'
            AND CASE WHEN stopped_word.kind IS NULL THEN bare_word(worded.stopped_early) END = stopped_bare.written
)

SELECT
    line_no,
    part_no,
    no_data,
    patient_id,
    performed_at_value AS performed_at,
    contains(performed_at, ':') AS has_time,
    session_id,
    CASE WHEN exercise IS NOT NULL THEN coalesce(exercise_code, 'other') END AS exercise,
    CASE WHEN exercise IS NOT NULL AND coalesce(exercise_code, 'other') = 'other' THEN exercise END AS exercise_name,
    side_value AS side,
    try_cast(sets_value AS INTEGER) AS "sets",
    try_cast(reps_value AS INTEGER) AS reps,
    try_cast(duration_value AS INTEGER) AS duration_s,
    try_cast(before_value AS DECIMAL(5, 3)) AS pain_before,
    try_cast(during_value AS DECIMAL(5, 3)) AS pain_during,
    try_cast(after_value AS DECIMAL(5, 3)) AS pain_after,
    try_cast(stopped_value AS BOOLEAN) AS stopped_early,
    notes,
    cells < $width AS ends_early,
    CASE
        WHEN no_data IS NOT NULL THEN NULL
        WHEN torn THEN fault_of(NULL, NULL, 'the quotation marks on this line do not match')
        WHEN cells > $width THEN fault_of(
            NULL, NULL, printf('the line has %d cells where the header has %d', cells, $width)
        )
        WHEN cells < $needed OR (cells < $width AND (ends_empty OR (line_no = $last_line AND $last_is_cut)))
            THEN fault_of(NULL, NULL, printf('the line ends after %d of %d cells', cells, $width))
        WHEN no_session THEN fault_of(NULL, NULL, 'the line is of another form than the mapping reads')
        WHEN patient_id IS NULL THEN fault_of('patient_id', NULL, 'is missing')
        WHEN length(patient_id) > $bounds.patient_id.longest
            THEN fault_of('patient_id', patient_id, too_long($bounds.patient_id))
        WHEN performed_at IS NULL THEN fault_of('performed_at', NULL, 'is missing')
        WHEN performed_at_value IS NULL THEN fault_of('performed_at', performed_at, 'is not a date that exists')
        WHEN performed_at_value < TIMESTAMP '1990-01-01'
            THEN fault_of('performed_at', performed_at, 'is before 1990')
        WHEN performed_at_value > $latest THEN fault_of('performed_at', performed_at, 'is in the future')
        WHEN length(session_id) > $bounds.session_id.longest
            THEN fault_of('session_id', session_id, too_long($bounds.session_id))
        WHEN length(exercise) > 200 THEN fault_of('exercise', exercise, 'is longer than 200 characters')
        WHEN is_unknown_word(side, side_value, $missing)
            THEN fault_of('side', side, 'is not left, right or both')
        WHEN is_wrong_whole("sets", sets_value, $bounds.sets, $missing)
            THEN fault_of('sets', "sets", wrong_number(sets_value, $bounds.sets))
        WHEN is_wrong_whole(reps, reps_value, $bounds.reps, $missing)
            THEN fault_of('reps', reps, wrong_number(reps_value, $bounds.reps))
        WHEN is_wrong_number(duration_s, duration_value, $bounds.duration_s, $missing)
            THEN fault_of('duration_s', duration_s, wrong_number(duration_value, $bounds.duration_s))
        WHEN is_wrong_number(pain_before, before_value, $bounds.pain_before, $missing)
            THEN fault_of('pain_before', pain_before, wrong_number(before_value, $bounds.pain_before))
        WHEN is_wrong_number(pain_during, during_value, $bounds.pain_during, $missing)
            THEN fault_of('pain_during', pain_during, wrong_number(during_value, $bounds.pain_during))
        WHEN is_wrong_number(pain_after, after_value, $bounds.pain_after, $missing)
            THEN fault_of('pain_after', pain_after, wrong_number(after_value, $bounds.pain_after))
        WHEN is_unknown_word(stopped_early, stopped_value, $missing)
            THEN fault_of('stopped_early', stopped_early, 'is not yes or no')
        WHEN length(notes) > $bounds.notes.longest
            THEN fault_of('notes', notes[1:200], too_long($bounds.notes))
        WHEN
            exercise IS NULL AND before_value IS NULL AND during_value IS NULL AND after_value IS NULL
            THEN fault_of('exercise', NULL, 'is missing, and there is no pain score either')
    END AS fault,
    CASE WHEN fault IS NOT NULL THEN line END AS line
FROM typed
