-- One row.
-- Answers: is the pain of a session with a rise back at its start by the next day?
-- Definition: of the sessions of the period with a rise that are followed by a first score of the next day, those whose
-- next day's first logged pain_before is no higher than the score that the rise began at. Silbernagel 2007: pain after
-- exercise should have settled by the next morning.
-- Parameters: $as_of, $since (dates); $patient (text).
WITH next_score AS (
    SELECT
        session.session_key,
        session.rise_from,
        arg_min(logged.pain_before, logged.performed_at) AS next_before
    FROM session($as_of) AS session
    INNER JOIN logged([$patient]) AS logged
        ON session.day + 1 = logged.day AND logged.pain_before IS NOT NULL
    WHERE
        session.patient_id = $patient
        AND session.day >= CAST($since AS DATE)
        AND session.rise > 0
        AND logged.performed_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
    GROUP BY session.session_key, session.rise_from
)

SELECT
    count(*) AS rises,
    count(*) FILTER (WHERE next_before <= rise_from) AS settled
FROM next_score
