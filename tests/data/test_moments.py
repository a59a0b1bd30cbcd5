"""Days and times as people and apps write them. The clinic's zone is Asia/Seoul."""

import datetime

import pytest

from tests.data.lines import counts

HEADER = "patient_id,performed_at,exercise\n"


def at(hour, minute=0, second=0, day=2):
    return datetime.datetime(2026, 11, day, hour, minute, second)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026/11/02 8:15:00 AM GMT+9", at(8, 15)),
        ("2026/11/02 8:15:00 오전 GMT+9", at(8, 15)),
        ("2026/11/02 오후 8:15:00 GMT+9", at(20, 15)),
        ("2026. 11. 2 오전 8:15:00", at(8, 15)),
        ("2026. 11. 2. 오후 12:15:00", at(12, 15)),
        ("2026-11-02 12:05 AM", at(0, 5)),
        ("2026-11-02 8:15 p.m.", at(20, 15)),
        ("2026-11-02 8:15PM", at(20, 15)),
        ("2026-11-02T08:15:00.123+09:00", at(8, 15)),
        ("2026-11-02T08:15:00+09", at(8, 15)),
        ("2026-11-02 08:15 -00:00", at(17, 15)),
        ("2026-11-02 08:15 GMT-3:30", at(20, 45)),
        ("2026-11-02 08:15 UTC+0530", at(11, 45)),
        ("2026-11-02 08:15 GMT+10", at(7, 15)),
        ("2026-11-02 8:15:00 AM EST", at(22, 15)),
        ("2026-11-02 08:15 JST", at(8, 15)),
        ("2026-11-02 08:15 CET", at(16, 15)),
    ],
)
def test_a_moment_with_its_half_of_the_day_and_its_zone(both_ways, take, rows, written, moment):
    take(f"{HEADER}P1,{written},squat\n")
    assert rows("performed_at, has_time") == [(moment, True)]


def test_the_end_of_a_day_is_the_beginning_of_the_next(both_ways, take, rows):
    take(f"{HEADER}P1,2026-11-02 24:00,squat\nP1,2026-11-02 08:00,squat\n")
    assert rows("performed_at, has_time") == [(at(0, day=3), True), (at(8), True)]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-11-02 08:15 +25:00", "zone_unclear"),
        ("2026-11-02 08:15 +14:30", "zone_unclear"),
        ("2026-11-02 08:15 CST", "zone_unclear"),
        ("2026-11-02 08:15 PST", "zone_unclear"),
        ("2026-11-02 08:15 IST", "zone_unclear"),
        ("2026-11-02 08:15 BST", "zone_unclear"),
        ("2026-11-02 13:15 PM", "no_date"),
        ("2 Nov 2026 Mon", "no_date"),
        ("46328.34", "excel_day"),
        ("1793574900", "epoch_moment"),
    ],
)
def test_a_moment_that_is_not_clear_is_rejected_with_what_it_looks_like(both_ways, take, written, code):
    result = take(f"{HEADER}P1,{written},squat\nP1,2026-11-03,squat\n", date_order="ymd")
    assert [(reject["column"], reject["value"], reject["code"]) for reject in result.rejects] == [
        ("performed_at", written, code)
    ]
    if code == "excel_day":
        assert result.rejects[0]["reason"] == "looks like a day as Excel counts them: 46328.34"


@pytest.mark.parametrize(
    ("order", "cells", "moments"),
    [
        ("excel", ("46328.34", "46329"), [(at(8, 9, 36), True), (at(0, day=3), False)]),
        ("epoch", ("1793574900", "1793661300123"), [(at(8, 15), True), (at(8, 15, day=3), True)]),
    ],
)
def test_days_that_are_numbers_are_read_once_somebody_says_so(both_ways, take, rows, order, cells, moments):
    content = HEADER + "".join(f"P1,{cell},squat\n" for cell in cells)
    asked = take(content)
    assert (asked.status, asked.message.code) == (
        "refused",
        {"excel": "days_of_excel", "epoch": "moments_of_epoch"}[order],
    )
    assert counts(take(content, date_order=order)) == (2, 0, 0, 0)
    assert rows("performed_at, has_time") == moments
