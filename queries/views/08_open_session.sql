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
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

recent AS MATERIALIZED (
    SELECT session.*
    FROM session(as_of) AS session
    CROSS JOIN r
    WHERE session.day > CAST(as_of AS DATE) - r.window_days
),

exercised_after AS (
    SELECT DISTINCT risen.session_key
    FROM recent AS risen
    CROSS JOIN r
    INNER JOIN recent AS later ON risen.patient_id = later.patient_id
    WHERE
        risen.rise >= r.rise_points
        AND later.started_at > risen.started_at
        AND later.day <= risen.day + 1
)

SELECT
    recent.*,
    coalesce(recent.rise >= r.rise_points, false) AS has_important_rise,
    coalesce(recent.rise > 0, false) AS has_rise,
    coalesce(recent.rise >= r.rise_points AND recent.peak >= r.severe_from, false) AS rises_to_severe,
    exercised_after.session_key IS NOT NULL AS exercised_after
FROM recent
CROSS JOIN r
LEFT JOIN exercised_after ON recent.session_key = exercised_after.session_key
LEFT JOIN standing_review(as_of) AS review ON recent.patient_id = review.patient_id
WHERE review.reviewed_through IS NULL OR recent.started_at > review.reviewed_through;

-- Whether a note holds one of the listed words: as a word of its own where that is written in Latin letters, anywhere
-- where it is not (Korean adds its particles to the word). For display only: a mention can be negated, and its absence
-- says nothing.
CREATE OR REPLACE MACRO mentions_word(note, words) AS len(list_filter(
    words,
    lambda word: contains(
        ' ' || regexp_replace(lower(note), '[^\p{L}]+', ' ', 'g') || ' ',
        CASE WHEN word < '~' THEN ' ' || word || ' ' ELSE word END
    )
)) > 0;
