"""The store that the pages ask, and which answers are kept for how long."""

import io

import pytest

import queries
from data.importing import import_file
from data.settings import settings
from pages.ui import clinic
from tests.pages.conftest import LOG
from tests.pages.screen import TODAY


def test_an_answer_is_asked_once_until_the_store_changes(small_clinic, take, monkeypatch):
    queries.refresh(clinic.own_store())
    asked = []
    ask = queries.ask
    monkeypatch.setattr(queries, "ask", lambda store, name, **given: asked.append(name) or ask(store, name, **given))
    for _ in range(3):
        assert clinic.ask("data_age", as_of=TODAY)["uploads"].tolist() == [2]
    assert asked == ["data_age"]
    take(LOG.replace("P9", "P10"))
    queries.refresh(clinic.own_store())
    assert clinic.ask("data_age", as_of=TODAY)["uploads"].tolist() == [3]
    assert asked == ["data_age"] * 2


def test_nobody_can_change_what_somebody_else_is_answered(small_clinic):
    def ask():
        return clinic.ask("review_list", **everybody)

    everybody = {"as_of": TODAY, "severity": [], "site": [], "clinician": [], "first_row": [0] * 9, "page_rows": 25}
    before = ask().to_dict("records")
    mine = ask()
    mine["patient_id"] = "P0"
    mine.loc[0, "max_rise"] = 99
    with pytest.raises(ValueError, match="read-only"):
        mine["max_rise"].to_numpy()[0] = 98
    with pytest.raises(ValueError, match="read-only"):
        mine["reasons"].iloc[0][0] = "silent"
    assert mine["patient_id"].unique().tolist() == ["P0"]
    assert [repr(row) for row in ask().to_dict("records")] == [repr(row) for row in before]


def test_every_page_leaves_the_answers_as_they_were(small_clinic, visit, monkeypatch):
    answered = []
    ask = queries.ask

    def remember(store, name, **given):
        answered.append((name, ask(store, name, **given)))
        return answered[-1][1]

    monkeypatch.setattr(queries, "ask", remember)
    pages = [("review.py", {}), ("review.py", {"patient": "P1"}), ("cohort.py", {}), ("patient.py", {"patient": "P1"})]
    for page, address in [*pages, ("imports.py", {}), ("programme.py", {})]:
        visit(page, **address)
    drawn_once = [(name, answer.to_json(date_format="iso")) for name, answer in answered]
    for page, address in pages:
        visit(page, **address)
    assert len(drawn_once) > 10
    assert [(name, answer.to_json(date_format="iso")) for name, answer in answered] == drawn_once


def test_a_file_none_of_whose_lines_is_understood_does_not_end_the_demo():
    hopeless = io.BytesIO(b"patient_id,performed_at,exercise\nP1,soon,squat\n")
    assert import_file(clinic.own_store(), hopeless, "log.csv").status == "refused"
    assert clinic.is_demo()


def test_the_first_import_ends_the_demo(take):
    assert clinic.is_demo()
    take(LOG)
    assert not clinic.is_demo()
    assert clinic.store() is clinic.own_store()


def test_another_store_of_the_same_version_gives_answers_of_its_own(take):
    versions, answers = set(), []
    for patient in ("P1", "P2"):
        take(f"patient_id,performed_at,exercise\n{patient},2026-03-27,squat\n")
        versions.add(clinic.own_store().version)
        answers.append(clinic.ask("patients", as_of=TODAY, search="", limit=9)["patient_id"].tolist())
        clinic.own_store.clear()
        settings().database.unlink()
    assert len(versions) == 1
    assert answers == [["P1"], ["P2"]]
