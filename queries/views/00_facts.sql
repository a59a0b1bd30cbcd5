-- One row: the newest of the facts that the derived tables follow.
CREATE OR REPLACE MACRO newest_fact() AS TABLE
SELECT
    (SELECT coalesce(max(upload_id), 0) FROM clinic.upload) AS upload_id,
    (SELECT coalesce(max(event_id), 0) FROM clinic.upload_event) AS event_id,
    (SELECT coalesce(max(version), 0) FROM clinic.rule_set) AS rule_set;

-- The checksum of the uploads and their events up to a mark: two stores that differ in any of them differ in it.
CREATE OR REPLACE MACRO facts_through(last_upload, last_event) AS md5(concat(
    (
        SELECT bit_xor(hash(upload_id, sha256, uploaded_at, patient_id, mapping))
        FROM clinic.upload
        WHERE upload_id <= last_upload
    ),
    (SELECT count(*) FROM clinic.upload WHERE upload_id <= last_upload),
    (SELECT bit_xor(hash(event_id, upload_id, event)) FROM clinic.upload_event WHERE event_id <= last_event),
    (SELECT count(*) FROM clinic.upload_event WHERE event_id <= last_event)
));

-- The uploads that count, as far as the derived tables have followed: an answer uses no facts beyond that mark, so that
-- all of its parts are of one moment.
CREATE OR REPLACE MACRO known_upload() AS TABLE
SELECT * FROM standing_upload_by((SELECT upload_id FROM derived.mark), (SELECT event_id FROM derived.mark));
