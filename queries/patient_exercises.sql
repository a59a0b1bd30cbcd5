-- One row per exercise of a patient in the period, the one with the largest median rise first.
-- Answers: which exercise goes with a rise, and how much of each was done?
-- Definition: k of n counts rows with a rise among those that can be judged.
-- Parameters: $as_of, $since (dates); $patient (text).
SELECT
    exercise_label,
    count(*) AS "rows",
    count(DISTINCT day) AS days,
    count(rise) AS assessable,
    count(*) FILTER (WHERE rise > 0) AS with_rise,
    median(rise) AS median_rise,
    max(rise) AS max_rise
FROM logged([$patient])
WHERE
    exercise_label IS NOT NULL
    AND performed_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
    AND performed_at >= CAST($since AS TIMESTAMP)
GROUP BY exercise_label
ORDER BY median_rise DESC NULLS LAST, exercise_label
