-- Makes the place where a backup says what it holds: how many rows each table has, and their checksum, which only the
-- same version of DuckDB would work out again. It is no part of the facts.
CREATE SCHEMA backup.made;

CREATE TABLE backup.made.content (table_name VARCHAR, row_count BIGINT, checksum HUGEINT, duckdb_version VARCHAR)
