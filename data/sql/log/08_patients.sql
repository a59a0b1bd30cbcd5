-- Stores whose lines the upload holds, duplicates included. Reads: the rows that the upload has stored so far.
-- Parameters: $upload_id.
INSERT INTO clinic.upload_patient
SELECT DISTINCT upload_id, patient_id
FROM clinic.log_row
WHERE upload_id = $upload_id
