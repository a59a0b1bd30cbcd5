-- Why a line was rejected, as a code and what its sentence names beside the column and the value, such as a limit.
-- Lines that were rejected before there were codes keep their reason in words.
ALTER TABLE clinic.rejected_line ADD COLUMN code VARCHAR;

ALTER TABLE clinic.rejected_line ADD COLUMN details JSON;
