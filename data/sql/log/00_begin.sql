-- Makes the temporary tables that pass between the steps of an import of a log, without any row. The numbers of the
-- files are the order of the steps; a step that finds nothing to do leaves its table as it is.
--
-- checked: made by 03_check and 04_merge, changed by 13_refuse_partial; read by 05_add, 06_notes, 14_count, 15_store,
-- 16_settle, and upload/rejects. One row per logged row that a line says, where it was looked at closely, or per line
-- that says none: `row_line` is the line under which the row is stored, and `fault` the code of what is wrong with it.
CREATE OR REPLACE TEMP TABLE checked (
    line_no BIGINT,
    row_line BIGINT,
    part_no INTEGER,
    no_data VARCHAR,            -- blank, remark or header
    ends_early BOOLEAN,
    patient_id VARCHAR,
    performed_at TIMESTAMP,
    has_time BOOLEAN,
    session_id VARCHAR,
    exercise VARCHAR,
    exercise_name VARCHAR,
    side VARCHAR,
    "sets" INTEGER,
    reps INTEGER,
    duration_s INTEGER,
    pain_before DECIMAL(5, 3),
    pain_during DECIMAL(5, 3),
    pain_after DECIMAL(5, 3),
    stopped_early BOOLEAN,
    notes VARCHAR,
    utc_offset_minutes INTEGER,
    score_time VARCHAR,
    fault VARCHAR,
    fault_column VARCHAR,
    fault_value VARCHAR,
    fault_details JSON,
    line VARCHAR
);

-- repeated: made by 09_repeated; read by 11_compare, 12_keep_repeated. One row per row of the upload whose content its
-- file has before.
CREATE OR REPLACE TEMP TABLE repeated (row_id BIGINT, occurrence BIGINT);

-- stored: made by 10_stored; read by 11_compare. One row per row of earlier uploads that the new ones could repeat or
-- correct: clinic.log_row and what is known of it.

-- fate: made by 11_compare, changed by 13_refuse_partial; read by 12_keep_repeated, 14_count, 16_settle. One row per
-- row of the upload that is more than simply new; `row_id` is the stored row that it repeats or replaces, and `chain`
-- the first of the rows that replaced one another.
CREATE OR REPLACE TEMP TABLE fate (id BIGINT, fate VARCHAR, row_id BIGINT, chain BIGINT, line_no BIGINT)
