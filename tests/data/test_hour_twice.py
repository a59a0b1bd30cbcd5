"""The hour that a clinic's clock shows twice when summer time ends."""

import io

import pytest

from data import export, mapping
from data.importing import import_file
from data.settings import settings
from data.store import open_store
from tests.data.lines import counts

HEAD = "patient_id,performed_at,exercise,side,reps,pain_during\n"
COLUMNS = "line_no, performed_at::VARCHAR, utc_offset_minutes, pain_during::INTEGER"
# The zone, the moment that its clock shows twice, and the two offsets that it then has, as written and in minutes.
ZONES = [
    ("Europe/Berlin", "2025-10-26T02:30:00", ("+02:00", 120), ("+01:00", 60)),
    ("America/New_York", "2025-11-02T01:15:00", ("-04:00", -240), ("-05:00", -300)),
    ("Australia/Lord_Howe", "2025-04-06T01:45:00", ("+11:00", 660), ("+10:30", 630)),
]


@pytest.fixture
def clinic_in(monkeypatch):
    """Make the store that a test imports into one of a clinic in a zone."""
    stores = []

    def made(zone):
        monkeypatch.setenv("SUPINE_TIME_ZONE", zone)
        settings.cache_clear()
        stores.append(open_store(None))
        return stores[-1]

    yield made
    for store in stores:
        store.close()


def taken(store, text):
    return import_file(store, io.BytesIO(text.encode()), "log.csv")


def counted(store, columns=COLUMNS):
    with store.read() as cursor:
        return cursor.execute(
            f"SELECT {columns} FROM clinic.log_row "  # noqa: S608
            "WHERE row_id NOT IN (SELECT row_id FROM uncounted_row()) ORDER BY row_id"
        ).fetchall()


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize(("zone", "moment", "early", "late"), ZONES)
def test_one_wall_clock_with_two_offsets_is_two_rows(clinic_in, zone, moment, early, late):
    store = clinic_in(zone)
    shown = moment.replace("T", " ")
    first, second = (f"P1,{moment}{offset},squat,left,10,3\n" for offset, _ in (early, late))
    assert counts(taken(store, HEAD + first + second)) == (2, 0, 0, 0)
    assert counted(store) == [(2, shown, early[1], 3), (3, shown, late[1], 3)]
    assert counts(taken(store, HEAD + second + first)) == (0, 0, 2, 0)
    assert counts(taken(store, HEAD + first + second.replace(",3\n", ",8\n"))) == (0, 1, 1, 0)
    assert counted(store) == [(2, shown, early[1], 3), (3, shown, late[1], 8)]


@pytest.mark.parametrize(("zone", "moment", "early", "late"), ZONES)
def test_both_rows_come_back_from_an_export(clinic_in, zone, moment, early, late):
    store, other = clinic_in(zone), clinic_in(zone)
    lines = "".join(f"P1,{moment}{offset},squat,left,10,3\n" for offset in (late[0], early[0], ""))
    assert counts(taken(store, HEAD + lines)) == (3, 0, 0, 0)
    exported = io.BytesIO()
    export.log(store, exported, "csv")
    for offset in (late[0], early[0], ""):
        assert f"P1,{moment.replace('T', ' ')}{offset},,squat" in exported.getvalue().decode()
    assert counts(import_file(store, exported, "exported.csv")) == (0, 0, 3, 0)
    assert counts(import_file(other, exported, "exported.csv")) == (3, 0, 0, 0)
    assert counted(other) == counted(store)


def test_a_line_that_was_rejected_in_one_of_the_hours_is_no_other_set_of_the_other(clinic_in):
    store = clinic_in("Europe/Berlin")
    first, second = (f"P1,2025-10-26T02:30:00{offset},squat,left,10," for offset in ("+02:00", "+01:00"))
    assert counts(taken(store, f"{HEAD}{first}3\n{second}30\n")) == (1, 0, 0, 1)
    assert counts(taken(store, f"{HEAD}{first}4\n{second}5\n")) == (1, 1, 0, 0)


def test_scores_on_lines_of_their_own_stay_with_their_hour(clinic_in):
    store = clinic_in("Europe/Berlin")
    text = "patient_id,when,exercise,kind,score\n" + "".join(
        f"P1,2025-10-26T02:30:00{offset},squat,{kind},{score}\n"
        for offset, kind, score in (
            ("+02:00", "before", 1),
            ("+01:00", "before", 2),
            ("+02:00", "after", 3),
            ("+01:00", "after", 4),
        )
    )
    own = mapping.from_dict(
        {
            "name": "own",
            "kind": "log",
            "score": "score",
            "score_time": "kind",
            "columns": {"patient_id": "patient_id", "performed_at": "when", "exercise": "exercise"},
        }
    )
    assert counts(import_file(store, io.BytesIO(text.encode()), "log.csv", mapping=own)) == (4, 0, 0, 0)
    assert counted(store, "utc_offset_minutes, pain_before::INTEGER, pain_after::INTEGER") == [(120, 1, 3), (60, 2, 4)]


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("day", ["2025-10-25", "2025-10-27", "2026-03-29"])
def test_an_offset_out_of_that_hour_makes_no_other_row(clinic_in, day):
    store = clinic_in("Europe/Berlin")
    offset = "+01:00" if day == "2025-10-27" else "+02:00"
    assert counts(taken(store, f"{HEAD}P1,{day}T10:30:00,squat,left,10,3\n")) == (1, 0, 0, 0)
    assert counts(taken(store, f"{HEAD}P1,{day}T10:30:00{offset},squat,left,10,3\n")) == (0, 0, 1, 0)
    assert counted(store, "utc_offset_minutes") == [(None,)]


def test_the_two_hours_around_it_are_shown_once(clinic_in):
    store = clinic_in("Europe/Berlin")
    lines = "".join(
        f"P1,2025-10-{moment}Z,squat,left,10,3\n"
        for moment in ("25T23:59:59", "26T00:00:00", "26T00:59:59", "26T01:00:00", "26T01:59:59", "26T02:00:00")
    )
    taken(store, HEAD + lines)
    assert counted(store, "strftime(performed_at, '%H:%M:%S'), utc_offset_minutes") == [
        ("01:59:59", None),
        ("02:00:00", 120),
        ("02:59:59", 120),
        ("02:00:00", 60),
        ("02:59:59", 60),
        ("03:00:00", None),
    ]


@pytest.mark.parametrize(
    ("column", "cells"),
    [("time_utc", ("2025-10-26 00:30", "2025-10-26 01:30")), ("when", ("1761438600", "1761442200"))],
)
def test_times_in_utc_and_seconds_since_1970_tell_the_two_apart(clinic_in, column, cells):
    store = clinic_in("Europe/Berlin")
    text = HEAD.replace("performed_at", column) + "".join(f"P1,{cell},squat,left,10,3\n" for cell in cells)
    names = {name: name for name in HEAD.strip().split(",")} | {"performed_at": column}
    own = {"name": "own", "kind": "log", "columns": names}
    own |= {"time_zone": "UTC"} if column == "time_utc" else {"date_order": "epoch"}
    result = import_file(store, io.BytesIO(text.encode()), "log.csv", mapping=mapping.from_dict(own))
    assert counts(result) == (2, 0, 0, 0)
    assert counted(store, "performed_at::VARCHAR, utc_offset_minutes") == [
        ("2025-10-26 02:30:00", 120),
        ("2025-10-26 02:30:00", 60),
    ]
