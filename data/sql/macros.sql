-- How the text of a cell becomes a value. Every macro answers null for what it does not understand; the checks then
-- tell an empty cell from a wrong one.

-- The text of a cell without the white space around it; null when there is nothing.
CREATE OR REPLACE MACRO filled(cell) AS nullif(trim(cell), '');

-- Tabs, no-break spaces and the wide space of East Asian text, which apps write where a space is meant.
CREATE OR REPLACE MACRO plain_space(cell) AS
    trim(cell, ' ' || chr(9) || chr(13) || chr(160) || chr(8239) || chr(12288));

-- Whether any cell of an unquoted line may have white space around it.
CREATE OR REPLACE MACRO is_loose(line, delimiter) AS CASE
    WHEN contains(line, ' ') AND (
        contains(line, ' ' || delimiter) OR contains(line, delimiter || ' ')
        OR starts_with(line, ' ') OR ends_with(line, ' ')
    ) THEN true
    WHEN contains(line, chr(9)) OR contains(line, chr(13)) THEN true
    WHEN strlen(line) = length(line) THEN false
    ELSE contains(line, chr(160)) OR contains(line, chr(8239)) OR contains(line, chr(12288))
END;

-- Whether any of these cells says something.
CREATE OR REPLACE MACRO any_filled(word, places) AS
    len(list_filter(list_select(word, places), lambda x: x <> '')) > 0;

-- What a cell says; where the sides have columns of their own (`own`, `other`), what one side's cell says, or where
-- neither side's says anything, the cell that is for both.
CREATE OR REPLACE MACRO beside(word, sided, for_both, own, other) AS CASE
    WHEN NOT sided THEN nullif(word[for_both], '')
    ELSE coalesce(nullif(word[own], ''), CASE WHEN nullif(word[other], '') IS NULL THEN nullif(word[for_both], '') END)
END;

-- Whether a line is of the form that the mapping reads: one of `only` (* is anything but an empty cell), and none of
-- `except`.
CREATE OR REPLACE MACRO is_read(form, only_values, except_values) AS
    (
        len(only_values) = 0
        OR (form IS NOT NULL AND (list_contains(only_values, '*') OR list_contains(only_values, form)))
    )
    AND NOT coalesce(list_contains(except_values, form), false);

-- What a score's cell says, but nothing where the mapping says that this column's 0 stands for nothing.
CREATE OR REPLACE MACRO without_zero(word, column_name, zero_is_missing) AS
    CASE WHEN list_contains(zero_is_missing, column_name) AND number(word) = 0 THEN NULL ELSE word END;

-- An exercise's name without its number in a list, such as the 9 of "9. Bridge", and without the equipment.
CREATE OR REPLACE MACRO plain_name(word) AS regexp_replace(
    word,
    '^\d+[.)]\s*| ?\((barbell|dumbbell|kettlebell|bodyweight|body weight|band|cable|machine|smith machine|weighted)\)$',
    '', 'gi'
);

-- A word without case, spaces and punctuation, as the contract's word lists are kept.
CREATE OR REPLACE MACRO bare_word(word) AS translate(lower(word), ' _-./()' || chr(160), '');

-- A number with a dot or a comma as its decimal sign, to three decimals.
CREATE OR REPLACE MACRO number(word) AS CASE
    WHEN length(word) <= 2 THEN try_cast(word AS DECIMAL(12, 3))
    WHEN regexp_full_match(word, '[+-]?(\d{1,8}([.,]\d*)?|[.,]\d+)')
        THEN try_cast(replace(word, ',', '.') AS DECIMAL(12, 3))
END;

CREATE OR REPLACE MACRO scaled(value, scale_from, scale_by) AS CASE
    WHEN scale_from = 0 AND scale_by = 1 THEN value
    ELSE CAST((value - scale_from) * scale_by AS DECIMAL(12, 3))
END;

