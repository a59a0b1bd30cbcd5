-- One row per logged row that a line of the file says, or per line that says none; `fault` names what is wrong first.
-- Answers: what does each line of this log say, and which cells cannot be understood?
-- Definition: the column contract; a line with any fault is rejected as a whole. `fault` is a column and a word for
-- what is wrong with it; log_check.sql puts it in a sentence.
-- Reads: incoming (line_no, line), part (one row per logged row that a line can hold: where one side's columns are).
-- How the file is written: header_line, header, delimiter, quote, escape, cell_pattern, width,
-- needed, hash_is_data, last_line, last_is_cut. What its cells mean: patient (of a file that names none), date_order
-- (ymd, dmy or mdy), scale_from and scale_by (a pain score is (written - from) × by), duration_unit, zero_is_missing
-- (columns), only_column with only_values and except_values (which lines are of the form that the mapping reads).
-- What is allowed: bounds (the contract's), latest (the last moment that can have happened), missing (words for
-- nothing), exercise_words, side_words and yes_no_words (maps from a word to its meaning). is_guarded says that the
-- file is an export of Supine's own, where an apostrophe guards text that a spreadsheet would run; fixed_day is the
-- day of a file that has none; time_zone is the one in which its times are written, null for the clinic's; score_times
-- maps words for when a score was taken to pain_before, pain_during or pain_after, where a line holds one score. place
-- is a struct of the positions, from 1 and 0 for none, of all columns that are not of one side; sided says whether the
-- sides have columns of their own.
CREATE OR REPLACE TEMP MACRO log_line(
    header_line, header, delimiter, quote, escape, cell_pattern, width, needed, hash_is_data, last_line,
    last_is_cut, patient, date_order, scale_from, scale_by, duration_unit, zero_is_missing, only_column,
    only_values, except_values, bounds, latest, missing,
    exercise_words, side_words, yes_no_words, is_guarded, fixed_day, time_zone, score_times,
    place, sided
) AS TABLE
-- A blank line, a remark and a repeated header are no data; everything else has to end as one of the four fates.
WITH data_record AS (
    SELECT
        line_no,
        line,
        separated,
        separated IS NULL AND contains(line, quote) AS quoted,
        CASE
            -- By its first character: 0 is an empty line, 35 a number sign.
            WHEN ascii(line) IN (0, 9, 32, ascii(delimiter), ascii(quote))
                AND ltrim(line, ' ' || chr(9) || delimiter || quote) = '' THEN 'blank'
            WHEN ascii(line) = 35 AND NOT (hash_is_data AND contains(line, delimiter)) THEN 'remark'
            WHEN line = header THEN 'header'
        END AS no_data
    FROM incoming
    WHERE line_no > header_line
),

split AS (
    SELECT
        line_no,
        line,
        no_data,
        separated,
        quoted,
        CASE
            WHEN no_data IS NOT NULL THEN []
            WHEN separated IS NOT NULL THEN string_split(separated, chr(31))
            WHEN NOT quoted THEN string_split(line, delimiter)
            ELSE quoted_pieces(line, delimiter, cell_pattern)
        END AS piece
    FROM data_record
),

celled AS (
    SELECT
        line_no,
        line,
        no_data,
        CASE WHEN quoted AND no_data IS NULL THEN NOT regexp_full_match(piece[-1], cell_pattern) END AS torn,
        CASE
            WHEN quoted THEN list_transform(piece, lambda x: unquoted(x, quote, escape))
            ELSE piece
        END AS bare_cell,
        CASE
            WHEN is_guarded AND contains(line, chr(39)) THEN list_transform(bare_cell, lambda x: unguarded(x))
            ELSE bare_cell
        END AS cell,
        CASE
            WHEN quoted OR is_loose(coalesce(separated, line), CASE WHEN separated IS NULL THEN delimiter ELSE chr(31) END)
                THEN list_transform(cell, lambda x: plain_space(x))
            ELSE cell
        END AS word
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
        nullif(word[-1], '') IS NULL AS ends_empty,
        nullif(word[only_column], '') AS form,
        CASE WHEN (place).patient_id = 0 THEN patient ELSE nullif(word[(place).patient_id], '') END AS patient_id,
        CASE
            WHEN (place).performed_at = 0 THEN fixed_day
            WHEN (place).time_of_day = 0 THEN nullif(word[(place).performed_at], '')
            ELSE concat_ws(' ', nullif(word[(place).performed_at], ''), nullif(word[(place).time_of_day], ''))
        END AS performed_at,
        nullif(word[(place).session_id], '') AS session_id,
        nullif(word[(place).exercise], '') AS exercise,
        CASE
            WHEN sided AND any_filled(word, part.own) THEN part.side_value
            ELSE nullif(word[(place).side], '')
        END AS side,
        beside(word, sided, (place)."sets", part."sets", part.sets_of_other) AS "sets",
        beside(word, sided, (place).reps, part.reps, part.reps_of_other) AS reps,
        beside(word, sided, (place).duration_s, part.duration_s, part.duration_s_of_other) AS duration_s,
        CASE WHEN (place).score_time > 0 THEN nullif(word[(place).score_time], '') END AS score_time,
        CASE
            WHEN (place).score_time > 0
                THEN coalesce(score_times[lower(score_time)], score_times[bare_word(score_time)])
        END AS when_scored,
        CASE
            WHEN (place).score = 0
                THEN beside(word, sided, (place).pain_before, part.pain_before, part.pain_before_of_other)
            WHEN when_scored = 'pain_before' THEN nullif(word[(place).score], '')
        END AS pain_before,
        CASE
            WHEN (place).score = 0
                THEN beside(word, sided, (place).pain_during, part.pain_during, part.pain_during_of_other)
            WHEN when_scored = 'pain_during' THEN nullif(word[(place).score], '')
        END AS pain_during,
        CASE
            WHEN (place).score = 0
                THEN beside(word, sided, (place).pain_after, part.pain_after, part.pain_after_of_other)
            WHEN when_scored = 'pain_after' THEN nullif(word[(place).score], '')
        END AS pain_after,
        nullif(word[(place).stopped_early], '') AS stopped_early,
        CASE WHEN word[(place).notes] <> '' THEN cell[(place).notes] END AS notes
    FROM celled
    CROSS JOIN part
    -- One side's row stands where that side says something; a line that says nothing of either side is one row.
    WHERE
        NOT sided
        OR any_filled(word, part.own)
        OR (part.part_no = 1 AND NOT any_filled(word, part.other))
),

scored AS (
    SELECT
        * REPLACE (
            without_zero(pain_before, 'pain_before', zero_is_missing) AS pain_before,
            without_zero(pain_during, 'pain_during', zero_is_missing) AS pain_during,
            without_zero(pain_after, 'pain_after', zero_is_missing) AS pain_after
        ),
        iso_moment(performed_at) AS iso
    FROM worded
),

quickly_read AS (
    SELECT
        *,
        CASE
            WHEN iso IS NULL AND is_plain_moment(performed_at) THEN plain_moment(performed_at, date_order)
            ELSE iso
        END AS quick
    FROM scored
),

pieced AS (
    SELECT
        *,
        CASE WHEN quick IS NULL THEN moment_pieces(performed_at) END AS pieces
    FROM quickly_read
),

typed AS (
    SELECT
        *,
        CASE WHEN quick IS NULL THEN moment_of_pieces(pieces, date_order) ELSE quick END AS written_moment,
        CASE
            WHEN time_zone IS NOT NULL AND contains(performed_at, ':') AND coalesce(pieces.zone, '') = ''
                THEN CAST(timezone(time_zone, written_moment) AS TIMESTAMP)
            ELSE written_moment
        END AS performed_at_value,
        coalesce(exercise_words[lower(exercise)], exercise_words[bare_word(plain_name(exercise))]) AS exercise_code,
        coalesce(side_words[lower(side)], side_words[bare_word(side)]) AS side_value,
        number("sets") AS sets_value,
        number(reps) AS reps_value,
        duration_in(duration_s, duration_unit) AS duration_value,
        scaled(number(pain_before), scale_from, scale_by) AS before_value,
        scaled(number(pain_during), scale_from, scale_by) AS during_value,
        scaled(number(pain_after), scale_from, scale_by) AS after_value,
        coalesce(yes_no_words[lower(stopped_early)], yes_no_words[bare_word(stopped_early)]) AS stopped_value
    FROM pieced
),

judged AS (
    SELECT
        *,
        CASE
            WHEN no_data IS NOT NULL THEN NULL
            WHEN torn THEN 'line torn'
            WHEN cells > width THEN 'line wide'
            WHEN
                cells < width
                AND (
                    cells < needed
                    OR ends_empty
                    OR (line_no = last_line AND last_is_cut)
                )
                THEN 'line short'
            WHEN only_column IS NOT NULL AND NOT is_read(form, only_values, except_values)
                THEN 'line other'
            WHEN (place).score_time > 0 AND score_time IS NULL THEN 'score_time missing'
            WHEN (place).score_time > 0 AND when_scored IS NULL THEN 'score_time wrong'
            WHEN patient_id IS NULL THEN 'patient_id missing'
            WHEN length(patient_id) > (bounds).patient_id.longest THEN 'patient_id long'
            WHEN performed_at IS NULL THEN 'performed_at missing'
            WHEN performed_at_value IS NULL THEN 'performed_at wrong'
            WHEN performed_at_value < TIMESTAMP '1990-01-01' THEN 'performed_at early'
            WHEN performed_at_value > latest THEN 'performed_at future'
            WHEN length(session_id) > (bounds).session_id.longest THEN 'session_id long'
            WHEN length(exercise) > 200 THEN 'exercise long'
            WHEN is_unknown_word(side, side_value, missing) THEN 'side wrong'
            WHEN is_wrong_whole("sets", sets_value, (bounds).sets, missing) THEN 'sets wrong'
            WHEN is_wrong_whole(reps, reps_value, (bounds).reps, missing) THEN 'reps wrong'
            WHEN is_wrong_number(duration_s, duration_value, (bounds).duration_s, missing)
                THEN 'duration_s wrong'
            WHEN is_wrong_number(pain_before, before_value, (bounds).pain_before, missing)
                THEN 'pain_before wrong'
            WHEN is_wrong_number(pain_during, during_value, (bounds).pain_during, missing)
                THEN 'pain_during wrong'
            WHEN is_wrong_number(pain_after, after_value, (bounds).pain_after, missing)
                THEN 'pain_after wrong'
            WHEN is_unknown_word(stopped_early, stopped_value, missing) THEN 'stopped_early wrong'
            WHEN length(notes) > (bounds).notes.longest THEN 'notes long'
            WHEN exercise IS NULL AND coalesce(before_value, during_value, after_value) IS NULL THEN 'exercise missing'
        END AS fault
    FROM typed
)

SELECT
    line_no,
    part_no,
    line,
    no_data,
    cells,
    cells < width AS ends_early,
    form,
    patient_id,
    performed_at_value AS performed_at,
    contains(performed_at, ':') AS has_time,
    session_id,
    CASE WHEN exercise IS NOT NULL THEN coalesce(exercise_code, 'other') END AS exercise,
    CASE WHEN exercise_code IS NULL OR exercise_code = 'other' THEN judged.exercise END AS exercise_name,
    side_value AS side,
    try_cast(unless_zero(sets_value, 'sets', zero_is_missing) AS INTEGER) AS "sets",
    try_cast(unless_zero(reps_value, 'reps', zero_is_missing) AS INTEGER) AS reps,
    try_cast(unless_zero(duration_value, 'duration_s', zero_is_missing) AS INTEGER) AS duration_s,
    try_cast(before_value AS DECIMAL(5, 3)) AS pain_before,
    try_cast(during_value AS DECIMAL(5, 3)) AS pain_during,
    try_cast(after_value AS DECIMAL(5, 3)) AS pain_after,
    try_cast(stopped_value AS BOOLEAN) AS stopped_early,
    notes,
    when_scored AS score_time,
    fault,
    -- What the faulty cell says, and the number that was read in it.
    CASE split_part(fault, ' ', 1)
        WHEN 'line' THEN CASE WHEN fault = 'line other' THEN form END
        WHEN 'score_time' THEN judged.score_time
        WHEN 'patient_id' THEN patient_id
        WHEN 'performed_at' THEN judged.performed_at
        WHEN 'session_id' THEN session_id
        WHEN 'exercise' THEN judged.exercise
        WHEN 'side' THEN judged.side
        WHEN 'sets' THEN judged."sets"
        WHEN 'reps' THEN judged.reps
        WHEN 'duration_s' THEN judged.duration_s
        WHEN 'pain_before' THEN judged.pain_before
        WHEN 'pain_during' THEN judged.pain_during
        WHEN 'pain_after' THEN judged.pain_after
        WHEN 'stopped_early' THEN judged.stopped_early
        WHEN 'notes' THEN notes[1:200]
    END AS fault_value,
    CASE fault
        WHEN 'sets wrong' THEN sets_value
        WHEN 'reps wrong' THEN reps_value
        WHEN 'duration_s wrong' THEN duration_value
        WHEN 'pain_before wrong' THEN before_value
        WHEN 'pain_during wrong' THEN during_value
        WHEN 'pain_after wrong' THEN after_value
    END AS fault_number,
    -- A quick and sure sign that there is no fault and nothing to say about the line; it may miss some such lines.
    no_data IS NULL
    AND torn IS NOT true
    AND cells = width
    AND (only_column IS NULL OR is_read(form, only_values, except_values))
    AND ((place).score_time = 0 OR when_scored IS NOT NULL)
    AND patient_id IS NOT NULL
    AND strlen(patient_id) <= (bounds).patient_id.longest
    AND performed_at_value BETWEEN TIMESTAMP '1990-01-01' AND latest
    AND strlen(coalesce(session_id, '')) <= (bounds).session_id.longest
    AND coalesce(strlen(judged.exercise) <= 200, before_value IS NOT NULL)
    AND (judged.side IS NULL OR side_value IS NOT NULL)
    AND is_good_number(judged."sets", sets_value, (bounds).sets)
    AND is_good_number(judged.reps, reps_value, (bounds).reps)
    AND coalesce(sets_value = floor(sets_value), true)
    AND coalesce(reps_value = floor(reps_value), true)
    AND is_good_number(judged.duration_s, duration_value, (bounds).duration_s)
    AND is_good_number(judged.pain_before, before_value, (bounds).pain_before)
    AND is_good_number(judged.pain_during, during_value, (bounds).pain_during)
    AND is_good_number(judged.pain_after, after_value, (bounds).pain_after)
    AND (judged.stopped_early IS NULL OR stopped_value IS NOT NULL)
    AND strlen(coalesce(notes, '')) <= (bounds).notes.longest AS is_in_order
FROM judged
