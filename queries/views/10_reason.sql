-- One row per reason for which a patient is listed, in the order of the list: the group that it puts the patient into,
-- the reason that says it already, if any, and which sessions are its evidence: those of which the column of
-- listed_session of this name is true. Without evidence it speaks of the patient.
CREATE OR REPLACE MACRO reasons() AS TABLE
WITH listed (position, code, review_group, said_by, evidence) AS (VALUES
    (1, 'more_than_usual', 'first', NULL, 'is_small_recent_rise'),
    (2, 'rise_in_few', 'first', NULL, 'is_important_recent_rise'),
    (3, 'severe_more_than_usual', 'first', NULL, 'is_small_recent_rise'),
    (4, 'stopped_for_pain', 'first', NULL, 'is_stopped_for_pain'),
    (5, 'stopped_after_a_rise', 'first', NULL, 'is_last_and_rise'),
    (6, 'rise', 'soon', NULL, 'is_far_above'),
    (7, 'stopped_early', 'soon', 'stopped_for_pain', 'is_stopped_recent_rise'),
    (8, 'above_usual', 'soon', 'more_than_usual', 'is_small_recent_rise'),
    (9, 'resting_pain_up', 'soon', NULL, 'is_open'),
    (10, 'severe_and_exercising', 'soon', NULL, 'is_open'),
    (11, 'any_rise', 'look', NULL, 'is_open_rise'),
    (12, 'left_unreviewed', 'look', NULL, 'is_left'),
    (13, 'off_programme', 'off_programme', NULL, 'is_open_off_programme'),
    (14, 'silent', 'silent', NULL, NULL),
    (15, 'no_recent_upload', 'no_recent_upload', NULL, NULL),
    (16, 'not_assessable', 'not_assessable', NULL, 'is_open'),
    (17, 'low_adherence', 'low_adherence', NULL, NULL)
)

SELECT * FROM listed;

-- One row per group of the list, in its order.
CREATE OR REPLACE MACRO review_groups() AS TABLE
SELECT
    review_group,
    row_number() OVER (ORDER BY min(position)) AS position
FROM (
    SELECT review_group, position FROM reasons()
    UNION ALL
    SELECT 'on_track' AS review_group, 100 AS position
) AS grouped
GROUP BY review_group;

-- One row per important session before the 28 days that no professional has looked at: from 90 to 28 days before as_of,
-- with a rise of 2 or more or stopped early, arrived within 28 days of its day, and covered by no review.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO left_session(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of))

SELECT session.*
FROM
    reviewed_session(
        as_of,
        (SELECT CAST(as_of AS DATE) - left_to_days FROM r),
        (SELECT CAST(as_of AS DATE) - left_from_days FROM r),
        (SELECT important_rise FROM r)
    ) AS session
CROSS JOIN r
WHERE
    NOT session.is_covered
    AND session.arrival - session.day <= r.left_arrival_days;

-- A reason, and the day of the earliest session that gives it, where it holds.
CREATE OR REPLACE MACRO reason_if(holds, code, since) AS CASE
    WHEN holds THEN struct_pack(code := code, since := since)
END;

-- One row per patient who exists on the day, with the reasons for which they are listed, in their order, and the day of
-- the earliest session that gave one: the only place that says when a reason holds. What each one means to a reader is
-- in docs/definitions.md.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO judged_patient(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

left_behind AS (
    SELECT
        patient_id,
        min(day) AS left_since
    FROM left_session(as_of)
    GROUP BY patient_id
),

known AS (
    SELECT
        patient.*,
        usual.* EXCLUDE (patient_id),
        severity.* EXCLUDE (patient_id),
        adherence.adherence,
        adherence.is_low_lately,
        left_behind.left_since,
        coalesce(severity.severity = 'severe', false) AS is_severe,
        usual.can_compare
        AND usual.recent_sessions >= r.sessions_to_compare
        AND usual.recent_with_small_rise >= r.sessions_with_small_rise AS can_exceed
    FROM patient(as_of) AS patient
    CROSS JOIN r
    LEFT JOIN session_tally(as_of) AS usual ON patient.patient_id = usual.patient_id
    LEFT JOIN severity(as_of) AS severity ON patient.patient_id = severity.patient_id
    LEFT JOIN adherence(as_of, CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS adherence
        ON patient.patient_id = adherence.patient_id
    LEFT JOIN left_behind ON patient.patient_id = left_behind.patient_id
),

judged AS (
    SELECT
        known.*,
        list_filter([
            reason_if(
                known.can_exceed
                AND (known.excess >= r.first_excess OR known.excess_of_last >= r.first_excess_of_last),
                'more_than_usual', known.small_recent_rise_since
            ),
            reason_if(
                known.can_compare
                AND known.recent_sessions < r.sessions_to_compare
                AND known.important_recent_rise_since IS NOT NULL
                AND NOT known.has_reviewed_of_last_days,
                'rise_in_few', known.important_recent_rise_since
            ),
            reason_if(
                known.can_compare
                AND known.is_severe
                AND known.recent_with_small_rise >= r.sessions_with_small_rise
                AND known.excess >= r.severe_excess,
                'severe_more_than_usual', known.small_recent_rise_since
            ),
            reason_if(known.stopped_for_pain_since IS NOT NULL, 'stopped_for_pain', known.stopped_for_pain_since),
            reason_if(
                known.covered_through - known.last_rise_since >= r.stopped_after_days,
                'stopped_after_a_rise', known.last_rise_since
            ),
            reason_if(known.can_compare AND known.far_above_since IS NOT NULL, 'rise', known.far_above_since),
            reason_if(
                known.can_compare AND known.stopped_recent_rise_since IS NOT NULL,
                'stopped_early', known.stopped_recent_rise_since
            ),
            reason_if(
                known.can_exceed AND (known.excess >= r.soon_excess OR known.excess_of_last >= r.soon_excess_of_last),
                'above_usual', known.small_recent_rise_since
            ),
            reason_if(known.resting_is_up AND known.open_since IS NOT NULL, 'resting_pain_up', known.open_since),
            reason_if(
                known.is_severe AND NOT known.has_reviewed AND known.open_since IS NOT NULL,
                'severe_and_exercising', known.open_since
            ),
            reason_if(known.open_rise_since IS NOT NULL, 'any_rise', known.open_rise_since),
            reason_if(known.left_since IS NOT NULL, 'left_unreviewed', known.left_since),
            reason_if(known.off_programme_since IS NOT NULL, 'off_programme', known.off_programme_since),
            reason_if(known.covered_through - known.last_session >= r.silent_days, 'silent', CAST(NULL AS DATE)),
            reason_if(
                known.covered_through IS NULL OR CAST(as_of AS DATE) - known.covered_through >= r.upload_days,
                'no_recent_upload', CAST(NULL AS DATE)
            ),
            reason_if(known.sessions > 0 AND known.sessions_assessable = 0, 'not_assessable', known.open_since),
            reason_if(known.is_low_lately, 'low_adherence', CAST(NULL AS DATE))
        ], lambda reason: reason IS NOT NULL) AS given
    FROM known
    CROSS JOIN r
)

SELECT
    judged.* EXCLUDE (given),
    list_transform(judged.given, lambda reason: reason.code) AS reasons,
    list_min(list_transform(judged.given, lambda reason: reason.since)) AS waiting_since
FROM judged;
