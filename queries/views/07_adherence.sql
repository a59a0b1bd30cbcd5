-- One row per patient: how much of what was prescribed was done from `since` on.
-- Definition: exposure days run from the later of `since` and the programme's start to the day that data cover; a day
-- without a log counts 0; below 4 exposure days adherence and label are null: there is not enough data. There is no
-- threshold for stenosis; 70 % and 80 % are used elsewhere.
-- Parameters: as_of (date); since (date).
CREATE OR REPLACE MACRO adherence(as_of, since) AS TABLE
WITH exposure AS (
    SELECT
        patient_id,
        greatest(CAST(since AS DATE), programme_start) AS first_day,
        covered_through AS last_day
    FROM covered_patient(as_of)
),

done AS (
    SELECT
        exposure.patient_id,
        any_value(greatest(coalesce(exposure.last_day - exposure.first_day + 1, 0), 0)) AS exposure_days,
        count(patient_day.day) AS days_logged,
        coalesce(sum(patient_day.adherence), 0) AS adherence_sum,
        count(*) FILTER (WHERE patient_day.over_limit) AS over_limit_days
    FROM exposure
    LEFT JOIN derived.patient_day
        ON
            exposure.patient_id = patient_day.patient_id
            AND patient_day.day BETWEEN exposure.first_day AND exposure.last_day
            AND patient_day.day BETWEEN CAST(since AS DATE) AND CAST(as_of AS DATE)
    GROUP BY exposure.patient_id
),

fraction AS (
    SELECT
        done.* EXCLUDE (adherence_sum),
        CASE WHEN done.exposure_days >= r.exposure_days THEN adherence_sum / done.exposure_days END AS adherence,
        r.adherent_from,
        r.partial_from
    FROM done
    CROSS JOIN rule(as_of) AS r
)

SELECT
    * EXCLUDE (adherent_from, partial_from),
    CASE
        WHEN round(adherence, 9) >= adherent_from THEN 'adherent'
        WHEN round(adherence, 9) >= partial_from THEN 'partial'
        WHEN adherence IS NOT NULL THEN 'low'
    END AS adherence_label
FROM fraction;
