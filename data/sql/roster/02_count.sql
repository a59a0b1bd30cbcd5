-- One row: how many data lines the roster has, and how many of them end as each of the four fates. Reads: checked.
SELECT
    count(*) AS lines,
    count(*) FILTER (WHERE fate = 'new') AS new,
    count(*) FILTER (WHERE fate = 'changed') AS changed,
    count(*) FILTER (WHERE fate = 'duplicate') AS duplicate,
    count(*) FILTER (WHERE fate = 'rejected') AS rejected,
    count(DISTINCT patient_id) FILTER (WHERE fate <> 'rejected') AS patients
FROM checked
