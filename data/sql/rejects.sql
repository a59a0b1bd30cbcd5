-- One row per rejected line of the file at hand, with its first fault. Reads: checked. Parameters: $most: how many.
SELECT
    line_no AS line,
    fault.column_name AS "column",
    fault.value AS value,
    fault.reason AS reason
FROM checked
WHERE fault IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY line_no ORDER BY part_no) = 1
ORDER BY line_no
LIMIT $most
