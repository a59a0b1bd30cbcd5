-- The severity band of a score from 0 to 10, by the edges of a rule set.
-- Source of the edges: convention; Boonstra 2016 found others (≤ 5, 6-7, ≥ 8), so they can be changed.
CREATE OR REPLACE MACRO band(score, r) AS CASE
    WHEN round(score, 6) >= r.severe_from THEN 'severe'
    WHEN round(score, 6) >= r.moderate_from THEN 'moderate'
    WHEN round(score, 6) >= r.mild_from THEN 'mild'
    WHEN score IS NOT NULL THEN 'none'
END;

-- The worse of two severity bands, of which either may be unknown.
CREATE OR REPLACE MACRO worse_band(one, other) AS ['none', 'mild', 'moderate', 'severe'][
    greatest(
        list_position(['none', 'mild', 'moderate', 'severe'], one),
        list_position(['none', 'mild', 'moderate', 'severe'], other)
    )
];

-- One row per patient of whom the roster or the log says how severe the symptoms are, by two sources that never
-- overwrite each other.
-- Definition: severity_entered is the roster's word, otherwise its ZCQ symptom score (< 2 mild, < 3 moderate),
-- otherwise its Oswestry index (≤ 20 mild, ≤ 40 moderate); severity_logged is the band of the median of daily mean
-- pain_before over the 28 days that end with as_of, from at least 4 days. severity is the worse of the two: a roster's
-- "mild" must not hide a resting pain of 9. severity_from says which of them it is, the entered one where both agree.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO severity(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

from_log AS (
    SELECT
        patient_id,
        median(resting) AS resting,
        count(*) AS days
    FROM derived.patient_day
    WHERE
        day BETWEEN CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r) AND CAST(as_of AS DATE)
        AND resting IS NOT NULL
    GROUP BY patient_id
),

both_sources AS (
    SELECT
        patient_id,
        CASE
            WHEN roster.severity IS NOT NULL THEN roster.severity
            WHEN roster.zcq_symptom < r.zcq_mild_below THEN 'mild'
            WHEN roster.zcq_symptom < r.zcq_moderate_below THEN 'moderate'
            WHEN roster.zcq_symptom IS NOT NULL THEN 'severe'
            WHEN roster.odi <= r.odi_mild_to THEN 'mild'
            WHEN roster.odi <= r.odi_moderate_to THEN 'moderate'
            WHEN roster.odi IS NOT NULL THEN 'severe'
        END AS severity_entered,
        CASE
            WHEN roster.severity IS NOT NULL THEN 'clinician'
            WHEN roster.zcq_symptom IS NOT NULL THEN 'ZCQ'
            WHEN roster.odi IS NOT NULL THEN 'ODI'
        END AS entered_from,
        CASE WHEN from_log.days >= r.severity_days THEN band(from_log.resting, r) END AS severity_logged
    FROM roster() AS roster
    FULL JOIN from_log USING (patient_id)
    CROSS JOIN r
)

SELECT
    *,
    worse_band(severity_entered, severity_logged) AS severity,
    CASE WHEN severity = severity_entered THEN entered_from WHEN severity IS NOT NULL THEN 'log' END AS severity_from
FROM both_sources;
