-- Whether a note holds one of the listed words: as a word of its own where that is written in Latin letters, anywhere
-- where it is not (Korean adds its particles to the word). For display only: a mention can be negated, and its absence
-- says nothing.
CREATE OR REPLACE MACRO mentions_word(note, words) AS len(list_filter(
    words,
    lambda word: contains(
        ' ' || regexp_replace(lower(note), '[^\p{L}]+', ' ', 'g') || ' ',
        CASE WHEN word < '~' THEN ' ' || word || ' ' ELSE word END
    )
)) > 0;

-- One row per patient with an open session: their numbers, and the labels that stand beside the reasons.
-- Definition: counts and max_rise are over open sessions; worst is the one with the largest rise, the latest of several.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO open_sessions(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

opened AS MATERIALIZED (SELECT * FROM listed_session(as_of) WHERE is_open),

exercised_after AS (
    SELECT DISTINCT opened.session_key
    FROM opened
    CROSS JOIN r
    INNER JOIN session(as_of) AS later
        ON
            opened.patient_id = later.patient_id
            AND later.started_at > opened.started_at
            AND later.day <= opened.day + r.exercised_after_days
    WHERE opened.has_important_rise AND later.day > CAST(as_of AS DATE) - r.list_days
),

noted AS (
    SELECT
        note.notes,
        mentions_word(note.notes, r.note_words) AS mentions_word
    FROM (SELECT DISTINCT notes FROM opened WHERE notes IS NOT NULL) AS note
    CROSS JOIN r
),

over_limit AS (
    SELECT DISTINCT opened.session_key
    FROM opened
    INNER JOIN derived.patient_day ON opened.patient_id = patient_day.patient_id AND opened.day = patient_day.day
    WHERE patient_day.over_limit
),

ranked AS (
    SELECT
        opened.*,
        exercised_after.session_key IS NOT NULL AS exercised_after,
        over_limit.session_key IS NOT NULL AS over_limit,
        coalesce(noted.mentions_word, false) AS mentions_word,
        row_number() OVER (
            PARTITION BY opened.patient_id ORDER BY opened.rise DESC NULLS LAST, opened.started_at DESC
        ) AS rise_number
    FROM opened
    LEFT JOIN exercised_after ON opened.session_key = exercised_after.session_key
    LEFT JOIN over_limit ON opened.session_key = over_limit.session_key
    LEFT JOIN noted ON opened.notes = noted.notes
)

SELECT
    ranked.patient_id,
    max(ranked.rise) AS max_rise,
    count(*) AS sessions,
    count(ranked.rise) AS sessions_assessable,
    count(*) FILTER (WHERE ranked.has_rise) AS sessions_with_rise,
    max(ranked.day) FILTER (WHERE ranked.rise_number = 1) AS worst_day,
    max(ranked.rise_from) FILTER (WHERE ranked.rise_number = 1) AS worst_from,
    max(ranked.rise_to) FILTER (WHERE ranked.rise_number = 1) AS worst_to,
    max(ranked.provoked_by) FILTER (WHERE ranked.rise_number = 1) AS worst_exercise,
    bool_or(ranked.is_climb) FILTER (WHERE ranked.rise_number = 1) AS worst_is_climb,
    bool_or(ranked.is_carried) FILTER (WHERE ranked.rise_number = 1) AS worst_is_carried,
    count(*) FILTER (WHERE ranked.was_stopped) AS sessions_stopped,
    count(*) FILTER (WHERE ranked.has_important_rise) >= any_value(r.repeated_sessions) AS repeated_rise,
    bool_or(ranked.has_important_rise AND ranked.peak >= r.severe_from) AS rise_to_severe,
    bool_or(ranked.exercised_after) AS exercised_after_rise,
    coalesce(bool_or(ranked.has_important_rise AND NOT ranked.stopped_early), false) AS kept_going,
    bool_or(ranked.over_limit) AS over_limit,
    bool_or(ranked.mentions_word) AS notes_mention
FROM ranked
CROSS JOIN r
GROUP BY ranked.patient_id;

-- One row per patient whose pain at rest fell: the mean of the daily means of the last 7 days lies at least 1 below that
-- of days 15 to 21 before as_of; at least 4 days in each.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO good_news(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

resting AS (
    SELECT
        patient_day.patient_id,
        avg(patient_day.resting) FILTER (
            WHERE patient_day.day > CAST(as_of AS DATE) - r.good_news_window_days
        ) AS lately,
        count(*) FILTER (WHERE patient_day.day > CAST(as_of AS DATE) - r.good_news_window_days) AS days_lately,
        avg(patient_day.resting) FILTER (
            WHERE patient_day.day <= CAST(as_of AS DATE) - r.good_news_to_days
        ) AS before,
        count(*) FILTER (WHERE patient_day.day <= CAST(as_of AS DATE) - r.good_news_to_days) AS days_before
    FROM derived.patient_day
    CROSS JOIN r
    WHERE
        patient_day.resting IS NOT NULL
        AND patient_day.day BETWEEN CAST(as_of AS DATE) - r.good_news_from_days AND CAST(as_of AS DATE)
    GROUP BY patient_day.patient_id
)

SELECT
    resting.patient_id,
    resting.lately AS resting_lately,
    resting.before AS resting_before
FROM resting
CROSS JOIN r
WHERE
    resting.days_lately >= r.good_news_days
    AND resting.days_before >= r.good_news_days
    AND round(resting.before - resting.lately, 6) >= r.good_news_points;

-- One row per patient who exists on the day, in the order of the review list.
-- Definition: a patient is in the group of the first reason that holds; reasons are all of them, reasons_shown those
-- that no other one says already. days_waiting counts from the earliest session that gave a reason. section is the
-- group, unless the last standing review asks to look again later (and the group is not first), or is of the last 28
-- days while no open session has a rise and the group is look or later, or the patient is on track and has less pain at
-- rest. Order in review first: excess, unknown counting as 2, largest rise, days waiting; in the other groups: largest
-- rise, sessions with a rise, days waiting; then the id.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO review(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

given AS (
    SELECT
        patient_id,
        code,
        min(day) AS since
    FROM given_reason(as_of)
    GROUP BY patient_id, code
),

reason AS (
    SELECT
        given.patient_id,
        list(reasons.code ORDER BY reasons.position) AS reasons,
        list(reasons.said_by) AS said_by,
        list(reasons.code ORDER BY reasons.position) FILTER (WHERE said.code IS NULL) AS reasons_shown,
        arg_min(reasons.review_group, reasons.position) AS review_group,
        min(given.since) AS waiting_since
    FROM given
    INNER JOIN reasons() AS reasons ON given.code = reasons.code
    LEFT JOIN given AS said ON given.patient_id = said.patient_id AND reasons.said_by = said.code
    GROUP BY given.patient_id
),

last_review AS (
    SELECT * FROM standing_review(as_of)
    QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY review_id DESC) = 1
),

listed AS (
    SELECT
        patient.patient_id,
        coalesce(reason.review_group, 'on_track') AS review_group,
        coalesce(reason.reasons, []) AS reasons,
        coalesce(reason.reasons_shown, []) AS reasons_shown,
        list_filter([
            CASE WHEN opened.repeated_rise THEN 'repeated_rise' END,
            CASE WHEN opened.rise_to_severe THEN 'rise_to_severe' END,
            CASE WHEN opened.exercised_after_rise THEN 'exercised_after_rise' END,
            CASE WHEN opened.kept_going THEN 'kept_going' END,
            CASE
                WHEN list_contains(reason.reasons, 'silent') AND patient.last_rise > 0 THEN 'after_a_rise'
            END,
            CASE WHEN opened.over_limit THEN 'over_limit' END,
            CASE WHEN opened.notes_mention THEN 'notes_mention' END,
            CASE WHEN severity.severity_entered <> severity.severity_logged THEN 'severity_differs' END
        ], lambda chip: chip IS NOT NULL) AS chips,
        opened.max_rise,
        coalesce(opened.sessions_with_rise, 0) AS sessions_with_rise,
        coalesce(opened.sessions_assessable, 0) AS sessions_assessable,
        coalesce(opened.sessions, 0) AS sessions,
        coalesce(opened.sessions_stopped, 0) AS sessions_stopped,
        CAST(as_of AS DATE) - reason.waiting_since AS days_waiting,
        severity.severity,
        severity.severity_entered,
        severity.severity_logged,
        severity.severity_from,
        adherence.adherence,
        patient.last_session,
        patient.covered_through,
        patient.site,
        patient.clinician,
        usual.excess,
        usual.usual_rise,
        coalesce(usual.recent_sessions, 0) AS recent_sessions,
        coalesce(usual.recent_with_rise, 0) AS recent_with_rise,
        usual.recent_rise,
        coalesce(usual.other_sessions, 0) AS other_sessions,
        coalesce(usual.other_sessions >= r.sessions_for_own_usual, false) AS has_own_usual,
        coalesce(usual.recent_sessions >= r.sessions_to_compare, false) AS can_be_compared,
        opened.worst_day,
        opened.worst_from,
        opened.worst_to,
        opened.worst_exercise,
        opened.worst_is_climb,
        opened.worst_is_carried,
        last_review.made_at AS reviewed_at,
        last_review.reviewer,
        last_review.outcome,
        last_review.look_again_on,
        good_news.resting_lately,
        good_news.resting_before,
        good_news.patient_id IS NOT NULL AS is_good_news,
        r.excess_if_unknown,
        r.reviewed_days
    FROM patient(as_of) AS patient
    CROSS JOIN r
    LEFT JOIN reason ON patient.patient_id = reason.patient_id
    LEFT JOIN open_sessions(as_of) AS opened ON patient.patient_id = opened.patient_id
    LEFT JOIN usual(as_of) AS usual ON patient.patient_id = usual.patient_id
    LEFT JOIN severity(as_of) AS severity ON patient.patient_id = severity.patient_id
    LEFT JOIN adherence(as_of, CAST(as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS adherence
        ON patient.patient_id = adherence.patient_id
    LEFT JOIN last_review ON patient.patient_id = last_review.patient_id
    LEFT JOIN good_news(as_of) AS good_news ON patient.patient_id = good_news.patient_id
)

SELECT
    listed.* EXCLUDE (is_good_news, excess_if_unknown, reviewed_days),
    CASE
        WHEN listed.look_again_on > CAST(as_of AS DATE) AND listed.review_group <> 'first' THEN 'look_again'
        WHEN
            CAST(listed.reviewed_at AS DATE) > CAST(as_of AS DATE) - listed.reviewed_days
            AND listed.sessions_with_rise = 0
            AND listed.review_group NOT IN ('first', 'soon')
            THEN 'reviewed'
        WHEN listed.is_good_news AND listed.review_group = 'on_track' THEN 'good_news'
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

-- One row per section of the screen, in its order: the groups, with the good news at the end, and those whom a review
-- has put aside.
CREATE OR REPLACE MACRO review_sections() AS TABLE
SELECT section, row_number() OVER (ORDER BY place) AS position
FROM (
    SELECT review_group AS section, position AS place FROM review_groups()
    UNION ALL
    SELECT section, place FROM (VALUES ('look_again', 101), ('reviewed', 102), ('good_news', 103)) AS other (section, place)
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
