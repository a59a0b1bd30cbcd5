-- One row per sound row of the file that is more than simply new; `fate` says what it is to the rows stored before.
-- Answers: which rows of this file are known already, and which correct a stored row?
-- Definition: content identity is every stored value and the occurrence among identical lines of one file. A row with a
-- time of day whose patient, time, exercise and side stand once in the file and on one counted stored row, with other
-- values, is `changed`. A row that only undone uploads hold is `revived`.
-- Reads: checked.
CREATE OR REPLACE TEMP TABLE fate AS
WITH rejected AS (
    SELECT DISTINCT line_no FROM checked WHERE fault IS NOT NULL
),

sound AS (
    SELECT
        checked.rowid AS id,
        checked.*,
        content_of(checked) AS content
    FROM checked
    WHERE no_data IS NULL AND line_no NOT IN (SELECT line_no FROM rejected)
),

span AS (
    SELECT
        min(performed_at) AS first_moment,
        max(performed_at) AS last_moment
    FROM sound
),

repeated AS (
    SELECT
        id,
        row_number() OVER (PARTITION BY content ORDER BY id) AS occurrence
    FROM sound
    WHERE content IN (SELECT content FROM sound GROUP BY content HAVING count(*) > 1)
),

stored AS MATERIALIZED (
    SELECT
        log_row.*,
        content_of(log_row) AS content,
        uncounted_row.row_id IS NULL AS is_counted
    FROM clinic.log_row
    LEFT JOIN clinic.uncounted_row ON log_row.row_id = uncounted_row.row_id
    WHERE
        log_row.performed_at BETWEEN (SELECT first_moment FROM span) AND (SELECT last_moment FROM span)
        AND log_row.patient_id IN (SELECT patient_id FROM sound)
),

stored_source AS (
    SELECT row_id, upload_id FROM stored
    UNION ALL
    SELECT other_line.row_id, other_line.upload_id
    FROM clinic.other_line
    WHERE other_line.row_id IN (SELECT row_id FROM stored WHERE NOT is_counted)
),

standing AS (
    SELECT DISTINCT row_id
    FROM stored_source
    WHERE upload_id IN (SELECT upload_id FROM standing_upload())
),

counted_chain AS (
    SELECT DISTINCT coalesce(revises, row_id) AS chain FROM stored WHERE is_counted
),

known AS (
    SELECT
        sound.id,
        stored.row_id,
        CASE WHEN standing.row_id IS NOT NULL THEN 'duplicate' ELSE 'revived' END AS fate
    FROM sound
    LEFT JOIN repeated ON sound.id = repeated.id
    INNER JOIN stored
        ON sound.content = stored.content AND coalesce(repeated.occurrence, 1) = stored.occurrence
    LEFT JOIN standing ON stored.row_id = standing.row_id
    LEFT JOIN counted_chain ON coalesce(stored.revises, stored.row_id) = counted_chain.chain
    WHERE standing.row_id IS NOT NULL OR counted_chain.chain IS NULL
    QUALIFY row_number() OVER (PARTITION BY sound.id ORDER BY standing.row_id NULLS LAST, stored.row_id DESC) = 1
),

key_in_file AS (
    SELECT
        patient_id, performed_at, exercise, exercise_name, side,
        min(id) AS id
    FROM sound
    WHERE has_time AND patient_id IN (SELECT patient_id FROM stored)
    GROUP BY patient_id, performed_at, exercise, exercise_name, side
    HAVING count(*) = 1
),

key_in_store AS (
    SELECT
        patient_id, performed_at, exercise, exercise_name, side,
        min(row_id) AS row_id,
        min(coalesce(revises, row_id)) AS chain
    FROM stored
    WHERE has_time AND is_counted
    GROUP BY patient_id, performed_at, exercise, exercise_name, side
    HAVING count(*) = 1
),

changed AS (
    SELECT
        key_in_file.id,
        key_in_store.row_id,
        key_in_store.chain
    FROM key_in_file
    INNER JOIN key_in_store
        ON
            key_in_file.patient_id = key_in_store.patient_id
            AND key_in_file.performed_at = key_in_store.performed_at
            AND key_in_file.exercise IS NOT DISTINCT FROM key_in_store.exercise
            AND key_in_file.exercise_name IS NOT DISTINCT FROM key_in_store.exercise_name
            AND key_in_file.side IS NOT DISTINCT FROM key_in_store.side
    WHERE key_in_file.id NOT IN (SELECT id FROM known)
)

SELECT id, fate, row_id, CAST(NULL AS BIGINT) AS chain, CAST(NULL AS BIGINT) AS occurrence FROM known
UNION ALL
SELECT id, 'changed', row_id, chain, NULL FROM changed
UNION ALL
SELECT id, 'new', NULL, NULL, occurrence
FROM repeated
WHERE id NOT IN (SELECT id FROM known) AND id NOT IN (SELECT id FROM changed)
