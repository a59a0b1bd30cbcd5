-- What log_repeated.sql makes when no content stands twice in the file: no row.
CREATE OR REPLACE TEMP TABLE repeated (row_id BIGINT, occurrence BIGINT)
