-- One row per day on which some patients logged anything: how the rows of that day are cut into sessions.
-- Definition: by the rule set in force on the day.
-- Parameters: patients (list of patient ids).
CREATE OR REPLACE MACRO cutting_rule(patients) AS TABLE
SELECT
    logged_day.day,
    arg_max(rule_set.session_gap_minutes, rule_set.version) AS session_gap_minutes,
    arg_max(rule_set.session_id_hours, rule_set.version) AS session_id_hours
FROM (SELECT DISTINCT day FROM logged(patients)) AS logged_day
INNER JOIN known_rule_set() AS rule_set ON rule_set.made_at < logged_day.day + INTERVAL 1 DAY
GROUP BY logged_day.day;

-- One row per logged row of an upload that is undone, and that another upload says too: the first that does.
CREATE OR REPLACE MACRO brought_by_another() AS TABLE
SELECT
    other_line.row_id,
    min(other_line.upload_id) AS upload_id
FROM clinic.other_line
INNER JOIN clinic.log_row ON other_line.row_id = log_row.row_id
WHERE
    log_row.upload_id IN (SELECT unnest(undone_by((SELECT event_id FROM derived.mark))))
    AND other_line.upload_id IN (SELECT upload_id FROM known_upload())
GROUP BY other_line.row_id;

-- One row per logged row of some patients that replaced others: the days of the uploads that brought those.
-- Parameters: patients (list of patient ids).
CREATE OR REPLACE MACRO replaced_days(patients) AS TABLE
WITH newer AS (
    SELECT
        row_id,
        revises
    FROM clinic.log_row
    WHERE revises IS NOT NULL AND patient_id IN (SELECT unnest(patients))
),

older AS (
    SELECT
        row_id,
        upload_id,
        coalesce(revises, row_id) AS chain
    FROM clinic.log_row
    WHERE coalesce(revises, row_id) IN (SELECT revises FROM newer)
)

SELECT
    newer.row_id,
    list(DISTINCT CAST(upload.uploaded_at AS DATE)) AS days
FROM newer
INNER JOIN older ON newer.revises = older.chain AND newer.row_id > older.row_id
LEFT JOIN brought_by_another() AS other ON older.row_id = other.row_id
INNER JOIN known_upload() AS upload ON coalesce(other.upload_id, older.upload_id) = upload.upload_id
GROUP BY newer.row_id;

-- One row per session row of some patients, with the session that it belongs to.
-- Definition: rows of one patient that share a session_id, each at most 12 hours after the one before (where only days
-- are known, on the same day), are a session; rows without an id, where each starts at most 60 minutes after the one
-- before; rows without an id that carry only a date, one session a date. A pain entry is no session. Rows are in the
-- order of their times, uploads and lines. before is the row's own pain_before, otherwise the nearest earlier one of
-- its session, otherwise the last score of the nearest earlier row of the session that has one; is_carried says that it
-- is not the row's own. rise = peak - before. is_in_climb says that the session had a pain_before by then. uploaded_at
-- is the time of the upload that brought the row, replaced_days the days of those that brought the rows it replaced.
-- Parameters: patients (list of patient ids); before_moment (timestamp): only rows performed earlier count.
CREATE OR REPLACE MACRO session_row_of(patients, before_moment) AS TABLE
WITH gap AS (
    SELECT
        logged.*,
        row_number() OVER in_order AS position,
        CASE
            WHEN lag(performed_at) OVER in_order IS NULL THEN performed_at
            WHEN session_id IS NULL AND NOT has_time THEN CASE
                WHEN logged.day > lag(logged.day) OVER in_order THEN performed_at
            END
            WHEN session_id IS NULL THEN CASE
                WHEN performed_at - lag(performed_at) OVER in_order > to_minutes(session_gap_minutes)
                    THEN performed_at
            END
            WHEN has_time AND lag(has_time) OVER in_order THEN CASE
                WHEN performed_at - lag(performed_at) OVER in_order > to_hours(session_id_hours) THEN performed_at
            END
            WHEN logged.day > lag(logged.day) OVER in_order THEN performed_at
        END AS begins
    FROM logged(patients) AS logged
    INNER JOIN cutting_rule(patients) AS cutting_rule ON logged.day = cutting_rule.day
    WHERE exercise_label IS NOT NULL AND performed_at < before_moment
    WINDOW in_order AS (
        PARTITION BY patient_id, session_id, session_id IS NULL AND has_time
        ORDER BY performed_at, upload_id, line_no, row_id
    )
),

