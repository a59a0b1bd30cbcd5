-- One row per rejected line of an upload: the line word for word, and why it was rejected. Parameters: $upload_id.
SELECT
    line,
    code,
    column_name AS "column",
    value,
    details,
    reason
FROM clinic.rejected_line
WHERE upload_id = $upload_id
ORDER BY line_no
