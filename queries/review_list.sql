-- One row per patient on the page of each group of the review list.
-- Answers: who needs a professional's look today, why, and who comes first, among the patients that the filters keep?
-- Definition: as in review.sql. group_rows counts the whole group; rises are those of the last sessions, oldest first.
-- A page past the end of its group is the group's last page.
-- Parameters: $as_of (date); $severity, $site, $clinician (lists; an empty one keeps everyone); $first_row (one integer
-- per group: the row that its page begins with, from 0); $page_rows (integer).
WITH kept AS (
    SELECT
        * EXCLUDE (list_order),
        list_order AS place,
        least(
            $first_row[list_position(review_groups(), review_group)],
            (group_rows - 1) // CAST($page_rows AS INTEGER) * CAST($page_rows AS INTEGER)
        ) AS page_begins
    FROM review_kept($as_of, $severity, $site, $clinician)
),

shown AS (
    SELECT * EXCLUDE (page_begins)
    FROM kept
    WHERE row_in_group >= page_begins AND row_in_group < page_begins + CAST($page_rows AS INTEGER)
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
