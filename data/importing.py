"""Importing an export: every line of it becomes new, changed, duplicate or rejected, and all of it is stored or none."""

import datetime
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow

from data import contract
from data import mapping as mappings
from data.mapping import Mapping, MappingError
from data.reading import Look, look
from data.records import RECORD, Form, ReadingError, batches
from data.settings import settings
from data.store import Store

SQL = Path(__file__).parent / "sql"
MOST_REJECTS_SHOWN = 10_000
PART_BYTES = 1 << 22


@dataclass(frozen=True)
class Result:
    """What became of one file. `lines` = new + changed + duplicate + rejected; a refused file has none of them.

    `status` is imported, already_imported or refused; `reason` says why a file was refused; `notes` say how it was
    read; `rejects` are the first rejected lines (line, column, value, reason).
    """

    file: str
    status: str
    kind: str | None = None
    reason: str | None = None
    lines: int = 0
    new: int = 0
    changed: int = 0
    duplicate: int = 0
    rejected: int = 0
    patients: int = 0
    upload_id: int | None = None
    mapping: str | None = None
    notes: list[str] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)


def import_file(
    store: Store,
    stream: BinaryIO,
    file_name: str,
    *,
    patient: str | None = None,
    mapping: Mapping | str | None = None,
    date_order: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    by: str = "",
    uploaded_at: datetime.datetime | None = None,
    rehearse: bool = False,
) -> Result:
    """Import one file, or with `rehearse` say what an import would do and store nothing.

    `patient` is for a file that names no patient. A file that cannot be understood comes back as refused, with a
    sentence that says what to do. Raises StoreError when the store cannot be written.
    """
    try:
        seen = look(stream, encoding=encoding, delimiter=delimiter)
        chosen = mapping if isinstance(mapping, Mapping) else mappings.find(seen, mapping)
        reading = _reading(seen, chosen, patient, date_order, uploaded_at or settings().now())
        with store.rehearse() if rehearse else store.write() as cursor:
            return _imported(cursor, stream, file_name, reading, by)
    except (ReadingError, MappingError) as error:
        return Result(file=file_name, status="refused", reason=str(error))


@dataclass(frozen=True)
class _Reading:
    """Everything that decides how the bytes of one file become rows."""

    look: Look
    mapping: Mapping
    parts: list[dict[str, Any]]
    needed: int
    patient: str | None
    date_order: str | None
    uploaded_at: datetime.datetime

    @property
    def form(self) -> Form:
        return self.look.form


def _reading(
    seen: Look, chosen: Mapping, patient: str | None, date_order: str | None, uploaded_at: datetime.datetime
) -> _Reading:
    parts, needed = mappings.positions(seen, chosen)
    patient = (patient or "").strip() or None
    if "patient_id" in chosen.columns:
        patient = None
    elif patient is None:
        raise MappingError("The file does not say whose log it is; choose the patient for it (--patient).")
    return _Reading(seen, chosen, parts, needed, patient, date_order or chosen.date_order, uploaded_at)


def _imported(
    cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, file_name: str, reading: _Reading, by: str
) -> Result:
    before = _already_imported(cursor, reading)
    if before:
        rejects = _run(cursor, "stored_rejects", upload_id=before.upload_id, most=MOST_REJECTS_SHOWN)
        return replace(before, file=file_name, rejects=rejects)
    _prepare(cursor, reading)
    reading = replace(reading, date_order=reading.date_order or _date_order(cursor, stream, reading))
    kind = reading.mapping.kind
    _run_over(cursor, f"{kind}_check", stream, reading)
    notes = _notes(cursor, reading) if kind == "log" else []
    if kind == "log":
        _run(cursor, "log_compare")
    counts = _run(cursor, f"{kind}_count")[0]
    if not counts["lines"]:
        raise ReadingError("The file names its columns and has no lines below them.")
    upload_id = _next_upload_id(cursor)
    rejects = _run(cursor, "rejects", most=MOST_REJECTS_SHOWN)
    _store(cursor, kind, upload_id)
    _store_upload(cursor, stream, file_name, reading, by, upload_id, counts)
    return Result(
        file=file_name,
        status="imported",
        kind=kind,
        upload_id=upload_id,
        mapping=reading.mapping.name,
        notes=notes,
        rejects=rejects,
        **counts,
    )


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _prepare(cursor: duckdb.DuckDBPyConnection, reading: _Reading) -> None:
    """Give the SQL the positions of the columns and the words that it needs, as temporary tables."""
    parts = pyarrow.Table.from_pylist(reading.parts)
    text = {"side_value"}
    schema = pyarrow.schema(
        [(name, pyarrow.string() if name in text else pyarrow.int32()) for name in parts.column_names]
    )
    own = {written: code for name, code in reading.mapping.exercises.items() for written in contract.spellings(name)}
    words = [
        {"kind": kind, "written": written, "meaning": meaning}
        for kind in ("exercise", "side", "yes_no", "severity", "sex")
        for written, meaning in {**contract.words(kind), **(own if kind == "exercise" else {})}.items()
    ]
    cursor.register("given_part", parts.cast(schema))
    cursor.register("given_word", pyarrow.Table.from_pylist(words))
    cursor.execute("CREATE OR REPLACE TEMP TABLE part AS FROM given_part")
    cursor.execute("CREATE OR REPLACE TEMP TABLE known_word AS FROM given_word")
    cursor.unregister("given_part")
    cursor.unregister("given_word")


