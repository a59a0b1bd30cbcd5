"""The store that the pages ask, and which answers are kept for how long."""

import queries
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
    assert asked == ["uploads", "data_age"]
    take(LOG.replace("P9", "P10"))
    queries.refresh(clinic.own_store())
    assert clinic.ask("data_age", as_of=TODAY)["uploads"].tolist() == [3]
    assert asked == ["uploads", "data_age"] * 2


def test_the_first_import_ends_the_demo(take):
    assert clinic.is_demo()
    take(LOG)
    assert not clinic.is_demo()
    assert clinic.store() is clinic.own_store()
