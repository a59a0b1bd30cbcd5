-- Stores the sound rows of the file under $upload_id. Reads: checked, fate.
-- Every statement stands alone, so that each takes the parameter.
CREATE OR REPLACE TEMP TABLE rejected AS
SELECT
    line_no,
    first(line ORDER BY part_no) AS line,
    first(fault ORDER BY part_no) AS fault
FROM checked
WHERE fault IS NOT NULL
GROUP BY line_no;

INSERT INTO clinic.rejected_line
SELECT $upload_id, line_no, line, fault.column_name, fault.value, fault.reason FROM rejected ORDER BY line_no;

INSERT INTO clinic.other_line
SELECT $upload_id, checked.line_no, fate.row_id
FROM fate
INNER JOIN checked ON fate.id = checked.rowid
WHERE fate.fate IN ('duplicate', 'revived');

DELETE FROM clinic.uncounted_row WHERE row_id IN (SELECT row_id FROM fate WHERE fate = 'revived');

INSERT INTO clinic.uncounted_row SELECT row_id FROM fate WHERE fate = 'changed';

INSERT INTO clinic.upload_patient
SELECT DISTINCT $upload_id, patient_id
FROM checked
WHERE no_data IS NULL AND line_no NOT IN (SELECT line_no FROM rejected);

INSERT INTO clinic.log_row
SELECT
    (SELECT coalesce(max(row_id), 0) FROM clinic.log_row) + 1 + checked.rowid,
    $upload_id, line_no, fate.chain, patient_id, performed_at, has_time, session_id, exercise, exercise_name, side,
    "sets", reps, duration_s, pain_before, pain_during, pain_after, stopped_early, notes, coalesce(fate.occurrence, 1)
FROM checked
LEFT JOIN fate ON checked.rowid = fate.id
WHERE
    checked.no_data IS NULL
    AND (fate.fate IS NULL OR fate.fate IN ('new', 'changed'))
    AND checked.line_no NOT IN (SELECT line_no FROM rejected);

-- What is derived from these patients' rows has to be made again.
INSERT INTO clinic.stale_patient SELECT patient_id FROM clinic.upload_patient WHERE upload_id = $upload_id
