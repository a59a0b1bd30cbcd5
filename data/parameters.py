"""How the bytes of one file become rows, and the form in which the SQL takes it."""

import datetime
import unicodedata
from dataclasses import dataclass
from typing import Any

import pyarrow

from data import contract
from data import mapping as mappings
from data.mapping import Mapping, MappingError, Positions
from data.reading import FileInfo

# One row per logged row that a line can hold, for the SQL.
_PART = pyarrow.schema(
    [
        ("part_no", pyarrow.int32()),
        *((f"{column}{whose}", pyarrow.int32()) for column in contract.SIDE_COLUMNS for whose in ("", "_of_other")),
        ("side_value", pyarrow.string()),
        ("own", pyarrow.list_(pyarrow.int32())),
        ("other", pyarrow.list_(pyarrow.int32())),
    ]
)


@dataclass(frozen=True)
class Reading:
    """Everything that decides how the bytes of one file become rows; `order_is_of_first_lines` says that the other
    lines have not been asked for the order of dates."""

    file: FileInfo
    mapping: Mapping
    positions: Positions
    patient: str | None
    date_order: str | None
    uploaded_at: datetime.datetime
    order_is_of_first_lines: bool = False

    @property
    def sided(self) -> bool:
        """Whether left and right have columns of their own, so that a line may be two rows."""
        return bool(self.positions.sides)

    @property
    def date_column(self) -> int:
        """The position of the column that holds days, or 0."""
        place = self.positions.place
        return place.get("performed_at") or place.get("programme_start") or 0


def reading_of(
    info: FileInfo, mapping: Mapping, patient: str | None, date_order: str | None, uploaded_at: datetime.datetime
) -> Reading:
    """How a file is read; `patient` is for one that names no patient.

    Raises MappingError when that is not given, or the file lacks a column of the mapping.
    """
    positions = mappings.positions(info, mapping)
    patient = (patient or "").strip() or None
    if "patient_id" in mapping.columns:
        patient = None
    elif patient is None:
        raise MappingError("patient_missing")
    elif any(unicodedata.category(character) in ("Cc", "Cs") for character in patient):
        raise MappingError("patient_unwritable", patient=patient)
    return Reading(info, mapping, positions, patient, date_order or mapping.date_order, uploaded_at)


def parts(reading: Reading) -> pyarrow.Table:
    """One row per logged row that a line can hold: where one side's columns are."""
    sides = [{"part_no": number} | side for number, side in enumerate(reading.positions.sides or [{}], start=1)]
    return pyarrow.Table.from_pylist(sides, _PART)


def written(info: FileInfo) -> dict[str, Any]:
    """How a file is written."""
    dialect = info.dialect
    return {
        "header_line": info.header_line,
        "header": info.header_text,
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.escape,
        "cell_pattern": dialect.cell_pattern,
        "width": info.width,
        "last_line": info.last_line,
        "last_is_cut": not info.ends_in_line_end,
        "holds_zeros": info.holds_zeros,
    }


def log(reading: Reading) -> dict[str, Any]:
    """How the lines of a log are read, as sql/log/01_line.sql explains it."""
    words = {
        "exercise_words": _words("exercise", contract.words("no_exercise") | reading.mapping.exercises),
        "side_words": _words("side"),
        "yes_no_words": _words("yes_no"),
        "score_times": _words("score_time", reading.mapping.score_times),
    }
    return _checked(reading) | words | {"meaning": _meaning(reading), "missing": list(contract.words("missing"))}


def roster(reading: Reading) -> dict[str, Any]:
    """How the lines of a roster are read, as sql/roster/01_check.sql explains it."""
    words = {"severity": _words("severity"), "sex": _words("sex"), "missing": list(contract.words("missing"))}
    return _checked(reading) | {"words": words, "date_order": reading.date_order}


def _checked(reading: Reading) -> dict[str, Any]:
    """What the lines of a log or a roster are checked by."""
    positions = reading.positions
    of_file = {"needed": positions.needed, "hash_is_data": positions.place["patient_id"] == 1}
    return {
        "written": written(reading.file) | of_file,
        "place": positions.place,
        "bounds": contract.bounds(reading.mapping.kind),
    }


def _meaning(reading: Reading) -> dict[str, Any]:
    """What the cells of a log mean."""
    mapping = reading.mapping
    scale_from, scale_by = mappings.PAIN_SCALES[mapping.pain_scale]
    return {
        "patient": reading.patient,
        "date_order": reading.date_order,
        "time_zone": mapping.time_zone,
        "fixed_day": mapping.day,
        "latest": reading.uploaded_at + datetime.timedelta(days=1),
        "scale_from": scale_from,
        "scale_by": scale_by,
        "duration_unit": mapping.duration_unit,
        "zero_is_missing": mapping.zero_is_missing,
        "sided": reading.sided,
        "choices": _choices(reading),
        "is_guarded": list(reading.file.header) == list(contract.columns("log")),
    }


def _choices(reading: Reading) -> list[dict[str, Any]]:
    """The columns by which a mapping tells the lines that it reads from others: all of them have to fit."""
    mapping = reading.mapping
    return [
        {
            "place": reading.file.bare_headers.index(contract.bare(header)) + 1,
            "header": header,
            "only": mapping.only.get(header, []),
            "except": mapping.without.get(header, []),
        }
        for header in mapping.only | mapping.without
    ]


def _words(kind: str, own: dict[str, str] | None = None) -> dict[str, list[str]]:
    """What words mean, in the form in which DuckDB takes a map."""
    # A map is looked through from its beginning, so what things are called most often comes first.
    meaning = (
        {code: code for code in contract.words(kind).values()}
        | contract.words(kind)
        | {written: code for name, code in (own or {}).items() for written in contract.spellings(name)}
    )
    return {"key": list(meaning), "value": list(meaning.values())}
