-- One row: how many data lines the file has, and how many of them end as each of the four fates.
-- Definition: a line is rejected if any row of it is at fault, else changed if any row is, else new if any is, else a
-- duplicate. Reads: checked, fate.
WITH line_fate AS (
    SELECT
        checked.line_no,
        CASE
            WHEN bool_or(checked.fault IS NOT NULL) THEN 'rejected'
            WHEN bool_or(fate.fate = 'changed') THEN 'changed'
            WHEN bool_or(fate.fate IS NULL OR fate.fate IN ('new', 'revived')) THEN 'new'
            ELSE 'duplicate'
        END AS fate
    FROM checked
    LEFT JOIN fate ON checked.rowid = fate.id
    WHERE checked.no_data IS NULL
    GROUP BY checked.line_no
)

SELECT
    count(*) AS lines,
    count(*) FILTER (WHERE fate = 'new') AS new,
    count(*) FILTER (WHERE fate = 'changed') AS changed,
    count(*) FILTER (WHERE fate = 'duplicate') AS duplicate,
    count(*) FILTER (WHERE fate = 'rejected') AS rejected,
    (
        SELECT count(DISTINCT patient_id) FROM checked
        WHERE no_data IS NULL AND line_no NOT IN (SELECT line_no FROM checked WHERE fault IS NOT NULL)
    ) AS patients
FROM line_fate
