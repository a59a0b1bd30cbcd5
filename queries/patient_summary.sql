-- One row: what is known of a patient; no row for a patient who does not exist by the day.
-- Answers: who is this, how severe, and how have they been over the period?
-- Definition: counts are over the sessions of the period; adherence, severity, and the rest as in the views.
-- Parameters: $as_of, $since (dates); $patient (text).
WITH sessions AS (
    SELECT
        count(*) AS sessions,
        count(rise) AS assessable,
        count(*) FILTER (WHERE rise > 0) AS with_rise,
        max(rise) AS max_rise,
        count(*) FILTER (WHERE stopped_early) AS stopped
    FROM session($as_of)
    WHERE patient_id = $patient AND day >= CAST($since AS DATE)
)

SELECT
    review.* EXCLUDE (adherence, sessions, sessions_assessable, sessions_with_rise, max_rise),
    patient.programme_start,
    patient.birth_year,
    patient.sex,
    adherence.adherence,
    adherence.adherence_label,
    adherence.days_logged,
    adherence.exposure_days,
    adherence.over_limit_days,
    reasons_shown(review.reasons) AS reasons_shown,
    facts.* EXCLUDE (patient_id),
    sessions.*
FROM review($as_of) AS review
INNER JOIN covered_patient($as_of) AS patient USING (patient_id)
INNER JOIN adherence($as_of, CAST($since AS DATE)) AS adherence USING (patient_id)
INNER JOIN review_facts($as_of, [$patient]) AS facts USING (patient_id)
CROSS JOIN sessions
WHERE review.patient_id = $patient
