-- One row: the thresholds in force at the end of a day.
-- Definition: rule set; the newest version made by then.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO rule(as_of) AS TABLE
SELECT *
FROM known_rule_set()
WHERE made_at < CAST(as_of AS DATE) + INTERVAL 1 DAY
ORDER BY version DESC
LIMIT 1;
