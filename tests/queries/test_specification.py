"""The specification's cases, judged by the oracle and by the SQL; how they are written, `specification.md` says."""

import re
from pathlib import Path

import pytest

from tests.queries import oracle
from tests.queries.cases import Case, answer, exports

TABLE = re.compile(r"^\| (?:case|for example) \| log \| answer \|\n\|---\|---\|---\|\n((?:\|.*\|\n)+)", re.MULTILINE)


def rows_of(document):
    """The cases of a document's tables: name, log, answer."""
    tables = TABLE.findall(document.read_text(encoding="utf-8"))
    return [tuple(row.strip("| ").split(" | ")) for table in tables for row in table.splitlines()]


ROWS = rows_of(Path(__file__).with_name("specification.md"))
EXAMPLES = rows_of(Path(__file__).parents[2] / "docs" / "definitions.md")
CASES = {name: (log, expected) for name, log, expected in ROWS}


def test_no_two_cases_have_one_name():
    assert len(ROWS) == len(CASES)


def test_the_examples_of_the_definitions_are_cases():
    assert [row for row in EXAMPLES if row not in ROWS] == []


def test_every_reason_and_label_has_an_example_in_the_definitions():
    shown = {word for _, _, expected in EXAMPLES for word in re.findall(r"\w+", expected)}
    assert {*oracle.GROUP_OF, *oracle.CHIPS} - shown == set()


def answers_of(lines):
    """Patient → what the list says, in the words of the tables."""
    return {line["patient_id"]: answer(line) for line in lines}


def agree(said, expected):
    """The first part of an answer stands for the group and all its reasons; the others are among what is said."""
    first, *others = expected.split(" · ")
    group, _, reasons = first.partition(": ")
    if reasons == "…":
        assert said[0].partition(": ")[0] == group
    elif first != "…":
        assert said[0] == first
    for part in others:
        if part.startswith("no "):
            assert [one for one in said if one.startswith(part.removeprefix("no "))] == []
        else:
            assert part in said


@pytest.fixture(scope="module")
def made():
    """All cases in one store, and as the oracle takes them."""
    cases = [Case(name, log) for name, (log, _) in CASES.items()]
    return {case.name: case for case in cases}, exports(cases)


@pytest.fixture(scope="module")
def by_oracle(made):
    cases, told = made
    days = {case.as_of for case in cases.values()}
    return {day: answers_of(oracle.review(told.facts, day)) for day in days}


@pytest.mark.parametrize("name", CASES)
def test_the_oracle_says_what_was_worked_out_by_hand(made, by_oracle, name):
    cases, _ = made
    agree(by_oracle[cases[name].as_of][name], CASES[name][1])


@pytest.fixture(scope="module")
def by_sql(made):
    cases, told = made
    clinic = told.clinic()
    days = {case.as_of for case in cases.values()}
    yield {day: answers_of(clinic.ask("review", as_of=day).to_dict("records")) for day in days}
    clinic.store.close()


@pytest.mark.parametrize("name", CASES)
def test_the_list_says_what_was_worked_out_by_hand(made, by_sql, name):
    cases, _ = made
    agree(by_sql[cases[name].as_of][name], CASES[name][1])
