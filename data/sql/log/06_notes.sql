-- One row: what a person should know of how the file was read, beside the four fates.
-- Reads: checked, and the rows that the upload has stored so far. Parameters: $upload_id.
WITH looked_at AS (
    SELECT
        count(*) FILTER (WHERE no_data = 'blank') AS blank,
        count(*) FILTER (WHERE no_data = 'remark') AS remarks,
        count(*) FILTER (WHERE no_data = 'header') AS headers,
        min(line_no) FILTER (WHERE no_data = 'header') AS header_again,
        count(DISTINCT line_no) FILTER (WHERE fault IS NOT NULL) AS rejected,
        count(DISTINCT line_no) FILTER (WHERE no_data IS NULL AND fault IS NULL AND ends_early) AS short_lines,
        count(*) FILTER (
            WHERE fault = 'above' AND fault_column IN ('pain_before', 'pain_during', 'pain_after')
            AND number(fault_value) BETWEEN 10 AND 100
        ) AS scores_above_10
    FROM checked
),

stored_row AS (
    SELECT
        count(*) AS sound_rows,
        min(performed_at) AS first_moment,
        max(performed_at) AS last_moment,
        count(*) FILTER (WHERE exercise IS NULL AND coalesce(pain_during, pain_after) IS NOT NULL)
        AS entries_with_later_scores,
        coalesce(bool_and(performed_at = date_trunc('day', performed_at)) FILTER (WHERE has_time), false)
        AS only_midnights
    FROM clinic.log_row
    WHERE upload_id = $upload_id
)

SELECT * FROM looked_at CROSS JOIN stored_row
