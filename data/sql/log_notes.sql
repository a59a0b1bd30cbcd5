-- One row: what a person should know of how the file was read, beside the four fates. Reads: checked.
SELECT
    count(*) FILTER (WHERE no_data = 'blank') AS blank,
    count(*) FILTER (WHERE no_data = 'remark') AS remarks,
    count(*) FILTER (WHERE no_data = 'header') AS headers,
    min(line_no) FILTER (WHERE no_data = 'header') AS header_again,
    count(*) FILTER (WHERE no_data IS NULL AND fault IS NULL AND ends_early) AS short_lines,
    count(*) FILTER (
        WHERE no_data IS NULL AND fault IS NULL AND exercise IS NULL AND coalesce(pain_during, pain_after) IS NOT NULL
    ) AS entries_with_later_scores,
    coalesce(bool_and(performed_at = date_trunc('day', performed_at)) FILTER (WHERE has_time AND fault IS NULL), false)
    AS only_midnights,
    count(*) FILTER (
        WHERE fault.column_name IN ('pain_before', 'pain_during', 'pain_after') AND fault.reason = 'is above 10'
        AND number(fault.value) BETWEEN 10 AND 100
    ) AS scores_above_10,
    count(*) FILTER (WHERE no_data IS NULL) AS rows
FROM checked
