-- One row: whether there are facts that the derived tables have not followed yet, and whether they were made at all.
SELECT
    (SELECT (upload_id, event_id, rule_set) FROM newest_fact())
    IS DISTINCT FROM (SELECT (upload_id, event_id, rule_set) FROM derived.mark) AS is_behind,
    EXISTS (FROM derived.mark) AS is_made
