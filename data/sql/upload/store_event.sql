-- Stores what happened to an upload later: it was undone or redone, or the very same file came again.
-- Parameters: $upload_id; $event: undone, redone or again; $made_at; $made_by.
INSERT INTO clinic.upload_event
SELECT
    (SELECT coalesce(max(event_id), 0) + 1 FROM clinic.upload_event) AS event_id,
    $upload_id AS upload_id,
    $event AS event,
    $made_at AS made_at,
    $made_by AS made_by
