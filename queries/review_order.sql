-- One row per patient whom the filters keep, in the order of the review list.
-- Answers: who comes before and after whom, over all pages and groups, and where is each of them?
-- Definition: as in review_list.sql; row_in_group counts from 0, group_rows is the length of the group.
-- Parameters: $as_of (date); $severity, $site, $clinician (lists; an empty one keeps everyone).
SELECT
    patient_id,
    review_group,
    row_in_group,
    group_rows,
    lag(patient_id) OVER (ORDER BY list_order) AS previous_patient,
    lead(patient_id) OVER (ORDER BY list_order) AS next_patient
FROM review_kept($as_of, $severity, $site, $clinician)
ORDER BY list_order
