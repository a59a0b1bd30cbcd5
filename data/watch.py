"""A folder that is watched: what is dropped there is imported, and moved to `done/` or `refused/` with a report."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG

from data.importing import Result
from data.store import StoreError

SECONDS_BETWEEN_LOOKS = 2.0
ENDINGS = (".csv", ".txt", ".tsv")


def watch(
    folder: Path,
    take: Callable[[Path], Result],
    stop: threading.Event,
    say: Callable[[str], None],
    seconds: float = SECONDS_BETWEEN_LOOKS,
) -> None:
    """Import every file that is dropped into `folder` with `take`, until `stop` is set.

    A file counts as written once its size and time of change have stood still from one look to the next. While the
    store is held by someone else the files stay where they are, to be tried again. A file that was imported but not yet
    moved when the power failed is recognised and moved.
    """
    (folder / "done").mkdir(exist_ok=True)
    (folder / "refused").mkdir(exist_ok=True)
    seen: dict[Path, tuple[int, int]] = {}
    left: dict[Path, tuple[int, int]] = {}
    held = ""
    while not stop.is_set():
        written, seen = _look(folder, seen)
        for path in written:
            if left.get(path) == seen[path]:
                continue
            try:
                result = take(path)
            except StoreError as error:
                if str(error) != held:
                    held = str(error)
                    say(held)
                break
            held = ""
            say(f"{result.file}: {result.status}")
            try:
                _put_away(path, result)
            except OSError as error:
                # The others still have to be taken; this one is tried again once it has changed.
                left[path] = seen[path]
                say(f"{result.file} cannot be put away with its report: {error.strerror}.")
        stop.wait(seconds)


def _look(folder: Path, seen: dict[Path, tuple[int, int]]) -> tuple[list[Path], dict[Path, tuple[int, int]]]:
    """The files that have stood still since the last look, the oldest first, and how all of them stand now."""
    now = {}
    for path in folder.iterdir():
        if path.suffix.lower() in ENDINGS and not path.name.startswith("."):
            try:
                stat = path.stat()
            except OSError:
                # Taken away again, or a link that leads nowhere.
                continue
            if S_ISREG(stat.st_mode):
                now[path] = (stat.st_size, stat.st_mtime_ns)
    still = [path for path, state in now.items() if seen.get(path) == state]
    return sorted(still, key=lambda path: (now[path][1], path.name)), now


def _put_away(path: Path, result: Result) -> None:
    """Move a file to where it belongs, with its report beside it; an older file of the same name stays."""
    folder = path.parent / ("refused" if result.status == "refused" else "done")
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09}{path.suffix}"
    report = target.with_name(target.name + ".json")
    report.write_text(json.dumps(result.report(), ensure_ascii=False, indent=2), encoding="utf-8")
    path.rename(target)
