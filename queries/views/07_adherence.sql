-- One row per patient: how much of what was prescribed was done from `since` on.
-- Definition: exposure days run from the later of `since` and the programme's start to the day that data cover; a day
-- without a log counts 0; below 4 exposure days adherence and label are null: there is not enough data. is_low_lately
-- says the same of the last 14 days. There is no threshold for stenosis; 70 % and 80 % are used elsewhere.
-- Parameters: as_of (date); since (date).
CREATE OR REPLACE MACRO adherence(as_of, since) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

exposure AS (
    SELECT
        patient.patient_id,
        greatest(CAST(since AS DATE), patient.programme_start) AS first_day,
        greatest(CAST(as_of AS DATE) - (r.low_adherence_days - 1), patient.programme_start) AS lately_from,
        patient.covered_through AS last_day
    FROM covered_patient(as_of) AS patient
    CROSS JOIN r
),

done AS (
    SELECT
        exposure.patient_id,
        any_value(greatest(coalesce(exposure.last_day - exposure.first_day + 1, 0), 0)) AS exposure_days,
        any_value(greatest(coalesce(exposure.last_day - exposure.lately_from + 1, 0), 0)) AS exposure_days_lately,
        count(patient_day.day) FILTER (WHERE patient_day.day >= exposure.first_day) AS days_logged,
        coalesce(sum(patient_day.adherence) FILTER (WHERE patient_day.day >= exposure.first_day), 0) AS adherence_sum,
        coalesce(sum(patient_day.adherence) FILTER (WHERE patient_day.day >= exposure.lately_from), 0) AS lately_sum,
        count(*) FILTER (WHERE patient_day.over_limit AND patient_day.day >= exposure.first_day) AS over_limit_days
    FROM exposure
    LEFT JOIN derived.patient_day
        ON
            exposure.patient_id = patient_day.patient_id
            AND exposure.last_day >= patient_day.day
            AND patient_day.day <= CAST(as_of AS DATE)
            AND patient_day.day >= (
                SELECT least(CAST(since AS DATE), CAST(as_of AS DATE) - (low_adherence_days - 1)) FROM r
            )
    GROUP BY exposure.patient_id
),

fraction AS (
    SELECT
        done.patient_id,
        done.exposure_days,
        done.days_logged,
        done.over_limit_days,
        CASE WHEN done.exposure_days >= r.exposure_days THEN done.adherence_sum / done.exposure_days END AS adherence,
        CASE
            WHEN done.exposure_days_lately >= r.exposure_days THEN done.lately_sum / done.exposure_days_lately
        END AS adherence_lately
    FROM done
    CROSS JOIN r
)

SELECT
    fraction.* EXCLUDE (adherence_lately),
    CASE
        WHEN round(fraction.adherence, 6) >= r.adherent_from THEN 'adherent'
        WHEN round(fraction.adherence, 6) >= r.partial_from THEN 'partial'
        WHEN fraction.adherence IS NOT NULL THEN 'low'
    END AS adherence_label,
    coalesce(round(fraction.adherence_lately, 6) < r.partial_from, false) AS is_low_lately
FROM fraction
CROSS JOIN r;
