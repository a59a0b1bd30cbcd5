-- What log_check.sql makes, as far as anything else reads it, when no line had to be looked at: no row.
CREATE OR REPLACE TEMP TABLE checked (
    line_no BIGINT,
    row_line BIGINT,
    part_no INTEGER,
    no_data VARCHAR,
    ends_early BOOLEAN,
    patient_id VARCHAR,
    performed_at TIMESTAMP,
    exercise VARCHAR,
    exercise_name VARCHAR,
    side VARCHAR,
    fault STRUCT(column_name VARCHAR, "value" VARCHAR, reason VARCHAR),
    line VARCHAR
)
