"""The store: one connection for the process, a fresh cursor for each question, one writer at a time.

The clinic's file is attached as `clinic`: facts, which are only ever added to. What is worked out from them is attached
as `derived`: a file beside it that can be deleted at any time, for `queries` makes it again. DuckDB itself may open
nothing but these files and its own spill folder, and nothing can change that once the store is open.
"""

import itertools
import logging
import re
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from data import write_ahead_log
from data.settings import is_same_clock, settings
from data.words import SupineError

SCHEMA = Path(__file__).parent / "schema"
SQL = Path(__file__).parent / "sql"
# The files of sql/ whose macros the others, and the questions, use.
MACROS = ("cells", "dates", "faults", "rows")

_ATTEMPTS = 300
_SECONDS_BETWEEN_ATTEMPTS = 0.1

log = logging.getLogger("supine")


class StoreError(SupineError):
    """The store cannot be opened, read or written."""


class Store:
    """An open store. `serial` is its own among all of this process; caches are keyed by it and by `version`."""

    _serials = itertools.count()

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None):
        self._connection = connection
        self._lock = threading.Lock()
        self._derived_lock = threading.Lock()
        self._backup_lock = threading.Lock()
        self._is_written = False
        self.closing = threading.Event()
        self.path = path
        self.serial = next(Store._serials)
        self._changes = itertools.count()
        self.change = next(self._changes)
        self._kept: dict[str, tuple[int, Any]] = {}

    def until_changed(self, name: str, work_out: Callable[[], Any]) -> Any:
        """What `work_out` gives, kept under a name until this process, which alone writes the store, changes it."""
        change = self.change
        if name not in self._kept or self._kept[name][0] != change:
            self._kept[name] = change, work_out()
        return self._kept[name][1]

    @property
    def is_followed(self) -> bool:
        """Whether somebody is adding facts, or working out what follows from them, at this moment."""
        return self._is_written or self._derived_lock.locked()

    @property
    def version(self) -> tuple[int, ...]:
        """The newest upload, event, review and rule set: whatever changes an answer changes it."""
        return self.until_changed("version", self._version)

    def _version(self) -> tuple[int, ...]:
        with self.read() as cursor:
            return cursor.execute(sql("version")).fetchall()[0]

    @contextmanager
    def read(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one question; fetch the answer before the block ends.

        Raises StoreError when the file is damaged where the question looks.
        """
        cursor = self._connection.cursor()
        try:
            with storage_errors_explained(self.path):
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def write(self) -> Generator[duckdb.DuckDBPyConnection]:
        """The only way to add facts: one writer, one transaction, all of it or nothing.

        Raises StoreError when the disk is full or cannot be written; nothing is stored then.
        """
        with self._lock:
            self._is_written = True
            try:
                with self._transaction() as cursor:
                    yield cursor
                self.checkpoint()
            finally:
                self._is_written = False

    @contextmanager
    def derive(self) -> Generator[duckdb.DuckDBPyConnection]:
        """The only way to change what is derived: one at a time, beside a writer, all of it or nothing.

        Raises StoreError as `write` does.
        """
        with self._derived_lock:
            with self._transaction() as cursor:
                yield cursor
            self._checkpoint_derived()

    def mend_derived(self, *, in_memory: bool = False) -> None:
        """Where what is derived cannot be read, or has to be kept `in_memory`, begin it anew, without tables."""
        with self._derived_lock:
            if not in_memory and self._is_derived_sound():
                return
            log.warning("what is derived is made anew, for its file cannot be %s", "written" if in_memory else "read")
            self._attach_again("derived", None if in_memory else self.path and derived_path(self.path), is_new=True)

    def _is_derived_sound(self) -> bool:
        try:
            with self.read() as cursor:
                contents(cursor, "derived")
        except StoreError:
            return False
        return True

    @contextmanager
    def _transaction(self) -> Generator[duckdb.DuckDBPyConnection]:
        with self.read() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                _roll_back(cursor)
                raise
            finally:
                self.change = next(self._changes)

    @contextmanager
    def rehearse(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Like `write`, but everything is taken back at the end: for showing what a write would do."""
        with self._lock, self.read() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
            finally:
                _roll_back(cursor)

    def checkpoint(self) -> None:
        """Move what was committed from the write-ahead log into the file; questions go on meanwhile.

        Where that fails nothing is lost, because the log holds it until the next time.
        """
        if self.path is None:
            return
        try:
            self._connection.execute("CHECKPOINT clinic")
        except duckdb.Error as error:
            log.warning("the write-ahead log stays, for it could not be emptied: %s", type(error).__name__)
            if "invalidated" in str(error):
                self._attach_again("clinic", self.path)

    def _checkpoint_derived(self) -> None:
        """Where that fails nothing is lost, for it can all be worked out again."""
        try:
            self._connection.execute("CHECKPOINT derived")
        except duckdb.Error as error:
            log.warning("what is derived stays in its write-ahead log: %s", type(error).__name__)
            if "invalidated" in str(error):
                self._attach_again("derived", self.path and derived_path(self.path))

    def copy_to(self, file: Path) -> None:
        """Write the facts of one moment into a new file, which says what it holds; writers and questions go on.

        Raises StoreError when that file cannot be written, or this one not be read.
        """
        with self._backup_lock, self.read() as cursor:
            with storage_errors_explained(file):
                attach(cursor, "backup", file)
            try:
                cursor.execute("BEGIN TRANSACTION")
                held = contents(cursor, "clinic")
                cursor.execute("COPY FROM DATABASE clinic TO backup")
                cursor.execute(sql("backup/content"))
                for table, (rows, checksum) in held.items():
                    given = {"table_name": table, "row_count": rows, "checksum": checksum}
                    cursor.execute(sql("backup/keep"), given)
                cursor.execute("COMMIT")
                cursor.execute("CHECKPOINT backup")
            finally:
                _roll_back(cursor)
                cursor.execute("DETACH backup")

    def _attach_again(self, name: str, file: Path | None, *, is_new: bool = False) -> None:
        """Let go of a catalog and attach it anew, which waits until the questions that were under way have ended.

        After a checkpoint that failed, DuckDB lets nobody at the file before that.
        """
        for _ in range(_ATTEMPTS):
            try:
                self._connection.execute(f"DETACH DATABASE IF EXISTS {name}")
                if is_new and file:
                    delete_database(file)
                attach(self._connection, name, file)
                self.change = next(self._changes)
            except (OSError, duckdb.Error):
                time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
            else:
                return
        if name == "derived":
            log.warning("what is derived is kept in memory, for its file cannot be opened again")
            attach(self._connection, name, None)
            self.change = next(self._changes)
        else:
            log.error("the clinic's data could not be opened again; Supine has to be started anew")

    def close(self) -> None:
        """Write everything to the file and let go of it."""
        self.closing.set()
        with self._backup_lock, self._lock, self._derived_lock:
            self.checkpoint()
            self._checkpoint_derived()
            self._connection.close()


@cache
def sql(name: str) -> str:
    """The text of a file of `sql/`, such as `log/01_line`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def execute_each(cursor: duckdb.DuckDBPyConnection, text: str, parameters: dict[str, Any]) -> None:
    """Execute the statements of a text, each with those of the parameters that it takes."""
    for statement in duckdb.extract_statements(text):
        cursor.execute(statement, {name: parameters[name] for name in statement.named_parameters} or None)


def open_store(path: Path | None = None, *, backups: Path | None = None) -> Store:
    """Open the DuckDB file at `path`, making or migrating it as needed; without a path, a store in memory.

    `backups` is the folder that it may be copied to, where that is not the one of the settings.
    Raises StoreError when the file is held by another process, was made by a newer Supine, is no Supine database, or
    cannot be read or written. The file is then as it was.
    """
    if path is not None:
        path = path.absolute()
        if path.is_dir():
            raise StoreError("store_is_folder", path=path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError("store_without_folder", path=path, error=error.strerror) from error
        _check_log(path)
    connection = duckdb.connect(":memory:")
    try:
        with storage_errors_explained(path):
            _configure(connection, path, backups)
            _migrate(connection, path)
            for macros in MACROS:
                connection.execute(sql(macros))
            _check_rows(connection, path)
            # Only now: a store that is refused is left as it was.
            _attach_derived(connection, path)
    except BaseException:
        connection.close()
        raise
    store = Store(connection, path)
    store.checkpoint()
    return store


def _check_log(path: Path) -> None:
    """Refuse a write-ahead log that DuckDB would pass over in part or whole without an error."""
    try:
        if not write_ahead_log.holds_something(path):
            return
        if not path.exists():
            raise StoreError("store_missing", path=path, log=write_ahead_log.path_of(path).name)
        if write_ahead_log.is_damaged(path):
            raise StoreError("log_damaged", log=write_ahead_log.path_of(path))
    except OSError:
        # DuckDB will say why it cannot be read.
        return


def _check_rows(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Refuse a store that lacks lines of an upload, or has lines of one that it does not know."""
    wrong = connection.execute(sql("check_store")).fetchall()
    if wrong:
        raise StoreError("store_lines_wrong", path=path, count=len(wrong))


def _configure(connection: duckdb.DuckDBPyConnection, path: Path | None, backups: Path | None) -> None:
    spill = path.with_name(path.name + ".spill") if path else Path(tempfile.gettempdir()) / "supine.spill"
    connection.execute("SET memory_limit = $limit", {"limit": settings().memory_limit})
    connection.execute("SET temp_directory = $spill", {"spill": str(spill)})
    # Otherwise what a large import took stays with the process for good: 540 MB of a file of 90 MB.
    connection.execute("SET allocator_background_threads = true")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    # A commit that also checkpoints can fail after it has stored everything; Store.write does one after the other. And
    # a store that is refused is left as it was.
    connection.execute("SET checkpoint_threshold = '1 TB'")
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    attach(connection, "clinic", path)
    if zone := _zone(connection, path):
        # Global, for every question has a cursor of its own, and would start with the machine's zone.
        connection.execute("SET GLOBAL TimeZone = $zone", {"zone": zone})
    folders = [spill, backups or settings().backup_folder(path)] if path else [spill]
    connection.execute("SET allowed_directories = $folders", {"folders": [str(folder) for folder in folders]})
    if path:
        files = [*files_of(path), *files_of(derived_path(path))]
        connection.execute("SET allowed_paths = $files", {"files": [str(file) for file in files]})
    # COPY FROM DATABASE sets it for its own transaction.
    connection.execute("SET allowed_configs = ['current_transaction_invalidation_policy']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _zone(connection: duckdb.DuckDBPyConnection, path: Path | None) -> str | None:
    """The clinic's time zone: the store's, once it is fixed, otherwise that of the settings; None is the machine's."""
    wanted = settings().time_zone
    tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'clinic'").fetchall()
    fixed = connection.execute("SELECT name FROM clinic.time_zone").fetchone() if ("time_zone",) in tables else None
    if fixed is None:
        return wanted
    if wanted and not is_same_clock(wanted, fixed[0]):
        raise StoreError("store_in_other_zone", path=path, zone=fixed[0], wanted=wanted)
    settings().follow(fixed[0])
    return fixed[0]


def attach(connection: duckdb.DuckDBPyConnection, name: str, path: Path | None, *, read_only: bool = False) -> None:
    """Attach a database file, or without one a database in memory, under a name."""
    # ATTACH takes no parameter in DuckDB 1.5, so the path is quoted here.
    target = str(path).replace("'", "''") if path else ":memory:"
    # A new file has the format of DuckDB 1.5, also where a later one makes it.
    options = "" if path and path.exists() else ", STORAGE_VERSION 'v1.0.0'"
    options += ", READ_ONLY" if read_only else ""
    connection.execute(f"ATTACH '{target}' AS {name} (TYPE duckdb{options})")


def derived_path(path: Path) -> Path:
    """Where what is worked out from the facts of a store is kept."""
    return path.with_name(path.name + ".derived")


def _attach_derived(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Attach what was worked out before; a file that cannot be read is begun anew, or in memory where that fails."""
    file = path and derived_path(path)
    try:
        if file and write_ahead_log.holds_something(file) and write_ahead_log.is_damaged(file):
            raise duckdb.IOException("the write-ahead log is damaged")
        attach(connection, "derived", file)
        return
    except (OSError, duckdb.Error) as error:
        log.warning("what is derived is made anew, for its file cannot be read: %s", type(error).__name__)
    try:
        if file:
            delete_database(file)
        attach(connection, "derived", file)
    except (OSError, duckdb.Error) as error:
        log.warning("what is derived is kept in memory, for its file cannot be made: %s", type(error).__name__)
        attach(connection, "derived", None)


def files_of(database: Path) -> list[Path]:
    """The files that a database can consist of, the main one last."""
    log_file = str(write_ahead_log.path_of(database))
    return [Path(log_file + ".checkpoint"), Path(log_file + ".recovery"), Path(log_file), database]


def delete_database(database: Path) -> None:
    """Delete the files of a database, as far as they are there."""
    for file in files_of(database):
        file.unlink(missing_ok=True)


def contents(cursor: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, tuple[int, int]]:
    """Table → how many rows it has, and a checksum of all their values in whatever order."""
    names = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = $catalog AND schema_name = 'main' ORDER BY ALL",
        {"catalog": catalog},
    ).fetchall()
    tables = {name: cursor.table(f'{catalog}."{name}"').set_alias("whole") for (name,) in names}
    return {
        name: table.aggregate("count(*), coalesce(sum(hash(whole)), 0)").fetchall()[0] for name, table in tables.items()
    }


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Bring the schema forward, one numbered file after the other, each in a transaction of its own."""
    steps = sorted(SCHEMA.glob("*.sql"))
    tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'clinic'").fetchall()
    if ("schema_version",) in tables:
        done = connection.execute("SELECT coalesce(max(version), 0) FROM clinic.schema_version").fetchall()[0][0]
    elif tables:
        raise StoreError("store_of_another", path=path)
    else:
        done = 0
        connection.execute("CREATE TABLE clinic.schema_version (version INTEGER, applied_at TIMESTAMP)")
    if done > len(steps):
        raise StoreError("store_of_newer_supine", path=path, schema=done, known=len(steps))
    for number, step in enumerate(steps[done:], start=done + 1):
        connection.execute("BEGIN TRANSACTION")
        connection.execute(step.read_text(encoding="utf-8"))
        connection.execute(
            "INSERT INTO clinic.schema_version VALUES ($number, $now)", {"number": number, "now": settings().now()}
        )
        connection.execute("COMMIT")


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # DuckDB has already taken the transaction back by itself.
        return


@contextmanager
def storage_errors_explained(path: Path | None) -> Generator[None]:
    """Turn DuckDB's errors about the file into a StoreError."""
    try:
        yield
    except duckdb.Error as error:
        explained = _explained(error, path)
        if explained is None:
            raise
        raise explained from error


# What DuckDB's messages mean, the first that fits. Its errors have no codes.
_MEANINGS = (
    (
        r'has been invalidated|(schema|Catalog) "(clinic|derived)" does not exist|Table with name mark does',
        "store_reopening",
    ),
    (r"WAL file", "log_damaged"),
    (
        r"newer version|[Ss]torage version.*version number|version number.*[Ss]torage version",
        "store_of_newer_duckdb",
    ),
    (r"not a valid DuckDB database file|Corrupt|checksum|Serialization Error|enough bytes", "store_damaged"),
    (r"No space left|not enough disk|Disk quota|File too large|max_temp_directory_size", "disk_full"),
    (r"Permission denied|Read-only file system|Cannot open file", "store_forbidden"),
)


def _explained(error: duckdb.Error, path: Path | None) -> StoreError | None:
    message = str(error)
    if "Could not set lock on file" in message or "being used by another process" in message:
        holder = re.search(r"\(PID (\d+)\)", message)
        return (
            StoreError("store_held_by", path=path, process=holder[1]) if holder else StoreError("store_held", path=path)
        )
    for pattern, code in _MEANINGS:
        if re.search(pattern, message, re.DOTALL):
            return StoreError(code, path=path, log=write_ahead_log.path_of(path) if path else "")
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError("memory_short", limit=settings().memory_limit)
    if isinstance(error, duckdb.IOException):
        return StoreError("store_fails", path=path, error=message.splitlines()[0])
    return None
