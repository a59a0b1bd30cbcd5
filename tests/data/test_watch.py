"""The watched folder: written files are taken, half-written ones wait, and each leaves a report."""

import json
import threading

import pytest

from data.importing import Result
from data.store import StoreError
from data.watch import watch


class Folder:
    """A watched folder in a thread of its own, with a fake import that records what it was given."""

    def __init__(self, path, take):
        self.path, self.said, self.stop = path, [], threading.Event()
        arguments = (path, take, self.stop, self.said.append, 0.05)
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


def imported(path):
    status = "refused" if "bad" in path.name else "imported"
    return Result(file=path.name, status=status, lines=len(path.read_text().splitlines()) - 1)


def test_files_are_moved_to_where_they_belong_with_a_report(tmp_path):
    (tmp_path / "good.csv").write_text("a\n1\n")
    (tmp_path / "bad.csv").write_text("a\n")
    (tmp_path / "picture.png").write_text("")
    with Folder(tmp_path, imported):
        assert until(lambda: (tmp_path / "done" / "good.csv").exists() and (tmp_path / "refused" / "bad.csv").exists())
    report = json.loads((tmp_path / "done" / "good.csv.json").read_text())
    assert (report["file"], report["status"], report["lines"]) == ("good.csv", "imported", 1)
    assert (tmp_path / "picture.png").exists()


def test_a_file_that_is_still_being_written_waits(tmp_path):
    taken = []
    with (
        Folder(tmp_path, lambda path: taken.append(path.read_text()) or imported(path)),
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

    def take(path):
        if held.is_set():
            raise StoreError("store_held", path="clinic.duckdb")
        return imported(path)

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
    assert folder.said[1].startswith(f"{name} cannot be put away with its report: ")
    assert folder.said[2:] == ["b.csv: imported"]


def test_what_is_no_file_stays(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "nowhere.csv").symlink_to("nothing")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "week.csv").write_text("a\n1\n")
    with Folder(tmp_path, imported) as folder:
        assert until(lambda: (tmp_path / "done" / "week.csv").exists())
    assert folder.said == ["week.csv: imported"]
