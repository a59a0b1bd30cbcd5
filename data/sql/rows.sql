-- The newest facts, the uploads that count, and what two stored rows have to do with each other.

-- One row: the newest upload, undo or redo, rule set and review.
CREATE OR REPLACE MACRO newest_fact() AS TABLE
SELECT
    (SELECT coalesce(max(upload_id), 0) FROM clinic.upload) AS upload_id,
    (SELECT coalesce(max(event_id), 0) FROM clinic.upload_event) AS event_id,
    (SELECT coalesce(max(version), 0) FROM clinic.rule_set) AS rule_set,
    (SELECT coalesce(max(review_id), 0) FROM clinic.review_event) AS review_id;

-- One logged row's whole content as a number, for finding lines that say the same again. Whether it has a time is no
-- part of it: midnight is a day in a file that knows only midnights, and a time in the same export a week later.
CREATE OR REPLACE MACRO content_of(r) AS hash(
    r.patient_id, r.performed_at, r.session_id, r.exercise, r.exercise_name, r.side, r."sets", r.reps,
    r.duration_s, r.pain_before, r.pain_during, r.pain_after, r.stopped_early, r.notes,
    r.utc_offset_minutes
);

-- The ids of the uploads that are undone after an event.
CREATE OR REPLACE MACRO undone_by(last_event) AS (
    SELECT coalesce(list(upload_id), [])
    FROM (
        SELECT upload_id
        FROM clinic.upload_event
        WHERE event_id <= last_event
        GROUP BY upload_id
        HAVING arg_max(event, event_id) = 'undone'
    ) AS undone_upload
);

-- The uploads up to one that count, after an event: nobody has undone them, or they were redone since.
CREATE OR REPLACE MACRO standing_upload_by(last_upload, last_event) AS TABLE
SELECT *
FROM clinic.upload
WHERE upload_id <= last_upload AND upload_id NOT IN (SELECT unnest(undone_by(last_event)));

-- The uploads that count now.
CREATE OR REPLACE MACRO standing_upload() AS TABLE
SELECT * FROM standing_upload_by(2147483647, 2147483647);

-- One row per logged row of some patients that no answer counts: replaced by a changed line, or only in undone uploads.
-- Definition: of the rows that replaced one another, the newest that a standing upload says is counted.
-- Parameters: patients (list of ids); since, until (timestamps): only rows performed then are looked at; last_upload:
-- rows of later ones do not exist; undone (list of the upload ids that do not count).
CREATE OR REPLACE MACRO uncounted_row_of(patients, since, until, last_upload, undone) AS TABLE
WITH doubtful AS (
    SELECT revises AS chain
    FROM clinic.log_row
    WHERE
        revises IS NOT NULL
        AND upload_id <= last_upload
        AND performed_at BETWEEN since AND until
        AND patient_id IN (SELECT unnest(patients))
    UNION
    SELECT coalesce(revises, row_id) AS chain
    FROM clinic.log_row
    WHERE
        upload_id IN (SELECT unnest(undone))
        AND upload_id <= last_upload
        AND performed_at BETWEEN since AND until
        AND patient_id IN (SELECT unnest(patients))
),

member AS (
    SELECT
        patient_id,
        row_id,
        coalesce(revises, row_id) AS chain,
        upload_id
    FROM clinic.log_row
    WHERE
        coalesce(revises, row_id) IN (SELECT chain FROM doubtful)
        AND upload_id <= last_upload
        AND performed_at BETWEEN since AND until
),

source AS (
    SELECT row_id, upload_id FROM member
    UNION ALL
    SELECT row_id, upload_id
    FROM clinic.other_line
    WHERE row_id IN (SELECT row_id FROM member) AND upload_id <= last_upload
),

counted AS (
    SELECT max(row_id) AS row_id
    FROM member
    WHERE
        row_id IN (SELECT row_id FROM source WHERE upload_id NOT IN (SELECT unnest(undone)))
    GROUP BY chain
)

SELECT
    patient_id,
    row_id
FROM member
WHERE row_id NOT IN (SELECT row_id FROM counted);

-- The same of the whole log as it is now.
CREATE OR REPLACE MACRO uncounted_row() AS TABLE
SELECT *
FROM uncounted_row_of(
    (SELECT coalesce(list(DISTINCT patient_id), []) FROM clinic.upload_patient),
    TIMESTAMP '-infinity', TIMESTAMP 'infinity', 2147483647, undone_by(2147483647)
);

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