-- What stands before each row: the row with which its session begins, and the last scores so far.
so_far AS (
    SELECT
        *,
        max(begins) OVER in_order AS session_begins,
        max(position) FILTER (WHERE begins IS NOT NULL) OVER in_order AS first_position,
        max(position) FILTER (WHERE pain_before IS NOT NULL) OVER in_order AS before_position,
        last_value(pain_before IGNORE NULLS) OVER in_order AS last_before,
        max(position) FILTER (WHERE peak IS NOT NULL) OVER earlier AS score_position,
        last_value(coalesce(pain_after, pain_during) IGNORE NULLS) OVER earlier AS last_score
    FROM gap
    WINDOW
        in_order AS (
            PARTITION BY patient_id, session_id, session_id IS NULL AND has_time
            ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ),
        earlier AS (
            PARTITION BY patient_id, session_id, session_id IS NULL AND has_time
            ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
)

SELECT
    so_far.* EXCLUDE (
        begins, session_begins, first_position, before_position, last_before, score_position, last_score
    ),
    session_begins AS begins,
    CASE WHEN session_id IS NULL THEN has_time END AS by_gap,
    before_position >= first_position AS is_in_climb,
    CASE
        WHEN before_position >= first_position THEN last_before
        WHEN score_position >= first_position THEN last_score
    END AS before,
    so_far.pain_before IS NULL AND before IS NOT NULL AS is_carried,
    so_far.peak - before AS rise,
    upload.uploaded_at,
    replaced.days AS replaced_days
FROM so_far
LEFT JOIN replaced_days(patients) AS replaced ON so_far.row_id = replaced.row_id
LEFT JOIN brought_by_another() AS other ON so_far.row_id = other.row_id
INNER JOIN clinic.upload ON coalesce(other.upload_id, so_far.upload_id) = upload.upload_id;

-- One row per session of some patients, as it is when all of its rows were performed; or, by day, one row per session
-- and day on which rows of it were performed, as it was at the end of that day: from known_from to known_until, which
-- is null for the last of them. `session_key` is the id of its first row.
-- Definition: before is the first pain_before, after the last pain_after, peak the largest of its rows. rise is the
-- larger of the largest row rise and the climb: the largest peak from the row of before on, minus before. stopped_early
-- is true if any row says so, else false if any says no, else null. provoked_by is the exercise of the row with the
-- largest row rise where that is the session's rise, otherwise of the row of the climb's peak, the first in time on a
-- tie; rise_from and rise_to are the scores that the rise lies between, so that rise = rise_to - rise_from. It belongs
-- to the day on which it starts. uploaded_at is the time of the upload that brought its latest row, and arrival_days
-- the days of all uploads that brought or changed one.
-- Parameters: patients (list of patient ids); by_day (boolean).
CREATE OR REPLACE MACRO session_of(patients, by_day) AS TABLE
WITH ranked AS (
    SELECT
        *,
        CAST(rise * 1000 AS BIGINT) * 1000000000 - position AS rise_rank,
        CASE WHEN is_in_climb THEN CAST(peak * 1000 AS BIGINT) * 1000000000 - position END AS climb_rank,
        CAST(uploaded_at AS DATE) AS upload_day
    FROM session_row_of(patients, TIMESTAMP 'infinity')
),

part AS (
    SELECT
        patient_id,
        session_id,
        begins,
        by_gap,
        day,
        CAST(lead(day) OVER (PARTITION BY patient_id, session_id, begins, by_gap ORDER BY day) - 1 AS DATE) AS until
    FROM (SELECT DISTINCT patient_id, session_id, begins, by_gap, day FROM ranked) AS session_day
),

chosen AS (
    SELECT
        *,
        CAST(NULL AS DATE) AS part_day,
        CAST(NULL AS DATE) AS known_until
    FROM ranked
    WHERE NOT by_day
    UNION ALL
    SELECT
        ranked.*,
        part.day AS part_day,
        part.until AS known_until
    FROM ranked
    INNER JOIN part
        ON
            ranked.patient_id = part.patient_id
            AND ranked.begins = part.begins
            AND ranked.session_id IS NOT DISTINCT FROM part.session_id
            AND ranked.by_gap IS NOT DISTINCT FROM part.by_gap
            AND ranked.day <= part.day
    WHERE by_day
),

grouped AS (
    SELECT
        patient_id,
        arg_min(row_id, position) AS session_key,
        min(performed_at) AS started_at,
        max(performed_at) AS last_at,
        CAST(min(performed_at) AS DATE) AS day,
        coalesce(part_day, CAST(max(performed_at) AS DATE)) AS known_from,
        known_until,
        bool_or(has_time) AS has_time,
        max(rise) AS row_rise,
        max(peak) FILTER (WHERE is_in_climb) AS climb_to,
        max(peak) AS peak,
        arg_min(pain_before, position) AS pain_before,
        arg_max(pain_after, position) AS pain_after,
        bool_or(stopped_early) AS stopped_early,
        arg_max(exercise_label, rise_rank) AS row_exercise,
        arg_max(before, rise_rank) AS row_from,
        arg_max(peak, rise_rank) AS row_to,
        arg_max(is_carried, rise_rank) AS row_is_carried,
        arg_max(exercise_label, climb_rank) AS climb_exercise,
        CAST(count(*) AS INTEGER) AS row_count,
        bool_or(is_off(exercise, exercise_name)) AS is_off_programme,
        string_agg(notes, ' · ' ORDER BY position) FILTER (WHERE notes IS NOT NULL) AS notes,
        max(uploaded_at) AS uploaded_at,
        CASE
            WHEN min(upload_day) = max(upload_day) AND count(replaced_days) = 0 THEN [max(upload_day)]
            ELSE list_reverse_sort(list_distinct(list_concat(list(upload_day), coalesce(
                flatten(list(replaced_days) FILTER (WHERE replaced_days IS NOT NULL)), []
            ))))
        END AS arrival_days
    FROM chosen
    GROUP BY patient_id, session_id, begins, by_gap, part_day, known_until
)

SELECT
    grouped.* EXCLUDE (
        row_rise, climb_to, row_exercise, row_from, row_to, row_is_carried, climb_exercise, row_count, is_off_programme,
        notes, uploaded_at, arrival_days
    ),
    greatest(row_rise, climb_to - pain_before) AS rise,
    coalesce(climb_to - pain_before > row_rise, row_rise IS NULL) AND climb_to IS NOT NULL AS is_climb,
    NOT is_climb AND coalesce(row_is_carried, false) AS is_carried,
    CASE WHEN is_climb THEN climb_exercise ELSE row_exercise END AS provoked_by,
    CASE WHEN is_climb THEN pain_before ELSE row_from END AS rise_from,
    CASE WHEN is_climb THEN climb_to ELSE row_to END AS rise_to,
    row_count,
    is_off_programme,
    notes,
    uploaded_at,
    arrival_days
FROM grouped;

-- One row per session by the end of a day, as it was then: one that goes on past midnight has the rows performed by
-- then.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO session(as_of) AS TABLE
SELECT * REPLACE (CASE WHEN next_start < CAST(as_of AS DATE) + INTERVAL 1 DAY THEN next_start END AS next_start)
FROM derived.session
WHERE known_from <= CAST(as_of AS DATE) AND (known_until IS NULL OR known_until >= CAST(as_of AS DATE));
