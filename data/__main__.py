"""`python -m data import FILE…`: the same import as the imports page, from a terminal."""

import argparse
import dataclasses
import getpass
import json
import sys
from pathlib import Path

from data.importing import Result, import_file
from data.mapping import DATE_ORDERS
from data.settings import settings
from data.store import StoreError, open_store


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the answer is the exit code: 0 when every file was taken, 1 when any was refused."""
    parser = argparse.ArgumentParser(prog="python -m data", description="Bring exports into the clinic's store.")
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser("import", help="import CSV exports: logs and rosters")
    importing.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    importing.add_argument("--patient", metavar="ID", help="the patient of files that name none")
    importing.add_argument("--mapping", metavar="NAME", help="how to read the columns, by name")
    importing.add_argument(
        "--date-order", choices=DATE_ORDERS, help="how dates that could be read two ways are written"
    )
    importing.add_argument("--json", action="store_true", help="say what became of each file as JSON")
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return _import(parser.parse_args(arguments))


def _import(chosen: argparse.Namespace) -> int:
    try:
        store = open_store(chosen.database)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        results = [_import_path(store, path, chosen) for path in chosen.files]
    finally:
        store.close()
    if chosen.json:
        files = [dataclasses.asdict(result) for result in results]
        print(json.dumps({"files": files}, ensure_ascii=False, indent=2))
    else:
        for result in results:
            print(_told(result))
    return int(any(result.status == "refused" for result in results))


def _import_path(store, path: Path, chosen: argparse.Namespace) -> Result:
    try:
        with path.open("rb") as stream:
            return import_file(
                store,
                stream,
                path.name,
                patient=chosen.patient,
                mapping=chosen.mapping,
                date_order=chosen.date_order,
                by=getpass.getuser(),
            )
    except OSError as error:
        return Result(file=path.name, status="refused", reason=f"The file cannot be read: {error.strerror}.")
    except StoreError as error:
        return Result(file=path.name, status="refused", reason=str(error))


def _told(result: Result) -> str:
    if result.status == "refused":
        return f"{result.file}: refused. {result.reason}"
    counts = f"{result.lines:,} lines: {result.new:,} new, {result.changed:,} changed, "
    counts += f"{result.duplicate:,} duplicate, {result.rejected:,} rejected."
    rejects = [
        f"\n  line {reject['line']}: {reject['column'] or 'the line'} {reject['reason']}"
        for reject in result.rejects[:20]
    ]
    more = [f"\n  and {result.rejected - 20:,} more"] if result.rejected > 20 else []
    return " ".join([f"{result.file}:", *filter(None, [result.reason]), counts, *result.notes, *rejects, *more])


if __name__ == "__main__":
    sys.exit(main())
