-- One row per patient, reason that holds, and session that gives it (one row with a null session_key for a reason that
-- no session gives).
-- Definition: the fourteen reasons, in their order; `position` is that order.
-- Why 2 points: the usual important change (Ostelo 2008); smallest detectable change 1.77; an exercise flare of 2 or
-- more has precedent (GLA:D) and is common, so that a single one is no emergency.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO reason_session(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

everyone AS MATERIALIZED (SELECT * FROM patient(as_of)),

severe AS MATERIALIZED (
    SELECT patient_id
    FROM severity(as_of, CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r))
    WHERE severity = 'severe'
),

opened AS MATERIALIZED (SELECT * FROM open_session(as_of)),

tally AS MATERIALIZED (
    SELECT
        patient_id,
        count(*) FILTER (WHERE has_important_rise) AS important_rises,
        count(rise) AS assessable,
        median(rise) AS median_rise
    FROM opened
    GROUP BY patient_id
),

resting AS (
    SELECT
        patient_id,
        avg(resting) FILTER (WHERE day > window_start) AS in_window,
        count(*) FILTER (WHERE day > window_start) AS window_count,
        avg(resting) FILTER (WHERE day <= window_start) AS in_baseline,
        count(*) FILTER (WHERE day <= window_start) AS baseline_count
    FROM (
        SELECT
            patient_day.*,
            CAST(as_of AS DATE) - r.window_days AS window_start
        FROM clinic.patient_day
        CROSS JOIN r
        WHERE
            patient_day.resting IS NOT NULL
            AND patient_day.day <= CAST(as_of AS DATE)
            AND patient_day.day > CAST(as_of AS DATE) - r.window_days - r.baseline_days
    )
    GROUP BY patient_id
),

rested_worse AS (
    SELECT patient_id
    FROM resting
    CROSS JOIN r
    WHERE
        window_count >= r.resting_pain_days
        AND baseline_count >= r.resting_pain_days
        AND round(in_window - in_baseline, 6) >= r.resting_pain_points
),

low AS (
    SELECT patient_id
    FROM adherence(as_of, CAST(as_of AS DATE) - (SELECT low_adherence_days - 1 FROM r))
    WHERE adherence_label = 'low'
)

SELECT 1 AS position, 'repeated_rise' AS reason, opened.patient_id, session_key, day
FROM opened INNER JOIN tally USING (patient_id) CROSS JOIN r
WHERE has_important_rise AND important_rises >= r.repeated_sessions
UNION ALL
SELECT 2, 'rise_to_severe', patient_id, session_key, day FROM opened WHERE rises_to_severe
UNION ALL
SELECT 3, 'severe_and_rise', patient_id, session_key, day FROM opened SEMI JOIN severe USING (patient_id) WHERE has_rise
UNION ALL
SELECT 4, 'exercised_after_rise', patient_id, session_key, day FROM opened WHERE exercised_after
UNION ALL
SELECT 5, 'rise', patient_id, session_key, day FROM opened WHERE has_important_rise
UNION ALL
SELECT 6, 'median_rise', opened.patient_id, session_key, day
FROM opened INNER JOIN tally USING (patient_id) CROSS JOIN r
WHERE rise IS NOT NULL AND assessable >= r.median_rise_sessions AND round(median_rise, 6) >= r.median_rise_points
UNION ALL
SELECT 7, 'resting_pain_up', patient_id, session_key, day FROM opened SEMI JOIN rested_worse USING (patient_id)
UNION ALL
SELECT 8, 'severe_and_exercising', patient_id, session_key, day FROM opened SEMI JOIN severe USING (patient_id)
UNION ALL
SELECT 9, 'small_rise', patient_id, session_key, day FROM opened WHERE has_rise
UNION ALL
SELECT 10, 'off_programme', patient_id, session_key, day FROM opened WHERE is_off_programme
UNION ALL
SELECT 11, 'silent', patient_id, NULL, NULL
FROM everyone CROSS JOIN r
WHERE covered_through - last_session >= r.silent_days
UNION ALL
SELECT 12, 'no_recent_upload', patient_id, NULL, NULL
FROM everyone CROSS JOIN r
WHERE covered_through IS NULL OR CAST(as_of AS DATE) - covered_through >= r.upload_days
UNION ALL
SELECT 13, 'not_assessable', opened.patient_id, session_key, day
FROM opened INNER JOIN tally USING (patient_id)
WHERE assessable = 0
UNION ALL
SELECT 14, 'low_adherence', patient_id, NULL, NULL FROM low;
