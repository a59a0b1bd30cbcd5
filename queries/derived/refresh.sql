-- Brings what is derived from the log up to date for some patients: their sessions, their days and their history.
-- Kept, because a review over ten million rows took 50 seconds without it and has a budget of a tenth of one.
-- Parameters: $patients (list of patient ids).
DELETE FROM clinic.session WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO clinic.session BY NAME
SELECT * FROM session_of($patients, TIMESTAMP 'infinity') ORDER BY day;

DELETE FROM clinic.patient_day WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO clinic.patient_day BY NAME
SELECT * FROM patient_day_of($patients) ORDER BY day;

DELETE FROM clinic.patient_history WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO clinic.patient_history BY NAME
WITH last_session AS (
    SELECT
        patient_id,
        max(day) AS last_session,
        max(last_at) AS last_at,
        arg_max(rise, started_at) FILTER (WHERE rise IS NOT NULL) AS last_rise
    FROM clinic.session
    WHERE patient_id IN (SELECT unnest($patients))
    GROUP BY patient_id
),

uploaded AS (
    SELECT
        upload_patient.patient_id,
        CAST(max(standing.uploaded_at) AS DATE) AS last_upload
    FROM clinic.upload_patient
    INNER JOIN standing_upload() AS standing USING (upload_id)
    WHERE upload_patient.patient_id IN (SELECT unnest($patients))
    GROUP BY upload_patient.patient_id
),

first_day AS (
    SELECT
        patient_id,
        min(day) AS first_day
    FROM clinic.patient_day
    WHERE patient_id IN (SELECT unnest($patients))
    GROUP BY patient_id
)

SELECT *
FROM first_day
LEFT JOIN last_session USING (patient_id)
LEFT JOIN uploaded USING (patient_id);

DELETE FROM clinic.stale_patient WHERE patient_id IN (SELECT unnest($patients))
