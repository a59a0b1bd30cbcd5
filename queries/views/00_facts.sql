-- The checksum of the facts that the derived tables are made from, up to a mark: two stores that differ in any of them
-- differ in it.
CREATE OR REPLACE MACRO facts_through(last_upload, last_event, last_rule_set) AS md5(concat_ws(
    ' ',
    (SELECT coalesce(sum(hash(upload)), 0) FROM clinic.upload WHERE upload_id <= last_upload),
    (SELECT coalesce(sum(hash(upload_event)), 0) FROM clinic.upload_event WHERE event_id <= last_event),
    (SELECT coalesce(sum(hash(rule_set)), 0) FROM clinic.rule_set WHERE version <= last_rule_set),
    (SELECT coalesce(sum(hash(programme_exercise)), 0) FROM clinic.programme_exercise)
));

-- One row per upload that counts, as far as the derived tables have followed: an answer uses no facts beyond that mark,
-- so that all of its parts are of one moment. last_at is when its file came for the last time.
CREATE OR REPLACE MACRO known_upload() AS TABLE
SELECT
    upload.*,
    greatest(upload.uploaded_at, again.last_at) AS last_at
FROM standing_upload_by((SELECT upload_id FROM derived.mark), (SELECT event_id FROM derived.mark)) AS upload
LEFT JOIN (
    SELECT
        upload_id,
        max(made_at) AS last_at
    FROM clinic.upload_event
    WHERE event = 'again' AND event_id <= (SELECT event_id FROM derived.mark)
    GROUP BY upload_id
) AS again ON upload.upload_id = again.upload_id;

-- One row per rule set, as far as the derived tables have followed.
CREATE OR REPLACE MACRO known_rule_set() AS TABLE
SELECT * FROM clinic.rule_set WHERE version <= (SELECT rule_set FROM derived.mark);
