-- One row per session of a patient in the period, in time; sessions that cannot be judged have no rise.
-- Answers: how did each session go, and which of them gave a reason to look?
-- Definition: shown_before and shown_peak are the scores that the rise lies between; where there is no rise, the first
-- before and the highest peak. reasons are the patient's of which the session is evidence; is_open says that it waits
-- for a look.
-- Parameters: $as_of, $since (dates); $patient (text).
WITH judged AS MATERIALIZED (
    SELECT * FROM judged_patient($as_of) WHERE patient_id = $patient
),

evidence AS (
    SELECT
        listed.session_key,
        listed.is_open,
        listed.is_recent,
        [
            CASE WHEN listed.is_small_recent_rise THEN 'is_small_recent_rise' END,
            CASE WHEN listed.is_important_recent_rise THEN 'is_important_recent_rise' END,
            CASE WHEN listed.is_stopped_for_pain THEN 'is_stopped_for_pain' END,
            CASE WHEN listed.is_last_and_rise THEN 'is_last_and_rise' END,
            CASE
                WHEN
                    listed.is_important_recent_rise
                    AND is_far_above(listed.rise, listed.number, judged.usual_rise, judged.last_recent_number, r)
                    THEN 'is_far_above'
            END,
            CASE WHEN listed.is_stopped_recent_rise THEN 'is_stopped_recent_rise' END,
            CASE WHEN listed.is_open THEN 'is_open' END,
            CASE WHEN listed.is_open_rise THEN 'is_open_rise' END,
            CASE WHEN listed.is_open_off_programme THEN 'is_open_off_programme' END
        ] AS kinds
    FROM listed_session($as_of) AS listed
    INNER JOIN judged ON listed.patient_id = judged.patient_id
    CROSS JOIN rule($as_of) AS r
    UNION ALL
    SELECT
        left_behind.session_key,
        true AS is_open,
        false AS is_recent,
        ['is_left'] AS kinds
    FROM left_session($as_of) AS left_behind
    WHERE left_behind.patient_id = $patient
),

given AS (
    SELECT
        evidence.session_key,
        list(reasons.code ORDER BY reasons.position) AS reasons
    FROM evidence
    INNER JOIN reasons() AS reasons ON list_contains(evidence.kinds, reasons.evidence)
    INNER JOIN judged ON list_contains(judged.reasons, reasons.code)
    GROUP BY evidence.session_key
)

SELECT
    session.* EXCLUDE (number, next_start, known_from, known_until, uploaded_at, arrival_days),
    coalesce(session.rise_from, session.pain_before) AS shown_before,
    coalesce(session.rise_to, session.peak) AS shown_peak,
    coalesce(evidence.is_open, false) AS is_open,
    coalesce(evidence.is_recent, false) AS is_recent,
    coalesce(given.reasons, []) AS reasons,
    CASE
        WHEN session.stopped_early THEN 'stopped'
        WHEN session.rise IS NULL THEN 'not_assessable'
        WHEN session.rise > 0 THEN 'rise'
        ELSE 'no_rise'
    END AS mark
FROM session($as_of) AS session
LEFT JOIN evidence ON session.session_key = evidence.session_key
LEFT JOIN given ON session.session_key = given.session_key
WHERE session.patient_id = $patient AND session.day >= CAST($since AS DATE)
ORDER BY session.started_at, session.session_key
