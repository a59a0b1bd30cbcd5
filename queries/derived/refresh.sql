-- Brings what is derived from the log up to date for some patients: their sessions, their days and their history.
-- Kept, because a review over ten million rows took 50 seconds without it and has a budget of a tenth of one.
-- Parameters: $patients (list of patient ids).
DELETE FROM derived.uncounted_row WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO derived.uncounted_row
SELECT *
FROM uncounted_row_of(
    $patients, TIMESTAMP '-infinity', TIMESTAMP 'infinity',
    (SELECT upload_id FROM derived.mark), undone_by((SELECT event_id FROM derived.mark))
);

DELETE FROM derived.session WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO derived.session BY NAME
SELECT
    *,
    row_number() OVER (PARTITION BY patient_id ORDER BY started_at, session_key) AS number,
    first_value(started_at) OVER (
        PARTITION BY patient_id ORDER BY started_at
        RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_start
FROM session_of($patients, false)
ORDER BY day;

INSERT INTO derived.session BY NAME
SELECT
    part.*,
    whole.number,
    whole.next_start
FROM
    session_of(
        (
            SELECT coalesce(list(DISTINCT patient_id), [])
            FROM derived.session
            WHERE patient_id IN (SELECT unnest($patients)) AND known_from > day
        ),
        true
    ) AS part
INNER JOIN derived.session AS whole ON part.session_key = whole.session_key
WHERE part.known_until IS NOT NULL;

DELETE FROM derived.patient_day WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO derived.patient_day BY NAME
SELECT * FROM patient_day_of($patients) ORDER BY day;

DELETE FROM derived.patient_history WHERE patient_id IN (SELECT unnest($patients));

INSERT INTO derived.patient_history BY NAME
WITH last_session AS (
    SELECT
        patient_id,
        max(day) AS last_session,
        max(last_at) AS last_at,
        arg_max(rise, number) FILTER (WHERE rise IS NOT NULL) AS last_rise
    FROM derived.session
    WHERE patient_id IN (SELECT unnest($patients)) AND known_until IS NULL
    GROUP BY patient_id
),

uploaded AS (
    SELECT
        upload_patient.patient_id,
        CAST(max(standing.uploaded_at) AS DATE) AS last_upload
    FROM clinic.upload_patient
    INNER JOIN known_upload() AS standing USING (upload_id)
    WHERE upload_patient.patient_id IN (SELECT unnest($patients))
    GROUP BY upload_patient.patient_id
),

first_day AS (
    SELECT
        patient_id,
        min(day) AS first_day
    FROM derived.patient_day
    WHERE patient_id IN (SELECT unnest($patients))
    GROUP BY patient_id
)

SELECT *
FROM first_day
LEFT JOIN last_session USING (patient_id)
LEFT JOIN uploaded USING (patient_id)
