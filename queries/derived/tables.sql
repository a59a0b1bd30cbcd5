-- The tables of what is worked out from the facts: deleting them loses nothing.

-- One row: up to which upload, upload event and rule set these tables have followed the facts. `definitions` is the
-- checksum of the SQL that made them, and `facts` that of the uploads and events they were made from; where either
-- differs, all is made anew. No row before they are made for the first time.
CREATE TABLE IF NOT EXISTS derived.mark (
    upload_id INTEGER,
    event_id INTEGER,
    rule_set INTEGER,
    definitions VARCHAR,
    facts VARCHAR
);

-- One row per logged row that no answer counts: replaced by a changed line, or only in uploads that were undone.
CREATE TABLE IF NOT EXISTS derived.uncounted_row (patient_id VARCHAR, row_id BIGINT);

-- One row per session, as the macro session_of says, and one more per day before the last on which rows of it were
-- performed, as it was at the end of that day.
CREATE TABLE IF NOT EXISTS derived.session (
    patient_id VARCHAR,
    session_key BIGINT,
    number BIGINT,              -- of the patient's sessions, counted in time
    next_start TIMESTAMP,       -- of the patient's next session that starts later
    started_at TIMESTAMP,
    last_at TIMESTAMP,
    day DATE,
    known_from DATE,
    known_until DATE,
    has_time BOOLEAN,
    rise DECIMAL(5, 3),
    peak DECIMAL(5, 3),
    pain_before DECIMAL(5, 3),
    pain_after DECIMAL(5, 3),
    rise_from DECIMAL(5, 3),
    rise_to DECIMAL(5, 3),
    is_climb BOOLEAN,           -- the rise is that of the peak over the session's first before
    is_carried BOOLEAN,         -- the before of the row of the rise comes from an earlier row
    stopped_early BOOLEAN,
    provoked_by VARCHAR,
    row_count INTEGER,
    is_off_programme BOOLEAN,
    notes VARCHAR,
    uploaded_at TIMESTAMP,      -- of its latest row
    arrival_days DATE[]         -- the days of the uploads that brought or changed a row of it, the latest first
);

-- One row per patient and day with any row, as patient_day_of says.
CREATE TABLE IF NOT EXISTS derived.patient_day (
    patient_id VARCHAR,
    day DATE,
    resting DOUBLE,
    adherence DOUBLE,
    over_limit BOOLEAN
);

-- One row per patient with any row.
CREATE TABLE IF NOT EXISTS derived.patient_history (
    patient_id VARCHAR,
    first_day DATE,
    last_session DATE,
    last_at TIMESTAMP,
    last_rise DECIMAL(5, 3),
    last_upload DATE
)
