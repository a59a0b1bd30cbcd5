"""The watched folder: written files are taken, half-written ones wait, and each leaves a report."""

import json
import os
import threading
from pathlib import Path

import pytest

from data import watch as watching
from data.importing import Result, import_file
from data.store import StoreError
from data.watch import watch
from tests.data.lines import log


class Folder:
    """A watched folder in a thread of its own, with a fake import that records what it was given."""

    def __init__(self, path, take, seconds_between=0.05):
        self.path, self.said, self.stop = path, [], threading.Event()
        arguments = (path, take, self.stop, self.said.append, seconds_between)
        self.thread = threading.Thread(target=watch, args=arguments)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def until(holds):
    waiting = threading.Event()
    for _ in range(200):
        if holds():
            return True
        waiting.wait(0.02)
    return False


def imported(path, stream):
    status = "refused" if "bad" in path.name else "imported"
    return Result(file=path.name, status=status, lines=len(stream.read().splitlines()) - 1)


def reading(contents, between=lambda path, round: None):
    """A fake import that keeps what it read, and lets something happen while it reads."""

    def take(path, stream):
        half = stream.read(2)
        between(path, len(contents))
        contents.append((half + stream.read()).decode())
        return Result(file=path.name, status="imported")

    return take


def test_files_are_moved_to_where_they_belong_with_a_report(tmp_path):
    (tmp_path / "good.csv").write_text("a\n1\n")
    (tmp_path / "bad.csv").write_text("a\n")
    (tmp_path / "picture.png").write_text("")
    with Folder(tmp_path, imported):
        assert until(lambda: (tmp_path / "done" / "good.csv").exists() and (tmp_path / "refused" / "bad.csv").exists())
    report = json.loads((tmp_path / "done" / "good.csv.json").read_text())
    assert (report["file"], report["status"], report["lines"]) == ("good.csv", "imported", 1)
    assert (tmp_path / "picture.png").exists()


def test_a_file_none_of_whose_lines_is_understood_is_refused(tmp_path, store):
    def take(path, stream):
        return import_file(store, stream, path.name)

    (tmp_path / "hopeless.csv").write_text(log("P1,soon,squat,,,,,,,,", "P1,,squat,,,,,,,,"))
    (tmp_path / "sound.csv").write_text(log("P1,2026-01-02,squat,,,,,,,,"))
    with Folder(tmp_path, take):
        assert until(lambda: (tmp_path / "refused" / "hopeless.csv").exists())
        assert until(lambda: (tmp_path / "done" / "sound.csv").exists())
    report = json.loads((tmp_path / "refused" / "hopeless.csv.json").read_text())
    assert (report["status"], report["code"], report["lines"], report["rejected"]) == (
        *("refused", "no_line_understood", 0, 0),
    )
    assert report["reason"] == (
        "None of the 2 lines below the header can be read: 1 × performed_at is not a date that exists; "
        "1 × performed_at is missing. Nothing was stored."
    )
    assert not (tmp_path / "done" / "hopeless.csv").exists()


def test_the_oldest_file_is_read_first(tmp_path):
    for name, seconds in [("a.csv", 3), ("b.csv", 1), ("c.csv", 2)]:
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (seconds, seconds))
    taken = []
    with Folder(tmp_path, reading(taken)):
        assert until(lambda: len(list((tmp_path / "done").glob("*.csv"))) == 3)
    assert taken == ["b.csv", "c.csv", "a.csv"]


def test_a_file_that_is_still_being_written_waits(tmp_path):
    taken = []
    with (
        Folder(tmp_path, reading(taken), seconds_between=0.5),
        (tmp_path / "slow.csv").open("w") as file,
    ):
        for number in range(20):
            file.write(f"{number}\n")
            file.flush()
            threading.Event().wait(0.03)
        file.close()
        assert until(lambda: (tmp_path / "done" / "slow.csv").exists())
    assert taken == ["".join(f"{number}\n" for number in range(20))]


