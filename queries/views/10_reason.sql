-- One row per reason for which a patient is listed, in the order of the list: the group that it puts the patient into,
-- whether sessions are its evidence or it speaks of the patient, and the reason that says it already, if one does.
CREATE OR REPLACE MACRO reasons() AS TABLE
SELECT *
FROM (VALUES
    (1, 'more_than_usual', 'first', true, NULL),
    (2, 'rise_in_few', 'first', true, NULL),
    (3, 'severe_more_than_usual', 'first', true, NULL),
    (4, 'stopped_for_pain', 'first', true, NULL),
    (5, 'stopped_after_a_rise', 'first', true, NULL),
    (6, 'rise', 'soon', true, NULL),
    (7, 'stopped_early', 'soon', true, 'stopped_for_pain'),
    (8, 'above_usual', 'soon', true, 'more_than_usual'),
    (9, 'resting_pain_up', 'soon', true, NULL),
    (10, 'severe_and_exercising', 'soon', true, NULL),
    (11, 'any_rise', 'look', true, NULL),
    (12, 'left_unreviewed', 'look', true, NULL),
    (13, 'off_programme', 'off_programme', true, NULL),
    (14, 'silent', 'silent', false, NULL),
    (15, 'no_recent_upload', 'no_recent_upload', false, NULL),
    (16, 'not_assessable', 'not_assessable', true, NULL),
    (17, 'low_adherence', 'low_adherence', false, NULL)
) AS reason (position, code, review_group, is_of_session, said_by);

-- One row per group of the list, in its order.
CREATE OR REPLACE MACRO review_groups() AS TABLE
SELECT review_group, row_number() OVER (ORDER BY min(position)) AS position
FROM (
    SELECT review_group, position FROM reasons()
    UNION ALL
    SELECT 'on_track' AS review_group, 100 AS position
) AS grouped
GROUP BY review_group;

-- One row per patient with a change of resting pain: the mean of the daily means of the window against the baseline's.
-- Definition: up by at least 1 and by one standard deviation (n - 1) of the baseline's daily means; 4 days in each.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO resting_change(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

resting AS (
    SELECT
        resting_day.patient_id,
        avg(resting_day.resting) FILTER (WHERE resting_day.is_in_window) AS in_window,
        avg(resting_day.resting) FILTER (WHERE NOT resting_day.is_in_window) AS in_baseline,
        stddev_samp(resting_day.resting) FILTER (WHERE NOT resting_day.is_in_window) AS deviation,
        count(*) FILTER (WHERE resting_day.is_in_window) AS window_days,
        count(*) FILTER (WHERE NOT resting_day.is_in_window) AS baseline_days
    FROM (
        SELECT
            patient_day.patient_id,
            patient_day.resting,
            patient_day.day > CAST(as_of AS DATE) - r.window_days AS is_in_window
        FROM derived.patient_day
        CROSS JOIN r
        WHERE
            patient_day.resting IS NOT NULL
            AND patient_day.day <= CAST(as_of AS DATE)
            AND patient_day.day > CAST(as_of AS DATE) - r.window_days - r.baseline_days
    ) AS resting_day
    GROUP BY resting_day.patient_id
)

SELECT
    resting.patient_id,
    resting.in_window,
    resting.in_baseline,
    resting.window_days >= r.resting_pain_days
    AND resting.baseline_days >= r.resting_pain_days
    AND round(resting.in_window - resting.in_baseline, 6) >= r.resting_pain_points
    AND round(resting.in_window - resting.in_baseline, 6) >= round(r.resting_pain_deviations * resting.deviation, 6)
    AS is_up
FROM resting
CROSS JOIN r;

-- One row per reason of a patient and session that is its evidence; a reason that speaks of the patient has one row
-- without a session, and no day. Whoever wants to know why somebody is listed asks this.
-- Definition: the numbers are those of reasons().
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO given_reason(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

session AS MATERIALIZED (
    SELECT
        listed.patient_id,
        listed.session_key,
        listed.started_at,
        listed.day,
        listed.rise,
        listed.stopped_early,
        listed.has_rise,
        listed.has_small_rise,
        listed.has_important_rise,
        listed.was_stopped,
        listed.is_off_programme,
        listed.is_covered,
        listed.is_open,
        listed.is_recent AND usual.can_compare AS is_compared,
        listed.recent_number,
        listed.rise - usual.usual_rise AS above_usual,
        usual.recent_sessions,
        usual.recent_with_small_rise,
        usual.has_reviewed_of_last_days,
        usual.has_reviewed,
        usual.excess,
        usual.excess_of_last,
        coalesce(severity.severity = 'severe', false) AS is_severe
    FROM listed_session(as_of) AS listed
    INNER JOIN usual(as_of) AS usual ON listed.patient_id = usual.patient_id
    LEFT JOIN severity(as_of) AS severity ON listed.patient_id = severity.patient_id
),

last_session AS (
    SELECT * FROM session
    QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY started_at DESC, session_key DESC) = 1
)

-- 1: recent sessions lie above the usual, as a whole or the last three of them.
SELECT 'more_than_usual' AS code, session.patient_id, session.session_key, session.day
FROM session CROSS JOIN r
WHERE
    session.is_compared AND session.has_small_rise
    AND session.recent_sessions >= r.sessions_to_compare
    AND session.recent_with_small_rise >= r.sessions_with_small_rise
    AND (session.excess >= r.first_excess OR session.excess_of_last >= r.first_excess_of_last)
