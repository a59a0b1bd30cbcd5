-- One row per site and clinician of the roster.
-- Answers: by what can the patients be filtered?
SELECT DISTINCT
    site,
    clinician
FROM roster()
ORDER BY ALL