def test_two_files_of_one_name_are_both_kept(tmp_path):
    with Folder(tmp_path, imported):
        for content in ("a\n1\n", "a\n1\n2\n"):
            (tmp_path / "week.csv").write_text(content)
            assert until(lambda: not (tmp_path / "week.csv").exists())
    kept = sorted(path.read_text() for path in (tmp_path / "done").glob("week*.csv"))
    assert kept == ["a\n1\n", "a\n1\n2\n"]


def test_while_the_store_is_held_the_files_stay(tmp_path):
    held = threading.Event()
    held.set()

    def take(path, stream):
        if held.is_set():
            raise StoreError("store_held", path="clinic.duckdb")
        return imported(path, stream)

    (tmp_path / "week.csv").write_text("a\n1\n")
    with Folder(tmp_path, take) as folder:
        assert until(lambda: folder.said)
        assert (tmp_path / "week.csv").exists()
        held.clear()
        assert until(lambda: (tmp_path / "done" / "week.csv").exists())
    assert folder.said == [str(StoreError("store_held", path="clinic.duckdb")), "week.csv: imported"]


@pytest.mark.parametrize("name", [".hidden.csv", "week.csv.part"])
def test_names_of_unfinished_files_are_left_alone(tmp_path, name):
    (tmp_path / name).write_text("a\n1\n")
    with Folder(tmp_path, imported):
        threading.Event().wait(0.3)
    assert (tmp_path / name).exists()


@pytest.mark.parametrize("in_the_way", ["done/a.csv.json", None])
def test_a_file_that_cannot_be_put_away_keeps_no_other_waiting(tmp_path, in_the_way):
    if in_the_way:
        (tmp_path / in_the_way).mkdir(parents=True)
    name = "a.csv" if in_the_way else "a" * 250 + ".csv"
    for file in (name, "b.csv"):
        (tmp_path / file).write_text("a\n1\n")
    with Folder(tmp_path, imported) as folder:
        assert until(lambda: (tmp_path / "done" / "b.csv.json").exists())
        threading.Event().wait(0.2)
    assert (tmp_path / name).exists()
    assert folder.said[0] == f"{name}: imported"
    assert folder.said[1].startswith(f"{name} cannot be moved with its report: ")
    assert folder.said[2:] == ["b.csv: imported"]


def replace(path, content):
    """Put another file in the place of one, as a program that writes beside and renames does."""
    other = path.with_name(path.name + ".new")
    other.write_text(content)
    other.replace(path)


def change(path, content):
    path.write_text(content)


def append(path, content):
    with path.open("a") as file:
        file.write(content)


