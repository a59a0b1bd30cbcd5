-- One row: what an undo or redo of an upload changes: how many rows leave the answers, how many come back, and of how
-- many patients.
-- Parameters: $upload_id; $standing: whether the upload will stand.
WITH undone AS (
    SELECT
        undone_by(2147483647) AS now,
        CASE
            WHEN $standing THEN list_filter(undone_by(2147483647), lambda id: id <> $upload_id)
            ELSE list_append(undone_by(2147483647), CAST($upload_id AS INTEGER))
        END AS afterwards
),

patient AS (
    SELECT coalesce(list(DISTINCT patient_id), []) AS ids FROM clinic.upload_patient WHERE upload_id = $upload_id
),

uncounted_now AS MATERIALIZED (
    SELECT * FROM uncounted_row_of(
        (SELECT ids FROM patient), TIMESTAMP '-infinity', TIMESTAMP 'infinity', 2147483647, (SELECT now FROM undone)
    )
),

uncounted_afterwards AS MATERIALIZED (
    SELECT * FROM uncounted_row_of(
        (SELECT ids FROM patient), TIMESTAMP '-infinity', TIMESTAMP 'infinity', 2147483647,
        (SELECT afterwards FROM undone)
    )
)

SELECT
    count(*) FILTER (WHERE uncounted_now.row_id IS NULL) AS rows_leaving,
    count(*) FILTER (WHERE uncounted_afterwards.row_id IS NULL) AS rows_coming_back,
    count(DISTINCT coalesce(uncounted_now.patient_id, uncounted_afterwards.patient_id)) AS patients
FROM uncounted_now
FULL JOIN uncounted_afterwards ON uncounted_now.row_id = uncounted_afterwards.row_id
WHERE uncounted_now.row_id IS NULL OR uncounted_afterwards.row_id IS NULL
