-- Leaves of the rows of an upload only those that are new or changed, and stores what became of the others.
-- Reads: checked, fate, and the rows that the upload has stored so far. Parameters: $upload_id.
INSERT INTO clinic.other_line
SELECT $upload_id, line_no, row_id
FROM fate
WHERE fate IN ('duplicate', 'revived');

INSERT INTO clinic.other_line
SELECT $upload_id, checked.line_no, coalesce(fate.row_id, log_row.row_id) AS row_id
FROM checked
INNER JOIN clinic.log_row ON checked.row_line = log_row.line_no AND log_row.upload_id = $upload_id
LEFT JOIN fate ON log_row.row_id = fate.id AND fate.fate IN ('duplicate', 'revived')
WHERE checked.row_line <> checked.line_no AND checked.fault IS NULL;

DELETE FROM clinic.log_row
WHERE upload_id = $upload_id AND row_id IN (SELECT id FROM fate WHERE fate IN ('duplicate', 'revived'));

UPDATE clinic.log_row SET revises = fate.chain
FROM fate
WHERE log_row.upload_id = $upload_id AND log_row.row_id = fate.id AND fate.chain IS NOT NULL
