-- One row per session of a patient in the period, in time; sessions that cannot be judged have no rise.
-- Answers: how did each session go, and which of them gave a reason to look?
-- Definition: shown_before and shown_peak are the scores that the rise lies between; where there is no rise, the first
-- before and the highest peak. reasons are those that the session itself is evidence of; is_open says that it waits for
-- a look.
-- Parameters: $as_of, $since (dates); $patient (text).
WITH given AS (
    SELECT
        given.session_key,
        list(reasons.code ORDER BY reasons.position) AS reasons
    FROM given_reason($as_of) AS given
    INNER JOIN reasons() AS reasons ON given.code = reasons.code
    WHERE given.patient_id = $patient AND given.session_key IS NOT NULL
    GROUP BY given.session_key
)

SELECT
    session.* EXCLUDE (uploaded_at, arrival_days),
    coalesce(session.rise_from, session.pain_before) AS shown_before,
    coalesce(session.rise_to, session.peak) AS shown_peak,
    coalesce(listed.is_open, false) AS is_open,
    coalesce(listed.is_recent, false) AS is_recent,
    coalesce(given.reasons, []) AS reasons,
    CASE
        WHEN session.stopped_early THEN 'stopped'
        WHEN session.rise IS NULL THEN 'not_assessable'
        WHEN session.rise > 0 THEN 'rise'
        ELSE 'no_rise'
    END AS mark
FROM session($as_of) AS session
LEFT JOIN listed_session($as_of) AS listed ON session.session_key = listed.session_key
LEFT JOIN given ON session.session_key = given.session_key
WHERE session.patient_id = $patient AND session.day >= CAST($since AS DATE)
ORDER BY session.started_at, session.session_key
