-- Takes the times of an upload for days: an export that knows only the day, and writes midnight.
-- Parameters: $upload_id.
UPDATE clinic.log_row SET has_time = false WHERE upload_id = $upload_id