-- A length of time as clocks show it, h:mm:ss or mm:ss, in seconds.
CREATE OR REPLACE MACRO clock_seconds(word) AS CASE
    WHEN regexp_full_match(word, '\d{1,3}:\d{2}:\d{2}') THEN
        CAST(split_part(word, ':', 1) AS INTEGER) * 3600 + CAST(split_part(word, ':', 2) AS INTEGER) * 60
        + CAST(split_part(word, ':', 3) AS INTEGER)
    WHEN regexp_full_match(word, '\d{1,4}:\d{2}') THEN
        CAST(split_part(word, ':', 1) AS INTEGER) * 60 + CAST(split_part(word, ':', 2) AS INTEGER)
END;

CREATE OR REPLACE MACRO duration_in(word, unit) AS CASE unit
    WHEN 'seconds' THEN number(word)
    WHEN 'minutes' THEN CAST(number(word) * 60 AS DECIMAL(12, 3))
    WHEN 'milliseconds' THEN CAST(number(word) * 0.001 AS DECIMAL(12, 3))
    WHEN 'clock' THEN CAST(clock_seconds(word) AS DECIMAL(12, 3))
END;

-- A number, but nothing where the mapping says that this column's 0 stands for nothing.
CREATE OR REPLACE MACRO unless_zero(value, column_name, zero_is_missing) AS
    CASE WHEN list_contains(zero_is_missing, column_name) THEN nullif(value, 0) ELSE value END;

CREATE OR REPLACE MACRO day_of_order(word, date_order) AS CASE
    WHEN regexp_full_match(word, '\d{4}-\d{1,2}-\d{1,2}')
        THEN CASE WHEN date_order = 'ymd' THEN try_strptime(word, '%Y-%m-%d') END
    WHEN regexp_full_match(word, '\d{1,2}-\d{1,2}-\d{4}') THEN CASE date_order
        WHEN 'dmy' THEN try_strptime(word, '%d-%m-%Y')
        WHEN 'mdy' THEN try_strptime(word, '%m-%d-%Y')
    END
    WHEN date_order = 'ymd'
        THEN CASE WHEN regexp_full_match(word, '\d{2}-\d{1,2}-\d{1,2}') THEN try_strptime(word, '%y-%m-%d') END
    WHEN regexp_full_match(word, '\d{1,2}-\d{1,2}-\d{2}') THEN CASE date_order
        WHEN 'dmy' THEN try_strptime(word, '%d-%m-%y')
        WHEN 'mdy' THEN try_strptime(word, '%m-%d-%y')
    END
END;

-- A day as people and apps write it: 2026-03-01, 1.3.2026, 2026. 3. 1., 2026년 3월 1일, 1 Mar 2026, March 1, 2026.
CREATE OR REPLACE MACRO written_day(word, date_order) AS coalesce(
    day_of_order(word, CASE WHEN regexp_matches(word, '^\d{4}') THEN 'ymd' ELSE date_order END),
    try_strptime(word, ['%d %b %Y', '%b %d %Y', '%d %B %Y', '%B %d %Y', '%d-%b-%Y'])
);

-- A time of day in hours, minutes and seconds, with 24 hours or with AM and PM (오전, 오후) on either side.
CREATE OR REPLACE MACRO written_time(word) AS CASE
    WHEN regexp_full_match(word, '\d{1,2}:\d{2}') THEN try_strptime(word, '%H:%M')
    WHEN regexp_full_match(word, '\d{1,2}:\d{2}:\d{2}') THEN try_strptime(word, '%H:%M:%S')
    WHEN regexp_full_match(word, '\d{1,2}:\d{2} [AP]M') THEN try_strptime(word, '%I:%M %p')
    WHEN regexp_full_match(word, '\d{1,2}:\d{2}:\d{2} [AP]M') THEN try_strptime(word, '%I:%M:%S %p')
    WHEN regexp_full_match(word, '[AP]M \d{1,2}:\d{2}') THEN try_strptime(word, '%p %I:%M')
    WHEN regexp_full_match(word, '[AP]M \d{1,2}:\d{2}:\d{2}') THEN try_strptime(word, '%p %I:%M:%S')
    ELSE try_strptime(word, ['%H:%M:%S.%f', '%I:%M %p', '%I:%M:%S %p'])
