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
from collections.abc import Generator
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
        self.path = path
        self.serial = next(Store._serials)

    @property
    def version(self) -> tuple[int | None, ...]:
        """The newest upload, event, review and rule set: whatever changes an answer changes it."""
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
            with self._transaction() as cursor:
                yield cursor
            self.checkpoint()

    @contextmanager
    def derive(self) -> Generator[duckdb.DuckDBPyConnection]:
        """The only way to change what is derived: one at a time, beside a writer, all of it or nothing.

        Raises StoreError as `write` does.
        """
        with self._derived_lock:
            with self._transaction() as cursor:
                yield cursor
            _checkpoint_derived(self._connection)

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
                _attach_again(self._connection, self.path)

    def close(self) -> None:
        """Write everything to the file and let go of it."""
        with self._lock, self._derived_lock:
            self.checkpoint()
            _checkpoint_derived(self._connection)
            self._connection.close()


@cache
def sql(name: str) -> str:
    """The text of a file of `sql/`, such as `undo/01_rows`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def execute_each(cursor: duckdb.DuckDBPyConnection, text: str, parameters: dict[str, Any]) -> None:
    """Execute the statements of a text, each with those of the parameters that it takes."""
    for statement in duckdb.extract_statements(text):
        cursor.execute(statement, {name: parameters[name] for name in statement.named_parameters} or None)


def open_store(path: Path | None = None) -> Store:
    """Open the DuckDB file at `path`, making or migrating it as needed; without a path, a store in memory.

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
            _configure(connection, path)
            _migrate(connection, path)
            for macros in MACROS:
                connection.execute(sql(macros))
            _check_rows(connection, path)
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


def _configure(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
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
    _attach(connection, path)
    _attach_derived(connection, path)
    if zone := _zone(connection, path):
        # Global, for every question has a cursor of its own, and would start with the machine's zone.
        connection.execute("SET GLOBAL TimeZone = $zone", {"zone": zone})
    connection.execute("SET allowed_directories = $folders", {"folders": [str(spill)]})
    if path:
        files = [path, write_ahead_log.path_of(path), derived_path(path), write_ahead_log.path_of(derived_path(path))]
        connection.execute("SET allowed_paths = $files", {"files": [str(file) for file in files]})
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


def _attach(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    # ATTACH takes no parameter in DuckDB 1.5, so the path is quoted here.
    target = str(path).replace("'", "''") if path else ":memory:"
    # A new file has the format of DuckDB 1.5, also where a later one makes it.
    made = "" if path and path.exists() else ", STORAGE_VERSION 'v1.0.0'"
    connection.execute(f"ATTACH '{target}' AS clinic (TYPE duckdb{made})")


def derived_path(path: Path) -> Path:
    """Where what is worked out from the facts of a store is kept."""
    return path.with_name(path.name + ".derived")


def _attach_derived(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Attach what was worked out before; a file that cannot be read is made anew, and without a place it is in memory."""
    if path is None:
        connection.execute("ATTACH ':memory:' AS derived")
        return
    file = derived_path(path)
    target = str(file).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{target}' AS derived (TYPE duckdb)")
        return
    except duckdb.Error as error:
        log.warning("what is derived is made anew, for its file cannot be read: %s", type(error).__name__)
    try:
        file.unlink(missing_ok=True)
        write_ahead_log.path_of(file).unlink(missing_ok=True)
        connection.execute(f"ATTACH '{target}' AS derived (TYPE duckdb)")
    except (OSError, duckdb.Error) as error:
        log.warning("what is derived is kept in memory, for its file cannot be made: %s", type(error).__name__)
        connection.execute("ATTACH ':memory:' AS derived")


def _checkpoint_derived(connection: duckdb.DuckDBPyConnection) -> None:
    """Where that fails nothing is lost: it can all be worked out again."""
    try:
        connection.execute("CHECKPOINT derived")
    except duckdb.Error as error:
        log.warning("what is derived stays in its write-ahead log: %s", type(error).__name__)


def _attach_again(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """After a checkpoint that failed DuckDB lets nobody at the file until it is attached anew, which waits until the
    questions that were under way have failed too."""
    for _ in range(_ATTEMPTS):
        try:
            connection.execute("DETACH DATABASE IF EXISTS clinic")
            _attach(connection, path)
        except duckdb.Error:
            time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
        else:
            return
    log.error("the clinic's data could not be opened again; Supine has to be started anew")


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
    (r'has been invalidated|(schema|Catalog) "clinic" does not exist', "store_reopening"),
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
