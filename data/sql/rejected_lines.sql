-- One row per rejected line of an upload: the line word for word, and why it was rejected. Parameters: $upload_id.
SELECT
    line,
    concat_ws(' ', column_name, reason) AS why
FROM clinic.rejected_line
WHERE upload_id = $upload_id
ORDER BY line_no
