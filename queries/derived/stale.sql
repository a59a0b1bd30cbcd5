-- One row per patient of whom there are facts that the derived tables have not followed yet.
-- Definition: the patients of the uploads that are newer than the mark, or were undone or redone after it, and those
-- with rows from the day on at which a newer rule set begins.
WITH followed AS (
    SELECT
        coalesce(max(upload_id), 0) AS upload_id,
        coalesce(max(event_id), 0) AS event_id,
        coalesce(max(rule_set), 0) AS rule_set
    FROM derived.mark
),

changed_upload AS (
    SELECT upload.upload_id
    FROM clinic.upload
    CROSS JOIN followed
    WHERE upload.upload_id > followed.upload_id
    UNION
    SELECT upload_event.upload_id
    FROM clinic.upload_event
    CROSS JOIN followed
    WHERE upload_event.event_id > followed.event_id
)

SELECT patient_id
FROM clinic.upload_patient
WHERE upload_id IN (SELECT upload_id FROM changed_upload)
UNION
SELECT patient_id
FROM clinic.log_row
WHERE
    performed_at >= (
        SELECT min(CAST(rule_set.made_at AS DATE))
        FROM clinic.rule_set
        CROSS JOIN followed
        WHERE rule_set.version > followed.rule_set AND followed.rule_set > 0
    )
ORDER BY patient_id
