-- Finds the rows of the upload that are more than simply new; `fate` says what each is to the rows stored before.
-- Answers: which rows of this file are known already, and which correct a stored row?
-- Definition: content identity is every stored value and the occurrence among identical lines of one file. A row with
-- a time of day whose patient, time (in the hour that comes twice, with its offset), exercise and side occur once in
-- the file and in one counted stored row, with other values, is `changed`; not so where the file of the stored row had
-- another line there, which was rejected. A row that only undone uploads hold is `revived`.
-- Makes: fate. Reads: stored, repeated, and the rows that the upload has stored so far. Parameters: $upload_id.
INSERT INTO fate
WITH uploaded AS (
    SELECT
        of_known_patient.*,
        coalesce(repeated.occurrence, 1) AS occurrence,
        content_of(of_known_patient) AS content
    FROM (
        SELECT * FROM clinic.log_row
        WHERE upload_id = $upload_id AND patient_id IN (SELECT patient_id FROM stored)
    ) AS of_known_patient
    LEFT JOIN repeated ON of_known_patient.row_id = repeated.row_id
),

stored_source AS (
    SELECT row_id, upload_id FROM stored WHERE NOT is_counted
    UNION ALL
    SELECT other_line.row_id, other_line.upload_id
    FROM clinic.other_line
    WHERE other_line.row_id IN (SELECT row_id FROM stored WHERE NOT is_counted)
),

standing AS (
    -- A row that counts is in an upload in force, even where the upload that had it first is undone.
    SELECT row_id FROM stored WHERE is_counted
    UNION
    SELECT row_id FROM stored_source WHERE upload_id IN (SELECT upload_id FROM standing_upload())
),

counted_chain AS (
    SELECT DISTINCT coalesce(revises, row_id) AS chain FROM stored WHERE is_counted
),

known AS (
    SELECT
        uploaded.row_id AS id,
        stored.row_id,
        CASE WHEN standing.row_id IS NOT NULL THEN 'duplicate' ELSE 'revived' END AS fate
    FROM uploaded
    INNER JOIN stored
        ON
            uploaded.content = stored.content
            AND uploaded.occurrence = stored.occurrence
            AND uploaded.patient_id = stored.patient_id
            AND uploaded.performed_at = stored.performed_at
    LEFT JOIN standing ON stored.row_id = standing.row_id
    LEFT JOIN counted_chain ON coalesce(stored.revises, stored.row_id) = counted_chain.chain
    WHERE standing.row_id IS NOT NULL OR counted_chain.chain IS NULL
    QUALIFY
        row_number() OVER (PARTITION BY uploaded.row_id ORDER BY standing.row_id ASC NULLS LAST, stored.row_id DESC) = 1
),

key_in_file AS (
    SELECT
        patient_id, performed_at, utc_offset_minutes, exercise, exercise_name, side,
        min(row_id) AS id
    FROM uploaded
    WHERE has_time
    GROUP BY patient_id, performed_at, utc_offset_minutes, exercise, exercise_name, side
    HAVING count(*) = 1
),

key_in_store AS (
    SELECT
        patient_id, performed_at, utc_offset_minutes, exercise, exercise_name, side,
        min(row_id) FILTER (WHERE is_counted) AS row_id,
        min(coalesce(revises, row_id)) FILTER (WHERE is_counted) AS chain,
        count(*) FILTER (WHERE is_counted) AS counted,
        min(coalesce(revises, row_id)) AS any_chain,
        count(DISTINCT coalesce(revises, row_id)) AS chains
    FROM stored
    WHERE has_time
    GROUP BY patient_id, performed_at, utc_offset_minutes, exercise, exercise_name, side
),

near_rejected AS (
    SELECT
        key_in_store.row_id,
        rejected_line.upload_id
    FROM key_in_store
    INNER JOIN clinic.rejected_line
        ON
            key_in_store.patient_id = rejected_line.patient_id
            AND key_in_store.performed_at = rejected_line.performed_at
            AND key_in_store.utc_offset_minutes IS NOT DISTINCT FROM rejected_line.utc_offset_minutes
            AND key_in_store.exercise IS NOT DISTINCT FROM rejected_line.exercise
            AND key_in_store.exercise_name IS NOT DISTINCT FROM rejected_line.exercise_name
            AND key_in_store.side IS NOT DISTINCT FROM rejected_line.side
    WHERE rejected_line.upload_id IN (SELECT upload_id FROM standing_upload())
),

-- A stored row that an upload says which also had a line rejected of the same exercise at the same time: another set.
beside_rejected AS (
    SELECT near_rejected.row_id
    FROM near_rejected
    INNER JOIN stored ON near_rejected.row_id = stored.row_id AND near_rejected.upload_id = stored.upload_id
    UNION ALL
    SELECT near_rejected.row_id
    FROM near_rejected
    INNER JOIN clinic.other_line
        ON near_rejected.row_id = other_line.row_id AND near_rejected.upload_id = other_line.upload_id
),

same_key AS (
    SELECT
        key_in_file.id,
        key_in_store.row_id,
        key_in_store.chain,
        key_in_store.counted,
        key_in_store.any_chain,
        key_in_store.chains
    FROM key_in_file
    INNER JOIN key_in_store
        ON
            key_in_file.patient_id = key_in_store.patient_id
            AND key_in_file.performed_at = key_in_store.performed_at
            AND key_in_file.utc_offset_minutes IS NOT DISTINCT FROM key_in_store.utc_offset_minutes
            AND key_in_file.exercise IS NOT DISTINCT FROM key_in_store.exercise
            AND key_in_file.exercise_name IS NOT DISTINCT FROM key_in_store.exercise_name
            AND key_in_file.side IS NOT DISTINCT FROM key_in_store.side
    WHERE key_in_file.id NOT IN (SELECT id FROM known)
),

compared AS (
    SELECT id, fate, row_id, CAST(NULL AS BIGINT) AS chain FROM known
    UNION ALL
    SELECT id, 'changed' AS fate, row_id, chain
    FROM same_key
    WHERE counted = 1 AND row_id NOT IN (SELECT row_id FROM beside_rejected)
    UNION ALL
    -- New to every answer, for only undone uploads say another value; yet if one is redone, not both may count.
    SELECT id, 'new' AS fate, NULL AS row_id, any_chain FROM same_key WHERE counted = 0 AND chains = 1
)

SELECT
    compared.*,
    log_row.line_no
FROM compared
INNER JOIN clinic.log_row ON compared.id = log_row.row_id AND log_row.upload_id = $upload_id
