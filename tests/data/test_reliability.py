"""What happens when things break: real processes killed, real threads at once, a real full disk."""

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data import history
from data import store as stores
from data.importing import import_file
from data.store import StoreError, open_store
from tests.disk import fill

REPOSITORY = Path(__file__).parents[2]
HEADER = "patient_id,performed_at,exercise,reps,pain_before,pain_during,pain_after,notes\n"
LINES = 30_000


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A log that takes a while to import."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    lines = (
        f"P{n % 500},2026-03-{n // 500 % 28 + 1:02} {n % 24:02}:{n % 60:02},pelvic_tilt,5,{n % 9},{n % 10},3,fine\n"
        for n in range(LINES)
    )
    path.write_text(HEADER + "".join(lines))
    return path


def start_import(database, *files):
    command = [sys.executable, "-m", "data", "import", "--json", "--database", database, *files]
    return subprocess.Popen(list(map(str, command)), cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def stored(database):
    """Uploads, rows, and rows that some table has and another lacks."""
    store = open_store(database)
    with store.read() as cursor:
        answer = cursor.execute(
            "SELECT (SELECT count(*) FROM clinic.upload), (SELECT count(*) FROM clinic.log_row), "
            "(SELECT count(*) FROM clinic.upload_part WHERE upload_id NOT IN (SELECT upload_id FROM clinic.upload)), "
            "(SELECT coalesce(sum(new), 0) FROM clinic.upload)"
        ).fetchall()[0]
    store.close()
    return answer


def test_kill_9_at_any_moment_leaves_all_of_an_upload_or_none(tmp_path, large):
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    began = time.monotonic()
    start_import(tmp_path / "whole.duckdb", large).communicate()
    whole = time.monotonic() - began
    for attempt in range(6):
        database = tmp_path / f"killed-{attempt}.duckdb"
        process = start_import(database, large)
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        uploads, rows, orphans, new = stored(database)
        assert (uploads, rows, orphans, new) in {(0, 0, 0, 0), (1, LINES, 0, LINES)}
        again = json.loads(start_import(database, large).communicate()[0])["files"][0]
        assert (again["status"], again["lines"]) == ("already_imported" if uploads else "imported", LINES)


KILLED_BEFORE_ITS_CHECKPOINT = """
import io, os, signal, sys
from pathlib import Path
from data.importing import import_file
from data.store import Store, open_store

store = open_store(Path(sys.argv[1]))
Store.checkpoint = lambda self: None
for number in range(int(sys.argv[2])):
    lines = "".join(f"P{n},2026-03-0{number + 1},pelvic_tilt\\n" for n in range(int(sys.argv[3])))
    import_file(store, io.BytesIO(f"patient_id,performed_at,exercise\\n{lines}".encode()), "log.csv")
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_after(database, uploads, lines):
    """Leave a store with one upload of a line in its file, and more that only its log holds."""
    store = open_store(database)
    import_file(store, io.BytesIO(b"patient_id,performed_at,exercise\nA,2026-03-29,pelvic_tilt\n"), "first.csv")
    store.close()
    command = [sys.executable, "-c", KILLED_BEFORE_ITS_CHECKPOINT, str(database), str(uploads), str(lines)]
    assert subprocess.run(command, cwd=REPOSITORY, check=False).returncode == -signal.SIGKILL
    return database


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A store with one upload in its file, and two more that only its log holds."""
    with pytest.MonkeyPatch.context() as patched:
        # The zone in which each test opens it.
        patched.setenv("SUPINE_TIME_ZONE", "Asia/Seoul")
        return killed_after(tmp_path_factory.mktemp("killed") / "clinic.duckdb", uploads=2, lines=20)


def log_of(database):
    return database.with_name(database.name + ".wal")


def copied(database, folder):
    """The database alone, as a backup program might copy it."""
    return Path(shutil.copy(database, folder / "copy.duckdb"))


def test_what_only_the_log_holds_is_there_and_goes_into_the_file(killed, tmp_path):
    database = copied(killed, tmp_path)
    log_of(database).write_bytes(log_of(killed).read_bytes())
    assert stored(database) == (3, 41, 0, 41)
    assert not log_of(database).exists()
    assert stored(database) == (3, 41, 0, 41)


def places(log):
    """Every byte of the log's beginning, and of the head of its first entry and of its last; and some of its body."""
    chance = random.Random(5)  # noqa: S311 - places, not secrets
    return [*range(24), *range(len(log) - 21, len(log) - 13), *sorted(chance.sample(range(24, len(log) - 21), 16))]


@pytest.mark.parametrize("flipped", [0x01, 0x80, 0xFF])
def test_a_damaged_byte_of_the_log_loses_nothing_without_a_word(killed, tmp_path, flipped):
    log = log_of(killed).read_bytes()
    assert len(places(log)) == 48
    for place in places(log):
        database = copied(killed, tmp_path)
        damaged = bytearray(log)
        damaged[place] ^= flipped
        log_of(database).write_bytes(damaged)
        with pytest.raises(StoreError) as refusal:
            print(place, stored(database))
        assert str(refusal.value) == (
            f"{log_of(database)}, the log of the newest changes, is damaged; nothing was changed in it. "
            "Restore a backup, or move the log to another folder to open what was stored before it."
        )
        assert log_of(database).read_bytes() == damaged
        log_of(database).unlink()
    assert stored(copied(killed, tmp_path)) == (1, 1, 0, 1)


def test_rows_that_a_damaged_log_moves_to_no_upload_are_noticed(tmp_path):
    """DuckDB's checksums do not see an even number of equal words that become others."""
    database = killed_after(tmp_path / "clinic.duckdb", uploads=1, lines=300)
    file, log = database.read_bytes(), log_of(database).read_bytes()
    of_upload = (2).to_bytes(4, "little") * 128
    places = [place for place in range(len(log)) if log.startswith(of_upload, place)]
    assert len(places) > 100
    codes = []
    for place in places[::40]:
        database.write_bytes(file)
        damaged = log[:place] + bytes(512) + log[place + 512 :]
        log_of(database).write_bytes(damaged)
        with pytest.raises(StoreError) as refusal:
            open_store(database)
        codes.append(refusal.value.message.code)
        assert (database.read_bytes(), log_of(database).read_bytes()) == (file, damaged)
    assert "store_lines_wrong" in codes
    assert set(codes) <= {"store_lines_wrong", "log_damaged"}


def test_a_log_that_was_cut_short_leaves_whole_uploads(killed, tmp_path):
    log = log_of(killed).read_bytes()
    found = set()
    for end in [*range(1, 40), *range(40, len(log), 997), len(log) - 1]:
        database = copied(killed, tmp_path)
        log_of(database).write_bytes(log[:end])
        found.add(stored(database))
    assert found == {(1, 1, 0, 1), (2, 21, 0, 21)}


def test_a_log_without_its_file_is_not_overwritten(killed, tmp_path):
    database = tmp_path / "clinic.duckdb"
    shutil.copy(log_of(killed), log_of(database))
    with pytest.raises(StoreError) as refusal:
        open_store(database)
    assert str(refusal.value) == (
        f"{database} is missing, but clinic.duckdb.wal, the log of its newest changes, is there. Bring the file back, "
        "or move the log to another folder to begin with an empty database."
    )
    assert log_of(database).read_bytes() == log_of(killed).read_bytes()


def test_a_copy_of_the_file_alone_has_everything_while_the_server_runs_and_people_read(tmp_path):
    store = open_store(tmp_path / "clinic.duckdb")
    pain = [f"A,2026-03-0{n} 08:00,pelvic_tilt,5,2,{{}},3,\n" for n in range(1, 9)]
    reading = []
    for score in "345":
        reader = store.read()
        cursor = reader.__enter__()
        cursor.execute("BEGIN TRANSACTION")
        before = cursor.execute("SELECT count(*), sum(pain_during) FROM clinic.log_row").fetchall()
        reading.append((reader, cursor, before))
        import_file(store, io.BytesIO((HEADER + "".join(pain).replace("{}", score)).encode()), "log.csv")
        assert stored(copied(store.path, tmp_path))[:2] == (int(score) - 2, 8 * (int(score) - 2))
    history.undo(store, 3)
    copy = open_store(copied(store.path, tmp_path))
    with copy.read() as cursor:
        counted = (
            "SELECT DISTINCT pain_during FROM clinic.log_row WHERE row_id NOT IN (SELECT row_id FROM uncounted_row())"
        )
        assert cursor.execute(counted).fetchall() == [(4,)]
    copy.close()
    for reader, cursor, before in reading:
        assert cursor.execute("SELECT count(*), sum(pain_during) FROM clinic.log_row").fetchall() == before
        reader.__exit__(None, None, None)
    store.close()


def test_a_second_process_is_told_who_holds_the_store(tmp_path):
    database = tmp_path / "clinic.duckdb"
    file = tmp_path / "log.csv"
    file.write_text(HEADER)
    store = open_store(database)
    process = start_import(database, file)
    out, err = process.communicate()
    store.close()
    assert process.returncode == 1
    assert f"process {os.getpid()}" in err.decode() + out.decode()


def test_two_people_uploading_one_file_at_once_store_it_once(large):
    store = open_store()
    content = HEADER.encode() + b"".join(large.read_bytes().splitlines(keepends=True)[1:5001])
    results = []
    barrier = threading.Barrier(4)

    def upload(name):
        barrier.wait()
        results.append(import_file(store, io.BytesIO(content), name))

    threads = [threading.Thread(target=upload, args=(f"copy-{number}.csv",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.status for result in results) == ["already_imported"] * 3 + ["imported"]
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM clinic.log_row").fetchall() == [(5000,)]
    store.close()


def test_many_threads_asking_while_one_writes_see_whole_uploads(large):
    store = open_store()
    lines = large.read_text().splitlines(keepends=True)[1:]
    wrong, done = [], threading.Event()

    def ask():
        while not done.is_set():
            with store.read() as cursor:
                rows, said = cursor.execute(
                    "SELECT (SELECT count(*) FROM clinic.log_row), (SELECT coalesce(sum(new), 0) FROM clinic.upload)"
                ).fetchall()[0]
            if rows != said:
                wrong.append((rows, said))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        part = HEADER + "".join(lines[number * 400 : number * 400 + 400])
        import_file(store, io.BytesIO(part.encode()), f"part-{number}.csv")
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    store.close()


class Breaking(io.BytesIO):
    """A file on a share that goes away after some bytes were read, once all of it was looked at."""

    def __init__(self, content):
        super().__init__(content)
        self.left = 2 * len(content)

    def read(self, size=-1):
        block = super().read(size)
        self.left -= len(block)
        if self.left < 0:
            raise OSError(5, "Input/output error")
        return block


@pytest.mark.parametrize("lines", [3, 300_000])
def test_a_file_that_breaks_off_while_it_is_read_stores_nothing_and_is_refused(lines):
    store = open_store()
    line = "A,2026-03-02 08:00,pelvic_tilt,5,2,3,3,\n"
    result = import_file(store, Breaking((HEADER + line * lines).encode()), "share.csv")
    assert result.status == "refused"
    assert result.reason == "The file cannot be read to its end: Input/output error. Nothing of it was stored."
    with store.read() as cursor:
        assert cursor.execute(
            "SELECT (SELECT count(*) FROM clinic.upload), count(*) FROM clinic.log_row"
        ).fetchall() == [(0, 0)]
    assert import_file(store, io.BytesIO((HEADER + line).encode()), "share.csv").new == 1
    store.close()


def test_a_file_that_was_cut_short_and_comes_whole_later_loses_nothing_and_counts_nothing_twice():
    lines = [f"A,2026-03-0{n} 08:00,pelvic_tilt,5,2,3,3,fine {n}\n" for n in (1, 2, 3)]
    content = (HEADER + "".join(lines)).encode()
    for end in range(len(HEADER) + 1, len(content), 3):
        store = open_store()
        cut = import_file(store, io.BytesIO(content[:end]), "log.csv")
        whole = import_file(store, io.BytesIO(content), "log.csv")
        # Where the first line is cut before its notes, there is no line to understand.
        assert (cut.status == "refused") == (content[len(HEADER) : end].count(b",") < 7), content[:end]
        assert (cut.lines, whole.rejected) == (cut.new + cut.rejected, 0)
        with store.read() as cursor:
            counted = cursor.execute(
                "SELECT notes FROM clinic.log_row ANTI JOIN uncounted_row() USING (row_id) ORDER BY performed_at"
            ).fetchall()
        assert counted == [("fine 1",), ("fine 2",), ("fine 3",)], content[:end]
        store.close()


def test_the_same_file_under_another_name_is_stored_once(large):
    store = open_store()
    for name, status in (("monday.csv", "imported"), ("copy of monday.csv", "already_imported")):
        with large.open("rb") as stream:
            assert import_file(store, stream, name).status == status
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM clinic.log_row").fetchall() == [(LINES,)]
    store.close()


def test_a_full_disk_stores_nothing_and_says_so(small_disk, large):
    database = small_disk / "clinic.duckdb"
    store = open_store(database)
    first = import_file(store, io.BytesIO((HEADER + "A,2026-03-02 08:00,pelvic_tilt,5,2,3,3,\n").encode()), "first.csv")
    assert first.status == "imported"
    filler = fill(small_disk, left=300_000)
    with pytest.raises(StoreError, match="disk is full"), large.open("rb") as stream:
        import_file(store, stream, "large.csv")
    store.close()
    filler.unlink()
    assert stored(database)[:2] == (1, 1)


@pytest.mark.parametrize("somebody_reads", [False, True])
def test_a_disk_that_fills_up_after_the_import_was_stored_loses_nothing_and_stops_nobody(
    small_disk, tmp_path, monkeypatch, caplog, somebody_reads
):
    store = open_store(small_disk / "clinic.duckdb")
    checkpoint = stores.Store.checkpoint
    reader = store.read()
    if somebody_reads:
        cursor = reader.__enter__()
        cursor.execute("FROM clinic.programme_exercise, range(100_000)")
        cursor.fetchmany(1)
        threading.Timer(0.5, lambda: reader.__exit__(None, None, None)).start()

    def without_room(self):
        fill(small_disk, left=8192)
        checkpoint(self)

    monkeypatch.setattr(stores.Store, "checkpoint", without_room)
    lines = [f"P{n},2026-03-02 08:00,pelvic_tilt,5,2,3,3,note {n}\n" for n in range(3000)]
    result = import_file(store, io.BytesIO((HEADER + "".join(lines)).encode()), "log.csv")
    monkeypatch.undo()
    assert result.status == "imported"
    assert caplog.messages == ["the write-ahead log stays, for it could not be emptied: IOException"]
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM clinic.log_row").fetchall() == [(3000,)]
    with pytest.raises(StoreError, match="disk is full"), store.write() as cursor:
        cursor.execute(
            "INSERT INTO clinic.review_event (patient_id) SELECT md5(CAST(n AS VARCHAR)) FROM range(5000) AS r (n)"
        )
    (small_disk / "filler").unlink()
    history.undo(store, 1)
    assert stored(copied(store.path, tmp_path)) == (1, 3000, 0, 3000)
    store.close()
    assert not log_of(store.path).exists()


def test_a_folder_that_becomes_read_only_stores_nothing_and_says_so(small_disk, large):
    database = small_disk / "clinic.duckdb"
    open_store(database).close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with start_import(database, large) as importing:
        told, complaint = importing.communicate()
    assert (importing.returncode, told) == (1, b"")
    assert complaint.decode().strip() == (
        f"{database} cannot be opened or written: permission denied, or the folder is read-only."
    )
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert stored(database)[:2] == (0, 0)
