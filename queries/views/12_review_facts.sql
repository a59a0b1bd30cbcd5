-- One row per patient of the list that is given: what the screen says of them beside the numbers of the view review.
-- Definition: rises are those of the last 14 sessions of the 28 days that can be judged, oldest first. recent is the
-- recent session with the largest rise, the latest of several; left that of the sessions that give left_unreviewed.
-- stopped_day is the latest day of an open session that was stopped early, off_programme_sessions counts the open
-- sessions with an exercise that is not in the programme. resting_window and resting_baseline are the two means of
-- resting_change; adherence_lately and the days beside it are those of the 14 days that low_adherence looks at.
-- Parameters: as_of (date); patients (list of patient ids).
CREATE OR REPLACE MACRO review_facts(as_of, patients) AS TABLE
WITH session AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY patient_id, is_recent ORDER BY rise DESC NULLS LAST, started_at DESC
        ) AS rise_number
    FROM listed_session(as_of)
    WHERE patient_id IN (SELECT unnest(patients))
),

of_session AS (
    SELECT
        patient_id,
        list(rise ORDER BY started_at, session_key) FILTER (WHERE rise IS NOT NULL)[-14:] AS rises,
        max(rise) FILTER (WHERE is_recent) AS recent_max_rise,
        max(day) FILTER (WHERE is_recent AND rise_number = 1) AS recent_day,
        max(rise_from) FILTER (WHERE is_recent AND rise_number = 1) AS recent_from,
        max(rise_to) FILTER (WHERE is_recent AND rise_number = 1) AS recent_to,
        max(provoked_by) FILTER (WHERE is_recent AND rise_number = 1) AS recent_exercise,
        bool_or(is_climb) FILTER (WHERE is_recent AND rise_number = 1) AS recent_is_climb,
        bool_or(is_carried) FILTER (WHERE is_recent AND rise_number = 1) AS recent_is_carried,
        max(day) FILTER (WHERE is_open AND was_stopped) AS stopped_day,
        count(*) FILTER (WHERE is_open AND is_off_programme) AS off_programme_sessions,
        max(day) FILTER (WHERE is_open AND is_off_programme) AS off_programme_day
    FROM session
    GROUP BY patient_id
),

left_session AS (
    SELECT session.*
    FROM session(as_of) AS session
    INNER JOIN given_reason(as_of) AS given ON session.session_key = given.session_key
    WHERE given.code = 'left_unreviewed' AND session.patient_id IN (SELECT unnest(patients))
    QUALIFY row_number() OVER (
        PARTITION BY session.patient_id ORDER BY session.rise DESC NULLS LAST, session.started_at DESC
    ) = 1
)

SELECT
    asked.patient_id,
    of_session.* EXCLUDE (patient_id),
    left_session.day AS left_day,
    left_session.rise_from AS left_from,
    left_session.rise_to AS left_to,
    left_session.provoked_by AS left_exercise,
    left_session.is_climb AS left_is_climb,
    left_session.is_carried AS left_is_carried,
    coalesce(left_session.stopped_early, false) AS left_is_stopped,
    resting.in_window AS resting_window,
    resting.in_baseline AS resting_baseline,
    adherence.adherence AS adherence_lately,
    adherence.days_logged AS days_logged_lately,
    adherence.exposure_days AS exposure_days_lately
FROM (SELECT unnest(patients) AS patient_id) AS asked
LEFT JOIN of_session ON asked.patient_id = of_session.patient_id
LEFT JOIN left_session ON asked.patient_id = left_session.patient_id
LEFT JOIN resting_change(as_of) AS resting ON asked.patient_id = resting.patient_id
LEFT JOIN
    adherence(as_of, CAST(as_of AS DATE) - (SELECT low_adherence_days - 1 FROM rule(as_of))) AS adherence
    ON asked.patient_id = adherence.patient_id;
