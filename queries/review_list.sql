-- One row per patient on the page of each group of the review list.
-- Answers: who needs a professional's look today, why, and who comes first, among the patients that the filters keep?
-- Definition: as in review.sql. group_rows counts the whole group; rises are those of the last sessions, oldest first.
-- Parameters: $as_of (date); $severity, $site, $clinician (lists; an empty one keeps everyone); $first_row (one integer
-- per group: the row that its page begins with, from 0); $page_rows (integer).
WITH kept AS (
    SELECT * EXCLUDE (list_order), list_order AS place
    FROM review($as_of)
    WHERE
        (len($severity) = 0 OR list_contains($severity, coalesce(severity, 'unknown')))
        AND (len($site) = 0 OR list_contains($site, site))
        AND (len($clinician) = 0 OR list_contains($clinician, clinician))
),

shown AS (
    SELECT
        *,
        row_number() OVER of_group - 1 AS row_in_group,
        count(*) OVER (PARTITION BY review_group) AS group_rows
    FROM kept
    WINDOW of_group AS (PARTITION BY review_group ORDER BY place)
    QUALIFY
        row_in_group >= $first_row[list_position(review_groups(), review_group)]
        AND row_in_group < $first_row[list_position(review_groups(), review_group)] + CAST($page_rows AS INTEGER)
),

trend AS (
    SELECT
        patient_id,
        list(rise ORDER BY started_at)[-14:] AS rises
    FROM session($as_of)
    WHERE
        rise IS NOT NULL
        AND day > CAST($as_of AS DATE) - (SELECT list_days FROM rule($as_of))
        AND patient_id IN (SELECT patient_id FROM shown)
    GROUP BY patient_id
)

SELECT
    shown.* EXCLUDE (row_in_group),
    trend.rises
FROM shown
LEFT JOIN trend USING (patient_id)
ORDER BY place
