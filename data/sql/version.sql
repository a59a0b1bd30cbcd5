-- One row: the newest upload, undo or redo, review and rule set. Caches are keyed by it.
SELECT
    (SELECT max(upload_id) FROM clinic.upload) AS upload_id,
    (SELECT max(event_id) FROM clinic.upload_event) AS event_id,
    (SELECT max(review_id) FROM clinic.review_event) AS review_id,
    (SELECT max(version) FROM clinic.rule_set) AS rule_set
