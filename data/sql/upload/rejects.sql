-- One row per rejected line of the file at hand, with its first fault. Reads: checked. Parameters: $most: how many.
SELECT
    line_no AS line,
    fault AS code,
    fault_column AS "column",
    fault_value AS value,
    fault_details AS details,
    NULL AS reason
FROM checked
WHERE fault IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY line_no ORDER BY part_no) = 1
ORDER BY line_no
LIMIT $most
