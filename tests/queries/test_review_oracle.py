"""The review list against the oracle: cohorts of many patients, in every column and in order, on several days.

    ORACLE_COHORTS=30 pytest tests/queries/test_review_oracle.py

judges more of them; each takes about ten seconds, most of which its dozen imports need.
"""

import os
import random
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

import queries
from tests.queries import oracle
from tests.queries.cohort import DAY, Cohort
from tests.queries.conftest import AS_OF

COHORTS = range(int(os.environ.get("ORACLE_COHORTS", "2")))


def cohort_of(seed):
    """A cohort, and the days on which it is asked: today, two days of the past, and one to come."""
    chance = random.Random(seed)  # noqa: S311
    cohort = Cohort(chance)
    return cohort, [
        AS_OF + days * DAY for days in (0, -chance.randrange(1, 9), -chance.randrange(9, 45), chance.randrange(1, 10))
    ]


@pytest.mark.parametrize("seed", COHORTS)
def test_the_review_list_is_what_the_definitions_say(seed):
    cohort, days = cohort_of(seed)
    clinic = cohort.exports.clinic()
    try:
        for as_of in days:
            expected = oracle.review(cohort.exports.facts, as_of)
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


def test_the_cohorts_hold_every_group_section_reason_and_chip():
    found = Counter()
    for seed in range(2):
        cohort, days = cohort_of(seed)
        for line in (line for as_of in days for line in oracle.review(cohort.exports.facts, as_of)):
            found.update([line["review_group"], f"section {line['section']}", *line["reasons"], *line["chips"]])
    wanted = {*oracle.GROUPS, *oracle.GROUP_OF, *oracle.CHIPS, "section look_again", "section reviewed"}
    assert {code: found[code] for code in wanted | {"section good_news"} if found[code] < 2} == {}
