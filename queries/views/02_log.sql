-- One row per logged row that counts, of some patients.
-- Definition: rise = max(during, after) - before, null where before or both others are missing; peak = max(during,
-- after). A row without an exercise is a pain entry: its score is pain_before, and it has no rise.
-- Parameters: patients (list of patient ids).
CREATE OR REPLACE MACRO logged(patients) AS TABLE
SELECT
    log_row.*,
    CAST(performed_at AS DATE) AS day,
    CASE WHEN exercise IS NOT NULL THEN greatest(pain_during, pain_after) - pain_before END AS rise,
    greatest(pain_during, pain_after) AS peak
FROM clinic.log_row
WHERE
    patient_id IN (SELECT unnest(patients))
    AND row_id NOT IN (FROM clinic.uncounted_row);

-- One row per patient whom the roster holds: what the newest standing roster says.
CREATE OR REPLACE MACRO roster() AS TABLE
SELECT *
FROM clinic.roster_row
WHERE upload_id IN (SELECT upload_id FROM standing_upload())
QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY row_id DESC) = 1;
