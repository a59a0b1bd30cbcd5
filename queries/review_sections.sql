-- One row per section of the review list, in its order.
-- Answers: which sections does the list have, and which comes first?
SELECT section
FROM review_sections()
ORDER BY position
