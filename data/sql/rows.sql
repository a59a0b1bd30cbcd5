-- The uploads that count, and what two stored rows have to do with each other.

-- One logged row's whole content as a number, for finding lines that say the same again. Whether it has a time is no
-- part of it: midnight is a day in a file that knows only midnights, and a time in the same export a week later.
CREATE OR REPLACE MACRO content_of(r) AS hash(
    r.patient_id, r.performed_at, r.session_id, r.exercise, r.exercise_name, r.side, r."sets", r.reps,
    r.duration_s, r.pain_before, r.pain_during, r.pain_after, r.stopped_early, r.notes,
    r.utc_offset_minutes
);

-- The uploads that nobody has undone, or that were redone since.
CREATE OR REPLACE MACRO standing_upload() AS TABLE
SELECT upload.*
FROM clinic.upload
LEFT JOIN (
    SELECT upload_id, last(event ORDER BY rowid) AS last_event
    FROM clinic.upload_event
    GROUP BY upload_id
) AS latest ON upload.upload_id = latest.upload_id
WHERE latest.last_event IS DISTINCT FROM 'undone';

-- The values of one stored row that another has differently, in words.
CREATE OR REPLACE MACRO differing(one, other) AS concat_ws(
    ', ',
    CASE WHEN one."sets" IS DISTINCT FROM other."sets" THEN 'sets ' || coalesce(CAST(one."sets" AS VARCHAR), '–') END,
    CASE WHEN one.reps IS DISTINCT FROM other.reps THEN 'reps ' || coalesce(CAST(one.reps AS VARCHAR), '–') END,
    CASE
        WHEN one.duration_s IS DISTINCT FROM other.duration_s
            THEN 'seconds ' || coalesce(CAST(one.duration_s AS VARCHAR), '–')
    END,
    CASE
        WHEN one.pain_before IS DISTINCT FROM other.pain_before
            THEN 'before ' || coalesce(printf('%g', CAST(one.pain_before AS DOUBLE)), '–')
    END,
    CASE
        WHEN one.pain_during IS DISTINCT FROM other.pain_during
            THEN 'during ' || coalesce(printf('%g', CAST(one.pain_during AS DOUBLE)), '–')
    END,
    CASE
        WHEN one.pain_after IS DISTINCT FROM other.pain_after
            THEN 'after ' || coalesce(printf('%g', CAST(one.pain_after AS DOUBLE)), '–')
    END,
    CASE
        WHEN one.stopped_early IS DISTINCT FROM other.stopped_early
            THEN 'stopped ' || CASE one.stopped_early WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '–' END
    END,
    CASE WHEN one.session_id IS DISTINCT FROM other.session_id THEN 'session ' || coalesce(one.session_id, '–') END,
    CASE WHEN one.notes IS DISTINCT FROM other.notes THEN 'notes ' || coalesce(one.notes, '–') END
);
