"""Importing an export: every line becomes new, changed, duplicate or rejected, and all of it is stored or none."""

import datetime
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy
import pyarrow

from data import contract
from data import mapping as mappings
from data.mapping import Mapping, MappingError, Positions
from data.reading import AS_FOUND, Look, Told, look
from data.records import RECORD, Form, ReadingError, batches
from data.settings import settings
from data.store import Store, execute_each, sql

MOST_REJECTS_SHOWN = 10_000
MOST_CHANGES_SHOWN = 500
MOST_WORDS = 1000
SAMPLE_ROWS = 10
PART_BYTES = 1 << 22
# Files up to this size are checked in one go; the short way of larger ones costs one more query plan.
SHORT_WAY_FROM_BYTES = 1 << 20


# One row per logged row that a line can hold, for the SQL.
PART = pyarrow.schema(
    [
        ("part_no", pyarrow.int32()),
        *((f"{column}{whose}", pyarrow.int32()) for column in contract.SIDE_COLUMNS for whose in ("", "_of_other")),
        ("side_value", pyarrow.string()),
        ("own", pyarrow.list_(pyarrow.int32())),
        ("other", pyarrow.list_(pyarrow.int32())),
    ]
)


@dataclass(frozen=True)
class Result:
    """What became of one file. `lines` = new + changed + duplicate + rejected; a refused file has none of them.

    `status` is imported, already_imported or refused; `reason` says why a file was refused, and `needs_patient` that it
    would not be if somebody said whose it is; `form` and `header_line` are how it is written, and `notes` how it was
    read; `rejects` are the first rejected lines (line, column, value, reason). A rehearsal also has `changes`, the old
    and new values of changed lines, and `sample`, the first rows as they would be stored.
    """

    file: str
    status: str
    kind: str | None = None
    reason: str | None = None
    needs_patient: bool = False
    lines: int = 0
    new: int = 0
    changed: int = 0
    duplicate: int = 0
    rejected: int = 0
    patients: int = 0
    upload_id: int | None = None
    mapping: str | None = None
    form: Form | None = None
    header_line: int | None = None
    notes: list[str] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    sample: list[dict[str, Any]] = field(default_factory=list)


def import_file(
    store: Store,
    stream: BinaryIO,
    file_name: str,
    *,
    patient: str | None = None,
    mapping: Mapping | str | None = None,
    date_order: str | None = None,
    told: Told = AS_FOUND,
    by: str = "",
    uploaded_at: datetime.datetime | None = None,
    rehearse: bool = False,
) -> Result:
    """Import one file, or with `rehearse` say what an import would do and store nothing.

    `patient` is for a file that names no patient, and `told` for one that is written otherwise than it seems. A file
    that cannot be understood comes back as refused, with a sentence that says what to do. Raises StoreError when the
    store cannot be written.
    """
    seen = None
    try:
        seen = look(stream, told)
        chosen = mapping if isinstance(mapping, Mapping) else mappings.find(seen, mapping)
        reading = _reading(seen, chosen, patient, date_order, uploaded_at or settings().now())
        with store.rehearse() if rehearse else store.write() as cursor:
            result = _imported(cursor, stream, file_name, reading, by, rehearse)
    except (ReadingError, MappingError) as error:
        needs_patient = isinstance(error, PatientMissing)
        result = Result(file=file_name, status="refused", reason=str(error), needs_patient=needs_patient)
    except OSError as error:
        reason = f"The file cannot be read to its end: {error.strerror or error}. Nothing of it was stored."
        result = Result(file=file_name, status="refused", reason=reason)
    return replace(result, form=seen.form, header_line=seen.header_line) if seen else result


class PatientMissing(MappingError):
    """The file can be read once somebody says whose it is."""


def patient_from_name(file_name: str) -> str:
    """The patient whom a file's name says: P007 for P007.csv."""
    # Some file systems keep a name's letters and their marks apart, and no roster does.
    return unicodedata.normalize("NFC", Path(file_name).stem)


@dataclass(frozen=True)
class _Reading:
    """Everything that decides how the bytes of one file become rows."""

    look: Look
    mapping: Mapping
    positions: Positions
    patient: str | None
    date_order: str | None
    uploaded_at: datetime.datetime

    @property
    def sided(self) -> bool:
        """Whether left and right have columns of their own, so that a line may be two rows."""
        return bool(self.positions.sides)


