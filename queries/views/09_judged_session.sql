-- One row per open session, and one per patient without any whose severity is known, with each of the reasons 1-10 and
-- 13 that the session gives: true in each session that is evidence.
-- Definition: the reasons; their order is that of the definitions. A reason about several sessions (repeated_rise,
-- median_rise, resting_pain_up, not_assessable) is true in every session that counts towards it.
-- Why 2 points: the usual important change (Ostelo 2008); smallest detectable change 1.77; an exercise flare of 2 or
-- more has precedent (GLA:D) and is common, so that a single one is no emergency.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO judged(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

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
    ) AS resting_day
    GROUP BY patient_id
),

opened AS MATERIALIZED (SELECT * FROM open_session(as_of)),

tally AS (
    SELECT
        patient_id,
        count(*) FILTER (WHERE has_important_rise) AS important_rises,
        count(rise) AS assessable,
        median(CAST(rise AS DOUBLE)) AS median_rise
    FROM opened
    GROUP BY patient_id
),

tallied AS (
    SELECT
        patient_id,
        opened.* EXCLUDE (patient_id),
        severity.* EXCLUDE (patient_id),
        coalesce(severity.severity = 'severe' AND opened.session_key IS NOT NULL, false) AS is_severe,
        tally.* EXCLUDE (patient_id),
        resting.in_window - resting.in_baseline AS resting_change,
        least(resting.window_count, resting.baseline_count) AS resting_days
    FROM opened
    FULL JOIN severity(as_of, CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS severity USING (patient_id)
    LEFT JOIN tally USING (patient_id)
    LEFT JOIN resting USING (patient_id)
)

SELECT
    tallied.*,
    has_important_rise AND important_rises >= r.repeated_sessions AS repeated_rise,
    rises_to_severe AS rise_to_severe,
    is_severe AND has_rise AS severe_and_rise,
    exercised_after AS exercised_after_rise,
    has_important_rise AS rise_reason,
    rise IS NOT NULL
    AND assessable >= r.median_rise_sessions
    AND round(median_rise, 6) >= r.median_rise_points AS median_rise_reason,
    session_key IS NOT NULL AND coalesce(
        resting_days >= r.resting_pain_days AND round(resting_change, 6) >= r.resting_pain_points, false
    ) AS resting_pain_up,
    is_severe AS severe_and_exercising,
    has_rise AS small_rise,
    is_off_programme AS off_programme,
    assessable = 0 AS not_assessable
FROM tallied
CROSS JOIN r;

-- One row per open session, with each of the reasons that it gives.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO judged_session(as_of) AS TABLE
SELECT * FROM judged(as_of) WHERE session_key IS NOT NULL;
