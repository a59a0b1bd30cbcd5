-- One row: whether there are facts that the derived tables have not followed yet, and whether they have followed any
-- upload at all.
SELECT
    newest.upload_id IS DISTINCT FROM mark.upload_id
    OR newest.event_id IS DISTINCT FROM mark.event_id
    OR newest.rule_set IS DISTINCT FROM mark.rule_set AS is_behind,
    coalesce(mark.upload_id > 0, false) AS is_made
FROM newest_fact() AS newest
LEFT JOIN derived.mark ON true
