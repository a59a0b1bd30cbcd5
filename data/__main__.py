"""`python -m data`: the clinic's exports in and out, from a terminal, with the same code as the pages."""

import argparse
import getpass
import io
import json
import signal
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from data import backup, demo, export, mapping_files
from data.backup import BackupError
from data.importing import Result, import_file, patient_from_name, refused
from data.mapping import DATE_ORDERS
from data.reading import Overrides
from data.records import ReadingError
from data.settings import settings
from data.store import Store, StoreError, open_store
from data.text import visible, writable
from data.watch import watch
from data.words import terminal_sentence

REJECTS_PRINTED = 20


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 when all of it was done, and 1 when a file was refused or the store held."""
    options = _parser().parse_args(arguments)
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except (StoreError, BackupError) as error:
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
        "--date-order", choices=DATE_ORDERS, help="how dates that could be read two ways are written"
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

    backing_up = commands.add_parser("backup", help="write a backup of the database, also beside a running dashboard")
    backing_up.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    backing_up.add_argument("file", type=Path, metavar="FILE", help="the backup's new file")
    backing_up.set_defaults(run=_backup)

    restoring = commands.add_parser(
        "restore", help="put a backup in the place of the database, and keep that beside it"
    )
    restoring.add_argument("--database", type=Path, default=settings().database, metavar="PATH")
    restoring.add_argument("file", type=Path, metavar="FILE", help="the backup")
    restoring.set_defaults(run=_restore)

    practising = commands.add_parser("demo", help="write the simulated patients' exports, to practise with")
    practising.add_argument("folder", type=Path, metavar="DIR")
    practising.set_defaults(run=_demo)

    commands.add_parser("mappings", help="list the mappings by name").set_defaults(run=_mappings)
    return parser


def _import(options: argparse.Namespace) -> int:
    if options.watch:
        return _watch(options)
    store = open_store(options.database)
    try:
        results = [_import_one(store, path, options) for path in options.files]
    finally:
        store.close()
    if options.json:
        # In ASCII, since a terminal may be unable to write other letters.
        print(json.dumps({"files": [result.report() for result in results]}, indent=2))
    else:
        for result in results:
            print("\n".join(map(visible, _sentence(result).split("\n"))))
    return int(any(result.status == "refused" for result in results))


def _import_one(store: Store, path: Path, options: argparse.Namespace) -> Result:
    """What became of one file; one that the store cannot take does not keep the others from theirs."""
    try:
        return _import_path(store, path, options)
    except StoreError as error:
        return refused(_name(path), error)


def _import_path(store: Store, path: Path, options: argparse.Namespace) -> Result:
    try:
        stream = path.open("rb")
    except OSError as error:
        return refused(_name(path), ReadingError("file_unreadable", error=error.strerror))
    except ValueError:
        # A zero byte, which no file system takes.
        return refused(_name(path), ReadingError("file_name_unwritable"))
    with stream:
        return _import_stream(store, path, stream, options)


def _import_stream(store: Store, path: Path, stream: BinaryIO, options: argparse.Namespace) -> Result:
    return import_file(
        store,
        stream,
        _name(path),
        patient=patient_from_name(path.name) if options.patient_from_name else options.patient,
        mapping=options.mapping,
        date_order=options.date_order,
        overrides=_overrides(options),
        by=_user(),
    )


def _overrides(options: argparse.Namespace) -> Overrides:
    return Overrides(options.encoding, options.delimiter, options.quote, options.escape, options.header_line)


def _name(path: Path) -> str:
    """A file's name as text; what is in no known encoding of it becomes a question mark."""
    return writable(path.name)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return ""


def _watch(options: argparse.Namespace) -> int:
    """Watch a folder until the process receives a signal to end; the store is held only while a file is imported."""
    if not options.watch.is_dir():
        print(f"{options.watch} is no folder.", file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def take(path: Path, stream: BinaryIO) -> Result:
        store = open_store(options.database)
        try:
            return _import_stream(store, path, stream, options)
        finally:
            store.close()

    watch(options.watch, take, stop, lambda line: print(visible(line), flush=True))
    return 0


def _export(options: argparse.Namespace) -> int:
    form = options.file.suffix.lower().removeprefix(".")
    if form not in ("csv", "parquet"):
        print(f"{options.file} ends in neither .csv nor .parquet.", file=sys.stderr)
        return 1
    store = open_store(options.database)
    try:
        with options.file.open("wb") as out:
            export.log(store, out, form)
    except OSError as error:
        print(f"{options.file} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0


def _backup(options: argparse.Namespace) -> int:
    database, target = options.database.absolute(), options.file.absolute()
    if not database.exists():
        raise BackupError("backup_without_store", path=database)
    if target.exists():
        raise BackupError("backup_exists", path=target)
    try:
        store = open_store(database, backups=target.parent)
    except StoreError as error:
        if not error.message.code.startswith("store_held"):
            raise
        print(f"{database} is in use; asking the dashboard for a backup.", flush=True)
        backup.ask_holder(database, target)
    else:
        with closing(store):
            backup.make(store, target)
    print(f"{target} holds everything that was imported and recorded.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    kept = backup.restore(options.file.absolute(), options.database.absolute())
    print(f"{options.database} is as it was in {options.file}.")
    if kept:
        print(f"What it was before is kept as {kept}.")
    return 0


def _demo(options: argparse.Namespace) -> int:
    options.folder.mkdir(parents=True, exist_ok=True)
    for made in demo.exports(settings().now()):
        (options.folder / made.name).write_bytes(made.content)
    return 0


def _mappings(_: argparse.Namespace) -> int:
    for name, found in mapping_files.mapping_files().items():
        print(f"{name}: {found.entry.get('kind', 'refused')}, for files with {', '.join(found.header)}")
    for fault in mapping_files.unusable_files():
        print(fault, file=sys.stderr)
    return 0


def _sentence(result: Result) -> str:
    if result.message and result.status == "refused":
        return f"{result.file}: refused. {terminal_sentence(result.message)}"
    counts = (
        f"{result.lines:,} {'line' if result.lines == 1 else 'lines'}: {result.new:,} new, {result.changed:,} changed, "
    )
    counts += f"{result.duplicate:,} duplicate, {result.rejected:,} rejected."
    rejects = [
        f"\n  line {reject['line']}: {reject['column'] or 'the line'} {reject['reason']}"
        for reject in result.rejects[:REJECTS_PRINTED]
    ]
    more = [f"\n  and {result.rejected - REJECTS_PRINTED:,} more"] if result.rejected > REJECTS_PRINTED else []
    remarks = [*filter(None, [result.message]), *result.notes]
    return " ".join([f"{result.file}:", counts, *map(str, remarks), *rejects, *more])


if __name__ == "__main__":
    sys.exit(main())
