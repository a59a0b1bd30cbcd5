"""Every question asked of the data: one question a `.sql` file, on views that define the terms once."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas

from data.store import Store, StoreError, execute_each

FOLDER = Path(__file__).parent
# Bounds the memory that bringing derived tables up to date takes after a large import.
PATIENTS_AT_ONCE = 2000
# The questions that the derived tables have no part in: they are answered where those cannot be brought up to date.
OF_FACTS = {"filter_choices", "programme", "rejected_lines", "rule", "same_file", "uploads"}


class RefreshError(StoreError):
    """What was written before is stored, but the derived tables could not be brought up to date with it."""


def define(store: Store) -> None:
    """Give an open store the views that the questions are asked of."""
    with store.read() as cursor:
        for view in sorted((FOLDER / "views").glob("*.sql")):
            cursor.execute(view.read_text(encoding="utf-8"))


def refresh(store: Store) -> None:
    """Bring the derived tables up to date for every patient whose log has changed.

    Raises RefreshError when they cannot be written; whatever changed the log stays stored, and the next question that
    needs them tries again.
    """
    with store.read() as cursor:
        if not cursor.execute("FROM clinic.stale_patient LIMIT 1").fetchall():
            return
    try:
        with store.write() as cursor:
            _derive(cursor)
    except StoreError as error:
        if error.message.code == "disk_full":
            raise RefreshError("refresh_disk_full") from error
        raise RefreshError("refresh_fails", reason=str(error)) from error


def _derive(cursor: duckdb.DuckDBPyConnection) -> None:
    derived = (FOLDER / "derived" / "refresh.sql").read_text(encoding="utf-8")
    found = cursor.execute("SELECT DISTINCT patient_id FROM clinic.stale_patient ORDER BY patient_id").fetchall()
    stale = [patient_id for (patient_id,) in found]
    for start in range(0, len(stale), PATIENTS_AT_ONCE):
        execute_each(cursor, derived, {"patients": stale[start : start + PATIENTS_AT_ONCE]})


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
    if name not in OF_FACTS:
        refresh(store)
    given = {key: parameters[key] for key in parameters_of(name)}
    with store.read() as cursor:
        yield cursor.execute(_text(name), given or None)


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
