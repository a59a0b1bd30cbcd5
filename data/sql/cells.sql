-- The cells of a line, and how the text of a cell becomes a value. Every macro answers null for what it does not
-- understand; faults.sql then tells an empty cell from a wrong one.

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

-- A cell of Supine's own export without the one apostrophe that guards text which a spreadsheet would run.
CREATE OR REPLACE MACRO unguarded(cell) AS
    CASE
        WHEN regexp_matches(cell, '^''+([\t\r\n]|[\t\r\n \x0b\x0c\x{A0}\x{202F}\x{3000}]*[=+@＝＋－＠-])')
            THEN cell[2:]
        ELSE cell
    END;

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

-- Whether a cell says one of `only` (* is anything but an empty cell), where there are any, and none of `except`.
CREATE OR REPLACE MACRO is_read(cell, only_values, except_values) AS
    (
        len(only_values) = 0
        OR (cell IS NOT NULL AND (list_contains(only_values, '*') OR list_contains(only_values, cell)))
    )
    AND NOT coalesce(list_contains(except_values, cell), false);

-- The first of the choices of a mapping (place, header, only, except) that a line fails; null for one that is read.
CREATE OR REPLACE MACRO unread_choice(word, choices) AS CASE
    WHEN len(choices) > 0 THEN list_filter(
        CAST(choices AS STRUCT(place INTEGER, header VARCHAR, "only" VARCHAR[], "except" VARCHAR[])[]),
        lambda c: NOT is_read(nullif(word[c.place], ''), c."only", c."except")
    )[1]
END;

-- A word without case, spaces and punctuation, as the contract's word lists are kept.
CREATE OR REPLACE MACRO bare_word(word) AS translate(lower(word), ' _-./()' || chr(160), '');

-- An exercise's name without its number in a list, such as the 9 of "9. Bridge", and without the equipment.
CREATE OR REPLACE MACRO plain_name(word) AS regexp_replace(
    word,
    '^\d+[.)]\s*| ?\((barbell|dumbbell|kettlebell|bodyweight|body weight|band|cable|machine|smith machine|weighted)\)$',
    '', 'gi'
);

-- The code of an exercise by its name, null where that is not known; none is the code of what is no exercise.
CREATE OR REPLACE MACRO exercise_meant(word, words) AS
    coalesce(words[lower(word)], words[bare_word(plain_name(word))]);

-- The names in a cell that names several exercises. A semicolon, a bar and a line end stand in no exercise's name, the
-- other signs may.
CREATE OR REPLACE MACRO names_in(word) AS list_filter(
    list_transform(
        string_split_regex(
            word, CASE WHEN regexp_matches(word, '[;|\n]') THEN '[;|\n]' ELSE '[,/+&、，]| and | 및 ' END
        ),
        lambda name: trim(name)
    ),
    lambda name: name <> ''
);

-- The exercises of a cell that names several, in the programme's order: codes, and by their names those that are not
-- known. Null where the cell has one name: fewer than two names are known, but for one beside a semicolon or its like.
CREATE OR REPLACE MACRO exercises_named(word, words) AS CASE
    WHEN NOT regexp_matches(word, '[;|\n,/+&、，]| and | 및 ') THEN NULL
    WHEN len(names_in(word)) > 1 AND len(list_filter(
        names_in(word), lambda name: exercise_meant(name, words) IS NOT NULL
    )) >= CASE WHEN regexp_matches(word, '[;|\n]') THEN 1 ELSE 2 END
        THEN list_concat(
            list_transform(list_sort(list_transform(
                list_filter(
                    list_distinct(list_transform(names_in(word), lambda name: exercise_meant(name, words))),
                    lambda code: code NOT IN ('none', 'other')
                ),
                lambda code: list_position(map_keys(words), code)
            )), lambda position: map_keys(words)[position]),
            list_sort(list_distinct(list_filter(
                names_in(word), lambda name: coalesce(exercise_meant(name, words), 'other') = 'other'
            )))
        )
END;

-- A number with a dot or a comma as its decimal sign, to three decimals.
CREATE OR REPLACE MACRO number(word) AS CASE
    WHEN length(word) <= 2 THEN try_cast(word AS DECIMAL(12, 3))
    WHEN regexp_full_match(word, '[+-]?(\d{1,8}([.,]\d*)?|[.,]\d+)')
        THEN try_cast(replace(word, ',', '.') AS DECIMAL(12, 3))
END;

-- What a score's cell says, but nothing where the mapping says that this column's 0 stands for nothing.
CREATE OR REPLACE MACRO without_zero(word, column_name, zero_is_missing) AS
    CASE WHEN list_contains(zero_is_missing, column_name) AND number(word) = 0 THEN NULL ELSE word END;

-- A number, but nothing where the mapping says that this column's 0 stands for nothing.
CREATE OR REPLACE MACRO unless_zero(value, column_name, zero_is_missing) AS
    CASE WHEN list_contains(zero_is_missing, column_name) THEN nullif(value, 0) ELSE value END;

-- A pain score: a number; looked at closely, the 3 of 3/10 too where the scale is 0 to 10, and the 0 of "0 (no pain)".
CREATE OR REPLACE MACRO score_number(word, meaning) AS CASE
    WHEN NOT meaning.closely THEN number(word)
    ELSE coalesce(number(word), number(regexp_extract(word, CASE
        WHEN meaning.scale_from = 0 AND meaning.scale_by = 1 THEN '^(\d+(?:[.,]\d+)?) ?(?:/ ?10|\([^()\d]*\))$'
        ELSE '^(\d+(?:[.,]\d+)?) ?\([^()\d]*\)$'
    END, 1)))
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
