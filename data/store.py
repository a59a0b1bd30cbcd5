"""The store: one DuckDB file, one connection for the process, a fresh cursor for each question, one writer at a time.

The file is attached as `clinic`, so that the same SQL would run on any other catalog of that name. DuckDB itself may
open nothing but that file and its own spill folder, and nothing can change that once the store is open.
"""

import itertools
import re
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from data.settings import settings
from data.words import SupineError

SCHEMA = Path(__file__).parent / "schema"
SQL = Path(__file__).parent / "sql"
# The files of sql/ whose macros the others, and the questions, use.
MACROS = ("cells", "dates", "faults", "rows")


class StoreError(SupineError):
    """The store cannot be opened or written."""

    def __init__(self, reason: str):
        super().__init__("store", reason=reason)


class Store:
    """An open store. `serial` is its own among all of this process, and `version` grows with every write; caches are
    keyed by the two."""

    _serials = itertools.count()

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None):
        self._connection = connection
        self._lock = threading.Lock()
        self.path = path
        self.serial = next(Store._serials)
        self.version = 0

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
        """The only way to change the store: one writer, one transaction, all of it or nothing.

        Raises StoreError when the disk is full or cannot be written.
        """
        with self._lock, self.read() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                _roll_back(cursor)
                raise
            self.version += 1

    @contextmanager
    def rehearse(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Like `write`, but everything is taken back at the end: for showing what a write would do."""
        with self._lock, self.read() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
            finally:
                _roll_back(cursor)

    def close(self) -> None:
        """Write everything to the file and let go of it."""
        with self._lock:
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
            raise StoreError(f"{path} is a folder; choose a file in it for Supine's data.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The folder of {path} cannot be made: {error.strerror}.") from error
    connection = duckdb.connect(":memory:")
    try:
        with storage_errors_explained(path):
            _configure(connection, path)
            _migrate(connection, path)
            for macros in MACROS:
                connection.execute(sql(macros))
    except BaseException:
        connection.close()
        raise
    return Store(connection, path)


def _configure(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    spill = path.with_name(path.name + ".spill") if path else Path(tempfile.gettempdir()) / "supine.spill"
    connection.execute("SET memory_limit = $limit", {"limit": settings().memory_limit})
    connection.execute("SET temp_directory = $spill", {"spill": str(spill)})
    if settings().time_zone:
        # Global, for every question has a cursor of its own, and would start with the machine's zone.
        connection.execute("SET GLOBAL TimeZone = $zone", {"zone": settings().time_zone})
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    # ATTACH takes no parameter in DuckDB 1.5, so the path is quoted here.
    target = str(path).replace("'", "''") if path else ":memory:"
    connection.execute(f"ATTACH '{target}' AS clinic (TYPE duckdb)")
    connection.execute("SET allowed_directories = $folders", {"folders": [str(spill)]})
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Bring the schema forward, one numbered file after the other, each in a transaction of its own."""
    steps = sorted(SCHEMA.glob("*.sql"))
    tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'clinic'").fetchall()
    if ("schema_version",) in tables:
        done = connection.execute("SELECT coalesce(max(version), 0) FROM clinic.schema_version").fetchall()[0][0]
    elif tables:
        raise StoreError(f"{path} is a DuckDB file of another program; choose another file for Supine's data.")
    else:
        done = 0
        connection.execute("CREATE TABLE clinic.schema_version (version INTEGER, applied_at TIMESTAMP)")
    if done > len(steps):
        raise StoreError(
            f"{path} was made by a newer Supine (schema {done}; this one knows {len(steps)}); update Supine."
        )
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
    """Turn DuckDB's errors about the file into one clear sentence."""
    try:
        yield
    except duckdb.Error as error:
        explanation = _explanation(error, path)
        if explanation is None:
            raise
        raise StoreError(explanation) from error


def _explanation(error: duckdb.Error, path: Path | None) -> str | None:
    message = str(error)
    if "Could not set lock on file" in message or "being used by another process" in message:
        holder = re.search(r"\(PID (\d+)\)", message)
        who = f"another program (process {holder[1]})" if holder else "another program"
        return f"{path} is in use by {who}; if that is the dashboard, do this on its pages, or close it first."
    if "newer version" in message or ("storage version" in message.lower() and "version number" in message):
        return f"{path} was written by a newer DuckDB than this Supine uses; update Supine."
    if re.search(r"not a valid DuckDB database file|Corrupt|checksum|Serialization Error|enough bytes", message):
        return f"{path} cannot be read as a database: it is damaged or something else; nothing was changed in it."
    if re.search(r"No space left|not enough disk|Disk quota|File too large|max_temp_directory_size", message):
        return "The disk is full: nothing of this was stored. Make room and try again."
    if "Permission denied" in message or "Read-only file system" in message or "Cannot open file" in message:
        return f"{path} cannot be opened or written: permission denied, or the folder is read-only."
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"This takes more memory than Supine may use ({settings().memory_limit}); raise SUPINE_MEMORY_LIMIT."
    if isinstance(error, duckdb.IOException):
        return f"{path} cannot be read or written: {message.splitlines()[0]}."
    return None
