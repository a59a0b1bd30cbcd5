-- One row: the number after which the rows of a log may begin.
SELECT coalesce(max(row_id), 0) AS first_row_id
FROM clinic.log_row
