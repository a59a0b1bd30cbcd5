-- The store holds facts, and nothing that can be worked out from them: which rows count, sessions, days and histories
-- have a catalog of their own, `derived`. Each undo and redo gets an id, so that whoever follows the facts can ask for
-- those after the last that it has.
CREATE TABLE clinic.numbered_event AS
SELECT CAST(row_number() OVER (ORDER BY rowid) AS INTEGER) AS event_id, * FROM clinic.upload_event;

DROP TABLE clinic.upload_event;

ALTER TABLE clinic.numbered_event RENAME TO upload_event;

DROP TABLE clinic.uncounted_row;

DROP TABLE clinic.stale_patient;

DROP TABLE clinic.session;

DROP TABLE clinic.patient_day;

DROP TABLE clinic.patient_history;
