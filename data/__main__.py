"""`python -m data`: the clinic's exports in and out, from a terminal, with the same code as the pages."""

import argparse
import dataclasses
import getpass
import io
import json
import signal
import sys
import threading
from pathlib import Path

from data import demo, export, mapping
from data.importing import Result, import_file, patient_from_name
from data.reading import Told
from data.settings import settings
from data.store import Store, StoreError, open_store
from data.watch import watch

REJECTS_TOLD = 20


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 when all of it was done, and 1 when a file was refused or the store held."""
    chosen = _parser().parse_args(arguments)
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="backslashreplace")
    try:
        return chosen.run(chosen)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="The clinic's exports, in and out.")
    commands = parser.add_subparsers(dest="command", required=True)

    importing = commands.add_parser("import", help="import CSV exports: logs and rosters")
    importing.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    whose = importing.add_mutually_exclusive_group()
    whose.add_argument("--patient", metavar="ID", help="the patient of files that name none")
    whose.add_argument("--patient-from-name", action="store_true", help="files that name none are named after theirs")
    importing.add_argument("--mapping", metavar="NAME", help="how to read the columns, by name")
    importing.add_argument(
        "--date-order", choices=mapping.DATE_ORDERS, help="how dates that could be read two ways are written"
    )
    importing.add_argument("--encoding", metavar="NAME", help="the encoding, where it is found wrongly")
    importing.add_argument("--delimiter", metavar="SIGN", help="what stands between cells")
    importing.add_argument("--quote", metavar="SIGN", help="what stands around cells")
    importing.add_argument("--escape", metavar="SIGN", help="what stands before a quotation mark inside a cell")
    importing.add_argument("--header-line", metavar="N", type=int, help="the line of the header; 0 for none")
    importing.add_argument("--json", action="store_true", help="say what became of each file as JSON")
    what = importing.add_mutually_exclusive_group(required=True)
    what.add_argument("--watch", type=Path, metavar="DIR", help="import whatever is dropped into this folder")
    what.add_argument("files", nargs="*", default=[], type=Path, metavar="FILE")
    importing.set_defaults(run=_import)

    exporting = commands.add_parser("export", help="write the whole log in the contract's columns")
    exporting.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    exporting.add_argument("file", type=Path, metavar="FILE", help="ending in .csv or .parquet")
    exporting.set_defaults(run=_export)

    practising = commands.add_parser("demo", help="write the simulated patients' exports, to practise with")
    practising.add_argument("folder", type=Path, metavar="DIR")
    practising.set_defaults(run=_demo)

    commands.add_parser("mappings", help="list the mappings by name").set_defaults(run=_mappings)
    return parser


def _import(chosen: argparse.Namespace) -> int:
    if chosen.watch:
        return _watch(chosen)
    store = open_store(chosen.database)
    try:
        results = [_import_one(store, path, chosen) for path in chosen.files]
    finally:
        store.close()
    if chosen.json:
        only_rehearsed = ("sample", "changes")
        files = [
            {name: value for name, value in dataclasses.asdict(result).items() if name not in only_rehearsed}
            for result in results
        ]
        # In ASCII, for a terminal may be unable to write other letters.
        print(json.dumps({"files": files}, indent=2))
    else:
        for result in results:
            print(_told(result))
    return int(any(result.status == "refused" for result in results))


def _import_one(store: Store, path: Path, chosen: argparse.Namespace) -> Result:
    """What became of one file; one that the store cannot take does not keep the others from theirs."""
    try:
        return _import_path(store, path, chosen)
    except StoreError as error:
        return Result(file=_name(path), status="refused", reason=str(error))


def _import_path(store: Store, path: Path, chosen: argparse.Namespace) -> Result:
    try:
        stream = path.open("rb")
    except OSError as error:
        return Result(file=_name(path), status="refused", reason=f"The file cannot be read: {error.strerror}.")
    with stream:
        return import_file(
            store,
            stream,
            _name(path),
            patient=patient_from_name(path.name) if chosen.patient_from_name else chosen.patient,
            mapping=chosen.mapping,
            date_order=chosen.date_order,
            told=Told(chosen.encoding, chosen.delimiter, chosen.quote, chosen.escape, chosen.header_line),
            by=_user(),
        )


def _name(path: Path) -> str:
    """A file's name as text; what is in no known encoding of it becomes a question mark."""
    return path.name.encode(errors="replace").decode()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return ""


def _watch(chosen: argparse.Namespace) -> int:
    """Watch a folder until the process is told to end; the store is held only while a file is imported."""
    if not chosen.watch.is_dir():
        print(f"{chosen.watch} is no folder.", file=sys.stderr)
        return 1
    stop = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: stop.set())

    def take(path: Path) -> Result:
        store = open_store(chosen.database)
        try:
            return _import_path(store, path, chosen)
        finally:
            store.close()

    watch(chosen.watch, take, stop, lambda line: print(line, flush=True))
    return 0


def _export(chosen: argparse.Namespace) -> int:
    form = chosen.file.suffix.lower().removeprefix(".")
    if form not in ("csv", "parquet"):
        print(f"{chosen.file} ends in neither .csv nor .parquet.", file=sys.stderr)
        return 1
    store = open_store(chosen.database)
    try:
        with chosen.file.open("wb") as out:
            export.log(store, out, form)
    except OSError as error:
        print(f"{chosen.file} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0


def _demo(chosen: argparse.Namespace) -> int:
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for made in demo.exports(settings().now()):
        (chosen.folder / made.name).write_bytes(made.content)
    return 0


def _mappings(_: argparse.Namespace) -> int:
    for name, found in mapping.ready().items():
        print(f"{name}: {found.entry.get('kind', 'refused')}, for files with {', '.join(found.header)}")
    return 0


def _told(result: Result) -> str:
    if result.status == "refused":
        return f"{result.file}: refused. {result.reason}"
    counts = f"{result.lines:,} lines: {result.new:,} new, {result.changed:,} changed, "
    counts += f"{result.duplicate:,} duplicate, {result.rejected:,} rejected."
    rejects = [
        f"\n  line {reject['line']}: {reject['column'] or 'the line'} {reject['reason']}"
        for reject in result.rejects[:REJECTS_TOLD]
    ]
    more = [f"\n  and {result.rejected - REJECTS_TOLD:,} more"] if result.rejected > REJECTS_TOLD else []
    return " ".join([f"{result.file}:", *filter(None, [result.reason]), counts, *result.notes, *rejects, *more])


if __name__ == "__main__":
    sys.exit(main())