def _reading(
    seen: Look, chosen: Mapping, patient: str | None, date_order: str | None, uploaded_at: datetime.datetime
) -> _Reading:
    positions = mappings.positions(seen, chosen)
    patient = (patient or "").strip() or None
    if "patient_id" in chosen.columns:
        patient = None
    elif patient is None:
        raise PatientMissing(
            "The file does not say whose log it is; choose the patient for it (--patient, --patient-from-name)."
        )
    elif any(unicodedata.category(sign) in ("Cc", "Cs") for sign in patient):
        raise MappingError(f"The patient's id {patient!r} holds signs that cannot be written; choose another.")
    return _Reading(seen, chosen, positions, patient, date_order or chosen.date_order, uploaded_at)


def _imported(
    cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, file_name: str, reading: _Reading, by: str, rehearse: bool
) -> Result:
    before = _already_imported(cursor, reading)
    if before:
        rejects = _run(cursor, "stored_rejects", upload_id=before.upload_id, most=MOST_REJECTS_SHOWN)
        return replace(before, file=file_name, rejects=rejects)
    _prepare(cursor, reading)
    reading = replace(reading, date_order=reading.date_order or _date_order(cursor, stream, reading))
    upload_id, first_row_id = _run(cursor, "next_ids")[0].values()
    if reading.mapping.kind == "roster":
        _run_over(cursor, "roster_check", _records(stream, reading.look), **_roster_parameters(reading))
        notes = _above_header(reading.look)
        some_known = False
        counts = _run(cursor, "roster_count")[0]
    else:
        _take_rows(cursor, stream, reading, upload_id=upload_id, first_row_id=first_row_id)
        seen = _run(cursor, "log_notes", upload_id=upload_id)[0]
        notes = _notes(cursor, reading, seen, upload_id)
        some_known = _compare_rows(cursor, seen, upload_id)
        if some_known and reading.mapping.score:
            execute_each(cursor, sql("log_refuse_partial"), {"upload_id": upload_id})
        counts = _run(cursor, "log_count", upload_id=upload_id, sided=reading.sided)[0]
    if not counts["lines"]:
        raise ReadingError("The file names its columns and has no lines below them.")
    rejects = _run(cursor, "rejects", most=MOST_REJECTS_SHOWN)
    execute_each(cursor, sql(f"{reading.mapping.kind}_store"), {"upload_id": upload_id})
    if some_known or reading.mapping.score:
        execute_each(cursor, sql("log_settle"), {"upload_id": upload_id})
    _store_upload(cursor, stream, file_name, reading, by, upload_id, counts)
    is_shown = rehearse and reading.mapping.kind == "log"
    return Result(
        file=file_name,
        status="imported",
        kind=reading.mapping.kind,
        upload_id=upload_id,
        mapping=reading.mapping.name,
        notes=notes,
        rejects=rejects,
        changes=_run(cursor, "log_changes", upload_id=upload_id, most=MOST_CHANGES_SHOWN) if is_shown else [],
        sample=_run(cursor, "log_sample", upload_id=upload_id, most=SAMPLE_ROWS) if is_shown else [],
        **counts,
    )


def _take_rows(cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, reading: _Reading, **ids: int) -> None:
    """Store every sound row of a log in this transaction, and say of all other lines in `checked` what they are.

    The lines of a large file that are in order go straight to where they stay, and only the others are looked at
    closely.
    """
    told = _log_parameters(reading)
    others = _records(stream, reading.look)
    if reading.look.size >= SHORT_WAY_FROM_BYTES and not reading.sided and not reading.mapping.score:
        seen = Counter[str]()
        taken = _run_over(cursor, "log_take", _counted(others, reading.look.header_line, seen), **told, **ids)
        if taken[0]["Count"] == seen["records"]:
            _run(cursor, "log_none_checked")
            return
        cursor.execute("SELECT line_no FROM clinic.log_row WHERE upload_id = $id", {"id": ids["upload_id"]})
        others = _others(stream, reading, numpy.asarray(cursor.fetchnumpy()["line_no"]))
    _run_over(cursor, "log_check", others, **told, only_header=next(iter(_chosen_by(reading.mapping)), None))
    if reading.mapping.score:
        _run(cursor, "log_merge")
    _run(cursor, "log_add", **ids)


