-- One row per week of the programme that the period touches.
-- Answers: how do pain and adherence develop from the start of the programme on?
-- Definition: week 1 begins on the programme's start. Per patient and week: the mean peak of the sessions, and the
-- share of the programme done on the days that data cover. Across patients: median and quartiles.
-- Parameters: $as_of, $since (dates); $severity, $site, $clinician (lists; an empty one keeps everyone).
WITH kept AS MATERIALIZED (
    SELECT
        patient_id,
        programme_start,
        greatest(CAST($since AS DATE), programme_start) AS first_day,
        covered_through AS last_day
    FROM cohort_patient($as_of, $since, $severity, $site, $clinician)
    WHERE covered_through >= programme_start
),

exposed AS (
    SELECT
        patient_id,
        week,
        first_day - programme_start AS first_number,
        last_day - programme_start AS last_number
    FROM kept
    CROSS JOIN
        unnest(generate_series((first_day - programme_start) // 7, (last_day - programme_start) // 7)) AS w (week)
    WHERE last_day >= first_day
),

pain AS (
    SELECT
        session.patient_id,
        (session.day - kept.programme_start) // 7 AS week,
        avg(session.peak) AS peak
    FROM session($as_of) AS session
    INNER JOIN kept ON session.patient_id = kept.patient_id AND session.day BETWEEN kept.first_day AND kept.last_day
    WHERE session.peak IS NOT NULL
    GROUP BY ALL
),

done AS (
    SELECT
        patient_day.patient_id,
        (patient_day.day - kept.programme_start) // 7 AS week,
        sum(patient_day.adherence) AS adherence_sum
    FROM derived.patient_day
    INNER JOIN kept
        ON patient_day.patient_id = kept.patient_id AND patient_day.day BETWEEN kept.first_day AND kept.last_day
    GROUP BY ALL
),

patient_week AS (
    SELECT
        exposed.patient_id,
        exposed.week,
        pain.peak,
        coalesce(done.adherence_sum, 0)
        / (least(exposed.last_number, exposed.week * 7 + 6) - greatest(exposed.first_number, exposed.week * 7) + 1)
        AS adherence
    FROM exposed
    LEFT JOIN pain USING (patient_id, week)
    LEFT JOIN done USING (patient_id, week)
)

SELECT
    week + 1 AS week,
    count(*) AS patients,
    quantile_cont(peak, 0.25) AS pain_q1,
    median(peak) AS pain_median,
    quantile_cont(peak, 0.75) AS pain_q3,
    quantile_cont(adherence, 0.25) AS adherence_q1,
    median(adherence) AS adherence_median,
    quantile_cont(adherence, 0.75) AS adherence_q3
FROM patient_week
GROUP BY week
ORDER BY week
