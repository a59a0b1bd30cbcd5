"""A folder that is watched: what is dropped there is imported, and moved to `done/` or `refused/` with a report."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from data.importing import Result, refused
from data.reading import ReadingError
from data.store import StoreError

SECONDS_BETWEEN_LOOKS = 2.0
ENDINGS = (".csv", ".txt", ".tsv")

# What tells a file from another of its name, and from itself with other contents: inode, size and time of change.
State = tuple[int, int, int]


def watch(
    folder: Path,
    take: Callable[[Path, BinaryIO], Result],
    stop: threading.Event,
    say: Callable[[str], None],
    seconds: float = SECONDS_BETWEEN_LOOKS,
) -> None:
    """Import every file that is dropped into `folder` with `take`, until `stop` is set.

    A file counts as written once it has stood still from one look to the next. One that is replaced or changed while it
    is read stays, and is read again; links are not followed. While the store is held by someone else the files stay
    where they are, to be tried again. A file that was imported but not yet moved when the power failed is recognised
    and moved.
    """
    (folder / "done").mkdir(exist_ok=True)
    (folder / "refused").mkdir(exist_ok=True)
    seen: dict[Path, State] = {}
    left: dict[Path, State] = {}
    held = ""
    while not stop.is_set():
        written, seen = _look(folder, seen)
        for path in written:
            if left.get(path) == seen[path]:
                continue
            try:
                result = _read(path, seen[path], take)
            except StoreError as error:
                if str(error) != held:
                    held = str(error)
                    say(held)
                break
            held = ""
            if result is None:
                continue
            say(f"{result.file}: {result.status}")
            try:
                if not _put_away(path, seen[path], result):
                    say(f"{result.file} was replaced or changed while it was read; it is read again.")
            except OSError as error:
                # The others still have to be taken; this one is tried again once it has changed.
                left[path] = seen[path]
                say(f"{result.file} cannot be moved with its report: {error.strerror}.")
        stop.wait(seconds)


def _look(folder: Path, seen: dict[Path, State]) -> tuple[list[Path], dict[Path, State]]:
    """The files that have stood still since the last look, the oldest first, and how all of them stand now."""
    now = {}
    for path in folder.iterdir():
        if path.suffix.lower() in ENDINGS and not path.name.startswith("."):
            state = _state(path)
            if state:
                now[path] = state
    still = [path for path, state in now.items() if seen.get(path) == state]
    return sorted(still, key=lambda path: (now[path][2], path.name)), now


def _state(file: Path | int) -> State | None:
    """The state of a file by its path or its descriptor; None for a link, a folder, or what is gone."""
    try:
        stat = os.fstat(file) if isinstance(file, int) else file.lstat()
    except OSError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) if S_ISREG(stat.st_mode) else None


def _read(path: Path, state: State, take: Callable[[Path, BinaryIO], Result]) -> Result | None:
    """What became of a file; None where another has come in its place since the last look."""
    try:
        stream = _opened(path)
    except OSError as error:
        unreadable = ReadingError("file_unreadable", error=error.strerror)
        return refused(path.name, unreadable) if _state(path) == state else None
    with stream:
        return take(path, stream) if _state(stream.fileno()) == state else None


def _opened(path: Path) -> BinaryIO:
    """A file itself: not what it links to, and without waiting for the other end where it is a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags), "rb")


def _put_away(path: Path, state: State, result: Result) -> bool:
    """Move a file to where it belongs, with its report beside it; an older file of the same name stays.

    False where the file is no longer the one that was read: it stays where it is.
    """
    if _state(path) != state:
        return False
    folder = path.parent / ("refused" if result.status == "refused" else "done")
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09}{path.suffix}"
    report = target.with_name(target.name + ".json")
    # What is there already may be a link to somewhere else.
    report.unlink(missing_ok=True)
    with report.open("x", encoding="utf-8") as file:
        json.dump(result.report(), file, ensure_ascii=False, indent=2)
    path.rename(target)
    if _state(target) == state:
        return True
    # Another came in the last moment: it goes back, unless a third one is there by now.
    path.hardlink_to(target)
    target.unlink()
    report.unlink()
    return False