END;

-- The pieces of a written moment: its day, its time of day and its offset from UTC, each '' where it has none.
CREATE OR REPLACE MACRO moment_pieces(word) AS regexp_extract(
    regexp_replace(
        regexp_replace(
            replace(replace(regexp_replace(word, '[\s\x{202F}\x{00A0},]+', ' ', 'g'), '오전', 'AM'), '오후', 'PM'),
            '^(\d{1,4})\s?[-./년]\s?(\d{1,2})\s?[-./월]\s?(\d{1,4})(?:\s?[.일])?', '\1-\2-\3'
        ),
        '^(\d{1,2})(st|nd|rd|th) ', '\1 '
    ),
    '^(\d{1,4}-\d{1,2}-\d{1,4}|\d{1,2}[- ][A-Za-z]+[- ]\d{4}|[A-Za-z]+ \d{1,2} \d{4})'
    || '(?:[T ] ?((?:[AaPp][Mm] )?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?))?'
    || ' ?(Z|UTC|[+-]\d{2}:?\d{2}|)$',
    ['day', 'clock', 'zone']
);

CREATE OR REPLACE MACRO joined_moment(day, clock) AS CASE
    WHEN clock IS NULL THEN NULL
    ELSE day + (clock - date_trunc('day', clock))
END;

-- A wall clock that was written with an offset from UTC, on the clinic's wall clock.
CREATE OR REPLACE MACRO moved_to_clinic(moment, zone) AS
    CAST(try_cast(strftime(moment, '%Y-%m-%d %H:%M:%S') || CASE
        WHEN zone IN ('Z', 'UTC') THEN '+00:00'
        WHEN length(zone) = 5 THEN zone[1:3] || ':' || zone[4:5]
        ELSE zone
    END AS TIMESTAMPTZ) AS TIMESTAMP);

CREATE OR REPLACE MACRO moment_of_pieces(pieces, date_order) AS CASE
    WHEN pieces.clock = '' THEN written_day(pieces.day, date_order)
    WHEN pieces.zone = ''
        THEN joined_moment(written_day(pieces.day, date_order), written_time(upper(pieces.clock)))
    ELSE moved_to_clinic(
        joined_moment(written_day(pieces.day, date_order), written_time(upper(pieces.clock))), pieces.zone
    )
END;

-- ISO 8601 without an offset: by far the most common, and DuckDB reads it by itself.
CREATE OR REPLACE MACRO iso_moment(word) AS CASE
    WHEN CASE length(word)
        WHEN 10 THEN word LIKE '____-__-__'
        WHEN 16 THEN word LIKE '____-__-__T__:__' OR word LIKE '____-__-__ __:__'
        WHEN 19 THEN word LIKE '____-__-__T__:__:__' OR word LIKE '____-__-__ __:__:__'
        ELSE regexp_full_match(word, '\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}\.\d{1,6}')
    END AND NOT ends_with(word, 'Z') THEN try_cast(word AS TIMESTAMP)
END;

-- Whether a moment is written in numbers alone, year first or year last, with a clock of 24 hours or with AM or PM: the
-- commonest ways after ISO 8601, which need not be taken to pieces.
CREATE OR REPLACE MACRO is_plain_moment(word) AS regexp_full_match(
    word,
    '(\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{4}[-./]\d{1,2}[-./]\d{1,2})'
    || '( ([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? [AP]M)?'
);

