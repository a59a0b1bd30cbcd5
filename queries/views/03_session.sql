-- One row per session row of some patients, with the session that it belongs to.
-- Definition: rows of one patient that share a session_id are a session; where the export has none, rows that start at
-- most 60 minutes after the row before; rows that carry only a date, one session a date. A pain entry is no session.
-- Some apps number the sessions of each day anew. So that a rise of this week does not vanish in a session that began
-- weeks ago, an id that comes again more than 12 hours later (on another day, where only days are known) is a new one.
-- Parameters: patients (list of patient ids); before (timestamp): only rows performed earlier count.
CREATE OR REPLACE MACRO session_row_of(patients, before) AS TABLE
WITH gap AS (
    SELECT
        *,
        row_number() OVER in_order AS position,
        CASE
            WHEN session_id IS NULL AND NOT has_time THEN CAST(day AS TIMESTAMP)
            WHEN lag(performed_at) OVER in_order IS NULL THEN performed_at
            WHEN session_id IS NULL THEN CASE
                WHEN performed_at - lag(performed_at) OVER in_order > to_minutes(r.session_gap_minutes)
                    THEN performed_at
            END
            WHEN has_time AND lag(has_time) OVER in_order THEN CASE
                WHEN performed_at - lag(performed_at) OVER in_order > to_hours(r.session_id_hours) THEN performed_at
            END
            WHEN day > lag(day) OVER in_order THEN performed_at
        END AS begins
    FROM logged(patients)
    CROSS JOIN (
        SELECT session_gap_minutes, session_id_hours FROM clinic.rule_set ORDER BY version DESC LIMIT 1
    ) AS r
    WHERE exercise_label IS NOT NULL AND performed_at < before
    WINDOW in_order AS (
        PARTITION BY patient_id, session_id, session_id IS NULL AND has_time
        ORDER BY performed_at, upload_id, line_no, row_id
    )
)

SELECT
    * EXCLUDE (begins, session_gap_minutes, session_id_hours),
    max(begins) OVER (PARTITION BY patient_id, session_id, session_id IS NULL AND has_time ORDER BY position) AS begins,
    CASE WHEN session_id IS NULL THEN has_time END AS by_gap
FROM gap;

-- One row per session of some patients; `session_key` is the id of its first row.
-- Definition: rise and peak are the largest of its rows; before is the first pain_before, after the last pain_after;
-- stopped_early is true if any row says so, else false if any says no, else null; provoked_by is the exercise of the
-- row with the largest rise, the first in time on a tie; rise_from and rise_to are that row's before and peak, so that
-- rise = rise_to - rise_from. It belongs to the day on which it starts.
-- Parameters: patients (list of patient ids); before (timestamp): only rows performed earlier count.
CREATE OR REPLACE MACRO session_of(patients, before) AS TABLE
SELECT
    patient_id,
    arg_min(row_id, position) AS session_key,
    min(performed_at) AS started_at,
    max(performed_at) AS last_at,
    CAST(min(performed_at) AS DATE) AS day,
    bool_or(has_time) AS has_time,
    max(rise) AS rise,
    max(peak) AS peak,
    arg_min(pain_before, position) AS pain_before,
    arg_max(pain_after, position) AS pain_after,
    bool_or(stopped_early) AS stopped_early,
    arg_max(exercise_label, rise_rank) AS provoked_by,
    arg_max(pain_before, rise_rank) AS rise_from,
    arg_max(peak, rise_rank) AS rise_to,
    CAST(count(*) AS INTEGER) AS row_count,
    bool_or(is_off(exercise, exercise_name)) AS is_off_programme,
    string_agg(notes, ' · ' ORDER BY position) FILTER (WHERE notes IS NOT NULL) AS notes
FROM (
    SELECT
        *,
        CAST(rise * 1000 AS BIGINT) * 1000000000 - position AS rise_rank
    FROM session_row_of(patients, before)
) AS ranked
GROUP BY patient_id, session_id, begins, by_gap;

-- One row per session by the end of a day, as it was then.
-- Definition: sessions are kept in clinic.session; one that goes on past midnight of the day is built again from the
-- rows performed by then.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO session(as_of) AS TABLE
SELECT * FROM clinic.session WHERE day <= CAST(as_of AS DATE) AND last_at < CAST(as_of AS DATE) + INTERVAL 1 DAY
UNION ALL BY NAME
SELECT *
FROM session_of(
    (
        SELECT coalesce(list(DISTINCT patient_id), []) FROM clinic.session
        WHERE day <= CAST(as_of AS DATE) AND last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY
    ),
    CAST(as_of AS DATE) + INTERVAL 1 DAY
)
WHERE session_key IN (
    SELECT session_key FROM clinic.session
    WHERE day <= CAST(as_of AS DATE) AND last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY
);
