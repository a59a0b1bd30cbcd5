-- One row per patient who exists by the end of a day: on the roster, or with a row by then.
-- Definition: covered_through is the latest day for which data can exist: the day of the last upload that holds rows of
-- the patient, or as_of if that is earlier; null without any upload. programme_start is the roster's, else the first
-- logged day. last_rise is that of the last assessable session.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO patient(as_of) AS TABLE
WITH known AS (
    SELECT *
    FROM clinic.patient_history
    WHERE first_day <= CAST(as_of AS DATE)
),

-- Whoever has a session after the day: what was the last one by then.
earlier AS (
    SELECT
        patient_id,
        max(day) AS last_session,
        arg_max(rise, started_at) FILTER (WHERE rise IS NOT NULL) AS last_rise
    FROM session(as_of)
    WHERE patient_id IN (SELECT patient_id FROM known WHERE last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY)
    GROUP BY patient_id
)

SELECT
    patient_id,
    coalesce(roster.programme_start, known.first_day) AS programme_start,
    known.first_day,
    CASE WHEN known.last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY THEN earlier.last_session ELSE known.last_session END
    AS last_session,
    CASE WHEN known.last_at >= CAST(as_of AS DATE) + INTERVAL 1 DAY THEN earlier.last_rise ELSE known.last_rise END
    AS last_rise,
    CASE WHEN known.last_upload IS NOT NULL THEN least(known.last_upload, CAST(as_of AS DATE)) END AS covered_through,
    roster.severity AS roster_severity,
    roster.zcq_symptom,
    roster.odi,
    roster.birth_year,
    roster.sex,
    roster.site,
    roster.clinician,
    roster.patient_id IS NOT NULL AS is_on_roster
FROM known
FULL JOIN roster() AS roster USING (patient_id)
LEFT JOIN earlier USING (patient_id);
