-- One row per logged row of a patient in the period, the newest first, with the file and line that it came from.
-- Answers: what exactly was logged, and where is it in the exports?
-- Definition: line_nos are all lines of that file that the row is read from: an export may have one score on a line.
-- session_key is that of the session that the row belongs to; null for a pain entry.
-- before is what the rise is counted from, is_carried says that an earlier row of the session gave it.
-- Parameters: $as_of, $since (dates); $patient (text).
SELECT
    logged.row_id,
    session_row.session_key,
    logged.performed_at,
    logged.has_time,
    logged.exercise,
    logged.exercise_label,
    logged.side,
    logged."sets",
    logged.reps,
    logged.duration_s,
    logged.pain_before,
    logged.pain_during,
    logged.pain_after,
    session_row.before,
    coalesce(session_row.is_carried, false) AS is_carried,
    session_row.rise,
    logged.stopped_early,
    logged.notes,
    logged.upload_id,
    upload.file_name,
    logged.line_no,
    list_sort(list_append(coalesce(further.line_nos, []), logged.line_no)) AS line_nos
FROM logged([$patient]) AS logged
INNER JOIN clinic.upload ON logged.upload_id = upload.upload_id
LEFT JOIN (
    SELECT
        row_id,
        upload_id,
        list(line_no) AS line_nos
    FROM clinic.other_line
    WHERE row_id IN (SELECT row_id FROM logged([$patient]))
    GROUP BY row_id, upload_id
) AS further ON logged.row_id = further.row_id AND logged.upload_id = further.upload_id
LEFT JOIN (
    SELECT
        row_id,
        before,
        is_carried,
        rise,
        arg_min(row_id, position) OVER (PARTITION BY session_id, begins, by_gap) AS session_key
    FROM session_row_of([$patient], CAST($as_of AS DATE) + INTERVAL 1 DAY)
) AS session_row ON logged.row_id = session_row.row_id
WHERE
    logged.performed_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
    AND logged.performed_at >= CAST($since AS TIMESTAMP)
ORDER BY logged.performed_at DESC, logged.row_id DESC
