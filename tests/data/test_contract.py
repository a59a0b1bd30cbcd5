"""The column contract, as the rest of Supine reads it."""

import csv
import io

import pytest

from data import contract


def test_the_columns_of_a_log_and_a_roster():
    assert list(contract.columns("log")) == [
        *("patient_id", "performed_at", "session_id", "exercise", "side", "sets", "reps", "duration_s"),
        *("pain_before", "pain_during", "pain_after", "stopped_early", "notes"),
    ]
    assert list(contract.columns("roster")) == [
        *("patient_id", "severity", "zcq_symptom", "odi", "programme_start", "birth_year", "sex", "site", "clinician"),
    ]
    pain = contract.columns("log")["pain_before"]
    assert (pain.type, pain.low, pain.high, pain.unit) == ("number", 0, 10, "0 to 10")


@pytest.mark.parametrize("kind", contract.KINDS)
def test_no_header_means_two_columns(kind):
    names = [(contract.bare(name), column.name) for column in contract.columns(kind).values() for name in column.names]
    assert len({bare for bare, _ in names}) == len(set(names))


@pytest.mark.parametrize("kind", ["exercise", "side", "yes_no", "severity", "sex"])
def test_no_word_means_two_things(kind):
    meanings = contract._file()["words"][kind]
    pairs = {(contract.bare_word(name), meaning) for meaning, names in meanings.items() for name in (meaning, *names)}
    assert len(pairs) == len({word for word, _ in pairs})


def test_headers_are_compared_without_case_space_and_units_taken_for_granted():
    assert contract.bare("\ufeff Pain_Before ") == "painbefore"
    assert contract.bare_header("Pain Before (0–10)") == "painbefore"
    assert contract.bare_header("횟수(회)") == "횟수"
    assert contract.bare_header("Weight (kg)") == "weightkg"


@pytest.mark.parametrize("kind", contract.KINDS)
def test_the_template_is_a_file_of_the_contract(kind):
    header, example = csv.reader(io.StringIO(contract.template(kind)))
    assert header == list(contract.columns(kind))
    assert example == [column.example for column in contract.columns(kind).values()]


@pytest.mark.parametrize("kind", contract.KINDS)
def test_the_template_can_be_imported(take, kind):
    result = take(contract.template(kind).replace("2026-11-02", "2026-01-02"), uploaded_at=None)
    assert (result.status, result.kind, result.new, result.rejects) == ("imported", kind, 1, [])
