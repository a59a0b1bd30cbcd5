-- One row per upload whose stored lines are not those that it had, and per upload that lines name and nobody made.
-- Answers: is anything lost, or stored under the wrong upload? It takes no parameters, and reads one column a table.
-- Definition: each data line of an upload is a logged row, a further line of one, a roster row or a rejected line. A
-- line can be more than one row, so an upload may have more rows than lines.
WITH line AS (
    SELECT upload_id, count(*) AS stored FROM clinic.log_row GROUP BY upload_id
    UNION ALL
    SELECT upload_id, count(*) AS stored FROM clinic.other_line GROUP BY upload_id
    UNION ALL
    SELECT upload_id, count(*) AS stored FROM clinic.roster_row GROUP BY upload_id
    UNION ALL
    SELECT upload_id, count(*) AS stored FROM clinic.rejected_line GROUP BY upload_id
    UNION ALL
    -- These hold no lines, but belong to an upload all the same.
    SELECT upload_id, 0 AS stored FROM clinic.upload_patient GROUP BY upload_id
    UNION ALL
    SELECT upload_id, 0 AS stored FROM clinic.upload_part GROUP BY upload_id
    UNION ALL
    SELECT upload_id, 0 AS stored FROM clinic.upload_event GROUP BY upload_id
),

of_upload AS (
    SELECT upload_id, sum(stored) AS stored FROM line GROUP BY upload_id
)

SELECT
    coalesce(upload.upload_id, of_upload.upload_id) AS upload_id,
    upload.lines,
    of_upload.stored
FROM clinic.upload
FULL JOIN of_upload ON upload.upload_id = of_upload.upload_id
WHERE upload.upload_id IS NULL OR coalesce(of_upload.stored, 0) < upload.lines
ORDER BY ALL
