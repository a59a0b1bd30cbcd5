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

-- One step after the other, because DuckDB writes a macro out at each mention of its argument.
pieced AS (
    SELECT
        word,
        iso_moment(word) AS iso,
        CASE WHEN iso IS NULL THEN moment_pieces(word) END AS pieces
    FROM written
),

ordered AS (
    SELECT
        iso,
        pieces,
        moment_of_pieces(pieces, 'ymd') AS ymd_written,
        moment_of_pieces(pieces, 'dmy') AS dmy_written,
        moment_of_pieces(pieces, 'mdy') AS mdy_written
    FROM pieced
),

read AS (
    SELECT
        CASE WHEN iso IS NOT NULL THEN iso ELSE on_clinic_clock(ymd_written, pieces) END AS ymd,
        CASE WHEN iso IS NOT NULL THEN iso ELSE on_clinic_clock(dmy_written, pieces) END AS dmy,
        CASE WHEN iso IS NOT NULL THEN iso ELSE on_clinic_clock(mdy_written, pieces) END AS mdy
    FROM ordered
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
