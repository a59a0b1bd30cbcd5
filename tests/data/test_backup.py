"""Backups: whole while others write, checked before anything is replaced, and never at the cost of the store's lock."""

import datetime
import io
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from data import backup, history
from data.__main__ import main
from data.backup import BackupError
from data.importing import import_file
from data.settings import Settings, settings
from data.store import StoreError, contents, derived_path, open_store
from tests.disk import fill

REPOSITORY = Path(__file__).parents[2]
HEADER = "patient_id,performed_at,exercise,notes\n"


def take(store, number, lines=50):
    rows = "".join(
        f"P{n},2026-03-01 {number % 24:02}:{number // 24 % 60:02},squat,note {number}\n" for n in range(lines)
    )
    return import_file(store, io.BytesIO((HEADER + rows).encode()), f"{number}.csv")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "clinic.duckdb"
    store = open_store(path)
    take(store, 1)
    take(store, 2)
    history.undo(store, 1)
    store.close()
    return path


def held(path):
    store = open_store(path)
    with store.read() as cursor:
        found = contents(cursor, "clinic")
    store.close()
    return found


def is_held(path):
    """Whether another process is kept from opening the store."""
    program = [sys.executable, "-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", str(path)]
    told = subprocess.run(program, capture_output=True, text=True, check=False)
    return "Could not set lock" in told.stderr


def run(*words):
    return main([*map(str, words)])


def test_from_the_terminal_and_back(path, tmp_path, capsys):
    before = held(path)
    kept = tmp_path / "kept" / "monday.duckdb"
    kept.parent.mkdir()
    assert run("backup", "--database", path, kept) == 0
    assert capsys.readouterr().out == f"{kept} holds everything that was imported and recorded.\n"
    assert [file.name for file in kept.parent.iterdir()] == ["monday.duckdb"]
    store = open_store(path)
    take(store, 3)
    store.close()
    newer = held(path)
    assert newer != before
    derived_path(path).write_bytes(b"what followed from the replaced store")
    assert run("restore", "--database", path, kept) == 0
    out, replaced = capsys.readouterr().out, next(tmp_path.glob("clinic.duckdb.replaced-*"))
    assert out == f"{path} is as it was in {kept}.\nWhat it was before is kept as {replaced}.\n"
    assert not derived_path(path).exists()
    assert (held(path), held(replaced)) == (before, newer)


def test_a_backup_can_be_brought_back_to_a_new_place(path, tmp_path):
    run("backup", "--database", path, tmp_path / "kept.duckdb")
    elsewhere = tmp_path / "elsewhere.duckdb"
    assert run("restore", "--database", elsewhere, tmp_path / "kept.duckdb") == 0
    assert held(elsewhere) == held(path)
    assert list(tmp_path.glob("elsewhere*replaced*")) == []


def test_a_copy_of_a_closed_store_can_be_brought_back_too(path, tmp_path):
    copy = Path(shutil.copy(path, tmp_path / "copy.duckdb"))
    before = held(path)
    store = open_store(path)
    take(store, 3)
    store.close()
    backup.restore(copy, path)
    assert held(path) == before


