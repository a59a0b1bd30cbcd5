-- One row per session of the 28 days that end with as_of, with what it can be evidence of.
-- Definition: a session is unreviewed when no standing review covers it, and open when it is unreviewed and was
-- performed or arrived in the 7 days that end with as_of, or has a rise of 2 or more, or was stopped early. So every
-- session can be seen for seven days after it could first be seen, and an important one waits until a professional has
-- looked. is_recent: unreviewed, assessable, and of the 7 days that end with the day of the patient's last session.
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO listed_session(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

session AS MATERIALIZED (
    SELECT * FROM reviewed_session(as_of, (SELECT CAST(as_of AS DATE) - (list_days - 1) FROM r), as_of, NULL)
),

last_session AS (
    SELECT
        patient_id,
        max(day) AS last_day,
        max(number) AS last_number
    FROM session
    GROUP BY patient_id
)

SELECT
    session.*,
    coalesce(session.rise > 0, false) AS has_rise,
    coalesce(session.rise >= r.small_rise, false) AS has_small_rise,
    coalesce(session.rise >= r.important_rise, false) AS has_important_rise,
    coalesce(session.stopped_early, false) AS was_stopped,
    session.day > last_session.last_day - r.recent_days AS is_of_last_days,
    NOT session.is_covered AND (
        session.arrival > CAST(as_of AS DATE) - r.window_days OR has_important_rise OR was_stopped
    ) AS is_open,
    NOT session.is_covered AND is_of_last_days AND session.rise IS NOT NULL AS is_recent,
    is_recent AND has_small_rise AS is_small_recent_rise,
    is_recent AND has_important_rise AS is_important_recent_rise,
    is_recent AND has_small_rise AND was_stopped AS is_stopped_recent_rise,
    is_open AND was_stopped AND (has_important_rise OR session.rise IS NULL) AS is_stopped_for_pain,
    is_open AND has_important_rise AND session.number = last_session.last_number AS is_last_and_rise,
    is_open AND (has_rise OR was_stopped) AS is_open_rise,
    is_open AND session.is_off_programme AS is_open_off_programme,
    is_open AND has_important_rise AND CAST(session.next_start AS DATE) <= session.day + 1 AS is_exercised_after
FROM session
INNER JOIN last_session ON session.patient_id = last_session.patient_id
CROSS JOIN r;

-- Whether a rise lies so far above the usual that one session is enough; the last recent one needs less.
CREATE OR REPLACE MACRO is_far_above(rise, number, usual_rise, last_recent_number, r) AS
    round(rise - usual_rise, 6)
    >= CASE WHEN number = last_recent_number THEN r.last_rise_above_usual ELSE r.rise_above_usual END;

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

-- One row per patient with a session in the 28 days: how the recent sessions compare with what is usual, since when
-- there is what, and how many open sessions there are of which kind.
-- Definition: usual_rise = (4 × 0.4 + the sum of the rises of the n other assessable sessions of the 28 days) ÷ (4 +
-- n), at least -1 and at most 1, or at most 1.5 once a standing review exists; other = not recent. excess = mean rise
-- of the recent sessions - usual_rise; excess_of_last the same of the last three of them. Null where nothing is recent.
-- can_compare: an open session is among the recent ones. Each `since` is the day of the earliest such session.
-- has_exercised_after: after an open important rise there is another session later that day or on the next.
-- has_over_limit: a day of an open session is over the limit.
-- Why: the largest of four ratings rises by 2 by chance in one of nine sessions of a stable patient (the standard error
-- of one rating is 0.6 to 1.0: Childs 2005, Williams 2025), so that a rise alone says little of a change. Two points
-- are the usual important change (Ostelo 2008).
-- Parameters: as_of (date).
CREATE OR REPLACE MACRO session_tally(as_of) AS TABLE
WITH r AS MATERIALIZED (SELECT * FROM rule(as_of)),

listed AS MATERIALIZED (
    SELECT * EXCLUDE (started_at, next_start, arrival, is_off_programme)
    FROM listed_session(as_of)
),

tally AS (
    SELECT
        patient_id,
        count(*) FILTER (WHERE is_recent) AS recent_sessions,
        count(*) FILTER (WHERE is_recent AND has_rise) AS recent_with_rise,
        count(*) FILTER (WHERE is_small_recent_rise) AS recent_with_small_rise,
        avg(CAST(rise AS DOUBLE)) FILTER (WHERE is_recent) AS recent_rise,
        bool_or(is_recent AND is_open) AS can_compare,
        bool_or(is_of_last_days AND is_covered) AS has_reviewed_of_last_days,
        bool_or(is_covered) AS has_reviewed,
        count(rise) FILTER (WHERE NOT is_recent) AS other_sessions,
        coalesce(sum(rise) FILTER (WHERE NOT is_recent), 0) AS other_rises,
        max(rise) FILTER (WHERE is_open) AS max_rise,
        count(*) FILTER (WHERE is_open) AS sessions,
        count(rise) FILTER (WHERE is_open) AS sessions_assessable,
        count(*) FILTER (WHERE is_open AND has_rise) AS sessions_with_rise,
        count(*) FILTER (WHERE is_open AND was_stopped) AS sessions_stopped,
        count(*) FILTER (WHERE is_open AND has_important_rise) AS sessions_with_important_rise,
        max(peak) FILTER (WHERE is_open AND has_important_rise) AS important_peak,
        bool_or(is_open AND has_important_rise AND NOT stopped_early) AS kept_going,
        bool_or(is_exercised_after) AS has_exercised_after,
        min(day) FILTER (WHERE is_small_recent_rise) AS small_recent_rise_since,
        min(day) FILTER (WHERE is_important_recent_rise) AS important_recent_rise_since,
        min(day) FILTER (WHERE is_stopped_recent_rise) AS stopped_recent_rise_since,
        min(day) FILTER (WHERE is_stopped_for_pain) AS stopped_for_pain_since,
        min(day) FILTER (WHERE is_last_and_rise) AS last_rise_since,
        min(day) FILTER (WHERE is_open) AS open_since,
        min(day) FILTER (WHERE is_open_rise) AS open_rise_since,
        min(day) FILTER (WHERE is_open_off_programme) AS off_programme_since
    FROM listed
    GROUP BY patient_id
),

last_recent AS (
    SELECT
        patient_id,
        list_avg(list(rise ORDER BY number DESC)[1:(SELECT last_sessions FROM r)]) AS last_rise,
        max(number) AS last_recent_number
    FROM listed
    WHERE is_recent
    GROUP BY patient_id
),

reviewed AS (SELECT DISTINCT patient_id FROM standing_review(as_of)),

compared AS (
    SELECT
        tally.* EXCLUDE (other_rises),
        CASE
            WHEN tally.recent_sessions > 0 THEN greatest(r.least_usual_rise, least(
                CASE WHEN reviewed.patient_id IS NULL THEN r.most_usual_rise ELSE r.most_usual_rise_reviewed END,
                CAST(r.imagined_sessions * r.imagined_rise + tally.other_rises AS DOUBLE)
                / (r.imagined_sessions + tally.other_sessions)
            ))
        END AS usual_rise,
        round(tally.recent_rise - usual_rise, 6) AS excess,
        round(last_recent.last_rise - usual_rise, 6) AS excess_of_last,
        last_recent.last_recent_number
    FROM tally
    CROSS JOIN r
    LEFT JOIN reviewed ON tally.patient_id = reviewed.patient_id
    LEFT JOIN last_recent ON tally.patient_id = last_recent.patient_id
),

far_above AS (
    SELECT
        listed.patient_id,
        min(listed.day) AS since
    FROM listed
    INNER JOIN compared ON listed.patient_id = compared.patient_id
    CROSS JOIN r
    WHERE
        listed.is_important_recent_rise
        AND is_far_above(listed.rise, listed.number, compared.usual_rise, compared.last_recent_number, r)
    GROUP BY listed.patient_id
),

over_limit AS (
    SELECT DISTINCT patient_day.patient_id
    FROM derived.patient_day
    INNER JOIN listed ON patient_day.patient_id = listed.patient_id AND patient_day.day = listed.day
    WHERE
        patient_day.over_limit
        AND patient_day.day >= (SELECT CAST(as_of AS DATE) - (list_days - 1) FROM r)
        AND listed.is_open
),

noted AS (
    SELECT
        session.patient_id,
        session.notes
    FROM session(as_of) AS session
    WHERE
        session.notes IS NOT NULL
        AND session.day >= (SELECT CAST(as_of AS DATE) - (list_days - 1) FROM r)
        AND session.session_key IN (SELECT session_key FROM listed WHERE is_open)
),

mention AS (
    SELECT note.notes
    FROM (SELECT DISTINCT notes FROM noted) AS note
    CROSS JOIN r
    WHERE mentions_word(note.notes, r.note_words)
),

mentioned AS (
    SELECT DISTINCT patient_id FROM noted WHERE notes IN (SELECT notes FROM mention)
)

SELECT
    compared.*,
    far_above.since AS far_above_since,
    over_limit.patient_id IS NOT NULL AS has_over_limit,
    mentioned.patient_id IS NOT NULL AS has_mention
FROM compared
LEFT JOIN far_above ON compared.patient_id = far_above.patient_id
LEFT JOIN over_limit ON compared.patient_id = over_limit.patient_id
LEFT JOIN mentioned ON compared.patient_id = mentioned.patient_id;
