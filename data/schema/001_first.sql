-- The tables of a clinic. Append-only wherever a patient's record or a clinician's word is concerned: nothing here is
-- updated, and only `uncounted_row`, which can be recomputed from the rest, is ever deleted from.
-- No keys, constraints or indexes: identity is kept by anti-join inside the one import transaction.

-- One row per upload that was taken.
CREATE TABLE clinic.upload (
    upload_id INTEGER,
    kind VARCHAR,               -- log or roster
    file_name VARCHAR,
    sha256 VARCHAR,
    uploaded_at TIMESTAMP,      -- the clinic's wall clock
    uploaded_by VARCHAR,
    patient_id VARCHAR,         -- the patient chosen for a file that names none
    mapping VARCHAR,            -- the name of the mapping
    reading JSON,               -- how the file was read: encoding, dialect, columns, date order
    lines INTEGER,              -- data lines = new + changed + duplicate + rejected
    new INTEGER,
    changed INTEGER,
    duplicate INTEGER,
    rejected INTEGER,
    patients INTEGER
);

-- One row per undo or redo of an upload; the newest says whether the upload stands.
CREATE TABLE clinic.upload_event (
    upload_id INTEGER,
    event VARCHAR,              -- undone or redone; again: the very same file came once more
    made_at TIMESTAMP,
    made_by VARCHAR
);

-- One row per piece of an uploaded file, byte for byte as it came, compressed with Zstandard.
CREATE TABLE clinic.upload_part (
    upload_id INTEGER,
    part INTEGER,
    size INTEGER,               -- bytes before compression
    content BLOB
);

-- One row per patient whose lines an upload holds, duplicates included.
CREATE TABLE clinic.upload_patient (
    upload_id INTEGER,
    patient_id VARCHAR
);

-- One row per logged row: an exercise of a session, or a pain entry. Where a line says more than one thing (left and
-- right in columns of their own) it has more than one row.
CREATE TABLE clinic.log_row (
    row_id BIGINT,
    upload_id INTEGER,          -- the first upload that said it
    line_no BIGINT,             -- and its first line there, counted from 1 as an editor counts
    revises BIGINT,             -- the row_id of the first of the rows that this one replaced
    patient_id VARCHAR,
    performed_at TIMESTAMP,     -- the clinic's wall clock; midnight where only a day is known
    has_time BOOLEAN,
    session_id VARCHAR,
    exercise VARCHAR,           -- a code of the programme, squat, bridge, heel_raise or other; null for a pain entry
    exercise_name VARCHAR,      -- the export's own name, where the code is other
    side VARCHAR,               -- left, right or both
    "sets" INTEGER,
    reps INTEGER,
    duration_s INTEGER,
    pain_before DECIMAL(5, 3),
    pain_during DECIMAL(5, 3),
    pain_after DECIMAL(5, 3),
    stopped_early BOOLEAN,
    notes VARCHAR,
    occurrence INTEGER          -- 2 for the second of two identical lines of one file: a second set
);

-- One row per further line that says a logged row again, or another part of it.
CREATE TABLE clinic.other_line (
    upload_id INTEGER,
    line_no BIGINT,
    row_id BIGINT
);

-- One row per logged row that no answer counts: replaced by a changed line, or only in uploads that were undone.
CREATE TABLE clinic.uncounted_row (row_id BIGINT);

-- One row per sound line of a roster; the newest of a patient in a standing upload is in force.
CREATE TABLE clinic.roster_row (
    row_id BIGINT,
    upload_id INTEGER,
    line_no BIGINT,
    patient_id VARCHAR,
    severity VARCHAR,
    zcq_symptom DECIMAL(4, 3),
    odi DECIMAL(6, 3),
    programme_start DATE,
    birth_year INTEGER,
    sex VARCHAR,
    site VARCHAR,
    clinician VARCHAR
);

-- One row per data line that was not understood, word for word.
CREATE TABLE clinic.rejected_line (
    upload_id INTEGER,
    line_no BIGINT,
    line VARCHAR,
    column_name VARCHAR,
    value VARCHAR,
    reason VARCHAR
);

