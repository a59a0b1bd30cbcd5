-- Makes the counted rows those of `touched`, and has everything derived from their patients made again.
-- Reads: touched. Parameters: $upload_id; $event, $made_at, $made_by of the undo or redo.
DELETE FROM clinic.uncounted_row WHERE row_id IN (SELECT row_id FROM touched);

INSERT INTO clinic.uncounted_row SELECT row_id FROM touched WHERE NOT is_counted;

INSERT INTO clinic.stale_patient
SELECT DISTINCT patient_id FROM touched
UNION
SELECT patient_id FROM clinic.upload_patient WHERE upload_id = $upload_id;

INSERT INTO clinic.upload_event VALUES ($upload_id, $event, $made_at, $made_by)
