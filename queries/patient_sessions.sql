-- One row per session of a patient in the period, in time; sessions that cannot be judged have no rise.
-- Answers: how did each session go, and which of them gave a reason to look?
-- Definition: shown_before and shown_peak are the scores that the rise lies between; where there is no rise, the first
-- before and the highest peak. reasons are those that the session itself is evidence of; is_open says that no review
-- covered it yet.
-- Parameters: $as_of, $since (dates); $patient (text).
SELECT
    session.*,
    coalesce(session.rise_from, session.pain_before) AS shown_before,
    coalesce(session.rise_to, session.peak) AS shown_peak,
    judged.session_key IS NOT NULL AS is_open,
    list_filter([
        CASE WHEN judged.repeated_rise THEN 'repeated_rise' END,
        CASE WHEN judged.rise_to_severe THEN 'rise_to_severe' END,
        CASE WHEN judged.severe_and_rise THEN 'severe_and_rise' END,
        CASE WHEN judged.exercised_after_rise THEN 'exercised_after_rise' END,
        CASE WHEN judged.rise_reason THEN 'rise' END,
        CASE WHEN judged.median_rise_reason THEN 'median_rise' END,
        CASE WHEN judged.resting_pain_up THEN 'resting_pain_up' END,
        CASE WHEN judged.severe_and_exercising THEN 'severe_and_exercising' END,
        CASE WHEN judged.small_rise THEN 'small_rise' END,
        CASE WHEN judged.off_programme THEN 'off_programme' END,
        CASE WHEN judged.not_assessable THEN 'not_assessable' END
    ], lambda x: x IS NOT NULL) AS reasons,
    CASE
        WHEN session.stopped_early THEN 'stopped'
        WHEN session.rise IS NULL THEN 'not_assessable'
        WHEN session.rise > 0 THEN 'rise'
        ELSE 'no_rise'
    END AS mark
FROM session($as_of) AS session
LEFT JOIN judged_session($as_of) AS judged ON session.session_key = judged.session_key
WHERE session.patient_id = $patient AND session.day >= CAST($since AS DATE)
ORDER BY session.started_at, session.session_key
