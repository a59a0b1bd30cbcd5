-- One row per patient with a standing review: what the last one covered.
-- Definition: a review that no later event has undone, made by the end of the day.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO standing_review(as_of) AS TABLE
WITH event AS (
    SELECT * FROM clinic.review_event WHERE made_at < CAST(as_of AS DATE) + INTERVAL 1 DAY
)

SELECT *
FROM event
WHERE
    undoes IS NULL
    AND review_id NOT IN (SELECT undoes FROM event WHERE undoes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY review_id DESC) = 1;

-- One row per session of the window that no review has covered, with what it gives reason for.
-- Definition: open = in the 7 days ending with as_of, and started later than the last standing review covered.
-- exercised_after: a rise of 2 or more, and another session later that day or on the next day.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO open_session(as_of) AS TABLE
WITH recent AS (
    SELECT
        session.*,
        r.rise_points,
        r.severe_from,
        min(session.started_at) OVER (
            PARTITION BY session.patient_id ORDER BY session.started_at
            RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_started_at
    FROM session(as_of) AS session
    CROSS JOIN rule(as_of) AS r
    WHERE session.day > CAST(as_of AS DATE) - r.window_days
)

SELECT
    recent.* EXCLUDE (rise_points, severe_from, next_started_at),
    coalesce(rise >= rise_points, false) AS has_important_rise,
    coalesce(rise > 0, false) AS has_rise,
    coalesce(rise >= rise_points AND peak >= severe_from, false) AS rises_to_severe,
    coalesce(rise >= rise_points AND CAST(next_started_at AS DATE) <= day + 1, false) AS exercised_after
FROM recent
LEFT JOIN standing_review(as_of) AS review ON recent.patient_id = review.patient_id
WHERE review.reviewed_through IS NULL OR recent.started_at > review.reviewed_through;

-- Whether notes hold one of the listed words, as a word of its own where it is written in Latin letters. For display
-- only: a mention can be negated, and its absence says nothing.
CREATE OR REPLACE MACRO mentions(notes, note_words) AS
    notes IS NOT NULL
    AND len(list_filter(
        note_words, lambda w: regexp_matches(lower(notes), '(^|[^a-z])' || regexp_escape(w) || '([^a-z]|$)')
    )) > 0;
