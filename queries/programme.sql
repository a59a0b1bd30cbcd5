-- One row per exercise of the programme.
-- Answers: what is prescribed, how much of it a day, and who says so?
SELECT
    exercise,
    per_side,
    target,
    upper_limit,
    target_from
FROM clinic.programme_exercise
ORDER BY position