-- A plain moment with its day as 2026-3-1.
CREATE OR REPLACE MACRO year_first(word, date_order) AS CASE
    WHEN regexp_matches(word, '^\d{4}')
        THEN regexp_replace(word, '^(\d+).(\d+).(\d+)', '\1-\2-\3')
    WHEN date_order = 'dmy' THEN regexp_replace(word, '^(\d+).(\d+).(\d+)', '\3-\2-\1')
    WHEN date_order = 'mdy' THEN regexp_replace(word, '^(\d+).(\d+).(\d+)', '\3-\1-\2')
END;

-- A format at a time: each of a list that does not fit costs more than the one that does.
CREATE OR REPLACE MACRO plain_moment(word, date_order) AS CASE
    WHEN word LIKE '%:%:%M' THEN try_strptime(year_first(word, date_order), '%Y-%m-%d %I:%M:%S %p')
    WHEN word LIKE '%M' THEN try_strptime(year_first(word, date_order), '%Y-%m-%d %I:%M %p')
    WHEN word LIKE '%:%:%' THEN try_strptime(year_first(word, date_order), '%Y-%m-%d %H:%M:%S')
    WHEN word LIKE '%:%' THEN try_strptime(year_first(word, date_order), '%Y-%m-%d %H:%M')
    ELSE try_strptime(year_first(word, date_order), '%Y-%m-%d')
END;

-- A day, or a day and a time, on the clinic's wall clock.
-- A CASE and no coalesce(): DuckDB would work out the pieces, which the long way uses more than once, for every word.
CREATE OR REPLACE MACRO moment(word, date_order) AS CASE
    WHEN iso_moment(word) IS NOT NULL THEN iso_moment(word)
    ELSE moment_of_pieces(moment_pieces(word), date_order)
END;

CREATE OR REPLACE MACRO unescaped(word, quote, escape) AS CASE
    WHEN escape = '' THEN word
    ELSE replace(word, escape || quote, quote)
END;

-- One cell as written between its quotation marks.
CREATE OR REPLACE MACRO unquoted(piece, quote, escape) AS CASE
    WHEN starts_with(ltrim(piece, ' '), quote) THEN unescaped(
        replace(trim(piece[:-2], ' ')[2:-2], quote || quote, quote), quote, escape
    )
    ELSE piece[:-2]
END;

-- The cells of a line with quotation marks, as they are written, each with the delimiter that ends it. What follows the
-- last whole cell of a torn line is one piece: looked for again at every mark, it would take quadratic time.
CREATE OR REPLACE MACRO quoted_pieces(line, delimiter, cell_pattern) AS
    regexp_extract_all(line || delimiter, cell_pattern || '|(?s:.+)');

-- The cells of one line, without their quotation marks, from its text with chr(31) between them where there is such.
CREATE OR REPLACE MACRO cells_of(separated, line, delimiter, quote, escape, cell_pattern) AS CASE
    WHEN separated IS NOT NULL THEN string_split(separated, chr(31))
    WHEN NOT contains(line, quote) THEN string_split(line, delimiter)
    ELSE list_transform(quoted_pieces(line, delimiter, cell_pattern), lambda x: unquoted(x, quote, escape))
END;

CREATE OR REPLACE MACRO fault_of(column_name, value, reason) AS
    struct_pack(
        column_name := CAST(column_name AS VARCHAR),
        value := CAST(value AS VARCHAR),
        reason := CAST(reason AS VARCHAR)
    );

-- Whether a number's cell is filled and is no number, or one out of bounds; `missing` are the words for nothing.
CREATE OR REPLACE MACRO is_wrong_number(word, value, bound, missing) AS CASE
    WHEN word IS NULL OR value BETWEEN bound.low AND bound.high THEN false
    WHEN value IS NULL THEN NOT list_contains(missing, bare_word(word))
    ELSE true
END;

-- A sure sign, without a look at what the words for nothing are, that `is_wrong_number` is false.
CREATE OR REPLACE MACRO is_good_number(word, value, bound) AS word IS NULL OR value BETWEEN bound.low AND bound.high;

