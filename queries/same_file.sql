-- One row per upload in force whose file has these bytes, the newest first.
-- Answers: was this very file imported before, when, under which name, and as whose log?
-- Parameters: $sha256 (text): the file's fingerprint.
SELECT
    upload_id,
    file_name,
    uploaded_at,
    uploaded_by,
    patient_id
FROM standing_upload()
WHERE sha256 = $sha256
ORDER BY upload_id DESC
