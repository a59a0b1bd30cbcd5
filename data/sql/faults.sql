-- What is wrong with the value of a cell. Whether it is allowed is one macro, for the many lines that are in order;
-- the other names the fault by a code, or answers null where there is none. The words of a code are in data/words.py.
-- `missing` are the words for nothing; a bound is what the contract allows of a column: low, high, whole, longest.

CREATE OR REPLACE MACRO is_allowed_number(word, value, bound) AS
    word IS NULL OR (value BETWEEN bound.low AND bound.high AND (NOT bound.whole OR value = floor(value)));

CREATE OR REPLACE MACRO number_fault(word, value, bound, missing) AS CASE
    WHEN is_allowed_number(word, value, bound) THEN NULL
    WHEN value < bound.low THEN 'below'
    WHEN value > bound.high THEN 'above'
    WHEN value IS NOT NULL THEN 'not_whole'
    WHEN NOT list_contains(missing, bare_word(word)) THEN 'not_a_number'
END;

CREATE OR REPLACE MACRO is_allowed_word(word, meaning) AS word IS NULL OR meaning IS NOT NULL;

CREATE OR REPLACE MACRO word_fault(word, meaning, missing) AS CASE
    WHEN is_allowed_word(word, meaning) THEN NULL
    WHEN NOT list_contains(missing, bare_word(word)) THEN 'unknown_word'
END;

CREATE OR REPLACE MACRO is_allowed_text(word, bound) AS word IS NULL OR length(word) <= bound.longest;

CREATE OR REPLACE MACRO text_fault(word, bound) AS CASE WHEN NOT is_allowed_text(word, bound) THEN 'too_long' END;

CREATE OR REPLACE MACRO is_allowed_moment(value, latest) AS value BETWEEN TIMESTAMP '1990-01-01' AND latest;

CREATE OR REPLACE MACRO moment_fault(word, value, pieces, latest, missing) AS CASE
    WHEN word IS NULL OR is_allowed_moment(value, latest) THEN NULL
    WHEN value > latest THEN 'in_future'
    WHEN value IS NOT NULL THEN 'too_early'
    WHEN list_contains(missing, bare_word(word)) THEN NULL
    WHEN is_excel_day(word) THEN 'excel_day'
    WHEN is_epoch(word) THEN 'epoch_moment'
    WHEN pieces.zone <> '' AND pieces.clock <> '' AND zone_minutes(pieces.zone) IS NULL THEN 'zone_unclear'
    ELSE 'no_date'
END;

-- What the sentence of a code names, beside the column and its value.
CREATE OR REPLACE MACRO fault_details(code, bound, cells, width) AS CASE
    WHEN code = 'below' THEN json_object('limit', bound.low)
    WHEN code = 'above' THEN json_object('limit', bound.high)
    WHEN code = 'too_long' THEN json_object('limit', bound.longest)
    WHEN code IN ('too_wide', 'too_short') THEN json_object('cells', cells, 'width', width)
END;

-- The first cell of a line that holds a zero byte, which is read as U+2400.
CREATE OR REPLACE MACRO cell_with_zero(cells) AS list_filter(cells, lambda x: contains(x, chr(9216)))[1][1:200];
