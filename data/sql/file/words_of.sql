-- One row per word that a column of the file says, the commonest first.
-- Answers: which names does this export use?
-- Reads: incoming. Parameters: $place: its position; $most: how many words; $written as in log/01_line.sql.
SELECT
    filled(plain_space(list_extract(
        cells_of(separated, line, $written.delimiter, $written.quote, $written.escape, $written.cell_pattern), $place
    ))) AS word
FROM incoming
WHERE line_no > $written.header_line AND line <> $written.header
GROUP BY word
HAVING word IS NOT NULL
ORDER BY count(*) DESC, word
LIMIT $most
