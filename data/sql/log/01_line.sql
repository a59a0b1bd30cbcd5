-- One row per logged row that a line of the file says, or per line that says none; `fault` names what is wrong first.
-- Answers: what does each line of this log say, and which cells cannot be understood?
-- Definition: the column contract; a line with any fault is rejected as a whole. `fault` is a column, or `line`, and
-- the code of what is wrong with it; 03_check.sql adds what its sentence needs.
-- Reads: incoming (line_no, line, separated), part (one row per logged row that a line can hold: where one side's
-- columns are).
-- Parameters, each a struct but for the last, made by data/parameters.py:
-- written: how the file is written: header_line, header, delimiter, quote, escape, cell_pattern, width, needed (how
-- many cells a line needs for all but its notes), hash_is_data, last_line, last_is_cut.
-- place: the position, from 1 and 0 for none, of every column that is not of one side.
-- meaning: what the cells mean: patient (of a file that names none), date_order (of mapping.DATE_ORDERS), time_zone (in
-- which times are written, null for the clinic's), fixed_day (of a file that has no day), latest (the last moment that
-- can have happened), scale_from and scale_by (a pain score is (written - from) × by), duration_unit, zero_is_missing
-- (columns), sided (whether the sides have columns of their own), choices (the columns that tell which lines the
-- mapping reads: place, header, only, except). is_guarded says that the file is an export of Supine's
-- own, where an apostrophe guards text that a spreadsheet would run; closely, that cells out of the ordinary are read
-- too: where it is false, their lines are not in order.
-- words: maps from a word to its meaning for exercise, side, yes_no and score_time (pain_before, pain_during or
-- pain_after, where a line holds one score); missing, the words for nothing.
-- bounds: what the contract allows of each column, a map by its name.
CREATE OR REPLACE TEMP MACRO log_line(written, place, meaning, words, bounds) AS TABLE
-- A blank line, a remark and a repeated header are no data; everything else has to end as one of the four fates.
WITH data_record AS (
    SELECT
        line_no,
        line,
        separated,
        separated IS NULL AND contains(line, (written).quote) AS quoted,
        CASE
            -- By its first character: 0 is an empty line, 35 a number sign.
            WHEN ascii(line) IN (0, 9, 32, ascii((written).delimiter), ascii((written).quote))
                AND ltrim(line, ' ' || chr(9) || (written).delimiter || (written).quote) = '' THEN 'blank'
            WHEN ascii(line) = 35 AND NOT ((written).hash_is_data AND contains(line, (written).delimiter)) THEN 'remark'
            WHEN line = (written).header THEN 'header'
        END AS no_data
    FROM incoming
    WHERE line_no > (written).header_line
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
            WHEN NOT quoted THEN string_split(line, (written).delimiter)
            ELSE quoted_pieces(line, (written).delimiter, (written).cell_pattern)
        END AS piece
    FROM data_record
),

celled AS (
    SELECT
        line_no,
        line,
        no_data,
        CASE WHEN quoted AND no_data IS NULL THEN NOT regexp_full_match(piece[-1], (written).cell_pattern) END AS torn,
        CASE
            WHEN quoted THEN list_transform(piece, lambda x: unquoted(x, (written).quote, (written).escape))
            ELSE piece
        END AS bare_cell,
        CASE
            WHEN (meaning).is_guarded AND contains(line, chr(39)) THEN list_transform(bare_cell, lambda x: unguarded(x))
            ELSE bare_cell
        END AS cell,
        CASE
            WHEN
                quoted
                OR CASE
                    WHEN separated IS NULL THEN is_loose(line, (written).delimiter)
                    ELSE is_loose(separated, chr(31))
                END
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
        unread_choice(word, (meaning).choices) AS unread,
        CASE WHEN unread IS NOT NULL THEN nullif(word[(unread).place], '') END AS unread_word,
        CASE
            WHEN (place).patient_id = 0 THEN (meaning).patient ELSE nullif(word[(place).patient_id], '')
        END AS patient_id,
        CASE
            WHEN (place).performed_at = 0 THEN (meaning).fixed_day
            WHEN (place).time_of_day = 0 THEN nullif(word[(place).performed_at], '')
            ELSE concat_ws(' ', nullif(word[(place).performed_at], ''), nullif(word[(place).time_of_day], ''))
        END AS performed_at,
        nullif(word[(place).session_id], '') AS session_id,
        nullif(word[(place).exercise], '') AS exercise,
        CASE
            WHEN (meaning).sided AND any_filled(word, part.own) THEN part.side_value
            ELSE nullif(word[(place).side], '')
        END AS side,
        beside(word, (meaning).sided, (place)."sets", part."sets", part.sets_of_other) AS "sets",
        beside(word, (meaning).sided, (place).reps, part.reps, part.reps_of_other) AS reps,
        beside(word, (meaning).sided, (place).duration_s, part.duration_s, part.duration_s_of_other) AS duration_s,
        CASE WHEN (place).score_time > 0 THEN nullif(word[(place).score_time], '') END AS score_time,
        CASE
            WHEN (place).score_time > 0
                THEN coalesce((words).score_time[lower(score_time)], (words).score_time[bare_word(score_time)])
        END AS when_scored,
        CASE
            WHEN (place).score = 0
                THEN beside(word, (meaning).sided, (place).pain_before, part.pain_before, part.pain_before_of_other)
            WHEN when_scored = 'pain_before' THEN nullif(word[(place).score], '')
        END AS pain_before,
        CASE
            WHEN (place).score = 0
                THEN beside(word, (meaning).sided, (place).pain_during, part.pain_during, part.pain_during_of_other)
            WHEN when_scored = 'pain_during' THEN nullif(word[(place).score], '')
        END AS pain_during,
        CASE
            WHEN (place).score = 0
                THEN beside(word, (meaning).sided, (place).pain_after, part.pain_after, part.pain_after_of_other)
            WHEN when_scored = 'pain_after' THEN nullif(word[(place).score], '')
        END AS pain_after,
        nullif(word[(place).stopped_early], '') AS stopped_early,
        CASE WHEN word[(place).notes] <> '' THEN cell[(place).notes] END AS notes
    FROM celled
    CROSS JOIN part
    -- One side's row stands where that side says something; a line that says nothing of either side is one row.
    WHERE
        NOT (meaning).sided
        OR any_filled(word, part.own)
        OR (part.part_no = 1 AND NOT any_filled(word, part.other))
),

