"""Days whose year has two digits: which number is the day, which the month, and when somebody has to say so."""

import pytest

from tests.data.lines import counts, log


@pytest.mark.parametrize("mark", [".", "/", "-"])
@pytest.mark.parametrize(("order", "read"), [("dmy", "2003-02-01"), ("mdy", "2003-01-02"), ("ymd", "2001-02-03")])
def test_each_order_reads_the_three_numbers_in_its_own_way(take, rows, mark, order, read):
    assert counts(take(log(f"P1,{mark.join(('01', '02', '03'))},squat,,,,,,,,"), date_order=order)) == (1, 0, 0, 0)
    assert rows("CAST(performed_at AS DATE)::VARCHAR") == [(read,)]


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (["2/13/26", "1/3/26"], ["2026-02-13", "2026-01-03"]),
        (["13/2/26", "1/3/26"], ["2026-02-13", "2026-03-01"]),
        (["26-2-13", "26-3-1"], ["2026-02-13", "2026-03-01"]),
    ],
)
def test_where_only_one_order_fits_every_day_it_is_the_one(take, rows, days, read):
    """A year of two digits has two of them, a day or a month can have one: 1/3/26 is no day of the year 1."""
    assert counts(take(log(*(f"P1,{day},squat,,,,,,,," for day in days)))) == (2, 0, 0, 0)
    assert [day for (day,) in rows("CAST(performed_at AS DATE)::VARCHAR")] == read


@pytest.mark.parametrize("days", [["01/02/03"], ["13/02/26", "01/03/26"], ["26-02-13", "26-03-01"]])
def test_where_more_than_one_order_fits_somebody_has_to_say_it(take, ask, days):
    result = take(log(*(f"P1,{day},squat,,,,,,,," for day in days)))
    assert (result.status, result.lines) == ("refused", 0)
    assert ask("SELECT count(*) FROM clinic.log_row") == [(0,)]


@pytest.mark.parametrize(("year", "read"), [("00", "2000"), ("26", "2026"), ("99", "1999")])
def test_a_year_of_two_digits_is_of_this_century_or_the_last(take, rows, year, read):
    take(log(f"P1,3.2.{year},squat,,,,,,,,"), date_order="dmy")
    assert rows("CAST(performed_at AS DATE)::VARCHAR") == [(f"{read}-02-03",)]
