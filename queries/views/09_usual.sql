-- One row per patient with a session in the 28 days: how the recent sessions compare with what is usual.
-- Definition: usual_rise = (4 × 0.4 + the sum of the rises of the n other assessable sessions of the 28 days) ÷ (4 + n),
-- at least -1 and at most 1, or at most 1.5 once a standing review exists; other = not recent. excess = mean rise of the
-- recent sessions - usual_rise; excess_of_last the same of the last three of them. All three are null where nothing is
-- recent. can_compare: an open session is among the recent ones.
-- Why: the largest of four ratings rises by 2 by chance in one of nine sessions of a stable patient (the standard error
-- of one rating is 0.6 to 1.0: Childs 2005, Williams 2025), so that a rise alone says little of a change.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO usual(as_of) AS TABLE
WITH reviewed AS (SELECT DISTINCT patient_id FROM standing_review(as_of)),

tally AS (
    SELECT
        listed.patient_id,
        count(*) FILTER (WHERE listed.is_recent) AS recent_sessions,
        count(*) FILTER (WHERE listed.is_recent AND listed.has_rise) AS recent_with_rise,
        count(*) FILTER (WHERE listed.is_recent AND listed.has_small_rise) AS recent_with_small_rise,
        avg(CAST(listed.rise AS DOUBLE)) FILTER (WHERE listed.is_recent) AS recent_rise,
        avg(CAST(listed.rise AS DOUBLE)) FILTER (WHERE listed.recent_number <= r.last_sessions) AS last_rise,
        bool_or(listed.is_recent AND listed.is_open) AS can_compare,
        bool_or(listed.is_of_last_days AND listed.is_covered) AS has_reviewed_of_last_days,
        bool_or(listed.is_covered) AS has_reviewed,
        count(listed.rise) FILTER (WHERE NOT listed.is_recent) AS other_sessions,
        coalesce(sum(listed.rise) FILTER (WHERE NOT listed.is_recent), 0) AS other_rises
    FROM listed_session(as_of) AS listed
    CROSS JOIN rule(as_of) AS r
    GROUP BY listed.patient_id
),

with_usual AS (
    SELECT
        tally.* EXCLUDE (other_rises),
        CASE
            WHEN tally.recent_sessions > 0 THEN greatest(r.least_usual_rise, least(
                CASE
                    WHEN reviewed.patient_id IS NULL THEN r.most_usual_rise
                    ELSE r.most_usual_rise_reviewed
                END,
                CAST(r.imagined_sessions * r.imagined_rise + tally.other_rises AS DOUBLE)
                / (r.imagined_sessions + tally.other_sessions)
            ))
        END AS usual_rise
    FROM tally
    CROSS JOIN rule(as_of) AS r
    LEFT JOIN reviewed ON tally.patient_id = reviewed.patient_id
)

SELECT
    *,
    round(recent_rise - usual_rise, 6) AS excess,
    round(last_rise - usual_rise, 6) AS excess_of_last
FROM with_usual;