CREATE OR REPLACE MACRO is_wrong_whole(word, value, bound, missing) AS CASE
    WHEN word IS NULL OR (value BETWEEN bound.low AND bound.high AND value = floor(value)) THEN false
    WHEN value IS NULL THEN NOT list_contains(missing, bare_word(word))
    ELSE true
END;

CREATE OR REPLACE MACRO is_unknown_word(word, meaning, missing) AS CASE
    WHEN word IS NULL OR meaning IS NOT NULL THEN false
    ELSE NOT list_contains(missing, bare_word(word))
END;

CREATE OR REPLACE MACRO wrong_number(value, bound) AS CASE
    WHEN value IS NULL THEN 'is not a number'
    WHEN value < bound.low THEN printf('is below %d', CAST(bound.low AS INTEGER))
    WHEN value > bound.high THEN printf('is above %d', CAST(bound.high AS INTEGER))
    ELSE 'is not a whole number'
END;

CREATE OR REPLACE MACRO too_long(bound) AS printf('is longer than %d characters', CAST(bound.longest AS INTEGER));

-- One logged row's whole content as a number, for finding lines that say the same again. Whether it has a time is no
-- part of it: midnight is a day in a file that knows only midnights, and a time in the same export a week later.
CREATE OR REPLACE MACRO content_of(r) AS hash(
    r.patient_id, r.performed_at, r.session_id, r.exercise, r.exercise_name, r.side, r."sets", r.reps,
    r.duration_s, r.pain_before, r.pain_during, r.pain_after, r.stopped_early, r.notes
);

-- The uploads that nobody has undone, or that were redone since.
CREATE OR REPLACE MACRO standing_upload() AS TABLE
SELECT upload.*
FROM clinic.upload
LEFT JOIN (
    SELECT upload_id, last(event ORDER BY rowid) AS last_event
    FROM clinic.upload_event
    GROUP BY upload_id
) AS latest ON upload.upload_id = latest.upload_id
WHERE latest.last_event IS DISTINCT FROM 'undone';

-- The values of one stored row that another has differently, in words.
CREATE OR REPLACE MACRO differing(one, other) AS concat_ws(
    ', ',
    CASE WHEN one."sets" IS DISTINCT FROM other."sets" THEN 'sets ' || coalesce(CAST(one."sets" AS VARCHAR), '–') END,
    CASE WHEN one.reps IS DISTINCT FROM other.reps THEN 'reps ' || coalesce(CAST(one.reps AS VARCHAR), '–') END,
    CASE
        WHEN one.duration_s IS DISTINCT FROM other.duration_s
            THEN 'seconds ' || coalesce(CAST(one.duration_s AS VARCHAR), '–')
    END,
    CASE
        WHEN one.pain_before IS DISTINCT FROM other.pain_before
            THEN 'before ' || coalesce(printf('%g', CAST(one.pain_before AS DOUBLE)), '–')
    END,
    CASE
        WHEN one.pain_during IS DISTINCT FROM other.pain_during
            THEN 'during ' || coalesce(printf('%g', CAST(one.pain_during AS DOUBLE)), '–')
    END,
    CASE
        WHEN one.pain_after IS DISTINCT FROM other.pain_after
            THEN 'after ' || coalesce(printf('%g', CAST(one.pain_after AS DOUBLE)), '–')
    END,
    CASE
        WHEN one.stopped_early IS DISTINCT FROM other.stopped_early
            THEN 'stopped ' || CASE one.stopped_early WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '–' END
    END,
    CASE WHEN one.session_id IS DISTINCT FROM other.session_id THEN 'session ' || coalesce(one.session_id, '–') END,
    CASE WHEN one.notes IS DISTINCT FROM other.notes THEN 'notes ' || coalesce(one.notes, '–') END
);

-- A cell of Supine's own export without the one apostrophe that guards text which a spreadsheet would run.
CREATE OR REPLACE MACRO unguarded(cell) AS
    CASE WHEN regexp_matches(cell, '^''+[=+@\t\r-]') THEN cell[2:] ELSE cell END;