def keep_size_and_time(path, content):
    stat = path.stat()
    replace(path, content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize("other", [replace, change, append, keep_size_and_time])
def test_a_file_that_is_another_when_it_was_read_is_read_again(tmp_path, other):
    contents = []
    (tmp_path / "week.csv").write_text("a\n1\n")
    take = reading(contents, lambda path, round: other(path, "a\n2\n") if round == 0 else None)
    with Folder(tmp_path, take) as folder:
        assert until(lambda: (tmp_path / "done" / "week.csv").exists())
    moved = (tmp_path / "done" / "week.csv").read_text()
    assert (len(contents), contents[1]) == (2, moved)
    assert moved.endswith("a\n2\n")
    assert folder.said == [
        "week.csv: imported",
        "week.csv was replaced or changed while it was read; it is read again.",
        "week.csv: imported",
    ]


def test_a_file_that_was_taken_away_while_it_was_read_ends_nothing(tmp_path):
    contents = []
    (tmp_path / "week.csv").write_text("a\n1\n")
    with Folder(tmp_path, reading(contents, lambda path, round: path.name == "week.csv" and path.unlink())):
        assert until(lambda: contents)
        (tmp_path / "next.csv").write_text("b\n1\n")
        assert until(lambda: (tmp_path / "done" / "next.csv").exists())
    assert contents == ["a\n1\n", "b\n1\n"]


def test_a_file_that_comes_in_the_last_moment_goes_back_and_is_read(tmp_path, monkeypatch):
    contents, path, rename = [], tmp_path / "week.csv", Path.rename
    path.write_text("a\n1\n")

    def late(self, target):
        if self == path:
            monkeypatch.undo()
            replace(path, "a\n2\n")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    with Folder(tmp_path, reading(contents)):
        assert until(lambda: len(contents) == 2 and not path.exists())
    assert contents == ["a\n1\n", "a\n2\n"]
    assert {file.name: file.read_text() for file in (tmp_path / "done").glob("*.csv")} == {"week.csv": "a\n2\n"}


def test_while_somebody_replaces_a_file_again_and_again_none_is_moved_unread(tmp_path):
    contents, path = [], tmp_path / "week.csv"
    path.write_text("a\n0\n")
    with Folder(tmp_path, reading(contents, lambda path, round: threading.Event().wait(0.01))):
        for number in range(1, 60):
            replace(path, f"a\n{number}\n")
            threading.Event().wait(0.001 * (number * 7 % 130))
        assert until(lambda: not path.exists())
    moved = {file.read_text() for file in (tmp_path / "done").glob("*.csv")}
    assert moved
    assert moved - set(contents) == set()
    assert "a\n59\n" in moved


@pytest.mark.parametrize("kind", ["link to a file", "link to itself", "link to a folder", "pipe"])
def test_what_comes_in_the_place_of_a_file_is_not_followed(tmp_path, kind, monkeypatch):
    """Between the look and the reading, that is."""
    secret = tmp_path.parent / "secret.csv"
    secret.write_text("a\nsecret\n")
    taken, inbox = [], tmp_path / "inbox"
    inbox.mkdir()
    path = inbox / "week.csv"
    path.write_text("a\n1\n")
    opened = watching._opened

    def swapped(path):
        elsewhere = path.rename(tmp_path / "moved.csv")
        {
            "link to a file": lambda: path.symlink_to(secret),
            "link to itself": lambda: path.symlink_to(elsewhere),
            "link to a folder": lambda: path.symlink_to(tmp_path),
            "pipe": lambda: os.mkfifo(path),
        }[kind]()
        monkeypatch.undo()
        return opened(path)

    monkeypatch.setattr(watching, "_opened", swapped)
    with Folder(inbox, reading(taken)) as folder:
        assert until(lambda: path.is_symlink() or path.is_fifo())
        threading.Event().wait(0.3)
    assert (taken, folder.said) == ([], [])
    assert not list((inbox / "done").iterdir())


def test_a_file_that_cannot_be_opened_is_refused(tmp_path, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(watching, "_opened", forbidden)
    (tmp_path / "week.csv").write_text("a\n1\n")
    with Folder(tmp_path, imported):
        assert until(lambda: (tmp_path / "refused" / "week.csv").exists())
    report = json.loads((tmp_path / "refused" / "week.csv.json").read_text())
    assert report["reason"] == "The file cannot be read: Permission denied."


def test_a_report_overwrites_nothing_that_a_link_leads_to(tmp_path):
    (tmp_path / "done").mkdir()
    (tmp_path / "precious").write_text("the clinic's data")
    (tmp_path / "done" / "week.csv.json").symlink_to(tmp_path / "precious")
    (tmp_path / "week.csv").write_text("a\n1\n")
    with Folder(tmp_path, imported):
        assert until(lambda: (tmp_path / "done" / "week.csv").exists())
    assert (tmp_path / "precious").read_text() == "the clinic's data"
    assert json.loads((tmp_path / "done" / "week.csv.json").read_text())["lines"] == 1


def test_what_is_no_file_stays(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "target").write_text("a\n1\n")
    (tmp_path / "link.csv").symlink_to("target")
    (tmp_path / "nowhere.csv").symlink_to("nothing")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "week.csv").write_text("a\n1\n")
    with Folder(tmp_path, imported) as folder:
        assert until(lambda: (tmp_path / "done" / "week.csv").exists())
    assert folder.said == ["week.csv: imported"]
