"""Stores that 0.1 and 0.2 made: every fact and every id is kept, and every answer is that of the same files today."""

import datetime
import gzip
from pathlib import Path

import duckdb
import pytest

import queries
from data import history
from data.store import open_store
from tests.data.stores.make import REDONE, UNDONE, UPLOADS, make

STORES = Path(__file__).parent / "stores"
VERSIONS = ("0.1", "0.2")
DAYS = [datetime.date(2026, 2, 20), datetime.date(2026, 3, 15), datetime.date(2026, 3, 22), datetime.date(2026, 4, 2)]
# What is worked out, and so kept elsewhere now; and what a new version of the schema makes anew.
NO_FACTS = {"uncounted_row", "stale_patient", "session", "patient_day", "patient_history", "schema_version", "rule_set"}


@pytest.fixture(params=VERSIONS)
def path(request, tmp_path):
    path = tmp_path / "clinic.duckdb"
    path.write_bytes(gzip.decompress((STORES / f"{request.param}.gz").read_bytes()))
    return path


@pytest.fixture
def opened(path):
    store = open_store(path)
    queries.define(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SUPINE_TIME_ZONE", "Asia/Seoul")
        store = open_store(tmp_path_factory.mktemp("fresh") / "clinic.duckdb")
        queries.define(store)
        fates = make(store)
        yield store, fates
        store.close()


def facts_of(path):
    """Table → the names of its columns, and its rows."""
    with duckdb.connect(path, read_only=True) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        found = {name: connection.table(f'"{name}"') for name in tables - NO_FACTS}
        return {name: (table.columns, sorted(map(repr, table.fetchall()))) for name, table in found.items()}


def test_every_fact_and_every_id_is_kept(path):
    before = facts_of(path)
    open_store(path).close()
    store = open_store(path)
    with store.read() as cursor:
        for name, (columns, rows) in before.items():
            now = cursor.table(f"clinic.{name}").project(", ".join(f'"{column}"' for column in columns)).fetchall()
            assert sorted(map(repr, now)) == rows, name
        events = cursor.execute("SELECT event_id, upload_id, event, made_by FROM clinic.upload_event").fetchall()
    store.close()
    undone = [(number, upload, "undone", "Kim") for number, upload in enumerate(UNDONE, start=1)]
    redone = [(number, upload, "redone", "Lee") for number, upload in enumerate(REDONE, start=len(UNDONE) + 1)]
    assert events == undone + redone
    assert {name for name, (_, rows) in before.items() if not rows} <= {"time_zone"}
    assert len(before["upload"][1]) == len(UPLOADS)


@pytest.mark.parametrize("as_of", DAYS)
def test_the_review_list_is_that_of_the_same_files_imported_today(opened, fresh, as_of):
    columns, rows = queries.answer(opened, "review", as_of=as_of)
    assert (columns, rows) == queries.answer(fresh[0], "review", as_of=as_of)
    assert len(rows) == 12
    assert len({row[columns.index("review_group")] for row in rows}) > 1


def test_the_fates_of_the_lines_are_as_they_were(opened, fresh):
    with opened.read() as cursor:
        stored = cursor.execute("SELECT lines, new, changed, duplicate, rejected FROM clinic.upload").fetchall()
    assert stored == fresh[1]
    assert all(sum(fates[place] for fates in stored) for place in range(5))


def test_an_earlier_store_goes_on_as_one_of_today(opened, fresh):
    """What was undone comes back, and with it the rows that the upload had replaced go again."""
    for upload in (8, 12):
        assert history.redo(opened, upload, rehearse=True) == history.redo(fresh[0], upload, rehearse=True)
    change = history.redo(opened, 8)
    assert change.rows_leaving > 0
    assert history.undo(opened, 8).rows_coming_back == change.rows_leaving
    with opened.read() as cursor:
        assert cursor.execute("SELECT max(event_id) FROM clinic.upload_event").fetchall() == [(8,)]
