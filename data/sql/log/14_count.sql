-- One row: how many data lines the file has, and how many of them end as each of the four fates.
-- Definition: a line is rejected if any row of it is at fault, else changed if any row is, else new if any is, else a
-- duplicate. Reads: checked, fate, and the rows that the upload has stored so far.
-- Parameters: $upload_id; $sided: whether a line may have two rows.
WITH further_line AS (
    SELECT line_no, row_line FROM checked WHERE row_line <> line_no AND fault IS NULL
),

stored_line AS (
    SELECT
        -- Counting distinct lines costs, and where a line has one row it is the same.
        CASE
            WHEN NOT $sided THEN count(*)
            ELSE (SELECT count(DISTINCT line_no) FROM clinic.log_row WHERE upload_id = $upload_id)
        END + (SELECT count(*) FROM further_line) AS sound
    FROM clinic.log_row
    WHERE upload_id = $upload_id
),

compared_row AS (
    SELECT log_row.line_no, coalesce(fate.fate, 'new') AS fate
    FROM clinic.log_row
    LEFT JOIN fate ON log_row.row_id = fate.id
    WHERE log_row.upload_id = $upload_id AND log_row.line_no IN (SELECT line_no FROM fate)
),

row_fate AS (
    SELECT line_no, fate FROM compared_row
    UNION ALL
    SELECT further_line.line_no, compared_row.fate
    FROM further_line
    INNER JOIN compared_row ON further_line.row_line = compared_row.line_no
),

line_fate AS (
    SELECT
        line_no,
        bool_or(fate = 'changed') AS is_changed,
        bool_and(fate = 'duplicate') AS is_duplicate
    FROM row_fate
    GROUP BY line_no
),

other AS (
    SELECT
        count(*) FILTER (WHERE is_changed) AS changed,
        count(*) FILTER (WHERE is_duplicate) AS duplicate
    FROM line_fate
),

at_fault AS (
    SELECT count(DISTINCT line_no) AS rejected FROM checked WHERE fault IS NOT NULL
)

SELECT
    stored_line.sound + at_fault.rejected AS lines,
    stored_line.sound - other.changed - other.duplicate AS new,
    other.changed,
    other.duplicate,
    at_fault.rejected,
    (SELECT count(*) FROM clinic.upload_patient WHERE upload_id = $upload_id) AS patients
FROM stored_line
CROSS JOIN other
CROSS JOIN at_fault
