"""What happens when things break: real processes killed, real threads at once, a real full disk."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data.importing import import_file
from data.store import StoreError, open_store

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
        assert (cut.lines, whole.rejected) == (cut.new + cut.rejected, 0)
        with store.read() as cursor:
            counted = cursor.execute(
                "SELECT notes FROM clinic.log_row WHERE row_id NOT IN (FROM clinic.uncounted_row) ORDER BY performed_at"
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


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_stores_nothing_and_says_so(small_disk, large):
    database = small_disk / "clinic.duckdb"
    store = open_store(database)
    first = import_file(store, io.BytesIO((HEADER + "A,2026-03-02 08:00,pelvic_tilt,5,2,3,3,\n").encode()), "first.csv")
    assert first.status == "imported"
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.write(b"0" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize - 300_000))
    with pytest.raises(StoreError, match="disk is full"), large.open("rb") as stream:
        import_file(store, stream, "large.csv")
    store.close()
    filler.unlink()
    assert stored(database)[:2] == (1, 1)


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
