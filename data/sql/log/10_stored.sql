-- Finds the rows that earlier uploads stored of the patients and the time that the upload is about.
-- Makes: stored. Reads: the patients of the upload, and the rows stored before it.
-- Parameters: $upload_id; $first_moment and $last_moment of the upload.
CREATE OR REPLACE TEMP TABLE stored AS
SELECT
    log_row.*,
    coalesce(repeated_row.occurrence, 1) AS occurrence,
    content_of(log_row) AS content,
    uncounted_row.row_id IS NULL AS is_counted
FROM clinic.log_row
LEFT JOIN clinic.repeated_row ON log_row.row_id = repeated_row.row_id
LEFT JOIN
    uncounted_row_of(
        (SELECT coalesce(list(patient_id), []) FROM clinic.upload_patient WHERE upload_id = $upload_id),
        $first_moment, $last_moment, $upload_id - 1, undone_by(2147483647)
    ) AS uncounted_row
    ON log_row.row_id = uncounted_row.row_id
WHERE
    log_row.upload_id < $upload_id
    AND log_row.performed_at BETWEEN $first_moment AND $last_moment
    AND log_row.patient_id IN (SELECT patient_id FROM clinic.upload_patient WHERE upload_id = $upload_id)
