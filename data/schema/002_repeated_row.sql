-- One row per logged row that is not the first with its content in its file: 2 for the second of two identical lines, a
-- second set. A table of its own, for writing the number into rows that are stored already took a tenth of an import.
CREATE TABLE clinic.repeated_row AS SELECT row_id, occurrence FROM clinic.log_row WHERE occurrence > 1;

ALTER TABLE clinic.log_row DROP COLUMN occurrence;
