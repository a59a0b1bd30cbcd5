-- One row per standing upload of the very same bytes, read in the same way for the same patient; the first counts.
-- Parameters: $sha256; $patient_id: the patient chosen for the file; $mapping: the mapping's name.
SELECT
    upload_id,
    kind,
    file_name,
    uploaded_at,
    uploaded_by,
    patient_id,
    lines,
    rejected,
    patients
FROM standing_upload()
WHERE sha256 = $sha256 AND patient_id IS NOT DISTINCT FROM $patient_id AND mapping = $mapping
ORDER BY upload_id
LIMIT 1