scored AS (
    SELECT
        * REPLACE (
            without_zero(pain_before, 'pain_before', (meaning).zero_is_missing) AS pain_before,
            without_zero(pain_during, 'pain_during', (meaning).zero_is_missing) AS pain_during,
            without_zero(pain_after, 'pain_after', (meaning).zero_is_missing) AS pain_after
        ),
        iso_moment(performed_at) AS iso
    FROM worded
),

quickly_read AS (
    SELECT
        *,
        CASE
            WHEN iso IS NULL AND is_plain_moment(performed_at) THEN plain_moment(performed_at, (meaning).date_order)
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
        CASE
            WHEN quick IS NOT NULL THEN quick
            WHEN (meaning).date_order IN ('excel', 'epoch') THEN counted_moment(performed_at, (meaning).date_order)
            ELSE moment_of_pieces(pieces, (meaning).date_order)
        END AS written_moment,
        CASE
            WHEN (meaning).time_zone IS NOT NULL AND contains(performed_at, ':') AND coalesce(pieces.zone, '') = ''
                THEN CAST(timezone((meaning).time_zone, written_moment) AS TIMESTAMP)
            ELSE written_moment
        END AS performed_at_value,
        exercise_meant(exercise, (words).exercise) AS exercise_code,
        CASE WHEN exercise_code IS NULL THEN exercises_named(exercise, (words).exercise) END AS several,
        exercise IS NOT NULL AND coalesce(exercise_code, '') <> 'none' AS has_exercise,
        coalesce((words).side[lower(side)], (words).side[bare_word(side)]) AS side_value,
        number("sets") AS sets_value,
        number(reps) AS reps_value,
        duration_in(duration_s, (meaning).duration_unit) AS duration_value,
        scaled(score_number(pain_before, meaning), (meaning).scale_from, (meaning).scale_by) AS before_value,
        scaled(score_number(pain_during, meaning), (meaning).scale_from, (meaning).scale_by) AS during_value,
        scaled(score_number(pain_after, meaning), (meaning).scale_from, (meaning).scale_by) AS after_value,
        coalesce((words).yes_no[lower(stopped_early)], (words).yes_no[bare_word(stopped_early)]) AS stopped_value
    FROM pieced
),

