-- The reasons of a patient that no other one of them says already, in their order.
CREATE OR REPLACE MACRO reasons_shown(given) AS (
    SELECT coalesce(list(reasons.code ORDER BY reasons.position), [])
    FROM reasons() AS reasons
    WHERE list_contains(given, reasons.code) AND NOT coalesce(list_contains(given, reasons.said_by), false)
);

-- One row per patient of the list that is given: what the screen says of them beside the numbers of the view review.
-- Definition: rises are those of the last 14 sessions of the 28 days that can be judged, oldest first. recent is the
-- recent session with the largest rise, worst the open one, left the one that gives left_unreviewed; the latest of
-- several, and each with the scores that its rise lies between. worst_is_recent says that both are one. stopped_day is
-- the day of the latest open session that was stopped early, off_programme_sessions counts the open sessions with an
-- exercise that is not in the programme. adherence_lately and the days beside it are those that low_adherence looks at.
-- Parameters: as_of (date); patients (list of patient ids).
CREATE OR REPLACE MACRO review_facts(as_of, patients) AS TABLE
WITH listed AS MATERIALIZED (
    SELECT
        session.*,
        listed.is_recent,
        listed.is_open,
        listed.is_open_off_programme,
        listed.was_stopped
    FROM session(as_of) AS session
    INNER JOIN listed_session(as_of) AS listed ON session.session_key = listed.session_key
    WHERE
        list_contains(patients, session.patient_id)
        AND session.day > CAST(as_of AS DATE) - (SELECT list_days FROM rule(as_of))
),

tally AS (
    SELECT
        patient_id,
        list(rise ORDER BY number) FILTER (WHERE rise IS NOT NULL)[-14:] AS rises,
        max(rise) FILTER (WHERE is_recent) AS recent_max_rise,
        arg_max(session_key, (rise, number)) FILTER (WHERE is_recent) AS recent_key,
        arg_max(session_key, (rise, number)) FILTER (WHERE is_open AND rise IS NOT NULL) AS worst_key,
        max(day) FILTER (WHERE is_open AND was_stopped) AS stopped_day,
        count(*) FILTER (WHERE is_open_off_programme) AS off_programme_sessions,
        max(day) FILTER (WHERE is_open_off_programme) AS off_programme_day
    FROM listed
    GROUP BY patient_id
),

left_behind AS (
    SELECT session.*
    FROM session(as_of) AS session
    INNER JOIN left_session(as_of) AS left_behind ON session.session_key = left_behind.session_key
    WHERE list_contains(patients, session.patient_id)
    QUALIFY row_number() OVER (
        PARTITION BY session.patient_id ORDER BY session.rise DESC NULLS LAST, session.number DESC
    ) = 1
)

SELECT
    asked.patient_id,
    tally.* EXCLUDE (patient_id, recent_key, worst_key),
    recent.day AS recent_day,
    recent.rise_from AS recent_from,
    recent.rise_to AS recent_to,
    recent.provoked_by AS recent_exercise,
    recent.is_climb AS recent_is_climb,
    recent.is_carried AS recent_is_carried,
    worst.day AS worst_day,
    worst.rise_from AS worst_from,
    worst.rise_to AS worst_to,
    worst.provoked_by AS worst_exercise,
    worst.is_climb AS worst_is_climb,
    worst.is_carried AS worst_is_carried,
    worst.is_recent AS worst_is_recent,
    left_behind.day AS left_day,
    left_behind.rise_from AS left_from,
    left_behind.rise_to AS left_to,
    left_behind.provoked_by AS left_exercise,
    left_behind.is_climb AS left_is_climb,
    left_behind.is_carried AS left_is_carried,
    coalesce(left_behind.stopped_early, false) AS left_is_stopped,
    adherence.adherence AS adherence_lately,
    adherence.days_logged AS days_logged_lately,
    adherence.exposure_days AS exposure_days_lately
FROM (SELECT unnest(patients) AS patient_id) AS asked
LEFT JOIN tally ON asked.patient_id = tally.patient_id
LEFT JOIN listed AS recent ON tally.recent_key = recent.session_key
LEFT JOIN listed AS worst ON tally.worst_key = worst.session_key
LEFT JOIN left_behind ON asked.patient_id = left_behind.patient_id
LEFT JOIN
    adherence(as_of, CAST(as_of AS DATE) - (SELECT low_adherence_days - 1 FROM rule(as_of))) AS adherence
    ON asked.patient_id = adherence.patient_id;
