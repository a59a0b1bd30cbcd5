-- The two scores that a session's rise lies between, so that whoever shows the rise shows its own scores, and not those
-- of other rows of the session. Sessions are derived from the log, and are made again for every patient.
ALTER TABLE clinic.session ADD COLUMN rise_from DECIMAL(5, 3);

ALTER TABLE clinic.session ADD COLUMN rise_to DECIMAL(5, 3);

INSERT INTO clinic.stale_patient SELECT DISTINCT patient_id FROM clinic.session;
