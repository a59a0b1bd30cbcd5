-- Stores which rows of the upload repeat another of its file. Reads: repeated, fate.
INSERT INTO clinic.repeated_row
SELECT row_id, occurrence
FROM repeated
WHERE row_id NOT IN (SELECT id FROM fate WHERE fate IN ('duplicate', 'revived'))
