"""The review list against the oracle: cohorts of many patients, in every column and in order, on several days.

    ORACLE_COHORTS=30 pytest tests/queries/test_review_oracle.py

judges more of them; each takes a few seconds, most of which its imports need.
"""

import os
import random
from datetime import date
from fractions import Fraction
from functools import cache

import pytest

import queries
from tests.queries import oracle
from tests.queries.cohort import DAY, Cohort
from tests.queries.conftest import AS_OF

DEFAULT = 4
COHORTS = range(int(os.environ.get("ORACLE_COHORTS", DEFAULT)))


@cache
def listed(seed):
    """The exports of a cohort, and day → its list by the oracle: today, two days of the past, and one to come."""
    chance = random.Random(seed)  # noqa: S311
    exports = Cohort(chance).exports
    days = (0, -chance.randrange(1, 9), -chance.randrange(9, 45), chance.randrange(1, 10))
    return exports, {day: oracle.review(exports.facts, day) for day in (AS_OF + number * DAY for number in days)}


@pytest.mark.parametrize("seed", COHORTS)
def test_the_review_list_is_what_the_definitions_say(seed):
    exports, lists = listed(seed)
    clinic = exports.clinic()
    try:
        for as_of, expected in lists.items():
            names, rows = queries.answer(clinic.store, "review", as_of=as_of)
            compare([dict(zip(names, row, strict=True)) for row in rows], expected)
    finally:
        clinic.store.close()


def compare(lines, expected):
    assert [line["patient_id"] for line in lines] == [line["patient_id"] for line in expected]
    for line, wanted in zip(lines, expected, strict=True):
        assert {name: comparable(line[name]) for name in wanted} == {
            name: pytest.approx(float(value), abs=2e-6) if isinstance(value, Fraction | int) else comparable(value)
            for name, value in wanted.items()
        }


def comparable(value):
    if isinstance(value, date | str | list) or value is None:
        return value
    return float(value)


def test_the_cohorts_hold_every_group_section_reason_and_label():
    found = set()
    for line in (line for seed in range(DEFAULT) for lines in listed(seed)[1].values() for line in lines):
        found.update([line["review_group"], f"section {line['section']}", *line["reasons"], *line["chips"]])
    sections = {"section look_again", "section reviewed", "section good_news"}
    assert {*oracle.GROUPS, *oracle.GROUP_OF, *oracle.CHIPS, *sections} - found == set()
