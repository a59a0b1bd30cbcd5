"""`python -m queries NAME`: any question from a terminal."""

import argparse
import csv
import datetime
import decimal
import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas

import queries
from data.settings import settings
from data.store import StoreError, open_store
from data.text import visible


def main(arguments: list[str] | None = None) -> int:
    """Ask one question and print the answer; the exit code is 1 when it cannot be asked."""
    parser = argparse.ArgumentParser(prog="python -m queries", description="Ask a question of the clinic's store.")
    parser.add_argument("name", choices=queries.names(), metavar="NAME", help=", ".join(queries.names()))
    parser.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    parser.add_argument("--as-of", type=datetime.date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        type=_parameter,
        metavar="name=value",
        help='a list as JSON: site=["North"]',
    )
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
    options = parser.parse_args(arguments)
    parameters = {"as_of": options.as_of or settings().today(), **dict(options.param)}
    missing = sorted(queries.parameters_of(options.name) - set(parameters))
    if missing:
        return _refuse(f"{options.name} also needs {' '.join(f'--param {name}=…' for name in missing)}")
    if not options.database.exists():
        return _refuse(
            f"There is no database at {options.database}; import an export first, or name another --database."
        )
    try:
        columns, rows = _answer(options.database, options.name, parameters)
    except (StoreError, duckdb.Error) as error:
        return _refuse(str(error))
    _print(columns, rows, options.format)
    return 0


def _answer(database: Path, name: str, parameters: dict[str, Any]) -> tuple[list[str], list[tuple]]:
    store = open_store(database)
    try:
        queries.define(store)
        return queries.answer(store, name, **parameters)
    finally:
        store.close()


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not name=value")
    if not value.startswith("["):
        return name, value
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a JSON list") from None


def _print(columns: list[str], rows: list[tuple], form: str) -> None:
    plain = [[_plain(value) for value in row] for row in rows]
    if form == "json":
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in plain], ensure_ascii=False))
        return
    cells = [
        ["" if value is None else value if isinstance(value, str) else _json(value) for value in row] for row in plain
    ]
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(cells)
    else:
        seen = [[visible(cell) for cell in row] for row in cells]
        print(pandas.DataFrame(seen, columns=columns).to_string(index=False) if cells else "no rows")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value as JSON has it: days and moments in ISO 8601, and numbers without a type of their own."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return value


if __name__ == "__main__":
    sys.exit(main())
