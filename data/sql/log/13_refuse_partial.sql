-- Rejects lines with one score each that would take the place of a stored row and lack a score that it has.
-- Reads: fate, checked, and the rows that the upload has stored so far. Parameters: $upload_id.
CREATE OR REPLACE TEMP TABLE partial AS
SELECT fate.id, fate.line_no
FROM fate
INNER JOIN clinic.log_row AS uploaded ON fate.id = uploaded.row_id
INNER JOIN clinic.log_row AS old ON fate.row_id = old.row_id
WHERE
    fate.fate = 'changed'
    AND (
        (uploaded.pain_before IS NULL AND old.pain_before IS NOT NULL)
        OR (uploaded.pain_during IS NULL AND old.pain_during IS NOT NULL)
        OR (uploaded.pain_after IS NULL AND old.pain_after IS NOT NULL)
    );

UPDATE checked SET fault = 'lacks_stored_score'
WHERE row_line IN (SELECT line_no FROM partial);

DELETE FROM clinic.log_row WHERE upload_id = $upload_id AND row_id IN (SELECT id FROM partial);

DELETE FROM fate WHERE id IN (SELECT id FROM partial)
