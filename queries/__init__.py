"""Every question asked of the data: one question a `.sql` file, on views that define the terms once."""

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas

from data.store import SCHEMA, Store, StoreError, execute_each, sql

FOLDER = Path(__file__).parent
# Bounds the memory that bringing derived tables up to date takes after a large import.
PATIENTS_AT_ONCE = 2000
# The questions that the derived tables have no part in: they are answered where those cannot be brought up to date.
OF_FACTS = {"programme", "rejected_lines", "same_file", "uploads"}

Answer = TypeVar("Answer")

log = logging.getLogger("supine")


class RefreshError(StoreError):
    """What was written before is stored, but the derived tables could not be brought up to date with it."""


def define(store: Store) -> None:
    """Give an open store the views that the questions are asked of, and the tables that are derived from its facts.

    Tables that other definitions made, or that belong to other facts, are made anew.
    """
    try:
        _mended(store, lambda: _begin(store))
    except StoreError as error:
        if error.message.code not in ("disk_full", "store_forbidden", "store_fails"):
            raise
        store.mend_derived(in_memory=True)
        _begin(store)


def _begin(store: Store) -> None:
    if not _is_of_these_definitions(store):
        _make_empty(store)
    with store.read() as cursor:
        for view in sorted((FOLDER / "views").glob("*.sql")):
            cursor.execute(view.read_text(encoding="utf-8"))
    if not _row(store, "is_of_these_facts")[0]:
        log.warning("what is derived is made anew, for it belongs to other facts")
        _make_empty(store)


def _is_of_these_definitions(store: Store) -> bool:
    try:
        return bool(_row(store, "is_of_these_definitions", definitions=_definitions())[0])
    except (duckdb.BinderException, StoreError) as error:
        if isinstance(error, StoreError) and error.message.code != "store_reopening":
            raise
        return False


def _make_empty(store: Store) -> None:
    with store.derive() as cursor:
        cursor.execute(_derived("drop"))
        cursor.execute(_derived("tables"))


@cache
def _definitions() -> str:
    """The checksum of all SQL that the derived tables, and the facts that they are made from, are made by."""
    folders = [FOLDER / "views", FOLDER / "derived", SCHEMA]
    files = [file for folder in folders for file in sorted(folder.glob("*.sql"))]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return hashlib.sha256("".join([*texts, sql("rows")]).encode()).hexdigest()


@cache
def _derived(name: str) -> str:
    return (FOLDER / "derived" / f"{name}.sql").read_text(encoding="utf-8")


def version(store: Store) -> tuple:
    """What an answer depends on: the newest facts, and how far what is derived has followed them."""
    return store.until_changed("version of answers", lambda: _mended(store, lambda: _row(store, "version")))


def is_made(store: Store) -> bool:
    """Whether the derived tables were made at all; until then every question waits for it."""
    return _mended(store, lambda: _row(store, "behind"))[1]


def refresh(store: Store, say: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Bring the derived tables up to date with the facts, for every patient of whom there are new ones.

    `say` hears of how many of those patients it is done. Raises RefreshError when the tables cannot be written;
    whatever changed the facts stays stored, and the next question that needs the tables tries again.
    """
    try:
        _mended(store, lambda: _follow(store, say))
    except StoreError as error:
        if error.message.code == "disk_full":
            raise RefreshError("refresh_disk_full") from error
        raise RefreshError("refresh_fails", reason=str(error)) from error


def _follow(store: Store, say: Callable[[int, int], None]) -> None:
    if not _row(store, "behind")[0]:
        return
    with store.derive() as cursor:
        stale = [patient_id for (patient_id,) in cursor.execute(_derived("stale")).fetchall()]
        execute_each(cursor, _derived("follow"), {"definitions": _definitions()})
        for start in range(0, len(stale), PATIENTS_AT_ONCE):
            say(start, len(stale))
            execute_each(cursor, _derived("refresh"), {"patients": stale[start : start + PATIENTS_AT_ONCE]})


def _keep_up(store: Store) -> None:
    """Bring the derived tables up to date for a question, unless somebody else is about to: then it is answered as of
    the last moment that they have followed."""
    is_behind, is_made = _row(store, "behind")
    if is_behind and not (is_made and store.is_followed):
        refresh(store)


def _row(store: Store, name: str, **parameters: Any) -> tuple:
    with store.read() as cursor:
        return cursor.execute(_derived(name), parameters or None).fetchall()[0]


def _mended(store: Store, act: Callable[[], Answer]) -> Answer:
    """What `act` gives; where the derived tables cannot be read, once more after they were begun anew."""
    try:
        return act()
    except StoreError as error:
        if error.message.code not in ("store_damaged", "store_reopening"):
            raise
    store.mend_derived()
    with store.derive() as cursor:
        cursor.execute(_derived("tables"))
    return act()


def names() -> list[str]:
    """The questions that can be asked."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def parameters_of(name: str) -> set[str]:
    """The parameters that a question takes."""
    return set(duckdb.extract_statements(_text(name))[0].named_parameters)


def ask(store: Store, name: str, **parameters: Any) -> pandas.DataFrame:
    """The answer to the question `name`. Its file says what a row is and which parameters it takes.

    Parameters that the question does not take are left out, so that a page can hand over all its filters.
    """
    return _mended(store, lambda: _asked(store, name, parameters, lambda cursor: cursor.df()))


def answer(store: Store, name: str, **parameters: Any) -> tuple[list[str], list[tuple]]:
    """Like `ask`, as the names of the columns and rows of plain Python values."""
    return _mended(store, lambda: _asked(store, name, parameters, _rows))


def _rows(cursor: duckdb.DuckDBPyConnection) -> tuple[list[str], list[tuple]]:
    return [column[0] for column in cursor.description], cursor.fetchall()


def _asked(
    store: Store, name: str, parameters: dict[str, Any], fetched: Callable[[duckdb.DuckDBPyConnection], Answer]
) -> Answer:
    given = {key: parameters[key] for key in parameters_of(name)}
    if name not in OF_FACTS:
        _keep_up(store)
    with store.read() as cursor:
        # The mark is read first, so that the facts that the answer sees are never older than what is derived.
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        cursor.execute("FROM derived.mark").fetchall()
        return fetched(cursor.execute(_text(name), given or None))


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
