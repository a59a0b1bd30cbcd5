-- One row.
-- Answers: how old are the data, and how many patients are there?
-- Parameters: $as_of (date).
SELECT
    (SELECT count(*) FROM known_upload()) AS uploads,
    (SELECT max(last_at) FROM known_upload()) AS last_upload,
    (SELECT max(day) FROM derived.patient_day WHERE day <= CAST($as_of AS DATE)) AS last_row,
    (SELECT count(*) FROM covered_patient($as_of)) AS patients
