-- One row per line of the upload at hand that changes a stored row: what it was and what it becomes, where they differ.
-- Definition: the row that a changed one replaced is the newest older one of those that replaced one another.
-- Parameters: $upload_id; $most: how many.
WITH pair AS (
    SELECT
        changed,
        old
    FROM clinic.log_row AS changed
    INNER JOIN clinic.log_row AS old
        ON changed.revises = coalesce(old.revises, old.row_id) AND changed.row_id > old.row_id
    WHERE changed.upload_id = $upload_id AND changed.revises IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY changed.row_id ORDER BY old.row_id DESC) = 1
)

SELECT
    changed.line_no AS line,
    changed.patient_id AS patient_id,
    strftime(changed.performed_at, '%Y-%m-%d %H:%M') AS performed_at,
    coalesce(changed.exercise_name, changed.exercise) AS exercise,
    changed.side AS side,
    differing(old, changed) AS was,
    differing(changed, old) AS becomes
FROM pair
ORDER BY line
LIMIT $most
