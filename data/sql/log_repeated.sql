-- One row per row of the upload whose content stands in its file before: the second of two equal lines is a second set.
-- Reads: the rows that the upload has stored so far. Parameters: $upload_id.
CREATE OR REPLACE TEMP TABLE repeated AS
WITH taken AS (
    SELECT
        row_id,
        content_of(log_row) AS content
    FROM clinic.log_row
    WHERE upload_id = $upload_id
)

SELECT
    row_id,
    row_number() OVER (PARTITION BY content ORDER BY row_id) AS occurrence
FROM taken
WHERE content IN (SELECT content FROM taken GROUP BY content HAVING count(*) > 1)
QUALIFY occurrence > 1
