-- One row per patient who exists by the end of a day: on the roster, or with a row by then.
-- Definition: covered_through is the latest day for which data can exist: the day of the last upload that holds rows of
-- the patient, or as_of if that is earlier; null without any upload. programme_start is the roster's, else the first
-- logged day.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO covered_patient(as_of) AS TABLE
SELECT
    patient_id,
    coalesce(roster.programme_start, history.first_day) AS programme_start,
    CASE WHEN history.last_upload IS NOT NULL THEN least(history.last_upload, CAST(as_of AS DATE)) END
    AS covered_through,
    history.last_session,
    history.last_at,
    history.last_rise,
    roster.birth_year,
    roster.sex,
    roster.site,
    roster.clinician
FROM (FROM derived.patient_history WHERE first_day <= CAST(as_of AS DATE)) AS history
FULL JOIN roster() AS roster USING (patient_id);

-- One row per patient as above, with the last session by the day, and the rise of the last assessable one.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO patient(as_of) AS TABLE
WITH known AS (SELECT * FROM covered_patient(as_of)),

-- Whoever has a session after the day: what was the last one by then.
earlier AS (
    SELECT
        patient_id,
        max(day) AS last_session,
        arg_max(rise, number) FILTER (WHERE rise IS NOT NULL) AS last_rise
    FROM session(as_of)
    WHERE patient_id IN (SELECT patient_id FROM known WHERE last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY)
    GROUP BY patient_id
)

SELECT
    known.* REPLACE (
        CASE WHEN last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY THEN earlier.last_session ELSE known.last_session END
        AS last_session,
        CASE WHEN last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY THEN earlier.last_rise ELSE known.last_rise END
        AS last_rise
    )
FROM known
LEFT JOIN earlier USING (patient_id);
