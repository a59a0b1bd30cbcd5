-- Stores what one table of a backup holds. Parameters: $table_name, $row_count, $checksum.
INSERT INTO backup.made.content
SELECT
    $table_name AS table_name,
    $row_count AS row_count,
    $checksum AS checksum,
    version() AS duckdb_version
