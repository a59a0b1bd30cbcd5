"""The period that the filters stand for."""

import datetime

from pages.ui import filters
from tests.pages.screen import TODAY


def test_a_period_ends_with_its_day_and_counts_it():
    assert filters.since(TODAY, 1) == TODAY
    assert filters.since(TODAY, 7) == datetime.date(2026, 3, 23)


def test_no_period_is_all_that_was_ever_logged():
    assert filters.since(TODAY, 0) == datetime.date(1900, 1, 1)
