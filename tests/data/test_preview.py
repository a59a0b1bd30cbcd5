"""What a rehearsal shows: the first rows as they would be stored, and changed lines old beside new."""

import io

import pytest

from data.importing import import_file
from data.store import open_store

HEADER = "patient_id,performed_at,exercise,reps,pain_before,pain_after,stopped_early,notes\n"
FIRST = "A,2026-03-02 08:00,pelvic_tilt,5,2,3,no,\nB,2026-03-02,squat,,2,,,\n"
CORRECTED = "A,2026-03-02 08:00,pelvic_tilt,5,2,4.5,yes,worse\nB,2026-03-02,squat,,2,,,\n"


@pytest.fixture
def store():
    store = open_store()
    yield store
    store.close()


def rehearse(store, lines):
    return import_file(store, io.BytesIO((HEADER + lines).encode()), "log.csv", rehearse=True)


def test_the_first_rows_are_shown_as_they_would_be_stored(store):
    sample = rehearse(store, FIRST).sample
    assert [(row["line"], row["performed_at"], row["exercise"], row["reps"], row["pain_after"]) for row in sample] == [
        (2, "2026-03-02 08:00", "pelvic_tilt", 5, 3.0),
        (3, "2026-03-02", "squat", None, None),
    ]


def test_a_changed_line_is_shown_old_beside_new(store):
    import_file(store, io.BytesIO((HEADER + FIRST).encode()), "log.csv")
    result = rehearse(store, CORRECTED)
    assert (result.changed, result.duplicate) == (1, 1)
    assert [(row["line"], row["was"], row["becomes"]) for row in result.changes] == [
        (2, "after 3, stopped no, notes –", "after 4.5, stopped yes, notes worse")
    ]


def test_a_rehearsal_stores_nothing(store):
    rehearse(store, FIRST)
    with store.read() as cursor:
        assert cursor.execute(
            "SELECT (SELECT count(*) FROM clinic.upload), (SELECT count(*) FROM clinic.log_row)"
        ).fetchall() == [(0, 0)]
