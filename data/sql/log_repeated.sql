-- One row per row of the upload whose content stands in its file before: the second of two equal lines is a second set.
-- Reads: said_again, and the rows that the upload has stored so far. Parameters: $upload_id.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT
    row_id,
    row_number() OVER (PARTITION BY content ORDER BY row_id) AS occurrence
FROM (
    SELECT
        row_id,
        content_of(log_row) AS content
    FROM clinic.log_row
    WHERE upload_id = $upload_id
)
WHERE content IN (SELECT content FROM said_again)
QUALIFY occurrence > 1
