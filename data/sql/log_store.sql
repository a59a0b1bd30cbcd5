-- Stores what became of the lines of a log under $upload_id, and leaves of its rows only those that are new or changed.
-- Reads: checked, fate, repeated, and the rows that the upload has stored so far.
INSERT INTO clinic.rejected_line
SELECT $upload_id, line_no, line, fault.column_name, fault.value, fault.reason
FROM checked
WHERE fault IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY line_no ORDER BY part_no) = 1
ORDER BY line_no;

INSERT INTO clinic.other_line
SELECT $upload_id, line_no, row_id
FROM fate
WHERE fate IN ('duplicate', 'revived');

DELETE FROM clinic.uncounted_row WHERE row_id IN (SELECT row_id FROM fate WHERE fate = 'revived');

INSERT INTO clinic.uncounted_row SELECT row_id FROM fate WHERE fate = 'changed';

-- What is derived from these patients' rows has to be made again.
INSERT INTO clinic.stale_patient SELECT patient_id FROM clinic.upload_patient WHERE upload_id = $upload_id;

DELETE FROM clinic.log_row
WHERE upload_id = $upload_id AND row_id IN (SELECT id FROM fate WHERE fate IN ('duplicate', 'revived'));

UPDATE clinic.log_row SET revises = fate.chain
FROM fate
WHERE log_row.upload_id = $upload_id AND log_row.row_id = fate.id AND fate.fate = 'changed';

UPDATE clinic.log_row SET occurrence = repeated.occurrence
FROM repeated
WHERE log_row.upload_id = $upload_id AND log_row.row_id = repeated.row_id
