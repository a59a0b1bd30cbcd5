"""Undo and redo of uploads: what leaves the answers, what comes back, and what stays."""

import io

import pytest

from data import export, history
from data.history import Change, HistoryError
from data.importing import import_file
from data.store import open_store

HEADER = "patient_id,performed_at,exercise,reps,pain_before,pain_after\n"
FIRST = "A,2026-03-02 08:00,pelvic_tilt,5,2,3\nB,2026-03-02 08:00,pelvic_tilt,5,2,3\n"
CORRECTED = "A,2026-03-02 08:00,pelvic_tilt,5,2,4\nB,2026-03-02 08:00,pelvic_tilt,5,2,3\nC,2026-03-02,squat,5,2,3\n"


@pytest.fixture
def store():
    store = open_store()
    yield store
    store.close()


def give(store, lines, name="log.csv"):
    return import_file(store, io.BytesIO((HEADER + lines).encode()), name)


def counted(store):
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT patient_id, pain_after FROM clinic.log_row "
            "WHERE row_id NOT IN (SELECT row_id FROM uncounted_row()) ORDER BY ALL"
        ).fetchall()
    return [(patient, float(pain)) for patient, pain in rows]


def test_undo_brings_back_what_the_upload_had_replaced(store):
    give(store, FIRST)
    give(store, CORRECTED)
    assert counted(store) == [("A", 4), ("B", 3), ("C", 3)]
    assert history.undo(store, 2) == Change(rows_leaving=2, rows_coming_back=1, patients=2)
    assert counted(store) == [("A", 3), ("B", 3)]


def test_a_row_that_another_standing_upload_says_too_stays(store):
    give(store, FIRST)
    give(store, CORRECTED)
    assert history.undo(store, 1) == Change(rows_leaving=0, rows_coming_back=0, patients=0)
    assert counted(store) == [("A", 4), ("B", 3), ("C", 3)]


def test_redo_is_the_opposite_of_undo(store):
    give(store, FIRST)
    give(store, CORRECTED)
    before = counted(store)
    history.undo(store, 2)
    history.undo(store, 1)
    assert counted(store) == []
    history.redo(store, 1)
    assert counted(store) == [("A", 3), ("B", 3)]
    history.redo(store, 2)
    assert counted(store) == before


def test_an_undone_file_can_be_uploaded_again_and_its_first_upload_redone_without_counting_twice(store):
    give(store, FIRST)
    history.undo(store, 1)
    again = give(store, FIRST)
    assert (again.status, again.new, again.duplicate) == ("imported", 2, 0)
    assert counted(store) == [("A", 3), ("B", 3)]
    history.redo(store, 1)
    assert counted(store) == [("A", 3), ("B", 3)]


def test_a_rehearsal_says_what_would_change_and_changes_nothing(store):
    give(store, FIRST)
    assert history.undo(store, 1, rehearse=True) == Change(rows_leaving=2, rows_coming_back=0, patients=2)
    assert counted(store) == [("A", 3), ("B", 3)]
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM clinic.upload_event").fetchall() == [(0,)]


def test_undo_leaves_both_events_in_the_history(store):
    give(store, FIRST)
    history.undo(store, 1, by="kim")
    history.redo(store, 1, by="lee")
    with store.read() as cursor:
        events = cursor.execute(
            "SELECT upload_id, event, made_by FROM clinic.upload_event ORDER BY event_id"
        ).fetchall()
    assert events == [(1, "undone", "kim"), (1, "redone", "lee")]


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        (lambda store: history.undo(store, 7), "There is no upload 7."),
        (lambda store: history.redo(store, 1), "Upload 1 counts already."),
    ],
)
def test_what_cannot_be_turned_is_said(store, turn, message):
    give(store, FIRST)
    with pytest.raises(HistoryError, match=message):
        turn(store)


