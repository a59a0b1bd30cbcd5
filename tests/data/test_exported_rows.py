"""The whole log, exported and imported again: row by row and value by value what was stored, not what is exported."""

import io

import pytest

from data import export, history
from data.importing import import_file
from data.store import open_store

HEADER = "patient_id,performed_at,session_id,exercise,side,sets,reps,duration_s"
# Not written as Supine's own export writes it, where an apostrophe before a formula is no part of the text.
HEADER += ",pain_before,pain_during,pain_after,stopped_early,Notes\n"
STORED = """
    SELECT
        patient_id, CAST(performed_at AS VARCHAR), has_time, session_id, exercise, exercise_name, side, sets, reps,
        duration_s, pain_before, pain_during, pain_after, stopped_early, notes, coalesce(occurrence, 1)
    FROM clinic.log_row
    LEFT JOIN clinic.repeated_row ON log_row.row_id = repeated_row.row_id
    WHERE log_row.row_id NOT IN (SELECT row_id FROM uncounted_row())
    ORDER BY log_row.row_id
"""
NOTES = ["=1+1", "'=1+1", "''@x", "+82", "-", "@a", "'", "it's", '"quoted"', "a, b; c", "two\nlines", "＝１", "끝"]
NOTES += ["\tindented", "-3°", "<b>", "'＝1", "x" * 500]


@pytest.fixture
def stores():
    stores = [open_store(), open_store()]
    yield stores
    for store in stores:
        store.close()


def take(store, text, name="log.csv"):
    result = import_file(store, io.BytesIO(text.encode()), name)
    assert (result.status, result.rejected) == ("imported", 0), result
    return result


def exported(store):
    out = io.BytesIO()
    export.log(store, out, "csv")
    return out.getvalue().decode("utf-8-sig")


def stored(store):
    with store.read() as cursor:
        return cursor.execute(STORED).fetchall()


def comes_back(stores, *files):
    """Import these files into one store and its export into another; both then hold the same rows."""
    first, second = stores
    for number, lines in enumerate(files):
        take(first, HEADER + lines, f"{number}.csv")
    rows = stored(first)
    assert rows
    assert take(second, exported(first)).new == len(rows)
    assert stored(second) == rows


@pytest.mark.parametrize(
    "line",
    [
        "A,2026-03-02 08:00:07,s 1,pelvic_tilt,left,3,12,95,2,4.5,3.125,yes,fine",
        "A,2026-03-02,,Bird dog,right,,5,,,,10,no,",
        "007,2026-03-02 23:59,,squat,both,1,,,0,0,0,,",
        "B,2026-03-02,,,,,,,4,,,,a diary",
        "B,2026-03-02,,,,,,,4,6,7,,a diary with later scores",
        "C,2026-03-02 08:05:06.789,,bridge,,,,,1,,2,,",
        "C,2026-03-02 00:00:01,,other,,,,,1,,2,,",
        "D,2026-03-02 08:00,=s,=Plank,,,,,1,,2,,",
        "-D,2026-03-02 08:00,'s,'@Plank,,,,,1,,2,,",
    ],
)
def test_every_value_of_a_row_comes_back(stores, line):
    comes_back(stores, line + "\n")


def test_notes_come_back_sign_by_sign(stores):
    quoted = [note.replace('"', '""') for note in NOTES]
    comes_back(stores, "".join(f'A,2026-03-02 08:{n:02},,squat,,,,,1,,2,,"{note}"\n' for n, note in enumerate(quoted)))
    assert [row[14] for row in stored(stores[1])] == NOTES


def test_sets_days_and_midnights_come_back(stores):
    same = "A,2026-03-02 08:00,,squat,,,,,1,,2,,\n"
    comes_back(stores, same * 3 + "A,2026-03-03 00:00,,squat,,,,,1,,2,,\nA,2026-03-04,,squat,,,,,1,,2,,\n")
    assert [(row[2], row[15]) for row in stored(stores[1])] == [*((True, n) for n in (1, 2, 3)), (True, 1), (False, 1)]


def test_the_rows_come_back_in_the_order_in_which_they_came(stores):
    comes_back(
        stores, "B,2026-03-02,,squat,,,,,1,,2,,\nA,2026-03-03,,squat,,,,,1,,2,,\nB,2026-03-01,,squat,,,,,1,,2,,\n"
    )


def test_only_what_counts_comes_back(stores):
    first = stores[0]
    take(first, HEADER + "A,2026-03-02 08:00,,squat,,,,,1,,2,,\n", "first.csv")
    take(first, HEADER + "A,2026-03-02 08:00,,squat,,,,,1,,9,,\nA,2026-03-03,,squat,,,,,1,,2,,\n", "changed.csv")
    take(first, HEADER + "A,2026-03-04 08:00,,squat,,,,,1,,3,,\n", "undone.csv")
    history.undo(first, 3)
    take(stores[1], exported(first))
    assert [(row[1], int(row[12])) for row in stored(stores[1])] == [
        ("2026-03-02 08:00:00", 9),
        ("2026-03-03 00:00:00", 2),
    ]


def test_an_export_that_is_imported_into_its_own_store_is_all_duplicates(stores):
    lines = "A,2026-03-02 08:05:06.789,,squat,,,,,1,,2,,\nA,2026-03-02,,Plank,,,,,1.25,,2,no,\n"
    take(stores[0], HEADER + lines + lines)
    again = take(stores[0], exported(stores[0]), "exported.csv")
    assert (again.new, again.changed, again.duplicate) == (0, 0, 4)
