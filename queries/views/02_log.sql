-- The exercises of a logged row, in the programme's order: more than one where a cell named several.
CREATE OR REPLACE MACRO exercises_of(exercise, exercise_name) AS
    CASE WHEN exercise = 'several' THEN string_split(exercise_name, '; ') ELSE [exercise] END;

-- Whether a logged row has an exercise that the programme advises against or does not have.
CREATE OR REPLACE MACRO is_off(exercise, exercise_name) AS CASE
    WHEN exercise = 'several' THEN NOT list_has_all(
        ['pelvic_tilt', 'knee_to_chest', 'hip_joint', 'ankle_flexion'], exercises_of(exercise, exercise_name)
    )
    ELSE coalesce(exercise IN ('squat', 'bridge', 'heel_raise', 'other'), false)
END;

-- One row per logged row that counts, of some patients.
-- Definition: peak = max(during, after). A row without an exercise and without a peak is a pain entry: its score is
-- pain_before, and exercise_label is null; one with a peak is a session row of unstated exercise.
-- Parameters: patients (list of patient ids).
CREATE OR REPLACE MACRO logged(patients) AS TABLE
SELECT
    log_row.*,
    CAST(performed_at AS DATE) AS day,
    greatest(pain_during, pain_after) AS peak,
    coalesce(exercise_name, exercise, CASE WHEN peak IS NOT NULL THEN 'unstated' END) AS exercise_label
FROM clinic.log_row
WHERE
    patient_id IN (SELECT unnest(patients))
    AND upload_id <= (SELECT upload_id FROM derived.mark)
    AND row_id NOT IN (SELECT row_id FROM derived.uncounted_row);

-- One row per patient whom the roster holds: what the newest standing roster says.
CREATE OR REPLACE MACRO roster() AS TABLE
SELECT *
FROM clinic.roster_row
WHERE upload_id IN (SELECT upload_id FROM known_upload())
QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY row_id DESC) = 1;
