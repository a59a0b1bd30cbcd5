-- One row per word that a column of the file says, the commonest first.
-- Answers: which names does this export use?
-- Reads: incoming. Parameters: $place: its position; $most: how many words; the others as in log_check.sql.
SELECT filled(plain_space(list_extract(cells_of(separated, line, $delimiter, $quote, $escape, $cell_pattern), $place))) AS word
FROM incoming
WHERE line_no > $header_line AND line <> $header
GROUP BY word
HAVING word IS NOT NULL
ORDER BY count(*) DESC, word
LIMIT $most
