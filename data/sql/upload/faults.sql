-- One row per fault of the lines of the file at hand, the commonest first, with the first line that has it.
-- Reads: checked. Parameters: $most: how many.
SELECT
    count(DISTINCT line_no) AS lines,
    fault AS code,
    fault_column AS "column",
    arg_min(fault_value, line_no) AS value,
    arg_min(fault_details, line_no) AS details,
    NULL AS reason
FROM checked
WHERE fault IS NOT NULL
GROUP BY ALL
ORDER BY lines DESC, min(line_no)
LIMIT $most
