-- One row: whether the derived tables were made by the SQL of $definitions. Another's may lack columns, or the table.
SELECT bool_and(definitions = $definitions) AS is_of_these_definitions
FROM derived.mark
