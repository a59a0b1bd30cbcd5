-- One row per rejected line of an upload, in the order of the file.
-- Answers: which lines were not understood, and why?
-- Parameters: $upload_id (integer); $limit, $offset (integers).
SELECT
    line_no,
    column_name,
    value,
    reason,
    line
FROM clinic.rejected_line
WHERE upload_id = $upload_id
ORDER BY line_no
LIMIT $limit
OFFSET $offset