def test_an_undone_roster_gives_way_to_the_one_before(store):
    for severity in ("mild", "severe"):
        import_file(store, io.BytesIO(f"patient_id,severity\nA,{severity}\n".encode()), f"{severity}.csv")
    history.undo(store, 2)
    again = import_file(store, io.BytesIO(b"patient_id,severity,site\nA,mild,\n"), "same.csv")
    assert (again.new, again.changed, again.duplicate) == (0, 0, 1)
    history.undo(store, 1)
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT severity FROM clinic.roster_row WHERE upload_id IN (SELECT upload_id FROM standing_upload())"
        ).fetchall()
    assert rows == [("mild",)]


def test_a_row_whose_first_upload_is_undone_is_still_known(store):
    give(store, FIRST)
    give(store, CORRECTED)
    history.undo(store, 1)
    again = give(store, f"{CORRECTED}D,2026-03-02,squat,5,2,3\n")
    assert (again.new, again.changed, again.duplicate) == (1, 0, 3)
    assert counted(store) == [("A", 4), ("B", 3), ("C", 3), ("D", 3)]


def rows_that_count(store):
    with store.read() as cursor:
        return cursor.execute(
            "SELECT reps, pain_after::INTEGER FROM clinic.log_row "
            "WHERE row_id NOT IN (SELECT row_id FROM uncounted_row()) ORDER BY ALL"
        ).fetchall()


def test_a_corrected_set_stands_beside_the_other_set_of_its_file(store):
    content = HEADER + "P1,2026-01-02 08:00,squat,10,3,7\nP1,2026-01-02 08:00,squat,1O,3,3\n"
    first = import_file(store, io.BytesIO(content.encode()), "log.csv")
    corrected = export.rejected(store, first.upload_id).replace(b"1O", b"10")
    again = import_file(store, io.BytesIO(corrected), "corrected.csv")
    assert (again.new, again.changed) == (1, 0)
    assert rows_that_count(store) == [(10, 3), (10, 7)]


def test_a_corrected_line_takes_the_place_of_what_an_older_file_says(store):
    for name, reps in (("old.csv", "10"), ("new.csv", "1O")):
        lines = f"P1,2026-01-02 08:00,squat,{reps},3,7\nP1,2026-01-03 08:00,squat,8,1,2\n"
        result = import_file(store, io.BytesIO((HEADER + lines).encode()), name)
    assert (result.duplicate, result.rejected) == (1, 1)
    corrected = export.rejected(store, result.upload_id).replace(b"1O", b"12")
    assert import_file(store, io.BytesIO(corrected), "corrected.csv").changed == 1
    assert rows_that_count(store) == [(8, 2), (12, 7)]


def test_a_redone_upload_does_not_count_beside_what_has_replaced_it(store):
    line = "P1,2026-01-02 08:00,squat,{},3,4\n"
    import_file(store, io.BytesIO((HEADER + line.format(1)).encode()), "first.csv")
    history.undo(store, 1)
    second = import_file(store, io.BytesIO((HEADER + line.format(5)).encode()), "second.csv")
    assert second.new == 1
    history.redo(store, 1)
    assert rows_that_count(store) == [(5, 4)]
    history.undo(store, 2)
    assert rows_that_count(store) == [(1, 4)]


def test_a_corrected_set_stands_beside_one_that_its_file_only_said_again(store):
    sets = [f"P1,2026-01-02 08:00,squat,{reps},3,{after}\n" for reps, after in ((10, 7), ("1O", 3))]
    import_file(store, io.BytesIO((HEADER + sets[0]).encode()), "first.csv")
    second = import_file(store, io.BytesIO((HEADER + "".join(sets)).encode()), "second.csv")
    assert (second.duplicate, second.rejected) == (1, 1)
    corrected = export.rejected(store, second.upload_id).replace(b"1O", b"12")
    assert import_file(store, io.BytesIO(corrected), "corrected.csv").new == 1
    assert rows_that_count(store) == [(10, 7), (12, 3)]
