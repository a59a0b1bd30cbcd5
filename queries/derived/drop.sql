-- Removes the tables of what is worked out, whatever made them.
DROP TABLE IF EXISTS derived.mark;
DROP TABLE IF EXISTS derived.uncounted_row;
DROP TABLE IF EXISTS derived.session;
DROP TABLE IF EXISTS derived.patient_day;
DROP TABLE IF EXISTS derived.patient_history
