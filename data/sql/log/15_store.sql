-- Stores under $upload_id which lines of a log were rejected. Reads: checked.
INSERT INTO clinic.rejected_line BY NAME
SELECT
    $upload_id AS upload_id,
    line_no,
    line,
    fault AS code,
    fault_column AS column_name,
    fault_value AS value,
    fault_details AS details,
    patient_id,
    performed_at,
    exercise,
    exercise_name,
    side,
    utc_offset_minutes
FROM checked
WHERE fault IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY line_no ORDER BY part_no) = 1
ORDER BY line_no
