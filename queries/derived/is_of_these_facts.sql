-- One row: whether the derived tables were made from uploads, events and rule sets that this store has.
SELECT coalesce(bool_and(facts = facts_through(upload_id, event_id, rule_set)), true) AS is_of_these_facts
FROM derived.mark