UNION ALL
-- 2: too few sessions to compare, and an important rise.
SELECT 'rise_in_few' AS code, session.patient_id, session.session_key, session.day
FROM session CROSS JOIN r
WHERE
    session.is_compared AND session.has_important_rise
    AND session.recent_sessions < r.sessions_to_compare
    AND NOT session.has_reviewed_of_last_days
UNION ALL
-- 3: severe symptoms, and sessions above the usual.
SELECT 'severe_more_than_usual' AS code, session.patient_id, session.session_key, session.day
FROM session CROSS JOIN r
WHERE
    session.is_compared AND session.has_small_rise AND session.is_severe
    AND session.recent_with_small_rise >= r.sessions_with_small_rise
    AND session.excess >= r.severe_excess
UNION ALL
-- 4: stopped early with an important rise, or with one that cannot be judged.
SELECT 'stopped_for_pain' AS code, patient_id, session_key, day
FROM session
WHERE is_open AND was_stopped AND (has_important_rise OR rise IS NULL)
UNION ALL
-- 5: an important rise, and no session after it although data came.
SELECT 'stopped_after_a_rise' AS code, last_session.patient_id, last_session.session_key, last_session.day
FROM last_session
INNER JOIN covered_patient(as_of) AS patient ON last_session.patient_id = patient.patient_id
CROSS JOIN r
WHERE
    last_session.has_important_rise AND NOT last_session.is_covered
    AND patient.covered_through - last_session.day >= r.stopped_after_days
UNION ALL
-- 6: one important rise far above the usual, or the last session's above it.
SELECT 'rise' AS code, session.patient_id, session.session_key, session.day
FROM session CROSS JOIN r
WHERE
    session.is_compared AND session.has_important_rise
    AND (
        round(session.above_usual, 6) >= r.rise_above_usual
        OR (session.recent_number = 1 AND round(session.above_usual, 6) >= r.last_rise_above_usual)
    )
UNION ALL
-- 7: stopped early with some rise.
SELECT 'stopped_early' AS code, patient_id, session_key, day
FROM session
WHERE is_compared AND was_stopped AND has_small_rise
UNION ALL
-- 8: as 1, by less.
SELECT 'above_usual' AS code, session.patient_id, session.session_key, session.day
FROM session CROSS JOIN r
WHERE
    session.is_compared AND session.has_small_rise
    AND session.recent_sessions >= r.sessions_to_compare
    AND session.recent_with_small_rise >= r.sessions_with_small_rise
    AND (session.excess >= r.soon_excess OR session.excess_of_last >= r.soon_excess_of_last)
UNION ALL
-- 9: more pain at rest than in the weeks before.
SELECT 'resting_pain_up' AS code, session.patient_id, session.session_key, session.day
FROM session
INNER JOIN resting_change(as_of) AS resting ON session.patient_id = resting.patient_id
WHERE session.is_open AND resting.is_up
UNION ALL
-- 10: severe symptoms, and nobody has looked at any session.
SELECT 'severe_and_exercising' AS code, patient_id, session_key, day
FROM session
WHERE is_open AND is_severe AND NOT has_reviewed
UNION ALL
-- 11: any rise, or stopped early.
SELECT 'any_rise' AS code, patient_id, session_key, day
FROM session
WHERE is_open AND (has_rise OR was_stopped)
UNION ALL
-- 12: important, older than the list's days, and no professional has looked.
SELECT 'left_unreviewed' AS code, left_session.patient_id, left_session.session_key, left_session.day
FROM session(as_of) AS left_session
CROSS JOIN r
WHERE
    left_session.day BETWEEN CAST(as_of AS DATE) - r.left_to_days AND CAST(as_of AS DATE) - r.left_from_days
    AND (left_session.rise >= r.important_rise OR left_session.stopped_early)
    AND arrival(left_session.day, left_session.arrival_days, as_of) - left_session.day <= r.left_arrival_days
    AND left_session.session_key NOT IN (
        SELECT session_key FROM covered_session(as_of, CAST(as_of AS DATE) - (SELECT left_to_days FROM r))
    )
UNION ALL
-- 13: an exercise that the programme advises against, or does not have.
SELECT 'off_programme' AS code, patient_id, session_key, day
FROM session
WHERE is_open AND is_off_programme
UNION ALL
-- 14: data came, and no session with them.
SELECT 'silent' AS code, patient.patient_id, NULL AS session_key, NULL AS day
FROM patient(as_of) AS patient CROSS JOIN r
WHERE patient.covered_through - patient.last_session >= r.silent_days
UNION ALL
-- 15: no data came.
SELECT 'no_recent_upload' AS code, patient.patient_id, NULL AS session_key, NULL AS day
FROM covered_patient(as_of) AS patient CROSS JOIN r
WHERE patient.covered_through IS NULL OR CAST(as_of AS DATE) - patient.covered_through >= r.upload_days
UNION ALL
-- 16: no open session has the scores that a rise needs.
SELECT 'not_assessable' AS code, patient_id, session_key, day
FROM session
WHERE is_open
QUALIFY count(rise) OVER (PARTITION BY patient_id) = 0
UNION ALL
-- 17: less than half of the programme was done.
SELECT 'low_adherence' AS code, patient_id, NULL AS session_key, NULL AS day
FROM adherence(as_of, CAST(as_of AS DATE) - (SELECT low_adherence_days - 1 FROM r))
WHERE adherence_label = 'low';