def test_what_is_in_the_write_ahead_log_alone_is_kept_with_the_replaced_store(path, tmp_path, monkeypatch):
    run("backup", "--database", path, tmp_path / "kept.duckdb")
    before = held(path)
    program = (
        "import io, os, sys; from pathlib import Path; from data.store import Store, open_store\n"
        "store = open_store(Path(sys.argv[1])); Store.checkpoint = lambda self: None\n"
        "from tests.data.test_backup import take; take(store, 9); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], cwd=REPOSITORY, check=True)
    kept = backup.restore(tmp_path / "kept.duckdb", path)
    assert held(path) == before
    assert held(kept)["upload"][0] == 3


def test_a_backup_during_writes_is_whole_and_the_store_stays_locked(path, tmp_path):
    store = open_store(path)
    done = threading.Event()

    def write():
        number = 10
        while not done.is_set():
            take(store, number)
            if number % 3 == 0:
                history.undo(store, number - 8)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = []
        for number in range(4):
            made.append(tmp_path / "backups" / f"{number}.duckdb")
            made[-1].parent.mkdir(exist_ok=True)
            backup.make(store, made[-1])
            assert is_held(path)
    finally:
        done.set()
        writer.join()
    assert is_held(path)
    whole = held_of_open(store)
    store.close()
    assert not is_held(path)
    uploads = []
    for file in made:
        backup.check(file)
        found = held(file)
        uploads.append(found["upload"][0])
        assert found["log_row"][0] == 50 * uploads[-1]
    assert uploads == sorted(uploads)
    assert uploads[0] < uploads[-1] <= whole["upload"][0]


def held_of_open(store):
    with store.read() as cursor:
        return contents(cursor, "clinic")


def damaged(content):
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (damaged, "store_damaged"),
        (lambda content: content[: len(content) // 2], "store_damaged"),
        (lambda content: b"", "store_damaged"),
        (lambda content: b"a,b\n1,2\n" * 1000, "store_damaged"),
        (None, "backup_not_copied"),
    ],
)
def test_a_damaged_backup_changes_nothing(path, tmp_path, spoil, code):
    kept = tmp_path / "kept.duckdb"
    run("backup", "--database", path, kept)
    content = kept.read_bytes()
    kept.unlink()
    if spoil:
        kept.write_bytes(spoil(content))
    refused(kept, path, code)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM log_row WHERE row_id = (SELECT max(row_id) FROM log_row)",
        "UPDATE log_row SET notes = 'other' WHERE row_id = (SELECT max(row_id) FROM log_row)",
        "CREATE TABLE more AS SELECT 1 AS i",
        "DROP TABLE repeated_row",
    ],
)
def test_a_backup_that_holds_something_else_than_it_says_changes_nothing(path, tmp_path, change):
    kept = tmp_path / "kept.duckdb"
    run("backup", "--database", path, kept)
    with duckdb.connect(kept) as connection:
        connection.execute(change)
    refused(kept, path, "backup_differs")


def test_a_checksum_of_another_duckdb_is_not_compared_but_the_rows_are_counted(path, tmp_path):
    kept = tmp_path / "kept.duckdb"
    run("backup", "--database", path, kept)
    with duckdb.connect(kept) as connection:
        connection.execute("UPDATE made.content SET checksum = checksum + 1, duckdb_version = 'v9.9.9'")
    backup.check(kept)
    with duckdb.connect(kept) as connection:
        connection.execute("DELETE FROM log_row WHERE row_id = (SELECT max(row_id) FROM log_row)")
    refused(kept, path, "backup_differs")


def test_another_programs_file_changes_nothing(path, tmp_path):
    with duckdb.connect(tmp_path / "other.duckdb") as connection:
        connection.execute("CREATE TABLE theirs AS SELECT 1 AS i")
    refused(tmp_path / "other.duckdb", path, "store_of_another")


def refused(kept, path, code):
    before, files = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises((BackupError, StoreError)) as refusal:
        backup.restore(kept, path)
    assert refusal.value.message.code == code
    assert str(refusal.value)
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == (before, files)


def test_a_store_that_is_in_use_is_not_replaced(path, tmp_path, capsys):
    kept = tmp_path / "kept.duckdb"
    run("backup", "--database", path, kept)
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        capsys.readouterr()
        assert run("restore", "--database", path, kept) == 1
        holder.stdin.close()
    assert "is in use by another program" in capsys.readouterr().err
    assert list(tmp_path.glob("*replaced*")) == []


def test_a_damaged_store_is_replaced_and_kept(path, tmp_path):
    kept, before = tmp_path / "kept.duckdb", held(path)
    run("backup", "--database", path, kept)
    path.write_bytes(b"what is left of it")
    replaced = backup.restore(kept, path)
    assert held(path) == before
    assert replaced.read_bytes() == b"what is left of it"


