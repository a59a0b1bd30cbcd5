-- One row: whether the derived tables come from other uploads or events than those of this store; no row before they
-- are made for the first time.
SELECT facts <> facts_through(upload_id, event_id) AS is_of_other_facts
FROM derived.mark
