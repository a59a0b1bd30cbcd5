-- Stores the clinic's time zone, where no import has fixed it before. A machine may have one that no name is known for.
-- Parameters: $fixed_at.
INSERT INTO clinic.time_zone
SELECT
    name,
    $fixed_at AS fixed_at
FROM pg_timezone_names()
WHERE name = current_setting('TimeZone') AND NOT EXISTS (SELECT 1 FROM clinic.time_zone)
