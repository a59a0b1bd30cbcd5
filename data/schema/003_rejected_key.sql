-- What could be understood of a rejected line: which exercise of whom it speaks of. Corrected, it is a set beside those
-- that its file has at the same time, and no other version of one of them.
ALTER TABLE clinic.rejected_line ADD COLUMN patient_id VARCHAR;

ALTER TABLE clinic.rejected_line ADD COLUMN performed_at TIMESTAMP;

ALTER TABLE clinic.rejected_line ADD COLUMN exercise VARCHAR;

ALTER TABLE clinic.rejected_line ADD COLUMN exercise_name VARCHAR;

ALTER TABLE clinic.rejected_line ADD COLUMN side VARCHAR;
