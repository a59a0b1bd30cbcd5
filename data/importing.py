"""Importing an export: every line becomes new, changed, duplicate or rejected, and all of it is stored or none."""

import datetime
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy
import pyarrow

from data import contract, mapping_files, originals, parameters, recognising
from data import mapping as mappings
from data.mapping import Mapping, MappingError
from data.parameters import Reading, reading_of
from data.reading import NO_OVERRIDES, FileInfo, Overrides, inspect_file
from data.records import RECORD, Dialect, ReadingError, batches
from data.settings import settings
from data.store import Store, execute_each, sql
from data.text import writable
from data.words import Message, SupineError, with_reason

MOST_LINES_ANSWERED = 10_000
MOST_WORDS = 1000
SAMPLE_ROWS = 10
# A column of nothing but days as Excel counts them, or of seconds since 1970: somebody has to say that it is one.
_COUNTED_MOMENTS = {
    "days_of_excel": re.compile(r"[2-9]\d{4}([.,]\d+)?"),
    "moments_of_epoch": re.compile(r"1\d{9}(\d{3})?(\.\d+)?"),
}
# Files up to this size are checked in one go; the short way of larger ones costs one more query plan.
SHORT_WAY_FROM_BYTES = 1 << 20
FIRST_LINES_BYTES = 1 << 18


@dataclass(frozen=True)
class Result:
    """What became of one file. `lines` = new + changed + duplicate + rejected; a refused file has none of them.

    `status` is imported, already_imported or refused; `message` says why a file was not imported; `dialect` and
    `header_line` are how it is written, and `notes` how it was read; `rejects` are the first rejected lines (line,
    column, value, and why as code, values and reason in words). A rehearsal also has `changes`, the old and new values
    of changed lines, and `sample`, the first rows as they would be stored.
    """

    file: str
    status: str
    kind: str | None = None
    message: Message | None = None
    lines: int = 0
    new: int = 0
    changed: int = 0
    duplicate: int = 0
    rejected: int = 0
    patients: int = 0
    upload_id: int | None = None
    mapping: str | None = None
    dialect: Dialect | None = None
    header_line: int | None = None
    notes: list[Message] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    sample: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reason(self) -> str | None:
        """Why the file was not imported, in words."""
        return str(self.message) if self.message else None

    @property
    def needs_patient(self) -> bool:
        """Whether the file would be imported if somebody chose the patient."""
        return self.message is not None and self.message.code == "patient_missing"

    def report(self) -> dict[str, Any]:
        """The result for JSON: codes with their values, and the same in words."""
        fields = {name: value for name, value in asdict(self).items() if name not in ("message", "changes", "sample")}
        message = self.message or Message("", {})
        return fields | {
            "code": message.code or None,
            "values": {name: str(value) for name, value in message.values.items()},
            "reason": self.reason,
            "notes": list(map(str, self.notes)),
        }


def import_file(
    store: Store,
    stream: BinaryIO,
    file_name: str,
    *,
    patient: str | None = None,
    mapping: Mapping | str | None = None,
    date_order: str | None = None,
    overrides: Overrides = NO_OVERRIDES,
    by: str = "",
    uploaded_at: datetime.datetime | None = None,
    rehearse: bool = False,
) -> Result:
    """Import one file, or with `rehearse` say what an import would do and store nothing.

    `patient` is for a file that names no patient, and `overrides` for one whose dialect is found wrongly. A file that
    cannot be understood comes back as refused, with a message that says what to do. Raises StoreError when the store
    cannot be written.
    """
    name = writable(file_name)
    if name != file_name:
        return refused(name, ReadingError("file_name_unwritable"))
    info = None
    try:
        info = inspect_file(stream, overrides)
        columns = mapping if isinstance(mapping, Mapping) else mapping_files.find(info, mapping)
        _refuse_cells_beyond(store, stream, info)
        if mapping is None and patient and "patient_id" not in columns.columns:
            _ask_whose(store, stream, info, columns)
        reading = reading_of(info, columns, patient, date_order, uploaded_at or settings().now())
        with store.rehearse() if rehearse else store.write() as cursor:
            result = _imported(cursor, stream, file_name, reading, by, rehearse)
    except (ReadingError, MappingError) as error:
        result = refused(file_name, error)
    except OSError as error:
        result = refused(file_name, ReadingError("file_breaks_off", error=error.strerror or error))
    if not isinstance(mapping, Mapping):
        result = replace(result, notes=[*result.notes, *mapping_files.unusable_files()])
    return replace(result, dialect=info.dialect, header_line=info.header_line) if info else result


