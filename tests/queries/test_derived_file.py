"""The file of what is derived can be missing, damaged or of another store: a line in the log, and the right answers."""

import io
import random
import shutil
import threading

import duckdb
import pytest

import queries
from data import history
from data.importing import import_file
from data.store import derived_path, files_of, open_store
from tests.disk import fill
from tests.queries.conftest import AS_OF

HEADER = "patient_id,performed_at,exercise,pain_before,pain_after\n"


def lines(patients, day, after):
    rows = (f"P{number:04},2026-03-{day} 08:00,hip_joint,1,{after}\n" for number in range(patients))
    return io.BytesIO((HEADER + "".join(rows)).encode())


def made(path, patients=3000, after=4):
    store = open_store(path)
    queries.define(store)
    import_file(store, lines(patients, 28, 2), "first.csv")
    import_file(store, lines(patients, 29, after), "second.csv")
    queries.refresh(store)
    return store


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A closed store of 3,000 patients with two sessions each."""
    path = tmp_path_factory.mktemp("original") / "clinic.duckdb"
    made(path).close()
    return path


@pytest.fixture
def path(original, tmp_path):
    path = tmp_path / "clinic.duckdb"
    for source, target in zip(files_of(original), files_of(path), strict=True):
        if source.exists():
            shutil.copy(source, target)
    shutil.copy(derived_path(original), derived_path(path))
    return path


def opened(path):
    store = open_store(path)
    queries.define(store)
    return store


def totals(store, as_of=AS_OF):
    review = queries.ask(store, "review", as_of=as_of)
    return len(review), int(review["sessions"].sum()), float(review["max_rise"].sum())


WHOLE = (3000, 6000, 9000.0)


def test_what_was_derived_is_there_after_opening_again(path, caplog, monkeypatch):
    monkeypatch.setattr(queries, "refresh", lambda store: pytest.fail("nothing has to be made"))
    store = opened(path)
    assert queries.is_made(store)
    assert totals(store) == WHOLE
    store.close()
    assert caplog.messages == []


DAMAGES = {
    "missing": lambda content: None,
    "empty": lambda content: b"",
    "a few bytes": lambda content: b"DUCK",
    "half": lambda content: content[: len(content) // 2],
    "the head alone": lambda content: content[:12288],
    "random bytes": lambda content: random.Random(1).randbytes(len(content)),  # noqa: S311
    "text": lambda content: b"patient_id\n" * 1000,
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_cannot_be_opened_is_made_anew(path, damage, caplog):
    content = DAMAGES[damage](derived_path(path).read_bytes())
    derived_path(path).unlink()
    if content is not None:
        derived_path(path).write_bytes(content)
    store = opened(path)
    assert totals(store) == WHOLE
    store.close()
    assert bool(caplog.messages) == (damage != "missing")
    store = opened(path)
    assert queries.is_made(store)
    store.close()


def test_a_byte_that_is_wrong_is_found_by_whatever_reads_it(path, caplog):
    """In each block of the file, and found while it is opened, while a question reads it or while it is written."""
    content = derived_path(path).read_bytes()
    for place in range(100, len(content), 400_000):
        damaged = bytearray(content)
        damaged[place] ^= 1
        derived_path(path).write_bytes(damaged)
        store = opened(path)
        assert totals(store) == WHOLE, place
        history.undo(store, 2)
        assert totals(store) == (3000, 3000, 3000.0), place
        history.redo(store, 2)
        assert totals(store) == WHOLE, place
        store.close()
    assert len(caplog.messages) >= len(content) // 400_000
    assert {message.split(",")[0] for message in caplog.messages} == {"what is derived is made anew"}


def test_a_damage_is_found_by_many_at_once(path):
    content = bytearray(derived_path(path).read_bytes())
    for place in range(12288 + 100, len(content), 262_144):
        content[place] ^= 1
    derived_path(path).write_bytes(content)
    store = open_store(path)
    with pytest.MonkeyPatch.context() as patched:
        # It has to be a question that finds it.
        patched.setattr(queries, "_is_of_these_definitions", lambda store: True)
        patched.setattr(queries, "_begin", views_alone)
        queries.define(store)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(totals(store))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [WHOLE] * 6
    store.close()


def views_alone(store):
    with store.read() as cursor:
        for view in sorted((queries.FOLDER / "views").glob("*.sql")):
            cursor.execute(view.read_text(encoding="utf-8"))


def test_a_log_that_is_damaged_or_of_another_file_is_not_used(path, caplog):
    log = files_of(derived_path(path))[-2]
    log.write_bytes(b"not a log")
    store = opened(path)
    assert totals(store) == WHOLE
    store.close()
    assert caplog.messages == ["what is derived is made anew, for its file cannot be read: IOException"]


def test_facts_that_were_brought_back_from_before(path, tmp_path, caplog):
    """Older facts, to which other uploads were added: the derived file is ahead of them, and then beside them."""
    older = tmp_path / "older.duckdb"
    store = open_store(older)
    import_file(store, lines(3000, 28, 2), "first.csv")
    store.close()
    for upload in (None, lines(3000, 29, 9)):
        shutil.copy(derived_path(path), tmp_path / "newer.derived")
        shutil.copy(older, path)
        store = open_store(path)
        if upload:
            import_file(store, upload, "other.csv")
        queries.define(store)
        assert totals(store) == ((3000, 6000, 24000.0) if upload else (3000, 3000, 3000.0))
        store.close()
        shutil.copy(tmp_path / "newer.derived", derived_path(path))
    assert caplog.messages == ["what is derived is made anew, for it belongs to other facts"] * 2


def test_the_file_of_another_clinic(path, tmp_path):
    other = tmp_path / "other.duckdb"
    made(other, after=9).close()
    shutil.copy(derived_path(other), derived_path(path))
    store = opened(path)
    assert totals(store) == WHOLE
    store.close()


@pytest.mark.parametrize("changed", ["rule_set SET session_gap_minutes = 5", "programme_exercise SET target = 1"])
def test_facts_that_differ_in_what_sessions_and_days_are_made_by(path, changed):
    with duckdb.connect(path) as connection:
        connection.execute(f"UPDATE {changed}")
    store = opened(path)
    assert not queries.is_made(store)
    store.close()


def test_tables_that_other_definitions_made(path):
    with duckdb.connect(derived_path(path)) as connection:
        connection.execute("UPDATE mark SET definitions = 'others'")
        connection.execute("DROP TABLE session")
        connection.execute("CREATE TABLE session AS SELECT 1 AS other")
    store = opened(path)
    assert totals(store) == WHOLE
    store.close()


def test_a_place_where_no_file_can_be_made_is_replaced_by_memory(path, caplog):
    derived_path(path).unlink()
    derived_path(path).mkdir()
    store = opened(path)
    assert totals(store) == WHOLE
    store.close()
    assert caplog.messages[-1].startswith("what is derived is kept in memory, for its file cannot be made")


def test_a_disk_without_room_for_a_new_file(small_disk, caplog):
    made(small_disk / "clinic.duckdb", patients=10).close()
    path = small_disk / "clinic.duckdb"
    derived_path(path).unlink()
    filler = fill(small_disk, left=4096)
    store = opened(path)
    assert totals(store) == (10, 20, 30.0)
    store.close()
    assert caplog.messages[-1].startswith("what is derived is kept in memory, for its file cannot be")
    filler.unlink()


def test_a_store_that_is_refused_gets_no_file(tmp_path):
    path = tmp_path / "clinic.duckdb"
    path.write_text("something else")
    with pytest.raises(queries.StoreError):
        open_store(path)
    assert [file.name for file in tmp_path.iterdir()] == ["clinic.duckdb"]


def test_a_failed_checkpoint_of_the_facts_leaves_what_is_derived_as_it_is(small_disk, caplog):
    store = made(small_disk / "clinic.duckdb", patients=500)
    filler = fill(small_disk, left=65_536)
    import_file(store, lines(500, 27, 8), "third.csv")
    filler.unlink()
    assert "the write-ahead log stays, for it could not be emptied: IOException" in caplog.messages
    assert totals(store) == (500, 1500, 500 * 7.0)
    store.close()
    store = opened(small_disk / "clinic.duckdb")
    assert queries.is_made(store)
    assert totals(store) == (500, 1500, 500 * 7.0)
    store.close()
