-- One row: whether there are facts that the derived tables have not followed yet, and whether they have followed any
-- upload at all.
SELECT
    NOT coalesce(
        newest.upload_id = mark.upload_id AND newest.event_id = mark.event_id AND newest.rule_set = mark.rule_set, false
    ) AS is_behind,
    coalesce(mark.upload_id > 0, false) AS is_made
FROM newest_fact() AS newest
LEFT JOIN derived.mark ON true
