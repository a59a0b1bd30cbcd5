-- One row per patient whose id holds the searched text, in the order of ids.
-- Answers: which patient is meant?
-- Parameters: $as_of (date); $search (text, in any case); $limit (integer).
SELECT patient_id
FROM covered_patient($as_of)
WHERE contains(lower(patient_id), lower($search))
ORDER BY patient_id
LIMIT $limit