def _compare_rows(cursor: duckdb.DuckDBPyConnection, seen: dict[str, Any], upload_id: int) -> bool:
    """Find what the upload's rows are to each other and to the rows stored before; whether any is more than new."""
    _run(cursor, "log_patients", upload_id=upload_id)
    repeated = _rows_made(cursor, "log_said_again", upload_id=upload_id) > 0
    if repeated:
        _run(cursor, "log_repeated", upload_id=upload_id)
    else:
        _run(cursor, "log_none_repeated")
    span = {"first_moment": seen["first_moment"], "last_moment": seen["last_moment"]}
    stored = _rows_made(cursor, "log_stored", upload_id=upload_id, **span)
    known = _rows_made(cursor, "log_compare", upload_id=upload_id) if stored else 0
    if not stored:
        _run(cursor, "log_all_new")
    if repeated:
        _run(cursor, "log_keep_repeated")
    return known > 0


def _rows_made(cursor: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> int:
    """Run a statement that makes a table; how many rows it has."""
    return _run(cursor, name, **parameters)[0]["Count"]


def _prepare(cursor: duckdb.DuckDBPyConnection, reading: _Reading) -> None:
    """Make known to the SQL what it asks of each line, and which rows a line can hold."""
    parts = [{"part_no": number} | side for number, side in enumerate(reading.positions.sides or [{}], start=1)]
    cursor.register("given_part", pyarrow.Table.from_pylist(parts, PART))
    cursor.execute("CREATE OR REPLACE TEMP TABLE part AS FROM given_part")
    cursor.unregister("given_part")
    cursor.register("incoming", RECORD.empty_table())
    cursor.execute(sql("log_line"))
    cursor.unregister("incoming")


def _run(cursor: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run one statement of `sql/`; its answer as one dict per row."""
    cursor.execute(sql(name), parameters or None)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _records(stream: BinaryIO, seen: Look) -> Iterator[pyarrow.RecordBatch]:
    """The records of the file, from its beginning."""
    stream.seek(0)
    return batches(stream, seen.form, seen.width)


def _counted(
    records: Iterator[pyarrow.RecordBatch], header_line: int, seen: Counter[str]
) -> Iterator[pyarrow.RecordBatch]:
    """The same records; `seen` counts those below the header."""
    for batch in records:
        seen["records"] += int((batch["line_no"].to_numpy() > header_line).sum())
        yield batch


def _others(stream: BinaryIO, reading: _Reading, taken: numpy.ndarray) -> Iterator[pyarrow.RecordBatch]:
    """The records whose line numbers are not among those that were taken."""
    is_taken = numpy.zeros(reading.look.last_line + 2, dtype=bool)
    is_taken[taken] = True
    for batch in _records(stream, reading.look):
        is_wanted = ~is_taken[batch["line_no"].to_numpy()]
        if is_wanted.any():
            yield batch.filter(pyarrow.array(is_wanted))


def _run_over(
    cursor: duckdb.DuckDBPyConnection, name: str, records: Iterator[pyarrow.RecordBatch], **parameters: Any
) -> list[dict[str, Any]]:
    """Run one statement of `sql/` over the records of a file, which it calls `incoming`."""
    failure: list[Exception] = []
    source = pyarrow.RecordBatchReader.from_batches(RECORD, _watched(records, failure))
    cursor.register("incoming", source)
    try:
        answer = _run(cursor, name, **parameters)
    except duckdb.Error as error:
        if failure:
            raise failure[0] from error
        raise
    cursor.unregister("incoming")
    return answer


def _watched(records: Iterator[pyarrow.RecordBatch], failure: list[Exception]) -> Iterator[pyarrow.RecordBatch]:
    """The same records; an error is kept aside, for DuckDB would pass on no more than its text."""
    try:
        yield from records
    except (ReadingError, OSError) as error:
        failure.append(error)
        raise


def _written(seen: Look) -> dict[str, Any]:
    """How the file is written, as the SQL takes it."""
    form = seen.form
    return {
        "header_line": seen.header_line,
        "header": seen.header_text,
        "delimiter": form.delimiter,
        "quote": form.quote,
        "escape": form.escape,
        "cell_pattern": form.cell_pattern,
    }


def _checked_by(reading: _Reading) -> dict[str, Any]:
    """What the lines of a log or a roster are checked by."""
    seen = reading.look
    return _written(seen) | {
        "width": seen.width,
        "needed": reading.positions.needed,
        "hash_is_data": reading.positions.place["patient_id"] == 1,
        "last_line": seen.last_line,
        "last_is_cut": not seen.ends_in_line_end,
        "date_order": reading.date_order or "ymd",
        "bounds": contract.bounds(reading.mapping.kind),
        "missing": list(contract.words("missing")),
        "place": reading.positions.place,
    }


def _words(kind: str, own: dict[str, str] | None = None) -> dict[str, list[str]]:
    """What words mean, in the form in which DuckDB takes a map."""
    # A map is looked through from its beginning, so what things are called most often comes first.
    meaning = (
        {code: code for code in contract.words(kind).values()}
        | contract.words(kind)
        | {written: code for name, code in (own or {}).items() for written in contract.spellings(name)}
    )
    return {"key": list(meaning), "value": list(meaning.values())}


def _roster_parameters(reading: _Reading) -> dict[str, Any]:
    return _checked_by(reading) | {"severity_words": _words("severity"), "sex_words": _words("sex")}


def _log_parameters(reading: _Reading) -> dict[str, Any]:
    chosen = reading.mapping
    scale_from, scale_by = mappings.PAIN_SCALES[chosen.pain_scale]
    only_header = next(iter(_chosen_by(chosen)), "")
    headers = [contract.bare(header) for header in reading.look.header]
    return _checked_by(reading) | {
        "patient": reading.patient,
        "scale_from": scale_from,
        "scale_by": scale_by,
        "duration_unit": chosen.duration_unit,
        "zero_is_missing": chosen.zero_is_missing,
        "latest": reading.uploaded_at + datetime.timedelta(days=1),
        "only_column": headers.index(contract.bare(only_header)) + 1 if only_header else None,
        "only_values": chosen.only.get(only_header, []),
        "except_values": chosen.without.get(only_header, []),
        "exercise_words": _words("exercise", chosen.exercises),
        "side_words": _words("side"),
        "yes_no_words": _words("yes_no"),
        "is_guarded": list(reading.look.header) == list(contract.columns("log")),
        "fixed_day": chosen.day,
        "time_zone": chosen.time_zone,
        "sided": reading.sided,
        "score_times": _words("score_time", chosen.score_times),
    }


def _chosen_by(chosen: Mapping) -> list[str]:
    """The header by which a mapping tells sessions from other lines, if it does."""
    return list(chosen.only | chosen.without)


def _date_column(reading: _Reading) -> int | None:
    place = reading.positions.place
    return place.get("performed_at") or place.get("programme_start")


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
    count = _run_over(
        cursor, "date_orders", _records(stream, reading.look), **_written(reading.look), date_column=position
    )[0]
    fitting = [order for order in mappings.DATE_ORDERS if count[order] == count["any_order"]]
    if not fitting:
        raise ReadingError("Some dates of this file are written day first and others month first; choose one order.")
    same = {("ymd", "dmy"): "ymd_or_dmy", ("ymd", "mdy"): "ymd_or_mdy", ("dmy", "mdy"): "dmy_or_mdy"}
    if any(count[same[fitting[0], other]] for other in fitting[1:]):
        names = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}
        ways = " or ".join(names[order] for order in fitting)
        raise ReadingError(f"The dates of this file can be read {ways}; choose the date order (--date-order).")
    return fitting[0]


def _notes(cursor: duckdb.DuckDBPyConnection, reading: _Reading, count: dict[str, Any], upload_id: int) -> list[str]:
    """Sentences on how the file was read. Raises ReadingError when the scores are on another scale, by all signs."""
    above = count["scores_above_10"]
    if reading.mapping.pain_scale == "0-10" and above >= 3 and above * 10 >= count["sound_rows"] + count["rejected"]:
        raise ReadingError(
            f"{above:,} pain scores are above 10, so the scale may be 0 to 100; choose the scale by hand (--mapping)."
        )
    if count["only_midnights"]:
        _run(cursor, "log_days_only", upload_id=upload_id)
    used = {contract.bare(header) for header in mappings.used(reading.mapping)}
    unused = [header for header in reading.look.header if header and contract.bare(header) not in used]
    said = [
        (count["blank"], f"{count['blank']:,} blank lines hold no data."),
        (count["remarks"], f"{count['remarks']:,} lines begin with # and were taken as remarks."),
        (
            count["headers"],
            f"The header is repeated {count['headers']:,} times, first on line {count['header_again']}.",
        ),
        (
            count["short_lines"],
            f"{count['short_lines']:,} lines end before their last cells; those are taken as empty.",
        ),
        (
            count["entries_with_later_scores"],
            f"{count['entries_with_later_scores']:,} lines have a score during or after exercise but name no exercise; "
            "they count as diary entries, and a rise in them is not judged.",
        ),
        (
            not reading.look.ends_in_line_end,
            "The last line has no line end; if the file was cut short, that line may not be whole.",
        ),
        (count["only_midnights"], "Every time of day is midnight, so the times were taken as days."),
        (unused, f"Columns not used: {', '.join(unused[:30])}."),
    ]
    return _above_header(reading.look) + [sentence for holds, sentence in said if holds]


def _above_header(seen: Look) -> list[str]:
    above = seen.header_line - 1
    return [f"The header is on line {seen.header_line}; the lines above it are no data."] if above > 0 else []


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
        reason=f"Already imported on {upload['uploaded_at']:%Y-%m-%d at %H:%M} as {upload['file_name']}. "
        "To read it in another way, undo that upload first.",
        lines=upload["lines"],
        duplicate=upload["lines"] - upload["rejected"],
        rejected=upload["rejected"],
        patients=upload["patients"],
        upload_id=upload["upload_id"],
        mapping=reading.mapping.name,
    )


def _store_upload(
    cursor: duckdb.DuckDBPyConnection,
    stream: BinaryIO,
    file_name: str,
    reading: _Reading,
    by: str,
    upload_id: int,
    counts: dict[str, int],
) -> None:
    seen = reading.look
    told = {
        "form": asdict(seen.form),
        "header_line": seen.header_line,
        "header_text": seen.header_text,
        "header": seen.header,
        "width": seen.width,
        "date_order": reading.date_order,
        "mapping": asdict(reading.mapping),
    }
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
    for part, (block, content) in enumerate(_compressed(stream)):
        cursor.execute(
            "INSERT INTO clinic.upload_part VALUES ($upload_id, $part, $size, $content)",
            {"upload_id": upload_id, "part": part, "size": len(block), "content": content},
        )


def _compressed(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The file in pieces, each as it is and compressed, two at a time."""
    stream.seek(0)
    with ThreadPoolExecutor(2) as pool:
        while blocks := list(filter(None, (stream.read(PART_BYTES), stream.read(PART_BYTES)))):
            yield from zip(blocks, pool.map(_zstd, blocks), strict=True)


def _zstd(block: bytes) -> bytes:
    return pyarrow.compress(block, codec="zstd", asbytes=True)


def words_of(store: Store, stream: BinaryIO, seen: Look, header: str) -> list[str]:
    """What a column says throughout a file, each word once and the commonest first; the first MOST_WORDS of them.

    Raises ReadingError when the file turns out not to be what it looked like.
    """
    where = {"place": seen.header.index(header) + 1, "most": MOST_WORDS}
    with store.read() as cursor:
        found = _run_over(cursor, "words_of", _records(stream, seen), **_written(seen), **where)
    return [row["word"] for row in found]


def original(store: Store, upload_id: int) -> bytes:
    """An uploaded file, byte for byte as it came."""
    with store.read() as cursor:
        parts = cursor.execute(
            "SELECT size, content FROM clinic.upload_part WHERE upload_id = $upload_id ORDER BY part",
            {"upload_id": upload_id},
        ).fetchall()
    return b"".join(pyarrow.decompress(part, size, codec="zstd", asbytes=True) for size, part in parts)


def how_read(store: Store, upload_id: int) -> dict[str, Any]:
    """How an upload was read: its form, header, width, date order and mapping, as `_store_upload` tells them."""
    with store.read() as cursor:
        reading = cursor.execute(
            "SELECT reading FROM clinic.upload WHERE upload_id = $upload_id", {"upload_id": upload_id}
        ).fetchall()
    return json.loads(reading[0][0])


def original_lines(store: Store, upload_id: int, line_nos: set[int]) -> dict[int, str]:
    """The lines with these numbers, as they were written in the uploaded file."""
    told = how_read(store, upload_id)
    found: dict[int, str] = {}
    for batch in batches(io.BytesIO(original(store, upload_id)), Form(**told["form"]), told["width"]):
        for line_no, line in zip(batch["line_no"].to_pylist(), batch["line"].to_pylist(), strict=True):
            if line_no in line_nos:
                found[line_no] = line
        if len(found) == len(line_nos):
            break
    return found