def _refuse_cells_beyond(store: Store, stream: BinaryIO, info: FileInfo) -> None:
    """Raise MappingError where the delimiters at the end of lines turn out to begin a cell without a name."""
    if info.width > len(info.header) and (beyond := _words_at(store, stream, info, info.width)):
        raise MappingError("cells_beyond_header", cells=", ".join(beyond[:3]))


def _ask_whose(store: Store, stream: BinaryIO, info: FileInfo, mapping: Mapping) -> None:
    """Raise MappingError where a column that is not read tells several people apart, in a file of one patient."""
    read = {contract.bare(header) for header in mappings.used(mapping)}
    for place, bare in enumerate(info.bare_headers, start=1):
        if bare not in read and recognising.tells_people_apart(info, info.header[place - 1]):
            people = {contract.bare(word): word for word in _words_at(store, stream, info, place)}
            if len(people) > 1:
                names = ", ".join(list(people.values())[:3])
                raise MappingError("several_people", column=info.header[place - 1], people=names)


def refused(file_name: str, error: SupineError) -> Result:
    """The result of a file that was not imported."""
    return Result(file=file_name, status="refused", message=error.message)


def patient_from_name(file_name: str) -> str:
    """The patient whom a file's name says: P007 for P007.csv."""
    # Some file systems keep a name's letters and their marks apart, and no roster does.
    return unicodedata.normalize("NFC", Path(file_name).stem)


def _imported(
    cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, file_name: str, reading: Reading, by: str, rehearse: bool
) -> Result:
    before = _already_imported(cursor, reading)
    if before:
        # Data cover the patient up to today, although there are no new ones: so the file is known to have come.
        event = {"event": "again", "made_at": reading.uploaded_at, "made_by": by}
        cursor.execute(sql("upload/store_event"), {"upload_id": before.upload_id, **event})
        rejects = _run(cursor, "upload/stored_rejects", upload_id=before.upload_id, most=MOST_LINES_ANSWERED)
        return replace(before, file=file_name, rejects=list(map(with_reason, rejects)))
    reading = reading if reading.date_order else _with_date_order(cursor, stream, reading)
    upload_id = _run(cursor, "upload/next_id")[0]["upload_id"]
    take = _take_roster if reading.mapping.kind == "roster" else _take_log
    counts, notes = take(cursor, stream, reading, upload_id)
    if not counts["lines"]:
        raise ReadingError("no_lines")
    if counts["rejected"] == counts["lines"]:
        raise ReadingError("no_line_understood", count=counts["lines"], faults=_run(cursor, "upload/faults", most=3))
    _store_upload(cursor, file_name, reading, by, upload_id, counts)
    _run(cursor, "upload/fix_zone", fixed_at=reading.uploaded_at)
    if not rehearse:
        originals.keep(cursor, stream, upload_id)
    is_shown = rehearse and reading.mapping.kind == "log"
    return Result(
        file=file_name,
        status="imported",
        kind=reading.mapping.kind,
        upload_id=upload_id,
        mapping=reading.mapping.name,
        notes=notes,
        rejects=list(map(with_reason, _run(cursor, "upload/rejects", most=MOST_LINES_ANSWERED))),
        changes=_run(cursor, "log/changes", upload_id=upload_id, most=MOST_LINES_ANSWERED) if is_shown else [],
        sample=_run(cursor, "log/sample", upload_id=upload_id, most=SAMPLE_ROWS) if is_shown else [],
        **counts,
    )


def _take_roster(
    cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, reading: Reading, upload_id: int
) -> tuple[dict[str, Any], list[Message]]:
    """Store the lines of a roster in this transaction: how many end as which of the four fates, and remarks."""
    _run_over(cursor, "roster/01_check", _records(stream, reading.file), **parameters.roster(reading))
    counts = _run(cursor, "roster/02_count")[0]
    execute_each(cursor, sql("roster/03_store"), {"upload_id": upload_id})
    return counts, [*_form_notes(reading), *_unused(reading)]


