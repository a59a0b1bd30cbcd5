-- Stores one upload in the history. Parameters: $upload_id, $kind, $file_name, $sha256, $uploaded_at, $uploaded_by,
-- $patient_id, $mapping, $reading; $lines, $new, $changed, $duplicate, $rejected, $patients: what became of its lines.
INSERT INTO clinic.upload BY NAME
SELECT
    $upload_id AS upload_id,
    $kind AS kind,
    $file_name AS file_name,
    $sha256 AS sha256,
    $uploaded_at AS uploaded_at,
    $uploaded_by AS uploaded_by,
    $patient_id AS patient_id,
    $mapping AS mapping,
    $reading AS reading,
    $lines AS lines,
    $new AS new,
    $changed AS changed,
    $duplicate AS duplicate,
    $rejected AS rejected,
    $patients AS patients
