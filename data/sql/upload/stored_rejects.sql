-- One row per rejected line of an upload. Parameters: $upload_id; $most: how many.
SELECT
    line_no AS line,
    code,
    column_name AS "column",
    value,
    details,
    reason
FROM clinic.rejected_line
WHERE upload_id = $upload_id
ORDER BY line_no
LIMIT $most
