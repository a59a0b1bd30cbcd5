-- One row: the number of the next upload, and the number after which its rows may begin.
SELECT
    (SELECT coalesce(max(upload_id), 0) + 1 FROM clinic.upload) AS upload_id,
    (SELECT coalesce(max(row_id), 0) FROM clinic.log_row) AS first_row_id
