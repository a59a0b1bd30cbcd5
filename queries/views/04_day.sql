-- One row per patient, day and exercise of the programme that was logged: how much was done, and the day's score.
-- Definition: exercise-day score = min(1, done ÷ target); done is reps × sets (reps alone without sets, the target
-- without reps) summed over the day; each exercise of a row of several counts as a row without reps. For a per-side
-- exercise the lower side counts, a row without a side counting for both; over_limit is a side (or the sum) above the
-- upper limit.
-- Parameters: patients (list of patient ids).
CREATE OR REPLACE MACRO exercise_day_of(patients) AS TABLE
WITH done_row AS (
    SELECT
        patient_id,
        day,
        exercise,
        side,
        reps,
        "sets"
    FROM logged(patients)
    WHERE exercise <> 'several'
    UNION ALL
    SELECT
        patient_id,
        day,
        unnest(exercises_of(exercise, exercise_name)) AS exercise,
        side,
        NULL AS reps,
        NULL AS "sets"
    FROM logged(patients)
    WHERE exercise = 'several'
),

side_sum AS (
    SELECT
        done_row.patient_id,
        done_row.day,
        done_row.exercise,
        any_value(programme.per_side) AS per_side,
        any_value(programme.target) AS target,
        any_value(programme.upper_limit) AS upper_limit,
        sum(coalesce(done_row.reps * coalesce(done_row."sets", 1), programme.target)) AS both_sides,
        sum(coalesce(done_row.reps * coalesce(done_row."sets", 1), programme.target)) FILTER (
            WHERE done_row.side IS DISTINCT FROM 'right'
        ) AS left_side,
        sum(coalesce(done_row.reps * coalesce(done_row."sets", 1), programme.target)) FILTER (
            WHERE done_row.side IS DISTINCT FROM 'left'
        ) AS right_side
    FROM done_row
    INNER JOIN clinic.programme_exercise AS programme ON done_row.exercise = programme.exercise
    GROUP BY done_row.patient_id, done_row.day, done_row.exercise
)

SELECT
    patient_id,
    day,
    exercise,
    target,
    CASE WHEN per_side THEN least(coalesce(left_side, 0), coalesce(right_side, 0)) ELSE both_sides END AS done,
    least(1, done / target) AS score,
    coalesce(
        CASE WHEN per_side THEN greatest(left_side, right_side) ELSE both_sides END > upper_limit, false
    ) AS over_limit
FROM side_sum;

-- One row per patient and day with any logged row.
-- Definition: resting is the mean pain_before of the day, diary entries included; adherence is the mean score over the
-- programme's exercises, one that was not logged counting 0.
-- Parameters: patients (list of patient ids).
CREATE OR REPLACE MACRO patient_day_of(patients) AS TABLE
WITH logged_day AS (
    SELECT
        patient_id,
        day,
        avg(pain_before) AS resting
    FROM logged(patients)
    GROUP BY patient_id, day
),

exercised AS (
    SELECT
        patient_id,
        day,
        sum(score) / (SELECT count(*) FROM clinic.programme_exercise) AS adherence,
        bool_or(over_limit) AS over_limit
    FROM exercise_day_of(patients)
    GROUP BY patient_id, day
)

SELECT
    patient_id,
    day,
    logged_day.resting,
    coalesce(exercised.adherence, 0) AS adherence,
    coalesce(exercised.over_limit, false) AS over_limit
FROM logged_day
LEFT JOIN exercised USING (patient_id, day);
