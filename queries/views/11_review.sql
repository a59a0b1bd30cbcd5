-- One row per patient who exists on the day, in the order of the review list.
-- Definition: a patient is in the group of the first reason that holds; reasons are all of them. Counts and max_rise
-- are over open sessions. days_waiting counts from the earliest session that gave a reason; days_silent are those that
-- data cover after the last session. section is the group, unless the last standing review asks to look again later
-- (and the group is not first), or is of the last 28 days while no open session has a rise and the group is look or
-- later, or the patient is on track and has less pain at rest. Order in review first: excess, unknown counting as 2,
-- largest rise, days waiting; in the other groups: largest rise, sessions with a rise, days waiting; then the id.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO review(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

last_review AS (
    SELECT * FROM standing_review(as_of)
    QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY review_id DESC) = 1
),

listed AS (
    SELECT
        judged.patient_id,
        judged.reasons,
        coalesce((
            SELECT reasons.review_group FROM reasons() AS reasons WHERE reasons.code = judged.reasons[1]
        ), 'on_track') AS review_group,
        list_filter([
            CASE WHEN judged.sessions_with_important_rise >= r.repeated_sessions THEN 'repeated_rise' END,
            CASE WHEN judged.important_peak >= r.severe_from THEN 'rise_to_severe' END,
            CASE WHEN judged.has_exercised_after THEN 'exercised_after_rise' END,
            CASE WHEN judged.kept_going THEN 'kept_going' END,
            CASE WHEN list_contains(judged.reasons, 'silent') AND judged.last_rise > 0 THEN 'after_a_rise' END,
            CASE WHEN judged.has_over_limit THEN 'over_limit' END,
            CASE WHEN judged.has_mention THEN 'notes_mention' END,
            CASE WHEN judged.severity_entered <> judged.severity_logged THEN 'severity_differs' END
        ], lambda chip: chip IS NOT NULL) AS chips,
        judged.max_rise,
        coalesce(judged.sessions_with_rise, 0) AS sessions_with_rise,
        coalesce(judged.sessions_assessable, 0) AS sessions_assessable,
        coalesce(judged.sessions, 0) AS sessions,
        coalesce(judged.sessions_stopped, 0) AS sessions_stopped,
        CAST(as_of AS DATE) - judged.waiting_since AS days_waiting,
        judged.severity,
        judged.severity_entered,
        judged.severity_logged,
        judged.severity_from,
        judged.adherence,
        judged.last_session,
        judged.covered_through,
        judged.covered_through - judged.last_session AS days_silent,
        CAST(as_of AS DATE) - judged.covered_through AS days_without_upload,
        judged.last_rise,
        judged.site,
        judged.clinician,
        judged.excess,
        judged.usual_rise,
        coalesce(judged.recent_sessions, 0) AS recent_sessions,
        coalesce(judged.recent_with_rise, 0) AS recent_with_rise,
        judged.recent_rise,
        coalesce(judged.other_sessions, 0) AS other_sessions,
        coalesce(judged.other_sessions >= r.sessions_for_own_usual, false) AS has_own_usual,
        coalesce(judged.recent_sessions >= r.sessions_to_compare, false) AS can_be_compared,
        last_review.made_at AS reviewed_at,
        last_review.reviewer,
        last_review.outcome,
        last_review.look_again_on,
        judged.resting_lately,
        judged.resting_before,
        judged.resting_in_window,
        judged.resting_in_baseline,
        judged.resting_is_down,
        CAST(last_review.made_at AS DATE) > CAST(as_of AS DATE) - r.reviewed_days AS is_reviewed_lately,
        r.excess_if_unknown
    FROM judged_patient(as_of) AS judged
    CROSS JOIN r
    LEFT JOIN last_review ON judged.patient_id = last_review.patient_id
)

SELECT
    listed.* EXCLUDE (is_reviewed_lately, resting_is_down, excess_if_unknown),
    CASE
        WHEN listed.look_again_on > CAST(as_of AS DATE) AND listed.review_group <> 'first' THEN 'look_again'
        WHEN
            listed.is_reviewed_lately
            AND listed.sessions_with_rise = 0
            AND listed.review_group NOT IN ('first', 'soon')
            THEN 'reviewed'
        WHEN listed.resting_is_down AND listed.review_group = 'on_track' THEN 'good_news'
        ELSE listed.review_group
    END AS section,
    row_number() OVER (
        ORDER BY
            review_groups.position,
            CASE WHEN listed.review_group = 'first' THEN coalesce(listed.excess, listed.excess_if_unknown) END DESC,
            listed.max_rise DESC NULLS LAST,
            CASE WHEN listed.review_group <> 'first' THEN listed.sessions_with_rise END DESC,
            listed.days_waiting DESC NULLS LAST,
            listed.patient_id
    ) AS list_order
FROM listed
INNER JOIN review_groups() AS review_groups ON listed.review_group = review_groups.review_group
ORDER BY list_order;

-- One row per section of the screen, in its order: the groups, then those whom a review has put aside, and the good
-- news.
CREATE OR REPLACE MACRO review_sections() AS TABLE
SELECT
    section,
    row_number() OVER (ORDER BY place) AS position
FROM (
    SELECT review_group AS section, position AS place FROM review_groups()
    UNION ALL
    SELECT 'look_again' AS section, 101 AS place
    UNION ALL
    SELECT 'reviewed' AS section, 102 AS place
    UNION ALL
    SELECT 'good_news' AS section, 103 AS place
) AS placed;

-- One row per patient of the review list whom the filters keep, with the row that they have in their section.
-- Definition: row_in_section counts from 0, section_rows is the length of the section.
-- Parameters: as_of (date); severities, sites, clinicians (lists; an empty one keeps everyone).
CREATE OR REPLACE MACRO review_kept(as_of, severities, sites, clinicians) AS TABLE
SELECT
    *,
    row_number() OVER (PARTITION BY section ORDER BY list_order) - 1 AS row_in_section,
    count(*) OVER (PARTITION BY section) AS section_rows
FROM review(as_of)
WHERE
    (len(severities) = 0 OR list_contains(severities, coalesce(severity, 'unknown')))
    AND (len(sites) = 0 OR list_contains(sites, site))
    AND (len(clinicians) = 0 OR list_contains(clinicians, clinician));
