"""The first visit after an update: everybody sees how far the lists are, and then the page."""

import threading

import pytest

import queries
from data.store import StoreError
from pages.ui import clinic, frame
from tests.pages.screen import TODAY, table, words


@pytest.fixture
def unprepared(small_clinic, monkeypatch):
    """A clinic of which nothing is worked out, and a start signal for the patient after the fourth."""
    monkeypatch.setattr(queries, "PATIENTS_AT_ONCE", 4)
    monkeypatch.setattr(clinic, "SECONDS_BETWEEN_LOOKS", 0.02)
    queries._make_empty(clinic.own_store())
    go = threading.Event()

    def waiting(cursor, text, parameters, execute=queries.execute_each):
        execute(cursor, text, parameters)
        if "patients" in parameters:
            go.wait(timeout=30)

    monkeypatch.setattr(queries, "execute_each", waiting)
    return go


def test_everybody_who_waits_is_shown_how_far_it_is(unprepared):
    heard, enough = {1: set(), 2: set()}, threading.Event()

    def visit(visitor):
        def show(done, of):
            heard[visitor].add((done, of))
            if all((0, 8) in seen for seen in heard.values()):
                unprepared.set()

        clinic.make_lists(show)
        enough.set()

    visitors = [threading.Thread(target=visit, args=[number]) for number in heard]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(timeout=30)
    assert enough.is_set()
    assert queries.is_made(clinic.own_store())
    assert all(seen >= {(0, 8)} for seen in heard.values())


def test_the_page_follows_once_it_is_done(unprepared, visit, monkeypatch):
    shown = []
    monkeypatch.setattr(frame.st, "progress", lambda share, text: (shown.append((share, text)), unprepared.set()))
    page = visit("imports.py")
    assert (0.0, "Sessions and days are worked out from the log: 0 of 8 patients") in shown
    assert "Supine is preparing the lists" not in words(page)
    assert not page.exception
    assert len(table(page, "Uploads, the newest first, with what became of their lines")) == 2


def test_what_goes_wrong_meanwhile_is_said_where_it_matters(unprepared, visit, monkeypatch):
    def fails(*given):
        raise StoreError("disk_full")

    monkeypatch.setattr(queries, "execute_each", fails)
    assert not visit("imports.py").exception
    with pytest.raises(queries.RefreshError, match="because the disk is full"):
        clinic.ask("review", as_of=TODAY)


def test_without_anything_to_prepare_nobody_waits(small_clinic, monkeypatch):
    queries.refresh(clinic.own_store())
    clinic.make_lists(lambda done, of: pytest.fail("nothing is to be shown"))
