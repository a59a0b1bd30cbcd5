-- One row per rejected line of an upload, in the order of the file.
-- Answers: which lines were not understood, and why? What is wrong is a code and the details that its sentence names;
-- lines that were rejected before there were codes have their reason in words.
-- Parameters: $upload_id (integer); $limit, $offset (integers).
SELECT
    line_no,
    code,
    column_name,
    value,
    details,
    reason,
    line
FROM clinic.rejected_line
WHERE upload_id = $upload_id
ORDER BY line_no
LIMIT $limit
OFFSET $offset
