-- How the text of a cell becomes a day or a moment on the clinic's wall clock; null for what is no date that exists.

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
    ELSE try_strptime(word, [
        '%H:%M:%S.%f', '%I:%M %p', '%I:%M:%S %p', '%I:%M%p', '%I:%M:%S%p', '%p%I:%M', '%p%I:%M:%S'
    ])
END;

-- Morning and afternoon as AM and PM.
CREATE OR REPLACE MACRO with_am_pm(word) AS replace(replace(replace(replace(replace(replace(
    word, '오전', 'AM'), '오후', 'PM'), 'a.m.', 'AM'), 'p.m.', 'PM'), 'A.M.', 'AM'), 'P.M.', 'PM');

-- The pieces of a written moment: its day, its time of day and its zone, each '' where it has none.
CREATE OR REPLACE MACRO moment_pieces(word) AS regexp_extract(
    regexp_replace(
        regexp_replace(
            with_am_pm(regexp_replace(word, '[\s\x{202F}\x{00A0},]+', ' ', 'g')),
            '^(\d{1,4})\s?[-./년]\s?(\d{1,2})\s?[-./월]\s?(\d{1,4})(?:\s?[.일])?', '\1-\2-\3'
        ),
        '^(\d{1,2})(st|nd|rd|th) ', '\1 '
    ),
    '^(\d{1,4}-\d{1,2}-\d{1,4}|\d{1,2}[- ][A-Za-z]+[- ]\d{4}|[A-Za-z]+ \d{1,2} \d{4})'
    || '(?:[T ] ?((?:[AaPp][Mm] ?)?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?))?'
    || ' ?(Z|[A-Za-z]{3,5}|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|)$',
    ['day', 'clock', 'zone']
);

-- The abbreviations of zones that mean one offset from UTC all over the world, in minutes: of those that the IANA time
-- zone database gives to any zone today, the ones that it gives to one offset alone and that have no second meaning in
-- common use. CST, PST, IST, BST and AST are not among them.
CREATE OR REPLACE MACRO abbreviated_minutes(zone) AS CASE
    WHEN upper(zone) IN ('HST') THEN -600
    WHEN upper(zone) IN ('AKST') THEN -540
    WHEN upper(zone) IN ('AKDT') THEN -480
    WHEN upper(zone) IN ('MST', 'PDT') THEN -420
    WHEN upper(zone) IN ('MDT') THEN -360
    WHEN upper(zone) IN ('EST') THEN -300
    WHEN upper(zone) IN ('EDT') THEN -240
    WHEN upper(zone) IN ('Z', 'UTC', 'GMT', 'WET') THEN 0
    WHEN upper(zone) IN ('WEST', 'CET') THEN 60
    WHEN upper(zone) IN ('CEST', 'EET') THEN 120
    WHEN upper(zone) IN ('EEST', 'MSK') THEN 180
    WHEN upper(zone) IN ('HKT', 'AWST') THEN 480
    WHEN upper(zone) IN ('KST', 'JST') THEN 540
    WHEN upper(zone) IN ('AEST') THEN 600
    WHEN upper(zone) IN ('AEDT') THEN 660
    WHEN upper(zone) IN ('NZST') THEN 720
    WHEN upper(zone) IN ('NZDT') THEN 780
END;

-- The offset of a zone from UTC in minutes, at most 14 hours; null where that is not clear.
CREATE OR REPLACE MACRO zone_minutes(zone) AS CASE
    WHEN NOT regexp_matches(zone, '\d') THEN abbreviated_minutes(zone)
    WHEN regexp_full_match(zone, '(GMT|UTC)?[+-](14(:?00)?|(0?\d|1[0-3])(:?[0-5]\d)?)')
        THEN CASE WHEN contains(zone, '-') THEN -1 ELSE 1 END * (
            60 * CAST(regexp_extract(zone, '[+-](\d{1,2}?)(:?\d{2})?$', 1) AS INTEGER)
            + coalesce(try_cast(regexp_extract(zone, '[+-]\d{1,2}?:?(\d{2})?$', 1) AS INTEGER), 0)
        )
END;

-- A moment as it is written, in whichever zone that is; null where its zone is not clear.
CREATE OR REPLACE MACRO moment_of_pieces(pieces, date_order) AS CASE
    WHEN pieces.zone = '' OR zone_minutes(pieces.zone) IS NOT NULL
        THEN written_day(pieces.day, date_order) + CASE
            WHEN pieces.clock = '' THEN INTERVAL 0 SECOND
            ELSE written_time(upper(pieces.clock)) - TIMESTAMP '1900-01-01'
        END
END;

-- A moment that is written with an offset from UTC, in UTC; null where it has none.
CREATE OR REPLACE MACRO utc_of_pieces(written_moment, pieces) AS CASE
    WHEN pieces.clock <> '' AND pieces.zone <> ''
        THEN date_trunc('second', written_moment) - to_minutes(zone_minutes(pieces.zone))
END;

-- The clinic's wall clock at a moment in UTC.
CREATE OR REPLACE MACRO clinic_clock(utc) AS CAST(timezone('UTC', utc) AS TIMESTAMP);

CREATE OR REPLACE MACRO on_clinic_clock(written_moment, pieces) AS CASE
    WHEN pieces.clock <> '' AND pieces.zone <> '' THEN clinic_clock(utc_of_pieces(written_moment, pieces))
    ELSE written_moment
END;

-- By how much the clinic's clock is set back within a day of a moment in UTC; negative where it is set forward.
CREATE OR REPLACE MACRO set_back(utc) AS
    clinic_clock(utc - INTERVAL 24 HOUR) - clinic_clock(utc + INTERVAL 24 HOUR) + INTERVAL 48 HOUR;

-- The minutes from UTC to the clinic's wall clock where that clock shows the time of this moment twice; otherwise null.
CREATE OR REPLACE MACRO offset_where_twice(utc, clock) AS CASE
    WHEN utc IS NULL OR set_back(utc) <= INTERVAL 0 HOUR THEN NULL
    WHEN clock IN (clinic_clock(utc - set_back(utc)), clinic_clock(utc + set_back(utc)))
        THEN CAST(date_diff('minute', utc, clock) AS INTEGER)
END;

-- An offset from UTC as ISO 8601 writes it: 120 minutes are +02:00.
CREATE OR REPLACE MACRO written_offset(minutes) AS
    CASE WHEN minutes < 0 THEN '-' ELSE '+' END || printf('%02d:%02d', abs(minutes) // 60, abs(minutes) % 60);

-- Whether a cell looks like a day as Excel counts them (1954 to 2173), or like the seconds or milliseconds since 1970.
CREATE OR REPLACE MACRO is_excel_day(word) AS regexp_full_match(word, '[2-9]\d{4}([.,]\d+)?');

CREATE OR REPLACE MACRO is_epoch(word) AS regexp_full_match(word, '1\d{9}(\d{3})?(\.\d+)?');

-- A moment that is written as a number: days as Excel counts them, or seconds (or milliseconds) since 1970, in UTC.
CREATE OR REPLACE MACRO counted_moment(word, date_order) AS CASE
    WHEN date_order = 'excel' AND is_excel_day(word)
        THEN TIMESTAMP '1899-12-30' + to_seconds(round(86400 * CAST(replace(word, ',', '.') AS DOUBLE)))
    WHEN date_order = 'epoch' AND is_epoch(word)
        THEN timezone(
            'UTC',
            to_timestamp(floor(CAST(word AS DOUBLE) / CASE WHEN regexp_matches(word, '^\d{13}') THEN 1000 ELSE 1 END))
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
