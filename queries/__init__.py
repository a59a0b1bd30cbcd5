"""Every question asked of the data: one question a `.sql` file, on views that define the terms once."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas

from data.store import Store, StoreError, execute_each, sql

FOLDER = Path(__file__).parent
# Bounds the memory that bringing derived tables up to date takes after a large import.
PATIENTS_AT_ONCE = 2000
# The questions that the derived tables have no part in: they are answered where those cannot be brought up to date.
OF_FACTS = {"programme", "rejected_lines", "rule", "same_file", "uploads"}


class RefreshError(StoreError):
    """What was written before is stored, but the derived tables could not be brought up to date with it."""


def define(store: Store) -> None:
    """Give an open store the views that the questions are asked of, and the tables that are derived from its facts.

    Tables that other definitions made, or that belong to other facts, are made anew.
    """
    with store.derive() as cursor:
        if not _is_of_these_definitions(cursor):
            cursor.execute(_derived("drop"))
        cursor.execute(_derived("tables"))
    with store.read() as cursor:
        for view in sorted((FOLDER / "views").glob("*.sql")):
            cursor.execute(view.read_text(encoding="utf-8"))
        is_of_other_facts = cursor.execute(_derived("is_of_other_facts")).fetchall() == [(True,)]
    if is_of_other_facts:
        with store.derive() as cursor:
            cursor.execute(_derived("drop"))
            cursor.execute(_derived("tables"))


def _is_of_these_definitions(cursor: duckdb.DuckDBPyConnection) -> bool:
    try:
        return cursor.execute("SELECT definitions FROM derived.mark").fetchall() == [(_definitions(),)]
    except duckdb.CatalogException:
        return False


@cache
def _definitions() -> str:
    """The checksum of all SQL that the derived tables are made by."""
    files = [*sorted((FOLDER / "views").glob("*.sql")), *sorted((FOLDER / "derived").glob("*.sql"))]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return hashlib.sha256("".join([*texts, sql("rows")]).encode()).hexdigest()


@cache
def _derived(name: str) -> str:
    return (FOLDER / "derived" / f"{name}.sql").read_text(encoding="utf-8")


def refresh(store: Store) -> None:
    """Bring the derived tables up to date with the facts, for every patient of whom there are new ones.

    Raises RefreshError when they cannot be written; whatever changed the facts stays stored, and the next question that
    needs them tries again.
    """
    if not _is_behind(store):
        return
    try:
        with store.derive() as cursor:
            _follow(cursor)
    except StoreError as error:
        if error.message.code == "disk_full":
            raise RefreshError("refresh_disk_full") from error
        raise RefreshError("refresh_fails", reason=str(error)) from error


def _is_behind(store: Store) -> bool:
    with store.read() as cursor:
        return cursor.execute(_derived("behind")).fetchall() == [(True,)]


def _follow(cursor: duckdb.DuckDBPyConnection) -> None:
    stale = [patient_id for (patient_id,) in cursor.execute(_derived("stale")).fetchall()]
    execute_each(cursor, _derived("follow"), {"definitions": _definitions()})
    for start in range(0, len(stale), PATIENTS_AT_ONCE):
        execute_each(cursor, _derived("refresh"), {"patients": stale[start : start + PATIENTS_AT_ONCE]})


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
    with _asked(store, name, parameters) as cursor:
        return cursor.df()


def answer(store: Store, name: str, **parameters: Any) -> tuple[list[str], list[tuple]]:
    """Like `ask`, as the names of the columns and rows of plain Python values."""
    with _asked(store, name, parameters) as cursor:
        return [column[0] for column in cursor.description], cursor.fetchall()


@contextmanager
def _asked(store: Store, name: str, parameters: dict[str, Any]) -> Generator[duckdb.DuckDBPyConnection]:
    given = {key: parameters[key] for key in parameters_of(name)}
    if name not in OF_FACTS:
        refresh(store)
    with store.read() as cursor:
        # The mark is read first, so that the facts that the answer sees are never older than what is derived.
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        cursor.execute("FROM derived.mark").fetchall()
        yield cursor.execute(_text(name), given or None)


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
