"""Tables on their way out: what a spreadsheet makes of them."""

import csv
import datetime
import io
from decimal import Decimal

import duckdb
import pandas
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from data import export
from data.store import open_store


def read_back(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def taken_in(content):
    return parquet.read_table(io.BytesIO(content))


@pytest.mark.parametrize(
    "text",
    [
        *('=HYPERLINK("https://example.org")', "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=", "-"),
        *("＝1＋1", "＋1", "－1", "＠SUM(A1)", "\n=1+1", "\r\n=1+1", "\nP1", " =1+1", "\u3000＝1", "\xa0-1", "\x0b@x"),
    ],
)
def test_a_formula_becomes_text(text):
    assert export.inert(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["P1", "", "3 → 6", "가나다", "a=b", "1-2", "'quoted", "'", " P1", "−1", "％", "a\n=b"]
)
def test_other_text_stays_as_it_is(text):
    assert export.inert(text) == text


def test_a_formula_with_an_apostrophe_gets_another_so_that_one_can_be_taken_away():
    assert export.inert("'=1+1") == "''=1+1"


@pytest.fixture(scope="module")
def taken_back():
    """What the import makes of a guarded cell."""
    store = open_store()
    with store.read() as cursor:
        yield lambda cell: cursor.execute("SELECT unguarded($cell)", {"cell": cell}).fetchall()[0][0]
    store.close()


@pytest.mark.parametrize(
    "text", ["＝1", "\n=1", "  +1", "\u3000＠x", "'＝1", "''\n'", "'\t", " '=1", "'P1", "'", "'' "]
)
def test_the_import_takes_exactly_one_apostrophe_away(taken_back, text):
    for value in (text, f"'{text}", f"''{text}"):
        assert taken_back(export.inert(value)) == value


@given(text=st.text(st.sampled_from("'=+-@＝＋－＠\t\r\n \x0b\x0c\xa0\u202f\u3000a1"), max_size=6))
def test_whatever_goes_out_comes_back_and_runs_nowhere(taken_back, text):
    written = export.inert(text)
    assert taken_back(written) == text
    assert not written.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_a_decimal_has_no_trailing_zeros():
    assert [export.inert(Decimal(score)) for score in ("3.500", "10", "0.000")] == ["3.5", "10", "0"]


@pytest.mark.parametrize("value", [-1, -0.5, 0, 3, True, datetime.date(2026, 3, 29)])
def test_a_number_or_a_day_stays_as_it_is(value):
    assert export.inert(value) == value


@pytest.mark.parametrize("nothing", [None, float("nan"), pandas.NA, pandas.NaT])
def test_nothing_is_an_empty_cell_and_never_zero(nothing):
    assert export.inert(nothing) == ""


def test_a_list_is_one_cell():
    assert export.inert(["rise", "small_rise"]) == "rise; small_rise"
    assert export.inert([]) == ""


def test_a_table_can_be_read_back():
    table = pandas.DataFrame(
        {"patient_id": ["P1", 'a "b", c\nd'], "=rise": [2.0, None], "notes": ["발끝이 저림", "=1+1"]}
    )
    assert read_back(export.csv(table)) == [
        ["patient_id", "'=rise", "notes"],
        ["P1", "2.0", "발끝이 저림"],
        ['a "b", c\nd', "", "'=1+1"],
    ]


def test_a_spreadsheet_sees_that_it_is_utf_8():
    assert export.csv(pandas.DataFrame({"a": []})) == b"\xef\xbb\xbfa\r\n"


def test_an_answer_as_parquet_keeps_types_and_every_digit():
    answer = duckdb.sql(
        "SELECT 'P1' AS patient_id, DATE '2026-03-29' AS day, 1 / 3 AS adherence, 2 AS reps, true AS stopped,"
        " [1.0, 2.5] AS rises, ['rise', 'small_rise'] AS reasons"
    ).df()
    [row] = taken_in(export.parquet(answer)).to_pylist()
    assert row == {
        "patient_id": "P1",
        "day": datetime.datetime(2026, 3, 29),
        "adherence": 1 / 3,
        "reps": 2,
        "stopped": True,
        "rises": [1.0, 2.5],
        "reasons": ["rise", "small_rise"],
    }


def test_text_in_parquet_stays_as_it_is():
    table = pandas.DataFrame({"notes": ["=1+1", "발끝이 저림", None]})
    assert taken_in(export.parquet(table)).to_pydict() == {"notes": ["=1+1", "발끝이 저림", None]}


def test_decimals_in_parquet_keep_their_digits():
    table = pandas.DataFrame({"pain": [Decimal("3.500"), None, Decimal("10")]})
    assert taken_in(export.parquet(table))["pain"].to_pylist() == [Decimal("3.5"), None, Decimal("10")]


def test_nothing_is_nothing_in_parquet():
    table = pandas.DataFrame(
        {"day": [pandas.NaT, pandas.Timestamp("2026-03-29")], "rise": [float("nan"), 0], "notes": [None, None]}
    )
    assert taken_in(export.parquet(table)).to_pylist() == [
        {"day": None, "rise": None, "notes": None},
        {"day": datetime.datetime(2026, 3, 29), "rise": 0, "notes": None},
    ]


@pytest.mark.parametrize(
    "table",
    [
        pandas.DataFrame({"notes": [None, None]}),
        pandas.DataFrame({"notes": []}, dtype=object),
        duckdb.sql("SELECT 'x' AS notes WHERE false").df(),
    ],
)
def test_text_without_a_value_is_text_all_the_same(table):
    assert taken_in(export.parquet(table)).schema.field("notes").type == pyarrow.string()


def test_lists_that_are_all_empty_go_into_parquet():
    answer = duckdb.sql("SELECT []::VARCHAR[] AS chips FROM range(2)").df()
    assert taken_in(export.parquet(answer)).to_pydict() == {"chips": [[], []]}


def test_part_of_a_table_goes_out_without_pandas_index():
    table = pandas.DataFrame({"patient_id": ["P1", "P2"]})
    assert taken_in(export.parquet(table[1:])).to_pydict() == {"patient_id": ["P2"]}


def test_the_lists_of_an_answer_come_out_as_text():
    answer = duckdb.sql("SELECT [1.0, 2.5] AS rises, ['rise', 'small_rise'] AS reasons, []::VARCHAR[] AS chips").df()
    assert read_back(export.csv(answer))[1] == ["1.0; 2.5", "rise; small_rise", ""]


def test_a_reason_that_repeats_marks_of_the_cell_keeps_its_line_whole(take, store):
    columns = {"patient_id": "who", "performed_at": "day", "exercise": "what"}
    lines = 'who,day,what,kind\nP1,2026-01-02,squat,"a ""b"", c\nd"\nP1,2026-01-03,squat,done\n'
    chosen = {"columns": columns, "only": {"kind": ["done"]}}
    assert take(lines, mapping=chosen).rejected == 1
    corrected = export.rejected(store, 1).decode("utf-8-sig").replace('"a ""b"", c\nd"', "done")
    again = take(corrected, mapping=chosen)
    assert (again.new, again.rejects) == (1, [])
