-- One row per standing review: one that no later event has undone, made by the end of the day.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO standing_review(as_of) AS TABLE
WITH event AS (
    SELECT * FROM clinic.review_event WHERE made_at < CAST(as_of AS DATE) + INTERVAL 1 DAY
)

SELECT *
FROM event
WHERE undoes IS NULL AND review_id NOT IN (SELECT undoes FROM event WHERE undoes IS NOT NULL);

-- One row per session from a day on that a review covers.
-- Definition: a standing review covers the sessions that start no later than its reviewed_through and whose last row had
-- been uploaded, by the clock, when it was made.
-- Parameters: as_of, since (dates).
CREATE OR REPLACE MACRO covered_session(as_of, since) AS TABLE
SELECT DISTINCT session.session_key
FROM session(as_of) AS session
INNER JOIN standing_review(as_of) AS review
    ON
        session.patient_id = review.patient_id
        AND session.started_at <= review.reviewed_through
        AND session.uploaded_at <= review.made_at
WHERE session.day >= CAST(since AS DATE);

-- The day on which a session could first be seen.
-- Definition: the day of the last upload, not later than as_of, that brought or changed a row of it; where there is
-- none, or it is earlier than the session, the session's own day.
CREATE OR REPLACE MACRO arrival(day, arrival_days, as_of) AS greatest(day, CASE
    WHEN arrival_days[1] <= CAST(as_of AS DATE) THEN arrival_days[1]
    ELSE list_max(list_filter(arrival_days, lambda arrived: arrived <= CAST(as_of AS DATE)))
END);

-- One row per session of the list: of the 28 days that end with as_of.
-- Definition: a session is unreviewed when no standing review covers it, and open when it is unreviewed and was
-- performed or arrived in the 7 days that end with as_of, or has a rise of 2 or more, or was stopped early. So every
-- session can be seen for seven days after it could first be seen, and an important one waits until a professional has
-- looked. is_recent: unreviewed, assessable, and of the 7 days that end with the day of the patient's last session.
-- recent_number counts the recent ones, the latest first.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO listed_session(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

listed AS (
    SELECT
        session.*,
        covered.session_key IS NOT NULL AS is_covered,
        coalesce(session.rise >= r.important_rise, false) AS has_important_rise,
        coalesce(session.rise >= r.small_rise, false) AS has_small_rise,
        coalesce(session.rise > 0, false) AS has_rise,
        coalesce(session.stopped_early, false) AS was_stopped,
        arrival(session.day, session.arrival_days, as_of) > CAST(as_of AS DATE) - r.window_days AS is_new,
        session.day > max(session.day) OVER (PARTITION BY session.patient_id) - r.recent_days AS is_of_last_days
    FROM session(as_of) AS session
    CROSS JOIN r
    LEFT JOIN covered_session(as_of, CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS covered
        ON session.session_key = covered.session_key
    WHERE session.day > CAST(as_of AS DATE) - r.list_days
)

SELECT
    *,
    NOT is_covered AND (is_new OR has_important_rise OR was_stopped) AS is_open,
    NOT is_covered AND is_of_last_days AND rise IS NOT NULL AS is_recent,
    CASE
        WHEN is_recent
            THEN row_number() OVER (PARTITION BY patient_id, is_recent ORDER BY started_at DESC, session_key DESC)
    END AS recent_number
FROM listed;
