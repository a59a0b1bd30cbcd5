-- One row: the rule set in force.
-- Answers: which thresholds decide who is listed?
-- Parameters: $as_of (date).
FROM rule($as_of)