def _take_log(
    cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, reading: Reading, upload_id: int
) -> tuple[dict[str, Any], list[Message]]:
    """Store the lines of a log in this transaction: how many end as which of the four fates, and remarks.

    The steps are the numbered files of sql/log.
    """
    _prepare(cursor, reading)
    _take_rows(cursor, stream, reading, upload_id)
    seen = _run(cursor, "log/06_notes", upload_id=upload_id)[0]
    notes = _notes(cursor, reading, seen, upload_id)
    some_known = _compare_rows(cursor, seen, upload_id)
    one_score = reading.mapping.score is not None
    if some_known and one_score:
        execute_each(cursor, sql("log/13_refuse_partial"), {"upload_id": upload_id})
    counts = _run(cursor, "log/14_count", upload_id=upload_id, sided=reading.sided)[0]
    execute_each(cursor, sql("log/15_store"), {"upload_id": upload_id})
    if some_known or one_score:
        execute_each(cursor, sql("log/16_settle"), {"upload_id": upload_id})
    return counts, notes


def _prepare(cursor: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """Make the tables that the steps hand on, and known to the SQL which rows a line can hold."""
    execute_each(cursor, sql("log/00_begin"), {})
    cursor.register("given_part", parameters.parts(reading))
    cursor.execute("CREATE OR REPLACE TEMP TABLE part AS FROM given_part")
    cursor.unregister("given_part")
    cursor.register("incoming", RECORD.empty_table())
    cursor.execute(sql("log/01_line"))
    cursor.unregister("incoming")


def _take_rows(cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, reading: Reading, upload_id: int) -> None:
    """Store every sound row of a log in this transaction, and say of all other lines in `checked` what they are.

    The lines of a large file that are in order go straight to where they stay, and only the others are looked at
    closely.
    """
    given = parameters.log(reading)
    ids = {"upload_id": upload_id} | _run(cursor, "log/first_row_id")[0]
    others = _records(stream, reading.file)
    if _has_short_way(reading):
        count = Counter[str]()
        records = _counted(others, reading.file.header_line, count)
        given["meaning"]["closely"] = False
        if _run_over(cursor, "log/02_take", records, **given, **ids)[0]["Count"] == count["records"]:
            return
        cursor.execute("SELECT line_no FROM clinic.log_row WHERE upload_id = $id", {"id": upload_id})
        stored = numpy.asarray(cursor.fetchnumpy()["line_no"])
        if reading.order_is_of_first_lines:
            _require_order(_order_counts(cursor, _others(stream, reading, stored), reading), reading.date_order)
        others = _others(stream, reading, stored)
    given["meaning"]["closely"] = True
    _run_over(cursor, "log/03_check", others, **given)
    if reading.mapping.score:
        _run(cursor, "log/04_merge")
    _run(cursor, "log/05_add", **ids)


def _compare_rows(cursor: duckdb.DuckDBPyConnection, seen: dict[str, Any], upload_id: int) -> bool:
    """Find what the upload's rows are to each other and to the rows stored before; whether any is more than new."""
    _run(cursor, "log/08_patients", upload_id=upload_id)
    repeated = _rows_made(cursor, "log/09_repeated", upload_id=upload_id)
    span = {"first_moment": seen["first_moment"], "last_moment": seen["last_moment"]}
    stored = _rows_made(cursor, "log/10_stored", upload_id=upload_id, **span)
    known = _rows_made(cursor, "log/11_compare", upload_id=upload_id) if stored else 0
    if repeated:
        _run(cursor, "log/12_keep_repeated")
    return known > 0


def _rows_made(cursor: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> int:
    """Run a statement that adds to a table; how many rows it adds."""
    return _run(cursor, name, **parameters)[0]["Count"]


def _run(cursor: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run one statement of `sql/`; its answer as one dict per row."""
    cursor.execute(sql(name), parameters or None)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _records(stream: BinaryIO, info: FileInfo) -> Iterator[pyarrow.RecordBatch]:
    """The records of the file, from its beginning."""
    stream.seek(0)
    return batches(stream, info.dialect, info.width)


def _counted(
    records: Iterator[pyarrow.RecordBatch], header_line: int, count: Counter[str]
) -> Iterator[pyarrow.RecordBatch]:
    """The same records; `count` counts those below the header."""
    for batch in records:
        count["records"] += int((batch["line_no"].to_numpy() > header_line).sum())
        yield batch


def _others(stream: BinaryIO, reading: Reading, stored: numpy.ndarray) -> Iterator[pyarrow.RecordBatch]:
    """The records whose line numbers are not among those that are stored."""
    is_stored = numpy.zeros(reading.file.last_line + 2, dtype=bool)
    is_stored[stored] = True
    for batch in _records(stream, reading.file):
        is_wanted = ~is_stored[batch["line_no"].to_numpy()]
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


def _has_short_way(reading: Reading) -> bool:
    """Whether the lines that are in order go straight to where they stay."""
    is_plain = reading.mapping.kind == "log" and not reading.sided and not reading.mapping.score
    return is_plain and reading.file.size >= SHORT_WAY_FROM_BYTES


def _with_date_order(cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, reading: Reading) -> Reading:
    """The reading with the one order of day, month and year in which every date of the file can be read.

    Where the first lines of a large file leave only one order, it is that, and the lines that the short way does not
    store are asked later. Raises ReadingError when no order, or more than one, can read every date.
    """
    if _is_year_first(reading):
        return replace(reading, date_order="ymd")
    if _has_short_way(reading):
        stream.seek(0)
        first = islice(batches(stream, reading.file.dialect, reading.file.width, FIRST_LINES_BYTES), 1)
        fitting = _fitting(_order_counts(cursor, first, reading))
        if len(fitting) == 1:
            return replace(reading, date_order=fitting[0], order_is_of_first_lines=True)
    return replace(reading, date_order=_date_order(_order_counts(cursor, _records(stream, reading.file), reading)))


def _is_year_first(reading: Reading) -> bool:
    """Whether the sample's dates begin with a year. Raises ReadingError where they are counted days or seconds."""
    position = reading.date_column
    if not position:
        return True
    sample = [cells[position - 1].strip() for cells in reading.file.records if position <= len(cells)]
    filled = [day for day in sample if day]
    for code, pattern in _COUNTED_MOMENTS.items():
        if filled and all(map(pattern.fullmatch, filled)):
            raise ReadingError(code, value=filled[0])
    return all(day[:4].isdigit() for day in filled)


def _order_counts(
    cursor: duckdb.DuckDBPyConnection, records: Iterator[pyarrow.RecordBatch], reading: Reading
) -> dict[str, int]:
    """How many dates of these records each order of day, month and year can read."""
    where = {"written": parameters.written(reading.file), "date_column": reading.date_column}
    return _run_over(cursor, "file/date_orders", records, **where)[0]


def _fitting(count: dict[str, int]) -> list[str]:
    """The orders in which every one of the counted dates can be read."""
    return [order for order in ("ymd", "dmy", "mdy") if count[order] == count["any_order"]]


def _require_order(count: dict[str, int], order: str | None) -> None:
    """Raise ReadingError where another order reads a date that this one cannot read."""
    if order not in _fitting(count):
        raise ReadingError("date_orders_mixed")


def _date_order(count: dict[str, int]) -> str:
    """The one order that can read all dates. Raises ReadingError when that is none or more than one."""
    fitting = _fitting(count)
    if not fitting:
        raise ReadingError("date_orders_mixed")
    same = {("ymd", "dmy"): "ymd_or_dmy", ("ymd", "mdy"): "ymd_or_mdy", ("dmy", "mdy"): "dmy_or_mdy"}
    if any(count[same[fitting[0], other]] for other in fitting[1:]):
        names = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}
        ways = " or ".join(names[order] for order in fitting)
        raise ReadingError("date_order_unclear", orders=ways)
    return fitting[0]


def _notes(cursor: duckdb.DuckDBPyConnection, reading: Reading, count: dict[str, Any], upload_id: int) -> list[Message]:
    """How the file was read. Raises ReadingError when the scores are on another scale, by all appearances."""
    above = count["scores_above_10"]
    if reading.mapping.pain_scale == "0-10" and above >= 3 and above * 10 >= count["sound_rows"] + count["rejected"]:
        raise ReadingError("scale_unclear", scores=above)
    if count["only_midnights"]:
        _run(cursor, "log/07_days_only", upload_id=upload_id)
    counted = {
        "blank_lines": count["blank"],
        "remark_lines": count["remarks"],
        "header_again": count["headers"],
        "short_lines": count["short_lines"],
        "entries_with_later_scores": count["entries_with_later_scores"],
        "no_last_line_end": not reading.file.ends_in_line_end,
        "only_midnights": count["only_midnights"],
    }
    remarks = [
        Message(code, {"count": number, "line": count["header_again"]}) for code, number in counted.items() if number
    ]
    return [*_form_notes(reading), *remarks, *_unused(reading)]


def _form_notes(reading: Reading) -> list[Message]:
    """How the file is written, where a person may not expect it."""
    info = reading.file
    first = info.header_line - info.header_lines + 1
    scale = recognising.stated_scale(reading.mapping)
    remarks = {
        "header_below": ({"line": first}, first > 1),
        "header_lines": ({"first": first, "last": info.header_line}, info.header_lines > 1),
        "encoding_guessed": ({"encoding": info.dialect.encoding}, info.encoding_is_guessed),
        "delimiter_at_end": ({}, info.width > len(info.header)),
        "times_in_utc": ({}, reading.mapping.time_zone == "UTC"),
        "scale_stated": ({"scale": (scale or "").replace("-", " to ")}, scale),
    }
    return [Message(code, values) for code, (values, holds) in remarks.items() if holds]


def _unused(reading: Reading) -> list[Message]:
    """The columns that are not read, if there are any."""
    used = {contract.bare(header) for header in mappings.used(reading.mapping)}
    unused = [header for header in reading.file.header if header and contract.bare(header) not in used]
    return [Message("unused_columns", {"columns": ", ".join(unused[:30])})] if unused else []


def _already_imported(cursor: duckdb.DuckDBPyConnection, reading: Reading) -> Result | None:
    """The standing upload of the very same bytes, read in the same way."""
    found = _run(
        cursor,
        "upload/already_imported",
        sha256=reading.file.sha256,
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
        message=Message(
            "already_imported",
            {
                "day": f"{upload['uploaded_at']:%Y-%m-%d}",
                "time": f"{upload['uploaded_at']:%H:%M}",
                "file": upload["file_name"],
                "whose": upload["patient_id"] or upload["patients"],
                "by": upload["uploaded_by"],
            },
        ),
        lines=upload["lines"],
        duplicate=upload["lines"] - upload["rejected"],
        rejected=upload["rejected"],
        patients=upload["patients"],
        upload_id=upload["upload_id"],
        mapping=reading.mapping.name,
    )


def _store_upload(
    cursor: duckdb.DuckDBPyConnection,
    file_name: str,
    reading: Reading,
    by: str,
    upload_id: int,
    counts: dict[str, int],
) -> None:
    info = reading.file
    read_as = {
        "dialect": asdict(info.dialect),
        "header_line": info.header_line,
        "header_text": info.header_text,
        "header": info.header,
        "width": info.width,
        "date_order": reading.date_order,
        "mapping": asdict(reading.mapping),
    }
    _run(
        cursor,
        "upload/store",
        upload_id=upload_id,
        kind=reading.mapping.kind,
        file_name=file_name,
        sha256=reading.file.sha256,
        uploaded_at=reading.uploaded_at,
        uploaded_by=by,
        patient_id=reading.patient,
        mapping=reading.mapping.name,
        reading=json.dumps(read_as, ensure_ascii=False),
        **counts,
    )


def words_of(store: Store, stream: BinaryIO, info: FileInfo, header: str) -> list[str]:
    """What a column says throughout a file, each word once and the commonest first; the first MOST_WORDS of them.

    Raises ReadingError when the file turns out not to be what it looked like.
    """
    return _words_at(store, stream, info, info.header.index(header) + 1)


def _words_at(store: Store, stream: BinaryIO, info: FileInfo, place: int) -> list[str]:
    where = {"written": parameters.written(info), "place": place, "most": MOST_WORDS}
    with store.read() as cursor:
        found = _run_over(cursor, "file/words_of", _records(stream, info), **where)
    return [row["word"] for row in found]
