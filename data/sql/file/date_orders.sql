-- One row: how many of the file's dates each order of day, month and year can read, and how many any order can.
-- Answers: is this file written year first, day first or month first?
-- Reads: incoming. Parameters: $date_column: its position; $written as in log/01_line.sql.
WITH cell AS (
    SELECT
        plain_space(list_extract(
            cells_of(separated, line, $written.delimiter, $written.quote, $written.escape, $written.cell_pattern),
            $date_column
        )) AS word
    FROM incoming
    WHERE line_no > $written.header_line AND line <> $written.header
),

-- A clock that can be read can be read in each order, and without it few words are left. There is no
-- WHERE word IS NOT NULL after it: DuckDB would work out each word twice, once for that.
written AS (
    SELECT DISTINCT CASE WHEN is_plain_moment(word) THEN split_part(word, ' ', 1) ELSE filled(word) END AS word
    FROM cell
),

read AS (
    SELECT
        word,
        moment(word, 'ymd') AS ymd,
        moment(word, 'dmy') AS dmy,
        moment(word, 'mdy') AS mdy
    FROM written
)

SELECT
    count(coalesce(ymd, dmy, mdy)) AS any_order,
    count(ymd) AS ymd,
    count(dmy) AS dmy,
    count(mdy) AS mdy,
    count(*) FILTER (WHERE ymd IS DISTINCT FROM dmy) AS ymd_or_dmy,
    count(*) FILTER (WHERE ymd IS DISTINCT FROM mdy) AS ymd_or_mdy,
    count(*) FILTER (WHERE dmy IS DISTINCT FROM mdy) AS dmy_or_mdy
FROM read
