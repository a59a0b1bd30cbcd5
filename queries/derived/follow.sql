-- Moves the mark to the newest facts. Parameters: $definitions: the checksum of the SQL that is about to be used.
DELETE FROM derived.mark;

INSERT INTO derived.mark
SELECT
    upload_id,
    event_id,
    rule_set,
    $definitions AS definitions,
    facts_through(upload_id, event_id, rule_set) AS facts
FROM newest_fact()
