-- Stores the undo or redo of an upload. Parameters: $upload_id; $event, $made_at, $made_by.
INSERT INTO clinic.upload_event
SELECT
    (SELECT coalesce(max(event_id), 0) + 1 FROM clinic.upload_event) AS event_id,
    $upload_id AS upload_id,
    $event AS event,
    $made_at AS made_at,
    $made_by AS made_by
