-- One row per standing review: one that no later event has undone, made by the end of the day.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO standing_review(as_of) AS TABLE
WITH event AS (
    SELECT * FROM clinic.review_event WHERE made_at < CAST(as_of AS DATE) + INTERVAL 1 DAY
)

SELECT *
FROM event
WHERE undoes IS NULL AND review_id NOT IN (SELECT undoes FROM event WHERE undoes IS NOT NULL);

-- The day on which a session could first be seen.
-- Definition: the day of the last upload, not later than as_of, that brought or changed a row of it; where there is
-- none, or it is earlier than the session, the session's own day.
CREATE OR REPLACE MACRO arrival(day, arrival_days, as_of) AS greatest(day, CASE
    WHEN arrival_days[1] <= CAST(as_of AS DATE) THEN arrival_days[1]
    ELSE list_max(list_filter(arrival_days, lambda arrived: arrived <= CAST(as_of AS DATE)))
END);

-- One row per session between two days, with the day on which it arrived and whether a review covers it.
-- Definition: a standing review covers the sessions that start no later than its reviewed_through and whose last row
-- had been uploaded, by the clock, when it was made.
-- Parameters: as_of, since, until (dates); least_rise: only sessions with such a rise, or stopped early; null for all.
CREATE OR REPLACE MACRO reviewed_session(as_of, since, until, least_rise) AS TABLE
WITH session AS NOT MATERIALIZED (
    SELECT
        patient_id,
        session_key,
        number,
        started_at,
        next_start,
        day,
        rise,
        peak,
        stopped_early,
        is_off_programme,
        uploaded_at,
        arrival(day, arrival_days, as_of) AS arrival
    FROM session(as_of)
    WHERE
        day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
        AND (least_rise IS NULL OR rise >= least_rise OR stopped_early)
),

covered AS (
    SELECT DISTINCT session.session_key
    FROM session
    INNER JOIN standing_review(as_of) AS review
        ON
            session.patient_id = review.patient_id
            AND session.started_at <= review.reviewed_through
            AND session.uploaded_at <= review.made_at
)

SELECT
    session.* EXCLUDE (uploaded_at),
    covered.session_key IS NOT NULL AS is_covered
FROM session
LEFT JOIN covered ON session.session_key = covered.session_key;
