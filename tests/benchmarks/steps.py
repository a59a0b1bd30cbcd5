"""One measured step in a process of its own; prints its numbers as JSON."""

import datetime
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

LAST_DAY = datetime.date(2026, 11, 20)
TIMES = 7


def main() -> None:
    """`steps.py STEP`, and what the step takes: paths and numbers."""
    step, *words = sys.argv[1:]
    print(json.dumps(STEPS[step](*(int(word) if word.isdigit() else Path(word) for word in words))))


def bare_read(export: Path, database: Path) -> dict[str, float]:
    """What DuckDB needs to read the file and store it, and nothing else."""
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE TABLE log AS FROM read_csv($path)", {"path": str(export)})
    return {}


def with_pandas(export: Path, database: Path) -> dict[str, int]:
    """The import's checks in pandas."""
    from tests.benchmarks import with_pandas

    return with_pandas.take(export, database)


def small_import(export: Path, database: Path) -> dict[str, float]:
    """An import, and then what the first question derives anew."""
    import queries
    from data.importing import import_file
    from data.store import open_store

    store = open_store(database)
    queries.define(store)
    with export.open("rb") as stream:
        seconds = _seconds(lambda: import_file(store, stream, export.name))
    refresh = _seconds(lambda: queries.refresh(store))
    store.close()
    return {"import": seconds, "refresh": refresh}


def large_store(path: Path, rows: int, patients: int) -> dict[str, float]:
    """Make the large store, in a process of its own because it takes much memory."""
    from tests.benchmarks import make

    make.large_store(path, rows, patients)
    return {}


def review(database: Path) -> dict[str, float]:
    """The review list and the GROUP BY beside it, in turns, so that both meet the same weather."""
    import queries
    from data.store import open_store

    store = open_store(database)
    queries.define(store)
    past = LAST_DAY - datetime.timedelta(days=60)
    asked: dict[str, Callable[[], object]] = {
        "group_by": lambda: _group_by(store),
        "review": lambda: queries.ask(store, "review", as_of=LAST_DAY),
        "past": lambda: queries.ask(store, "review", as_of=past),
        "again": lambda: queries.ask(store, "review", as_of=LAST_DAY),
    }
    runs = [{name: _seconds(ask) for name, ask in asked.items()} for _ in range(TIMES)]
    store.close()
    return {name: min(run[name] for run in runs) for name in asked}


def opening(database: Path) -> dict[str, float]:
    """From nothing to a store whose questions can be answered, with whatever of the derived file is there."""
    import queries
    from data.store import open_store

    begun = time.perf_counter()
    store = open_store(database)
    queries.define(store)
    queries.refresh(store)
    seconds = time.perf_counter() - begun
    store.close()
    return {"opening": seconds}


def _group_by(store) -> object:
    with store.read() as cursor:
        return cursor.execute(
            _plain("performed_at >= $first_day AND performed_at < $end"),
            {"first_day": LAST_DAY - datetime.timedelta(days=27), "end": LAST_DAY + datetime.timedelta(days=1)},
        ).df()


def _plain(condition: str) -> str:
    return f"""
        SELECT
            patient_id, count(*), min(performed_at), max(performed_at), avg(pain_before),
            max(greatest(pain_during, pain_after))
        FROM clinic.log_row
        WHERE {condition}
        GROUP BY patient_id
    """  # noqa: S608


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "bare_read": bare_read,
    "with_pandas": with_pandas,
    "small_import": small_import,
    "large_store": large_store,
    "review": review,
    "opening": opening,
}

if __name__ == "__main__":
    main()
