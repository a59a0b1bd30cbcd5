-- One row per row of the upload whose content stands in its file before: the second of two equal lines is a second set.
-- Reads: the rows that the upload has stored so far. Parameters: $upload_id.
CREATE OR REPLACE TEMP TABLE repeated AS
WITH said_again AS MATERIALIZED (
    SELECT content_of(log_row) AS content
    FROM clinic.log_row
    WHERE upload_id = $upload_id
    GROUP BY content
    HAVING count(*) > 1
)

SELECT
    row_id,
    row_number() OVER (PARTITION BY content ORDER BY row_id) AS occurrence
FROM (
    SELECT
        row_id,
        content_of(log_row) AS content
    FROM clinic.log_row
    -- Nothing is worked out again where no content stands twice, as in most files.
    WHERE upload_id = $upload_id AND (SELECT count(*) FROM said_again) > 0
)
WHERE content IN (SELECT content FROM said_again)
QUALIFY occurrence > 1
