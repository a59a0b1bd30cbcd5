"""Backups of the facts: made while everything goes on, checked by content, and brought back."""

import glob
import itertools
import json
import logging
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from data.settings import settings
from data.store import (
    Store,
    StoreError,
    attach,
    contents,
    delete_database,
    derived_path,
    files_of,
    open_store,
    sql,
    storage_errors_explained,
)
from data.words import SupineError

REQUEST, ANSWER = ".backup-request", ".backup-answer"
SECONDS_BETWEEN_LOOKS = 1.0
# How long whoever asks for a backup waits until somebody begins with it, and until it is done.
TAKEN_WITHIN_S = 15.0
DONE_WITHIN_S = 1800.0

# Two backups of one second get two names, one after the other.
_naming = threading.Lock()

log = logging.getLogger("supine")


class BackupError(SupineError):
    """A backup cannot be made or brought back; nothing was replaced."""


def make(store: Store, target: Path) -> None:
    """Write the facts as they are at this moment into a file of their own, in a folder that the store may write to.

    The file has its name only once what it holds was read again from the disk and found to be what the store holds.
    Raises BackupError when there is such a file already, and StoreError when it cannot be written.
    """
    if target.exists():
        raise BackupError("backup_exists", path=target)
    with _unfinished(target) as making:
        store.copy_to(making)
        check(making)
        _keep(making, target)


def make_dated(store: Store, database: Path) -> Path:
    """A backup of the store of a file in the settings' folder, named by the clinic's clock."""
    name = f"{database.stem}-{settings().now():%Y%m%d-%H%M%S}"
    with _naming:
        endings = itertools.chain([""], map("-{}".format, itertools.count(2)))
        places = (settings().backup_folder(database) / f"{name}{ending}.duckdb" for ending in endings)
        target = next(place for place in places if not place.exists())
        make(store, target)
    return target


def check(path: Path) -> None:
    """Read all that a backup holds. Raises BackupError where it is not what it was when the backup was made.

    A file that does not say what it held, such as a copy of a store that was closed, only has to be readable.
    """
    with closing(duckdb.connect(":memory:")) as connection, storage_errors_explained(path):
        connection.execute("SET memory_limit = $limit", {"limit": settings().memory_limit})
        attach(connection, "clinic", path, read_only=True)
        found = contents(connection, "clinic")
        try:
            said = {table: (rows, checksum) for table, rows, checksum in connection.sql(sql("backup/said")).fetchall()}
        except duckdb.CatalogException:
            return
    if not (found.keys() == said.keys() and all(_is_same(found[table], said[table]) for table in said)):
        raise BackupError("backup_differs", path=path)


def _is_same(found: tuple[int, int], said: tuple[int, int | None]) -> bool:
    return found[0] == said[0] and said[1] in (None, found[1])


def restore(backup: Path, database: Path) -> Path | None:
    """Put a backup in the place of a store that nobody holds; gives where the replaced store is kept.

    What was derived from the replaced store is deleted. Raises BackupError or StoreError, with everything as it was,
    when the backup is not whole, is of another program, or the store is in use.
    """
    with _held(database), _unfinished(database) as making:
        _copy(backup, making)
        check(making)
        store = open_store(making)
        with closing(store), store.write() as cursor:
            cursor.execute(sql("backup/forget"))
        delete_database(derived_path(making))
        kept = _set_aside(database)
        _keep(making, database)
        return kept


def _copy(source: Path, target: Path) -> None:
    """Copy a database that nobody has open."""
    try:
        for file, copied in zip(files_of(source), files_of(target), strict=True):
            if file.exists() or file == source:
                shutil.copyfile(file, copied)
    except OSError as error:
        raise BackupError("backup_not_copied", path=source, error=error.strerror) from error


@contextmanager
def _held(database: Path) -> Generator[None]:
    """Keep everybody else from opening a store, which may be damaged or missing."""
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        try:
            with storage_errors_explained(database):
                if database.exists():
                    attach(connection, "clinic", database)
        except StoreError as error:
            if error.message.code.startswith("store_held"):
                raise
        yield


def _set_aside(database: Path) -> Path | None:
    """Keep a store under another name; it goes on to be there under its own, until another file takes that."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.replaced-{settings().now():%Y%m%d-%H%M%S}")
    *logs, _ = zip(files_of(database), files_of(kept), strict=True)
    try:
        os.link(database, kept)
    except OSError:
        # A file system on which a file has one name.
        database.rename(kept)
    for log_file, kept_log in logs:
        if log_file.exists():
            log_file.rename(kept_log)
    delete_database(derived_path(database))
    return kept


@contextmanager
def _unfinished(target: Path) -> Generator[Path]:
    """A name for a database that is not finished; whatever has it afterwards is deleted."""
    making = target.with_name(f"{target.name}.unfinished")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError("backup_without_folder", path=target.parent, error=error.strerror) from error
    delete_database(making)
    try:
        yield making
    finally:
        delete_database(making)
        delete_database(derived_path(making))


def _keep(making: Path, target: Path) -> None:
    """Give a finished file its name, so that it is there after a power cut too."""
    for path in (making, making.parent):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    making.replace(target)


def ask_holder(database: Path, target: Path) -> None:
    """Have the process that holds a store make a backup of it. Raises BackupError when it does not or cannot."""
    request = database.with_name(f"{database.name}.{uuid.uuid4().hex}{REQUEST}")
    answer = request.with_suffix(ANSWER)
    request.touch()
    try:
        if not _within(TAKEN_WITHIN_S, lambda: not request.exists()):
            raise BackupError("backup_not_taken", path=database, seconds=int(TAKEN_WITHIN_S))
        if not _within(DONE_WITHIN_S, answer.exists):
            raise BackupError("backup_not_done", path=database, minutes=int(DONE_WITHIN_S / 60))
        told = json.loads(answer.read_text(encoding="utf-8"))
    finally:
        request.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)
    if "error" in told:
        raise BackupError("backup_failed", reason=told["error"])
    _move(Path(told["file"]), target)


def _move(made: Path, target: Path) -> None:
    if target.exists():
        raise BackupError("backup_exists_made", path=target, made=made)
    with _unfinished(target) as making:
        _copy(made, making)
        check(making)
        _keep(making, target)
    made.unlink()


def _within(seconds: float, has_come: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not has_come():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def answer_requests(store: Store, database: Path) -> None:
    """Make the backups that other processes ask for, until the store of a file is closed."""
    threading.Thread(target=_answer_until_closed, args=[store, database], name="backups", daemon=True).start()


def _answer_until_closed(store: Store, database: Path) -> None:
    asked = f"{glob.escape(database.name)}.*{REQUEST}"
    while not store.closing.wait(SECONDS_BETWEEN_LOOKS):
        for request in sorted(database.parent.glob(asked)):
            request.unlink(missing_ok=True)
            try:
                told = {"file": str(make_dated(store, database))}
            except (SupineError, OSError, duckdb.Error) as error:
                log.warning("a backup that was asked for could not be made: %s", type(error).__name__)
                told = {"error": str(error)}
            writing = request.with_suffix(".backup-answering")
            writing.write_text(json.dumps(told), encoding="utf-8")
            writing.replace(request.with_suffix(ANSWER))
