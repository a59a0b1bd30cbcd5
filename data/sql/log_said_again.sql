-- One row per content that stands more than once in the file.
-- Reads: the rows that the upload has stored so far. Parameters: $upload_id.
CREATE OR REPLACE TEMP TABLE said_again AS
SELECT content_of(log_row) AS content
FROM clinic.log_row
WHERE upload_id = $upload_id
GROUP BY content
HAVING count(*) > 1
