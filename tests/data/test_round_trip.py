"""The whole log goes out in the contract's columns, and comes back as it was."""

import io

import pytest
from pyarrow import parquet

from data import export
from data.importing import import_file
from data.mapping import Mapping
from data.store import open_store

HEADER = (
    "patient_id,performed_at,session_id,exercise,side,sets,reps,duration_s,"
    "pain_before,pain_during,pain_after,stopped_early,notes"
)
HOSTILE = f"""{HEADER}
-A,2026-03-02 08:00,,pelvic_tilt,,,5,,2,,3.5,,"=HYPERLINK(""x"")"
-A,2026-03-02 08:00,,pelvic_tilt,,,5,,2,,3.5,,"=HYPERLINK(""x"")"
@B,2026-03-02,S1,squat,left,2,5,60,2,,3,no,'=already guarded
"C, d",2026-03-02,,Plank,,,5,,2,,3,yes,"two
lines, <script>"
D,2026-03-03,,,,,,,4,,,,diary
"""


def whole_log(store, form="csv"):
    out = io.BytesIO()
    export.log(store, out, form)
    return out.getvalue()


@pytest.fixture
def stores():
    stores = [open_store(), open_store()]
    yield stores
    for store in stores:
        store.close()


def test_a_canonical_export_comes_back_as_it_was(stores):
    first, second = stores
    assert import_file(first, io.BytesIO(HOSTILE.encode()), "hostile.csv").new == 5
    exported = whole_log(first)
    again = import_file(second, io.BytesIO(exported), "exported.csv")
    assert (again.new, again.rejected, again.notes) == (5, 0, [])
    assert whole_log(second) == exported


def test_no_cell_of_an_export_is_a_formula(stores):
    import_file(stores[0], io.BytesIO(HOSTILE.encode()), "hostile.csv")
    cells = whole_log(stores[0]).decode("utf-8-sig").replace("\r\n", ",").split(",")
    assert [cell for cell in cells if cell.lstrip('"').startswith(("=", "+", "-", "@"))] == []


def test_parquet_holds_the_text_as_it_is(stores):
    import_file(stores[0], io.BytesIO(HOSTILE.encode()), "hostile.csv")
    table = parquet.read_table(io.BytesIO(whole_log(stores[0], "parquet")))
    assert table.column_names == HEADER.split(",")
    assert table["patient_id"].to_pylist() == ["-A", "-A", "@B", "C, d", "D"]
    assert table["notes"].to_pylist()[0] == '=HYPERLINK("x")'


def test_rejected_lines_come_back_with_the_reason_and_only_the_corrected_ones_are_new(stores):
    store = stores[0]
    text = "patient;date;exercise;pain before;pain after\nA;2026-03-02;squat;2;3\n"
    text += "B;2026-13-02;squat;2;3\nC;2026-03-02;squat;x;3\n"
    first = import_file(store, io.BytesIO(text.encode()), "log.csv")
    given = export.rejected(store, first.upload_id)
    assert given.decode("utf-8-sig").splitlines() == [
        'patient;date;exercise;pain before;pain after;"Why it was rejected"',
        'B;2026-13-02;squat;2;3;"performed_at is not a date that exists"',
        'C;2026-03-02;squat;x;3;"pain_before is not a number"',
    ]
    corrected = import_file(store, io.BytesIO(given.replace(b"2026-13-02", b"2026-03-12")), "corrected.csv")
    assert (corrected.lines, corrected.new, corrected.rejected) == (2, 1, 1)


def test_a_file_without_days_takes_the_day_of_its_mapping(stores):
    mapping = Mapping(name="trial", kind="log", columns={"patient_id": "ID", "pain_before": "T1"}, day="2026-03-02")
    result = import_file(stores[0], io.BytesIO(b"ID,T1\rE1,8\rE2,6\r"), "trial.csv", mapping=mapping)
    assert (result.new, result.patients) == (2, 2)
    assert b"E1,2026-03-02,,,,,,,8" in whole_log(stores[0])


def test_times_of_another_zone_are_moved_to_the_clinics(stores):
    mapping = Mapping(
        name="app", kind="log", columns={"performed_at": "when", "exercise": "what"}, time_zone="Asia/Seoul"
    )
    store = stores[0]
    with store.read() as cursor:
        zone = cursor.execute("SELECT current_setting('TimeZone')").fetchall()[0][0]
        expected = cursor.execute(
            "SELECT strftime(TIMESTAMPTZ '2026-03-02 01:00:00+00' AT TIME ZONE $zone, '%Y-%m-%d %H:%M:%S')",
            {"zone": zone},
        ).fetchall()[0][0]
    import_file(store, io.BytesIO(b"when,what\n2026-03-02 10:00,squat\n"), "app.csv", patient="A", mapping=mapping)
    assert f"A,{expected},,squat".encode() in whole_log(store)
