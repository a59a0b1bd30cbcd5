-- One row per patient who exists on the day.
-- Answers: who needs a professional's look today, why, and who comes first?
-- Definition: a patient stands in the group of the first reason that holds; every other reason stays visible. Counts
-- and max_rise are over open sessions. days_waiting counts from the earliest open session that gave a reason. Order:
-- group, largest rise, sessions with a rise, days waiting, patient id.
-- Parameters: $as_of (date).
WITH r AS MATERIALIZED (SELECT * FROM rule($as_of)),

given AS MATERIALIZED (SELECT * FROM reason_session($as_of)),

held AS (
    SELECT
        patient_id,
        list(DISTINCT {'position': position, 'reason': reason}) AS reasons,
        min(position) AS first_position,
        min(day) AS waiting_since
    FROM given
    GROUP BY patient_id
),

opened AS MATERIALIZED (SELECT * FROM open_session($as_of)),

counts AS (
    SELECT
        patient_id,
        max(rise) AS max_rise,
        count(*) AS sessions,
        count(rise) AS sessions_assessable,
        count(*) FILTER (WHERE has_rise) AS sessions_with_rise,
        bool_or(has_important_rise AND stopped_early IS NOT DISTINCT FROM false) AS kept_going,
        bool_or(has_important_rise AND stopped_early IS NOT DISTINCT FROM true) AS stopped_for_pain,
        bool_or(mentions(notes, r.note_words)) AS notes_mention
    FROM opened
    CROSS JOIN r
    GROUP BY patient_id
),

over_limit AS (
    SELECT DISTINCT patient_day.patient_id
    FROM clinic.patient_day
    CROSS JOIN r
    LEFT JOIN standing_review($as_of) AS review ON patient_day.patient_id = review.patient_id
    WHERE
        patient_day.over_limit
        AND patient_day.day <= CAST($as_of AS DATE)
        AND patient_day.day > CAST($as_of AS DATE) - r.window_days
        AND (review.reviewed_through IS NULL OR patient_day.day > CAST(review.reviewed_through AS DATE))
),

listed AS (
    SELECT
        patient.patient_id,
        coalesce(held.first_position, 15) AS first_position,
        list_transform(list_sort(coalesce(held.reasons, [])), lambda x: x.reason) AS reasons,
        list_filter([
            CASE WHEN list_contains(list_transform(held.reasons, lambda x: x.reason), 'silent') AND patient.last_rise > 0 THEN 'after_a_rise' END,
            CASE WHEN counts.kept_going THEN 'kept_going' END,
            CASE WHEN counts.stopped_for_pain THEN 'stopped_for_pain' END,
            CASE WHEN over_limit.patient_id IS NOT NULL THEN 'over_limit' END,
            CASE WHEN counts.notes_mention THEN 'notes_mention' END,
            CASE WHEN severity.severity_entered <> severity.severity_logged THEN 'severity_differs' END
        ], lambda x: x IS NOT NULL) AS chips,
        counts.max_rise,
        coalesce(counts.sessions_with_rise, 0) AS sessions_with_rise,
        coalesce(counts.sessions_assessable, 0) AS sessions_assessable,
        coalesce(counts.sessions, 0) AS sessions,
        CAST($as_of AS DATE) - held.waiting_since AS days_waiting,
        severity.severity,
        severity.severity_entered,
        severity.severity_logged,
        severity.severity_from,
        adherence.adherence,
        patient.last_session,
        patient.covered_through,
        patient.site,
        patient.clinician
    FROM patient($as_of) AS patient
    LEFT JOIN held USING (patient_id)
    LEFT JOIN counts USING (patient_id)
    LEFT JOIN over_limit USING (patient_id)
    LEFT JOIN severity($as_of, CAST($as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS severity USING (patient_id)
    LEFT JOIN adherence($as_of, CAST($as_of AS DATE) - (SELECT list_days - 1 FROM r)) AS adherence USING (patient_id)
)

SELECT
    patient_id,
    CASE
        WHEN first_position <= 4 THEN 'first'
        WHEN first_position <= 8 THEN 'soon'
        WHEN first_position = 9 THEN 'look'
        WHEN first_position = 15 THEN 'on_track'
        ELSE reasons[1]
    END AS review_group,
    * EXCLUDE (patient_id, first_position)
FROM listed
ORDER BY
    CASE WHEN first_position <= 4 THEN 1 WHEN first_position <= 8 THEN 5 ELSE first_position END,
    max_rise DESC NULLS LAST,
    sessions_with_rise DESC,
    days_waiting DESC NULLS LAST,
    patient_id
