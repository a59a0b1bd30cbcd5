-- One row per logged row that an undo or redo of an upload can touch: the rows that the upload says, and those that
-- they replaced or that replaced them; `is_counted` says whether an answer will count it.
-- Definition: of the rows that replaced one another, the newest that a standing upload says is counted.
-- Parameters: $upload_id; $standing: whether the upload will stand.
CREATE OR REPLACE TEMP TABLE touched AS
WITH in_upload AS (
    SELECT row_id FROM clinic.log_row WHERE upload_id = $upload_id
    UNION
    SELECT row_id FROM clinic.other_line WHERE upload_id = $upload_id
),

chain AS (
    SELECT DISTINCT coalesce(revises, row_id) AS chain
    FROM clinic.log_row
    WHERE row_id IN (SELECT row_id FROM in_upload)
),

member AS (
    SELECT
        row_id,
        coalesce(revises, row_id) AS chain,
        upload_id,
        patient_id
    FROM clinic.log_row
    WHERE row_id IN (SELECT chain FROM chain) OR revises IN (SELECT chain FROM chain)
),

standing AS (
    SELECT upload_id FROM standing_upload() WHERE upload_id <> $upload_id
    UNION ALL
    SELECT CAST($upload_id AS INTEGER) WHERE $standing
),

source AS (
    SELECT row_id, upload_id FROM member
    UNION ALL
    SELECT row_id, upload_id FROM clinic.other_line WHERE row_id IN (SELECT row_id FROM member)
),

counted AS (
    SELECT max(member.row_id) AS row_id
    FROM member
    WHERE member.row_id IN (SELECT source.row_id FROM source WHERE source.upload_id IN (SELECT upload_id FROM standing))
    GROUP BY member.chain
)

SELECT
    member.row_id,
    member.patient_id,
    member.row_id IN (SELECT row_id FROM counted) AS is_counted,
    member.row_id NOT IN (SELECT row_id FROM clinic.uncounted_row) AS was_counted
FROM member
