-- One row per day of the period of a patient and exercise of the programme.
-- Answers: on which days was how much of the programme done?
-- Definition: state is done (a score), no log (a day that data cover, without one), or not covered (before the
-- programme's start, or after the last upload: nothing is known).
-- Parameters: $as_of, $since (dates); $patient (text).
WITH known AS (
    SELECT * FROM covered_patient($as_of) WHERE patient_id = $patient
),

day AS (
    SELECT
        CAST(unnest(generate_series(
            greatest(CAST($since AS DATE), known.programme_start), CAST($as_of AS DATE), INTERVAL 1 DAY
        )) AS DATE) AS day,
        known.covered_through
    FROM known
)

SELECT
    day.day,
    programme.exercise,
    programme.position,
    exercise_day.done,
    exercise_day.target,
    exercise_day.score,
    coalesce(exercise_day.over_limit, false) AS over_limit,
    CASE
        WHEN exercise_day.day IS NOT NULL THEN 'done'
        WHEN day.day <= day.covered_through THEN 'no log'
        ELSE 'not covered'
    END AS state
FROM day
CROSS JOIN clinic.programme_exercise AS programme
LEFT JOIN exercise_day_of([$patient]) AS exercise_day
    ON day.day = exercise_day.day AND programme.exercise = exercise_day.exercise
ORDER BY day.day, programme.position
