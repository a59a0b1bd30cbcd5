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

-- One row per patient with a score of pain at rest in the 28 days that end with as_of.
-- Definition: all go by the daily mean of pain_before. resting is the median of the days, of which there have to be 4.
-- resting_is_up: the mean of the window lies at least 1 above that of the 21 days before it, and at least one standard
-- deviation (n - 1) of those days; resting_is_down: the mean of the last 7 days lies at least 1 below that of the days
-- 21 to 15 before as_of, resting_lately and resting_before; at least 4 days in each.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO pain_at_rest(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

resting AS (
    SELECT
        patient_day.patient_id,
        median(patient_day.resting) FILTER (WHERE patient_day.day > CAST(as_of AS DATE) - r.list_days) AS resting,
        count(*) FILTER (WHERE patient_day.day > CAST(as_of AS DATE) - r.list_days) AS days,
        avg(patient_day.resting) FILTER (WHERE patient_day.day > CAST(as_of AS DATE) - r.window_days) AS in_window,
        count(*) FILTER (WHERE patient_day.day > CAST(as_of AS DATE) - r.window_days) AS window_days,
        avg(patient_day.resting) FILTER (WHERE is_of_baseline) AS in_baseline,
        stddev_samp(patient_day.resting) FILTER (WHERE is_of_baseline) AS deviation,
        count(*) FILTER (WHERE is_of_baseline) AS baseline_days,
        avg(patient_day.resting) FILTER (
            WHERE patient_day.day > CAST(as_of AS DATE) - r.good_news_window_days
        ) AS lately,
        count(*) FILTER (WHERE patient_day.day > CAST(as_of AS DATE) - r.good_news_window_days) AS days_lately,
        avg(patient_day.resting) FILTER (
            WHERE
            patient_day.day BETWEEN CAST(as_of AS DATE) - r.good_news_from_days
            AND CAST(as_of AS DATE) - r.good_news_to_days
        ) AS earlier,
        count(*) FILTER (
            WHERE
            patient_day.day BETWEEN CAST(as_of AS DATE) - r.good_news_from_days
            AND CAST(as_of AS DATE) - r.good_news_to_days
        ) AS days_earlier
    FROM (
        SELECT
            patient_day.*,
            patient_day.day <= CAST(as_of AS DATE) - r.window_days
            AND patient_day.day > CAST(as_of AS DATE) - r.window_days - r.baseline_days AS is_of_baseline
        FROM derived.patient_day
        CROSS JOIN r
    ) AS patient_day
    CROSS JOIN r
    WHERE
        patient_day.resting IS NOT NULL
        AND patient_day.day <= CAST(as_of AS DATE)
        AND patient_day.day >= (
            SELECT
                CAST(as_of AS DATE)
                - greatest(list_days - 1, window_days + baseline_days - 1, good_news_from_days)
            FROM r
        )
    GROUP BY patient_day.patient_id
)

SELECT
    resting.patient_id,
    CASE WHEN resting.days >= r.severity_days THEN resting.resting END AS resting,
    coalesce(
        resting.window_days >= r.resting_pain_days
        AND resting.baseline_days >= r.resting_pain_days
        AND round(resting.in_window - resting.in_baseline, 6) >= r.resting_pain_points
        AND round(resting.in_window - resting.in_baseline, 6) >= round(
            r.resting_pain_deviations * resting.deviation, 6
        ),
        false
    ) AS resting_is_up,
    coalesce(
        resting.days_lately >= r.good_news_days
        AND resting.days_earlier >= r.good_news_days
        AND round(resting.earlier - resting.lately, 6) >= r.good_news_points,
        false
    ) AS resting_is_down,
    resting.lately AS resting_lately,
    resting.earlier AS resting_before,
    resting.in_window AS resting_in_window,
    resting.in_baseline AS resting_in_baseline
FROM resting
CROSS JOIN r;

-- One row per patient of whom the roster or the log says how severe the symptoms are, by two sources that never
-- overwrite each other.
-- Definition: severity_entered is the roster's word, otherwise its ZCQ symptom score (< 2 mild, < 3 moderate),
-- otherwise its Oswestry index (≤ 20 mild, ≤ 40 moderate); severity_logged is the band of the pain at rest. severity is
-- the worse of the two: a roster's "mild" must not hide a resting pain of 9. severity_from says which of them it is,
-- the entered one where both agree. The columns of pain_at_rest come with it.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO severity(as_of) AS TABLE
WITH both_sources AS (
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
        band(pain_at_rest.resting, r) AS severity_logged,
        pain_at_rest.* EXCLUDE (patient_id)
    FROM roster() AS roster
    FULL JOIN pain_at_rest(as_of) AS pain_at_rest USING (patient_id)
    CROSS JOIN rule(as_of) AS r
)

SELECT
    *,
    worse_band(severity_entered, severity_logged) AS severity,
    CASE WHEN severity = severity_entered THEN entered_from WHEN severity IS NOT NULL THEN 'log' END AS severity_from
FROM both_sources;
