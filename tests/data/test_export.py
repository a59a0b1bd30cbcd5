"""Tables on their way out: what a spreadsheet makes of them."""

import csv
import datetime
import io
from decimal import Decimal

import duckdb
import pandas
import pytest

from data import export


def read_back(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("https://example.org")', "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=", "-"]
)
def test_a_formula_becomes_text(text):
    assert export.inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["P1", "", "3 → 6", "가나다", "a=b", "1-2", "'quoted", "'"])
def test_other_text_stays_as_it_is(text):
    assert export.inert(text) == text


def test_a_formula_with_an_apostrophe_gets_another_so_that_one_can_be_taken_away():
    assert export.inert("'=1+1") == "''=1+1"


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


def test_the_lists_of_an_answer_come_out_as_text():
    answer = duckdb.sql("SELECT [1.0, 2.5] AS rises, ['rise', 'small_rise'] AS reasons, []::VARCHAR[] AS chips").df()
    assert read_back(export.csv(answer))[1] == ["1.0; 2.5", "rise; small_rise", ""]