-- One row per review, or undo of one.
CREATE TABLE clinic.review_event (
    review_id INTEGER,
    undoes INTEGER,             -- the review_id that this event takes back
    patient_id VARCHAR,
    reviewer VARCHAR,
    made_at TIMESTAMP,
    outcome VARCHAR,
    note VARCHAR,
    look_again_on DATE,
    reviewed_through TIMESTAMP, -- the start of the newest session that the reviewer saw
    rule_set INTEGER
);

-- One row per exercise of the programme (the source is a press article on one hospital's advice; see docs).
CREATE TABLE clinic.programme_exercise (
    position INTEGER,
    exercise VARCHAR,
    per_side BOOLEAN,
    target INTEGER,             -- repetitions a day, per side where the exercise is done per side
    upper_limit INTEGER,
    target_from VARCHAR         -- source or clinic default
);

INSERT INTO clinic.programme_exercise VALUES
(1, 'pelvic_tilt', false, 5, NULL, 'source'),
(2, 'knee_to_chest', true, 10, 20, 'source'),
(3, 'hip_joint', true, 10, NULL, 'clinic default'),
(4, 'ankle_flexion', true, 10, NULL, 'clinic default');

-- One row per version of the thresholds; the newest made by a day's end is in force on that day.
CREATE TABLE clinic.rule_set (
    version INTEGER,
    made_at TIMESTAMP,
    author VARCHAR,
    reason VARCHAR,
    window_days INTEGER,
    baseline_days INTEGER,
    list_days INTEGER,
    session_gap_minutes INTEGER,
    session_id_hours INTEGER,
    rise_points DECIMAL(5, 3),
    repeated_sessions INTEGER,
    mild_from DECIMAL(5, 3),
    moderate_from DECIMAL(5, 3),
    severe_from DECIMAL(5, 3),
    severity_days INTEGER,
    zcq_mild_below DECIMAL(4, 3),
    zcq_moderate_below DECIMAL(4, 3),
    odi_mild_to DECIMAL(6, 3),
    odi_moderate_to DECIMAL(6, 3),
    median_rise_points DECIMAL(5, 3),
    median_rise_sessions INTEGER,
    resting_pain_points DECIMAL(5, 3),
    resting_pain_days INTEGER,
    silent_days INTEGER,
    upload_days INTEGER,
    exposure_days INTEGER,
    adherent_from DECIMAL(4, 3),
    partial_from DECIMAL(4, 3),
    low_adherence_days INTEGER,
    note_words VARCHAR[]
);

INSERT INTO clinic.rule_set VALUES (
    1, TIMESTAMP '1900-01-01', 'Supine', 'The rules that Supine comes with.',
    7, 21, 28, 60, 12,
    2, 2,
    1, 4, 7, 4,
    2, 3, 20, 40,
    1, 4,
    1, 4,
    7, 7,
    4, 0.8, 0.5, 14,
    [
        'numb', 'numbness', 'weak', 'weakness', 'tingling', 'bladder', 'bowel', 'incontinence', 'saddle', 'fell',
        'shooting', 'radiating', 'worse', '저림', '저리', '마비', '힘이 빠', '대소변', '소변', '대변', '넘어', '악화'
    ]
);

-- Derived from the log by queries/derived/refresh.sql, and always recomputable: one row per session, per patient and
-- day with any row, and per patient with any row.
CREATE TABLE clinic.session (
    patient_id VARCHAR,
    session_key BIGINT,
    started_at TIMESTAMP,
    last_at TIMESTAMP,
    day DATE,
    has_time BOOLEAN,
    rise DECIMAL(5, 3),
    peak DECIMAL(5, 3),
    pain_before DECIMAL(5, 3),
    pain_after DECIMAL(5, 3),
    stopped_early BOOLEAN,
    provoked_by VARCHAR,
    row_count INTEGER,
    is_off_programme BOOLEAN,
    notes VARCHAR
);

CREATE TABLE clinic.patient_day (
    patient_id VARCHAR,
    day DATE,
    resting DOUBLE,
    adherence DOUBLE,
    over_limit BOOLEAN
);

CREATE TABLE clinic.patient_history (
    patient_id VARCHAR,
    first_day DATE,
    last_session DATE,
    last_at TIMESTAMP,
    last_rise DECIMAL(5, 3),
    last_upload DATE
);

-- One row per patient whose log has changed since the derived tables were made.
CREATE TABLE clinic.stale_patient (patient_id VARCHAR);