def _run(cursor: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run one statement of `sql/`; its answer as one dict per row."""
    cursor.execute(_sql(name), parameters or None)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _run_over(
    cursor: duckdb.DuckDBPyConnection, name: str, stream: BinaryIO, reading: _Reading
) -> list[dict[str, Any]]:
    """Run one statement of `sql/` over the records of a file, which it calls `incoming`."""
    failure: list[Exception] = []
    source = pyarrow.RecordBatchReader.from_batches(RECORD, _watched(stream, reading, failure))
    cursor.register("incoming", source)
    try:
        wanted = duckdb.extract_statements(_sql(name))[0].named_parameters
        return _run(cursor, name, **_parameters(reading, wanted))
    except duckdb.Error as error:
        if failure:
            raise failure[0] from error
        raise
    finally:
        cursor.unregister("incoming")


def _watched(stream: BinaryIO, reading: _Reading, failure: list[Exception]) -> Iterator[pyarrow.RecordBatch]:
    """The records of the file; an error is kept aside, for DuckDB would pass on no more than its text."""
    stream.seek(0)
    try:
        yield from batches(stream, reading.form, reading.look.width)
    except ReadingError as error:
        failure.append(error)
        raise


def _parameters(reading: _Reading, names: set[str]) -> dict[str, Any]:
    form, seen, chosen = reading.form, reading.look, reading.mapping
    scale_from, scale_by = mappings.PAIN_SCALES[chosen.pain_scale]
    only_header, only_values = next(iter(chosen.only.items()), (None, []))
    only = next((n for n, header in enumerate(seen.header, 1) if only_header and header == only_header), None)
    parameters = {
        "header_line": seen.header_line,
        "header": seen.header_text,
        "delimiter": form.delimiter,
        "quote": form.quote,
        "escape": form.escape,
        "cell_pattern": form.cell_pattern,
        "width": seen.width,
        "needed": reading.needed,
        "hash_is_data": reading.parts[0]["patient_id"] == 1,
        "last_line": seen.last_line,
        "last_is_cut": not seen.ends_in_line_end,
        "patient": reading.patient,
        "date_order": reading.date_order or "ymd",
        "scale_from": scale_from,
        "scale_by": scale_by,
        "bounds": contract.bounds(chosen.kind),
        "missing": list(contract.words("missing")),
        "latest": reading.uploaded_at + datetime.timedelta(days=1),
        "only_column": only,
        "only_values": only_values,
        "date_column": _date_column(reading),
    }
    return {name: parameters[name] for name in names}


def _date_column(reading: _Reading) -> int | None:
    return reading.parts[0].get("performed_at") or reading.parts[0].get("programme_start")


def _date_order(cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, reading: _Reading) -> str:
    """The one order of day, month and year in which every date of the file can be read.

    Raises ReadingError when that is none or more than one.
    """
    position = _date_column(reading)
    if position is None:
        return "ymd"
    sample = [cells[position - 1].strip() for cells in reading.look.records if position <= len(cells)]
    if all(day[:4].isdigit() for day in sample if day):
        return "ymd"
    count = _run_over(cursor, "date_orders", stream, reading)[0]
    fitting = [order for order in mappings.DATE_ORDERS if count[order] == count["any_order"]]
    if not fitting:
        raise ReadingError("Some dates of this file are written day first and others month first; choose one order.")
    same = {("ymd", "dmy"): "ymd_or_dmy", ("ymd", "mdy"): "ymd_or_mdy", ("dmy", "mdy"): "dmy_or_mdy"}
    if any(count[same[fitting[0], other]] for other in fitting[1:]):
        names = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}
        ways = " or ".join(names[order] for order in fitting)
        raise ReadingError(f"The dates of this file can be read {ways}; choose the date order (--date-order).")
    return fitting[0]


def _notes(cursor: duckdb.DuckDBPyConnection, reading: _Reading) -> list[str]:
    """Sentences on how the file was read. Raises ReadingError when the scores are on another scale, by all signs."""
    count = _run(cursor, "log_notes")[0]
    above = count["scores_above_10"]
    if reading.mapping.pain_scale == "0-10" and above >= 3 and above * 10 >= count["rows"]:
        raise ReadingError(
            f"{above:,} pain scores are above 10, so the scale may be 0 to 100; choose the pain scale in a mapping."
        )
    if count["only_midnights"]:
        cursor.execute("UPDATE checked SET has_time = false")
    known = reading.mapping
    used = {contract.bare(header) for header in (*known.columns.values(), *known.left.values(), *known.right.values())}
    unused = [header for header in reading.look.header if header and contract.bare(header) not in used]
    said = [
        (count["blank"], f"{count['blank']:,} blank lines hold no data."),
        (count["remarks"], f"{count['remarks']:,} lines begin with # and were taken as remarks."),
        (count["headers"], f"The header is repeated {count['headers']:,} times, first on line {count['header_again']}."),
        (count["short_lines"], f"{count['short_lines']:,} lines end before their last cells; those are taken as empty."),
        (
            count["entries_with_later_scores"],
            f"{count['entries_with_later_scores']:,} lines have a score during or after exercise but name no exercise; "
            "they count as diary entries, and a rise in them is not judged.",
        ),
        (count["only_midnights"], "Every time of day is midnight, so the times were taken as days."),
        (unused, f"Columns not used: {', '.join(unused[:30])}."),
    ]
    return [sentence for holds, sentence in said if holds]


def _already_imported(cursor: duckdb.DuckDBPyConnection, reading: _Reading) -> Result | None:
    """The standing upload of the very same bytes, read in the same way."""
    found = _run(
        cursor,
        "already_imported",
        sha256=reading.look.sha256,
        patient_id=reading.patient,
        mapping=reading.mapping.name,
    )
    if not found:
        return None
    upload = found[0]
    return Result(
        file=upload["file_name"],
        status="already_imported",
        kind=upload["kind"],
        reason=f"Already imported on {upload['uploaded_at']:%Y-%m-%d at %H:%M} as {upload['file_name']}.",
        lines=upload["lines"],
        duplicate=upload["lines"] - upload["rejected"],
        rejected=upload["rejected"],
        patients=upload["patients"],
        upload_id=upload["upload_id"],
        mapping=reading.mapping.name,
    )


def _next_upload_id(cursor: duckdb.DuckDBPyConnection) -> int:
    return cursor.execute("SELECT coalesce(max(upload_id), 0) + 1 FROM clinic.upload").fetchall()[0][0]


def _store(cursor: duckdb.DuckDBPyConnection, kind: str, upload_id: int) -> None:
    for statement in duckdb.extract_statements(_sql(f"{kind}_store")):
        takes_id = "upload_id" in statement.named_parameters
        cursor.execute(statement, {"upload_id": upload_id} if takes_id else None)


def _store_upload(
    cursor: duckdb.DuckDBPyConnection,
    stream: BinaryIO,
    file_name: str,
    reading: _Reading,
    by: str,
    upload_id: int,
    counts: dict[str, int],
) -> None:
    told = {"form": asdict(reading.form), "header_line": reading.look.header_line, "date_order": reading.date_order}
    told |= {"header": reading.look.header, "width": reading.look.width, "mapping": asdict(reading.mapping)}
    _run(
        cursor,
        "upload_store",
        upload_id=upload_id,
        kind=reading.mapping.kind,
        file_name=file_name,
        sha256=reading.look.sha256,
        uploaded_at=reading.uploaded_at,
        uploaded_by=by,
        patient_id=reading.patient,
        mapping=reading.mapping.name,
        reading=json.dumps(told, ensure_ascii=False),
        **counts,
    )
    stream.seek(0)
    part = 0
    while block := stream.read(PART_BYTES):
        content = pyarrow.compress(block, codec="zstd", asbytes=True)
        cursor.execute(
            "INSERT INTO clinic.upload_part VALUES ($upload_id, $part, $size, $content)",
            {"upload_id": upload_id, "part": part, "size": len(block), "content": content},
        )
        part += 1


def original(store: Store, upload_id: int) -> tuple[bytes, Form]:
    """An uploaded file, byte for byte as it came, and how it is written."""
    with store.read() as cursor:
        parts = cursor.execute(
            "SELECT size, content FROM clinic.upload_part WHERE upload_id = $upload_id ORDER BY part",
            {"upload_id": upload_id},
        ).fetchall()
        reading = cursor.execute(
            "SELECT reading FROM clinic.upload WHERE upload_id = $upload_id", {"upload_id": upload_id}
        ).fetchall()
    content = b"".join(pyarrow.decompress(part, size, codec="zstd", asbytes=True) for size, part in parts)
    return content, Form(**json.loads(reading[0][0])["form"])


def original_lines(store: Store, upload_id: int, line_nos: set[int]) -> dict[int, str]:
    """The lines with these numbers, as they were written in the uploaded file."""
    content, form = original(store, upload_id)
    found: dict[int, str] = {}
    for batch in batches(io.BytesIO(content), form):
        for line_no, line in zip(batch["line_no"].to_pylist(), batch["line"].to_pylist(), strict=True):
            if line_no in line_nos:
                found[line_no] = line
        if len(found) == len(line_nos):
            break
    return found
