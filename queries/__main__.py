"""`python -m queries NAME`: any question from a terminal."""

import argparse
import datetime
import json
import sys
from pathlib import Path

import duckdb

import queries
from data.settings import settings
from data.store import StoreError, open_store


def main(arguments: list[str] | None = None) -> int:
    """Ask one question and print the answer; the exit code is 1 when it cannot be asked."""
    parser = argparse.ArgumentParser(prog="python -m queries", description="Ask a question of the clinic's store.")
    parser.add_argument("name", choices=queries.names(), metavar="NAME", help=", ".join(queries.names()))
    parser.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    parser.add_argument("--as-of", type=datetime.date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    parser.add_argument("--param", action="append", default=[], type=_parameter, metavar="name=value")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
    chosen = parser.parse_args(arguments)
    parameters = {"as_of": chosen.as_of or settings().today(), **dict(chosen.param)}
    try:
        store = open_store(chosen.database)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        queries.define(store)
        missing = queries.parameters_of(chosen.name) - set(parameters)
        if missing:
            print(f"{chosen.name} also needs --param {' '.join(f'{name}=…' for name in sorted(missing))}", file=sys.stderr)
            return 1
        answer = queries.ask(store, chosen.name, **parameters)
    except (StoreError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        store.close()
    _print(answer, chosen.format)
    return 0


def _parameter(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r} is not name=value")
    return name, value


def _print(answer, form: str) -> None:
    for column in answer.columns:
        if answer[column].map(lambda value: isinstance(value, list)).any():
            answer[column] = answer[column].map(lambda value: json.dumps(value, ensure_ascii=False, default=str))
    if form == "csv":
        print(answer.to_csv(index=False, lineterminator="\n"), end="")
    elif form == "json":
        print(answer.to_json(orient="records", date_format="iso", force_ascii=False))
    else:
        print(answer.to_string(index=False, na_rep="") if len(answer) else "no rows")


if __name__ == "__main__":
    sys.exit(main())
