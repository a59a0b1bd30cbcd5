-- One row: the newest facts, and up to which of them the derived tables have followed. Kept answers are keyed by it.
SELECT
    fact.*,
    mark.upload_id,
    mark.event_id,
    mark.rule_set
FROM newest_fact() AS fact
LEFT JOIN derived.mark ON true
