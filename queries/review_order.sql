-- One row per patient whom the filters keep, in the order of the review list.
-- Answers: who comes before and after whom, over all pages and sections, and where is each of them?
-- Definition: as in review_list.sql; row_in_section counts from 0, section_rows is the length of the section.
-- Parameters: $as_of (date); $severity, $site, $clinician (lists; an empty one keeps everyone).
SELECT
    kept.patient_id,
    kept.section,
    kept.row_in_section,
    kept.section_rows,
    lag(kept.patient_id) OVER in_order AS previous_patient,
    lead(kept.patient_id) OVER in_order AS next_patient
FROM review_kept($as_of, $severity, $site, $clinician) AS kept
INNER JOIN review_sections() AS section ON kept.section = section.section
WINDOW in_order AS (ORDER BY section.position, kept.list_order)
ORDER BY section.position, kept.list_order
