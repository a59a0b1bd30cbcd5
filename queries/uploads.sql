-- One row per upload, the newest first.
-- Answers: which exports were imported, when, by whom, and what became of their lines?
-- Parameters: $limit, $offset (integers): which page of the history.
SELECT
    upload.upload_id,
    upload.file_name,
    upload.kind,
    upload.uploaded_at,
    upload.uploaded_by,
    upload.patient_id,
    upload.mapping,
    upload.lines,
    upload.new,
    upload.changed,
    upload.duplicate,
    upload.rejected,
    upload.patients,
    upload.sha256,
    standing.upload_id IS NOT NULL AS stands,
    count(*) OVER () AS uploads
FROM clinic.upload
LEFT JOIN standing_upload() AS standing ON upload.upload_id = standing.upload_id
ORDER BY upload.upload_id DESC
LIMIT $limit
OFFSET $offset