judged AS (
    SELECT
        *,
        CASE
            WHEN no_data IS NOT NULL THEN NULL
            WHEN torn THEN 'line torn'
            WHEN cells > (written).width THEN 'line too_wide'
            WHEN
                cells < (written).width
                AND (
                    cells < (written).needed
                    OR ends_empty
                    OR (line_no = (written).last_line AND (written).last_is_cut)
                )
                THEN 'line too_short'
            WHEN unread IS NOT NULL THEN 'line not_chosen'
            WHEN (place).score_time > 0 AND score_time IS NULL THEN 'score_time missing'
            WHEN (place).score_time > 0 AND when_scored IS NULL THEN 'score_time unknown_word'
            WHEN patient_id IS NULL THEN 'patient_id missing'
            WHEN performed_at IS NULL THEN 'performed_at missing'
            ELSE coalesce(
                'patient_id ' || text_fault(patient_id, (bounds)['patient_id']),
                'performed_at ' || moment_fault(performed_at, performed_at_value, (meaning).latest, []),
                'session_id ' || text_fault(session_id, (bounds)['session_id']),
                'exercise ' || text_fault(exercise, (bounds)['exercise']),
                'side ' || word_fault(side, side_value, (words).missing),
                'sets ' || number_fault("sets", sets_value, (bounds)['sets'], (words).missing),
                'reps ' || number_fault(reps, reps_value, (bounds)['reps'], (words).missing),
                'duration_s ' || number_fault(duration_s, duration_value, (bounds)['duration_s'], (words).missing),
                'pain_before ' || number_fault(pain_before, before_value, (bounds)['pain_before'], (words).missing),
                'pain_during ' || number_fault(pain_during, during_value, (bounds)['pain_during'], (words).missing),
                'pain_after ' || number_fault(pain_after, after_value, (bounds)['pain_after'], (words).missing),
                'stopped_early ' || word_fault(stopped_early, stopped_value, (words).missing),
                'notes ' || text_fault(notes, (bounds)['notes']),
                CASE
                    WHEN NOT has_exercise AND coalesce(before_value, during_value, after_value) IS NULL
                        THEN 'exercise nothing_logged'
                END
            )
        END AS fault
    FROM typed
)

SELECT
    line_no,
    part_no,
    line,
    no_data,
    cells,
    cells < (written).width AS ends_early,
    (unread).header AS unread_header,
    patient_id,
    performed_at_value AS performed_at,
    CASE (meaning).date_order
        WHEN 'epoch' THEN true
        WHEN 'excel' THEN performed_at_value <> date_trunc('day', performed_at_value)
        ELSE contains(performed_at, ':')
    END AS has_time,
    session_id,
    CASE
        WHEN NOT has_exercise THEN NULL
        WHEN several IS NULL THEN coalesce(exercise_code, 'other')
        WHEN len(several) > 1 THEN 'several'
        ELSE several[1]
    END AS exercise,
    CASE
        WHEN len(several) > 1 THEN array_to_string(several, '; ')
        WHEN several IS NULL AND coalesce(exercise_code, 'other') = 'other' THEN judged.exercise
    END AS exercise_name,
    side_value AS side,
    try_cast(unless_zero(sets_value, 'sets', (meaning).zero_is_missing) AS INTEGER) AS "sets",
    try_cast(unless_zero(reps_value, 'reps', (meaning).zero_is_missing) AS INTEGER) AS reps,
    try_cast(unless_zero(duration_value, 'duration_s', (meaning).zero_is_missing) AS INTEGER) AS duration_s,
    try_cast(before_value AS DECIMAL(5, 3)) AS pain_before,
    try_cast(during_value AS DECIMAL(5, 3)) AS pain_during,
    try_cast(after_value AS DECIMAL(5, 3)) AS pain_after,
    try_cast(stopped_value AS BOOLEAN) AS stopped_early,
    notes,
    when_scored AS score_time,
    fault,
    -- What the faulty cell says.
    CASE split_part(fault, ' ', 1)
        WHEN 'line' THEN unread_word
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
    -- Nothing is wrong with the line, and there is nothing to say about it; some such lines are missed.
    no_data IS NULL
    AND torn IS NOT true
    AND cells = (written).width
    AND unread IS NULL
    AND ((place).score_time = 0 OR when_scored IS NOT NULL)
    AND patient_id IS NOT NULL
    AND is_allowed_text(patient_id, (bounds)['patient_id'])
    AND is_allowed_moment(performed_at_value, (meaning).latest)
    AND is_allowed_text(session_id, (bounds)['session_id'])
    AND is_allowed_text(judged.exercise, (bounds)['exercise'])
    AND is_allowed_word(judged.side, side_value)
    AND is_allowed_number(judged."sets", sets_value, (bounds)['sets'])
    AND is_allowed_number(judged.reps, reps_value, (bounds)['reps'])
    AND is_allowed_number(judged.duration_s, duration_value, (bounds)['duration_s'])
    AND is_allowed_number(judged.pain_before, before_value, (bounds)['pain_before'])
    AND is_allowed_number(judged.pain_during, during_value, (bounds)['pain_during'])
    AND is_allowed_number(judged.pain_after, after_value, (bounds)['pain_after'])
    AND is_allowed_word(judged.stopped_early, stopped_value)
    AND is_allowed_text(notes, (bounds)['notes'])
    AND (has_exercise OR before_value IS NOT NULL) AS is_in_order
FROM judged
