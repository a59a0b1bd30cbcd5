-- Stores the sound lines of a roster under $upload_id (those that say nothing new too, for the upload that said it
-- first may be undone), and the rejected ones word for word. Reads: checked.
INSERT INTO clinic.rejected_line BY NAME
SELECT
    $upload_id AS upload_id,
    line_no,
    line,
    fault AS code,
    fault_column AS column_name,
    fault_value AS value,
    fault_details AS details
FROM checked
WHERE fate = 'rejected'
ORDER BY line_no;

INSERT INTO clinic.roster_row
SELECT
    (SELECT coalesce(max(row_id), 0) FROM clinic.roster_row) + 1 + row_number() OVER (ORDER BY line_no) AS row_id,
    $upload_id, line_no, patient_id, severity, zcq_symptom, odi, programme_start, birth_year, sex, site, clinician
FROM checked
WHERE fate <> 'rejected'
