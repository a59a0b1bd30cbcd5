-- One row per exercise of the programme, and per other one that the patient logged in the period: the programme's in
-- their order, then the others by name.
-- Answers: which exercise goes with a rise, and how much of each was done?
-- Definition: k of n counts the sessions in which a row of the exercise rose among those in which one can be judged; a
-- row of several exercises counts for each. is_most_often: it rose in at least 60 % of at least three sessions.
-- Parameters: $as_of, $since (dates); $patient (text).
WITH done AS (
    SELECT
        unnest(coalesce(
            CASE WHEN exercise = 'several' THEN exercises_of(exercise, exercise_name) END, [exercise_label]
        )) AS exercise_label,
        day,
        rise,
        min(row_id) OVER (PARTITION BY session_id, begins, by_gap) AS session_key
    FROM session_row_of([$patient], CAST($as_of AS DATE) + INTERVAL 1 DAY)
    WHERE performed_at >= CAST($since AS TIMESTAMP)
),

of_session AS (
    SELECT
        exercise_label,
        session_key,
        max(rise) AS rise,
        count(*) AS "rows",
        any_value(day) AS day
    FROM done
    GROUP BY exercise_label, session_key
),

tally AS (
    SELECT
        exercise_label,
        CAST(sum("rows") AS BIGINT) AS "rows",
        count(DISTINCT day) AS days,
        count(rise) AS assessable,
        count(*) FILTER (WHERE rise > 0) AS with_rise,
        median(rise) AS median_rise,
        max(rise) AS max_rise
    FROM of_session
    GROUP BY exercise_label
)

SELECT
    coalesce(tally.exercise_label, programme.exercise) AS exercise_label,
    coalesce(tally."rows", 0) AS "rows",
    coalesce(tally.days, 0) AS days,
    coalesce(tally.assessable, 0) AS assessable,
    coalesce(tally.with_rise, 0) AS with_rise,
    tally.median_rise,
    tally.max_rise,
    coalesce(
        tally.assessable >= r.provoking_sessions AND tally.with_rise >= r.provoking_share * tally.assessable, false
    ) AS is_most_often
FROM tally
FULL JOIN clinic.programme_exercise AS programme ON tally.exercise_label = programme.exercise
CROSS JOIN rule($as_of) AS r
ORDER BY programme.position NULLS LAST, exercise_label
