-- The minutes from UTC to the clinic's wall clock, where that clock shows the same time twice, as in the hour that
-- comes twice when summer time ends; null for every other row, and where the file does not say which of the two it was.
ALTER TABLE clinic.log_row ADD COLUMN utc_offset_minutes INTEGER;

ALTER TABLE clinic.rejected_line ADD COLUMN utc_offset_minutes INTEGER;

-- At most one row: the clinic's time zone, in which every time of the store is written.
CREATE TABLE clinic.time_zone (
    name VARCHAR,               -- as IANA names it, such as Asia/Seoul
    fixed_at TIMESTAMP          -- of the first import
);
