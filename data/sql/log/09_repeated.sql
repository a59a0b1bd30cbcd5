-- Finds the rows of the upload whose content stands in its file before: the second of two equal lines is a second set.
-- Makes: repeated. Reads: the rows that the upload has stored so far. Parameters: $upload_id.
INSERT INTO repeated
WITH of_upload AS (
    SELECT
        row_id,
        content_of(log_row) AS content
    FROM clinic.log_row
    WHERE upload_id = $upload_id
)

SELECT
    row_id,
    row_number() OVER (PARTITION BY content ORDER BY row_id) AS occurrence
FROM of_upload
WHERE content IN (SELECT content FROM of_upload GROUP BY content HAVING count(*) > 1)
QUALIFY occurrence > 1
