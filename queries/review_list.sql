-- One row per patient on the page of each section of the review list.
-- Answers: who needs a professional's look today, why, and who comes first, among the patients that the filters keep?
-- Definition: as in review.sql and the view review_facts. section_rows counts the whole section. reasons_shown are
-- those that no other one says already. A page past the end of its section is the section's last page.
-- Parameters: $as_of (date); $severity, $site, $clinician (lists; an empty one keeps everyone); $first_row (one integer
-- per section of review_sections: the row that its page begins with, from 0); $page_rows (integer).
WITH kept AS (
    SELECT
        kept.*,
        least(
            $first_row[section.position],
            (kept.section_rows - 1) // CAST($page_rows AS INTEGER) * CAST($page_rows AS INTEGER)
        ) AS page_begins,
        section.position AS section_position
    FROM review_kept($as_of, $severity, $site, $clinician) AS kept
    INNER JOIN review_sections() AS section ON kept.section = section.section
),

shown AS MATERIALIZED (
    SELECT * EXCLUDE (page_begins)
    FROM kept
    WHERE row_in_section >= page_begins AND row_in_section < page_begins + CAST($page_rows AS INTEGER)
)

SELECT
    shown.* EXCLUDE (row_in_section, section_position, list_order),
    reasons_shown(shown.reasons) AS reasons_shown,
    facts.* EXCLUDE (patient_id)
FROM shown
INNER JOIN review_facts($as_of, (SELECT list(patient_id) FROM shown)) AS facts ON shown.patient_id = facts.patient_id
ORDER BY shown.section_position, shown.list_order
