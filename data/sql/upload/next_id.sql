-- One row: the number of the next upload.
SELECT coalesce(max(upload_id), 0) + 1 AS upload_id
FROM clinic.upload
