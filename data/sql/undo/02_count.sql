-- One row: what an undo or redo changes. Reads: touched.
SELECT
    count(*) FILTER (WHERE was_counted AND NOT is_counted) AS rows_leaving,
    count(*) FILTER (WHERE is_counted AND NOT was_counted) AS rows_coming_back,
    count(DISTINCT patient_id) FILTER (WHERE was_counted <> is_counted) AS patients
FROM touched
