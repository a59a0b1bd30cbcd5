-- One row per patient who exists on the day.
-- Answers: who needs a professional's look today, why, and who comes first?
-- Definition: the view review: group of the first reason that holds, every reason and chip, counts over open sessions.
-- Parameters: $as_of (date).
SELECT
    patient_id,
    review_group,
    reasons,
    chips,
    max_rise,
    sessions_with_rise,
    sessions_assessable,
    sessions,
    days_waiting,
    severity,
    severity_entered,
    severity_logged,
    adherence,
    last_session,
    excess,
    usual_rise,
    section
FROM review($as_of)
ORDER BY list_order
