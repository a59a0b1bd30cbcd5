-- The groups of the review list, in their order, and the group of a patient whose first reason is given.
CREATE OR REPLACE MACRO review_groups() AS [
    'first', 'soon', 'look', 'off_programme', 'silent', 'no_recent_upload', 'not_assessable', 'low_adherence',
    'on_track'
];
CREATE OR REPLACE MACRO review_group_of(reason) AS CASE
    WHEN reason IS NULL THEN 'on_track'
    WHEN reason IN ('repeated_rise', 'rise_to_severe', 'severe_and_rise', 'exercised_after_rise') THEN 'first'
    WHEN reason IN ('rise', 'median_rise', 'resting_pain_up', 'severe_and_exercising') THEN 'soon'
    WHEN reason = 'small_rise' THEN 'look'
    ELSE reason
END;

-- One row per patient who exists on the day, in the order of the review list.
-- Definition: a patient is in the group of the first reason that holds; every other reason stays visible. Counts
-- and max_rise are over open sessions. days_waiting counts from the earliest open session that gave a reason. Order:
-- group, largest rise, sessions with a rise, days waiting, patient id.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO review(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

session AS MATERIALIZED (
    SELECT
        *,
        repeated_rise OR rise_to_severe OR severe_and_rise OR exercised_after_rise OR rise_reason
        OR median_rise_reason OR resting_pain_up OR severe_and_exercising OR small_rise OR off_programme
        OR not_assessable AS gives_reason
    FROM judged(as_of)
),

noted AS (
    SELECT
        note.notes,
        mentions_word(note.notes, r.note_words) AS mentions_word
    FROM (SELECT DISTINCT notes FROM session WHERE notes IS NOT NULL) AS note
    CROSS JOIN r
),

summary AS (
    SELECT
        patient_id,
        any_value(severity) AS severity,
        any_value(severity_entered) AS severity_entered,
        any_value(severity_logged) AS severity_logged,
        any_value(severity_from) AS severity_from,
        max(rise) AS max_rise,
        count(session_key) AS sessions,
        count(rise) AS sessions_assessable,
        count(*) FILTER (WHERE has_rise) AS sessions_with_rise,
        min(day) FILTER (WHERE gives_reason) AS waiting_since,
        bool_or(repeated_rise) AS repeated_rise,
        bool_or(rise_to_severe) AS rise_to_severe,
        bool_or(severe_and_rise) AS severe_and_rise,
        bool_or(exercised_after_rise) AS exercised_after_rise,
        bool_or(rise_reason) AS rise,
        bool_or(median_rise_reason) AS median_rise,
        bool_or(resting_pain_up) AS resting_pain_up,
        bool_or(severe_and_exercising) AS severe_and_exercising,
        bool_or(small_rise) AS small_rise,
        bool_or(off_programme) AS off_programme,
        bool_or(not_assessable) AS not_assessable,
        bool_or(has_important_rise AND NOT stopped_early) AS kept_going,
        bool_or(has_important_rise AND stopped_early) AS stopped_for_pain,
        bool_or(noted.mentions_word) AS notes_mention
    FROM session
    LEFT JOIN noted USING (notes)
    GROUP BY patient_id
),

over_limit AS (
    SELECT DISTINCT patient_day.patient_id
    FROM clinic.patient_day
    CROSS JOIN r
    LEFT JOIN standing_review(as_of) AS review ON patient_day.patient_id = review.patient_id
    WHERE
        patient_day.over_limit
        AND patient_day.day <= CAST(as_of AS DATE)
        AND patient_day.day > CAST(as_of AS DATE) - r.window_days
        AND (review.reviewed_through IS NULL OR patient_day.day > CAST(review.reviewed_through AS DATE))
),

listed AS (
    SELECT
        patient.patient_id,
        list_filter([
            CASE WHEN summary.repeated_rise THEN 'repeated_rise' END,
            CASE WHEN summary.rise_to_severe THEN 'rise_to_severe' END,
            CASE WHEN summary.severe_and_rise THEN 'severe_and_rise' END,
            CASE WHEN summary.exercised_after_rise THEN 'exercised_after_rise' END,
            CASE WHEN summary.rise THEN 'rise' END,
            CASE WHEN summary.median_rise THEN 'median_rise' END,
            CASE WHEN summary.resting_pain_up THEN 'resting_pain_up' END,
            CASE WHEN summary.severe_and_exercising THEN 'severe_and_exercising' END,
            CASE WHEN summary.small_rise THEN 'small_rise' END,
            CASE WHEN summary.off_programme THEN 'off_programme' END,
            CASE WHEN patient.covered_through - patient.last_session >= r.silent_days THEN 'silent' END,
            CASE
                WHEN patient.covered_through IS NULL
                    OR CAST(as_of AS DATE) - patient.covered_through >= r.upload_days
                    THEN 'no_recent_upload'
            END,
            CASE WHEN summary.not_assessable THEN 'not_assessable' END,
            CASE WHEN lately.adherence_label = 'low' THEN 'low_adherence' END
        ], lambda x: x IS NOT NULL) AS reasons,
        list_filter([
            CASE
                WHEN patient.covered_through - patient.last_session >= r.silent_days AND patient.last_rise > 0
                    THEN 'after_a_rise'
            END,
            CASE WHEN summary.kept_going THEN 'kept_going' END,
            CASE WHEN summary.stopped_for_pain THEN 'stopped_for_pain' END,
            CASE WHEN over_limit.patient_id IS NOT NULL THEN 'over_limit' END,
            CASE WHEN summary.notes_mention THEN 'notes_mention' END,
            CASE WHEN summary.severity_entered <> summary.severity_logged THEN 'severity_differs' END
        ], lambda x: x IS NOT NULL) AS chips,
        summary.max_rise,
        coalesce(summary.sessions_with_rise, 0) AS sessions_with_rise,
        coalesce(summary.sessions_assessable, 0) AS sessions_assessable,
        coalesce(summary.sessions, 0) AS sessions,
        CAST(as_of AS DATE) - summary.waiting_since AS days_waiting,
        summary.severity,
        summary.severity_entered,
        summary.severity_logged,
        summary.severity_from,
        adherence.adherence,
        patient.last_session,
        patient.covered_through,
        patient.site,
        patient.clinician
    FROM patient(as_of) AS patient
    CROSS JOIN r
    LEFT JOIN summary USING (patient_id)
    LEFT JOIN over_limit USING (patient_id)
    LEFT JOIN adherence(as_of, CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS adherence USING (patient_id)
    LEFT JOIN adherence(as_of, CAST(as_of AS DATE) - (SELECT low_adherence_days - 1 FROM r)) AS lately
        USING (patient_id)
),

grouped AS (
    SELECT
        *,
        review_group_of(reasons[1]) AS review_group
    FROM listed
)

SELECT
    *,
    row_number() OVER (
        ORDER BY
            list_position(review_groups(), review_group),
            max_rise DESC NULLS LAST,
            sessions_with_rise DESC,
            days_waiting DESC NULLS LAST,
            patient_id
    ) AS list_order
FROM grouped
ORDER BY list_order;

-- One row per patient of the review list whom the filters keep, with the row that they have in their group.
-- Definition: row_in_group counts from 0, group_rows is the length of the group.
-- Parameters: as_of (date); severities, sites, clinicians (lists; an empty one keeps everyone).
CREATE OR REPLACE MACRO review_kept(as_of, severities, sites, clinicians) AS TABLE
SELECT
    *,
    row_number() OVER (PARTITION BY review_group ORDER BY list_order) - 1 AS row_in_group,
    count(*) OVER (PARTITION BY review_group) AS group_rows
FROM review(as_of)
WHERE
    (len(severities) = 0 OR list_contains(severities, coalesce(severity, 'unknown')))
    AND (len(sites) = 0 OR list_contains(sites, site))
    AND (len(clinicians) = 0 OR list_contains(clinicians, clinician));
