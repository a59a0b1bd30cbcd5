"""A second rule set: every threshold of the list moves some case of the specification, and the past stays as it was."""

import pytest

from data.store import open_store
from tests.queries.cases import Case, exports
from tests.queries.conftest import AS_OF
from tests.queries.test_specification import CASES

BEFORE = AS_OF.replace(day=28)
# What the list does not show: of a patient's page, of the order of the list (see test_order), and words.
ELSEWHERE = {"adherent_from", "provoking_share", "provoking_sessions", "excess_if_unknown", "note_words"}


def thresholds():
    """The columns of the rule set, each with its smallest step."""
    store = open_store(None)
    with store.read() as cursor:
        columns = cursor.execute("DESCRIBE clinic.rule_set").fetchall()[4:]
    store.close()
    return {name: 1 if kind == "INTEGER" else 0.001 for name, kind, *_ in columns if name not in ELSEWHERE}


@pytest.fixture(scope="module")
def made():
    clinic = exports([Case(name, log) for name, (log, _) in CASES.items()]).clinic()
    yield clinic
    clinic.store.close()


@pytest.fixture(scope="module")
def before(made):
    return {day: lines(made, day) for day in (AS_OF, BEFORE)}


def lines(made, day):
    columns = "* EXCLUDE (list_order), round(adherence, 6) AS adherence"
    return {row[0]: row for row in made.rows(f"SELECT {columns} FROM review($day)", day=day)}  # noqa: S608


def new_rules(made, **steps):
    """A rule set of noon on the day asked, in which some thresholds of the first are raised by a step."""
    raised = "".join(f", {name} + ({step}) AS {name}" for name, step in steps.items())
    made.write(
        "INSERT INTO clinic.rule_set FROM (SELECT * EXCLUDE (newest) REPLACE (newest + 1 AS version, $at AS made_at"  # noqa: S608
        f"{raised}) FROM clinic.rule_set, (SELECT max(version) AS newest FROM clinic.rule_set) AS last "
        "WHERE version = 1)",
        at=f"{AS_OF} 12:00",
    )


@pytest.mark.parametrize(("name", "step"), thresholds().items())
def test_a_threshold_that_rises_by_its_smallest_step_moves_a_case(made, before, name, step):
    new_rules(made, **{name: step})
    assert [case for case, row in lines(made, AS_OF).items() if row != before[AS_OF][case]]


def test_the_baseline_has_its_own_length_whatever_else_the_list_looks_at(made, before):
    """The cases have four days of baseline: from the 28th day before on, and from the 29th."""
    new_rules(made, baseline_days=-1)
    assert "resting_pain_up" in before[AS_OF]["resting pain up by 1"][1]
    assert "resting_pain_up" not in lines(made, AS_OF)["resting pain up by 1"][1]
    new_rules(made, list_days=7)
    assert "resting_pain_up" not in lines(made, AS_OF)["the baseline begins on the 28th day"][1]


def test_the_days_before_a_rule_set_stay_as_they_were(made, before):
    new_rules(made, session_gap_minutes=30, important_rise=1, window_days=1)
    assert lines(made, AS_OF) != before[AS_OF]
    assert lines(made, BEFORE) == before[BEFORE]