def test_a_name_that_is_taken_is_left_alone(path, tmp_path, capsys):
    (tmp_path / "kept.duckdb").write_text("last week's")
    assert run("backup", "--database", path, tmp_path / "kept.duckdb") == 1
    assert (
        capsys.readouterr().err == f"{tmp_path / 'kept.duckdb'} is there already; choose another name for the backup.\n"
    )
    assert (tmp_path / "kept.duckdb").read_text() == "last week's"


def test_without_a_store_there_is_nothing_to_back_up(tmp_path, capsys):
    assert run("backup", "--database", tmp_path / "none.duckdb", tmp_path / "kept.duckdb") == 1
    assert capsys.readouterr().err == f"There is no database at {tmp_path / 'none.duckdb'} to back up.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_a_backup(small_disk, tmp_path):
    path = tmp_path / "clinic.duckdb"
    store = open_store(path, backups=small_disk)
    take(store, 1, lines=20_000)
    fill(small_disk, left=100_000)
    with pytest.raises(StoreError, match="disk is full"):
        backup.make(store, small_disk / "kept.duckdb")
    assert [file.name for file in small_disk.iterdir()] == ["filler"]
    assert is_held(path)
    assert take(store, 2).status == "imported"
    store.close()


@pytest.fixture
def holder(path):
    """The store as a dashboard holds it, which answers those who ask for a backup."""
    store = open_store(path)
    backup.answer_requests(store, path)
    yield store
    store.close()


def terminal(*words):
    program = [sys.executable, "-m", "data", *map(str, words)]
    return subprocess.run(program, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_beside_a_dashboard_the_terminal_has_it_make_the_backup(path, tmp_path, holder):
    kept = tmp_path / "elsewhere" / "kept.duckdb"
    kept.parent.mkdir()
    told = terminal("backup", "--database", path, kept)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == (
        f"{path} is in use; asking the dashboard for a backup.\n"
        f"{kept} holds everything that was imported and recorded.\n"
    )
    assert is_held(path)
    backup.check(kept)
    assert held(kept).items() >= held_of_open(holder).items()
    assert list((tmp_path / "backups").iterdir()) == []
    assert list(tmp_path.glob("*.backup-*")) == []


def test_what_went_wrong_in_the_dashboard_is_said_by_the_terminal(path, tmp_path, holder):
    (tmp_path / "backups").write_text("a file where the folder should be")
    told = terminal("backup", "--database", path, tmp_path / "kept.duckdb")
    assert told.returncode == 1
    assert told.stderr == (
        f"The dashboard could not make the backup. The folder {tmp_path / 'backups'} cannot be made: File exists.\n"
    )


def test_a_program_that_does_not_answer_is_waited_for_only_so_long(path, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "TAKEN_WITHIN_S", 1.0)
    with pytest.raises(BackupError) as refusal:
        backup.ask_holder(path, tmp_path / "kept.duckdb")
    assert str(refusal.value) == (
        f"{path} is in use by a program that did not begin a backup within 1 seconds. If that is the dashboard, make "
        "the backup on its Imports page; otherwise close the program first."
    )
    assert list(tmp_path.glob("*.backup-*")) == []


def test_the_folder_of_backups_is_a_setting(path, tmp_path, monkeypatch):
    monkeypatch.setenv("SUPINE_BACKUPS", str(tmp_path / "share"))
    settings.cache_clear()
    store = open_store(path)
    made = backup.make_dated(store, path)
    store.close()
    assert made.parent == tmp_path / "share"
    backup.check(made)


def test_backups_that_several_ask_for_in_one_second_have_names_of_their_own(path, tmp_path, monkeypatch):
    monkeypatch.setattr(Settings, "now", lambda self: datetime.datetime(2026, 3, 2, 9, 30))
    store, made = open_store(path), []
    threads = [threading.Thread(target=lambda: made.append(backup.make_dated(store, path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    names = ["clinic-20260302-093000-2.duckdb", "clinic-20260302-093000-3.duckdb", "clinic-20260302-093000.duckdb"]
    assert sorted(file.name for file in made) == names
    assert sorted(file.name for file in (tmp_path / "backups").iterdir()) == names
    for file in made:
        backup.check(file)
