"""A mapping: which column of a file is which column of the contract, how its values are written, and where they are."""

import datetime
import zoneinfo
from collections.abc import Iterator
from dataclasses import field
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import ConfigDict, ValidationError, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from data import contract
from data.reading import FileInfo
from data.words import SupineError

# excel: days as Excel counts them; epoch: seconds since 1970.
DateOrder = Literal["ymd", "dmy", "mdy", "excel", "epoch"]
DurationUnit = Literal["seconds", "minutes", "milliseconds", "clock"]
PainScale = Literal["0-10", "0-100", "0-5", "1-4"]
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
DURATION_UNITS: tuple[DurationUnit, ...] = get_args(DurationUnit)

# Pain scale → (from, by): a score of 0 to 10 is (written - from) × by.
PAIN_SCALES: dict[PainScale, tuple[int, Decimal]] = {
    "0-10": (0, Decimal(1)),
    "0-100": (0, Decimal("0.1")),
    "0-5": (0, Decimal(2)),
    "1-4": (1, Decimal("3.333333")),
}


class MappingError(SupineError):
    """It is not clear which column of a file is which, or a mapping cannot be used."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Mapping:
    """`columns` is contract column → header of the file; `left` and `right` are that for one side's own columns.

    `exercises` is the file's exercise name → code of the programme, beside the contract's own words. In exports that
    mix forms, `only` keeps the lines in which each of its columns holds one of its values (`*` is any), and `without`
    drops those in which one of its columns does.
    In the columns of `zero_is_missing`, 0 stands for nothing. `duration_unit` is one of DURATION_UNITS. `time_zone` is
    the IANA zone in which times are written, where that is not the clinic's. `day` (ISO) is that of an export without.
    Where each line has one score, `score` is its column, `score_time` the one that says when it was taken, and
    `score_times` are the words there → pain_before, pain_during or pain_after, beside the contract's own.
    """

    name: str
    kind: Literal["log", "roster"]
    columns: dict[str, str]
    left: dict[str, str] = field(default_factory=dict)
    right: dict[str, str] = field(default_factory=dict)
    time_of_day: str | None = None
    score: str | None = None
    score_time: str | None = None
    score_times: dict[str, str] = field(default_factory=dict)
    exercises: dict[str, str] = field(default_factory=dict)
    only: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=dict)
    zero_is_missing: list[str] = field(default_factory=list)
    duration_unit: DurationUnit = "seconds"
    date_order: DateOrder | None = None
    time_zone: str | None = None
    day: str | None = None
    pain_scale: PainScale = "0-10"

    @model_validator(mode="after")
    def _is_sound(self) -> "Mapping":
        for code, values in _faults(self):
            raise PydanticCustomError(code, "{name}", {"name": self.name, **values})
        return self


def _faults(mapping: Mapping) -> Iterator[tuple[Any, dict[str, str]]]:
    """What a mapping of sound types says that cannot be: codes of `words.SENTENCES` with their values."""
    known = contract.columns(mapping.kind)
    for column in (*mapping.columns, *mapping.left, *mapping.right, *mapping.zero_is_missing):
        if column not in known:
            yield "mapping_column_unknown", {"column": column, "kind": mapping.kind}
    if (mapping.score is None) != (mapping.score_time is None):
        yield "mapping_score_alone", {}
    if mapping.score and set(contract.SCORES) & {*mapping.columns, *mapping.left, *mapping.right}:
        yield "mapping_scores_twice", {}
    if mapping.score and (mapping.left or mapping.right):
        yield "mapping_sides_and_scores", {}
    if not set(mapping.score_times.values()) <= set(contract.SCORES):
        yield "mapping_score_unknown", {"scores": ", ".join(contract.SCORES)}
    unknown = set(mapping.exercises.values()) - set(contract.words("exercise").values()) - {"other"}
    if unknown:
        yield "mapping_exercise_unknown", {"exercises": ", ".join(sorted(unknown))}
    if mapping.day is not None and not _is_day(mapping.day):
        yield "mapping_day_wrong", {"day": mapping.day}
    if mapping.time_zone and mapping.time_zone not in zoneinfo.available_timezones():
        yield "mapping_zone_unknown", {"zone": mapping.time_zone}


def _is_day(word: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(word))
    except ValueError:
        return False


# What an entry of a mapping has to be, by the type of pydantic's error.
_WANTED = {
    "string_type": "text in quotation marks",
    "list_type": "a list in square brackets",
    "dict_type": "a table",
    "bool_type": "true or false",
}


def from_dict(entry: dict[str, Any]) -> Mapping:
    """A mapping from its fields by name. Raises MappingError for anything that no mapping has."""
    try:
        return Mapping(**entry)
    except ValidationError as error:
        raise explained(error, str(entry.get("name", ""))) from error


def explained(error: ValidationError, name: str) -> MappingError:
    """The first fault of a mapping that pydantic found, by the entry in which it is."""
    first = error.errors(include_url=False)[0]
    entry, context = ".".join(map(str, first["loc"])), first.get("ctx", {})
    if first["type"].startswith("mapping_"):
        return MappingError(first["type"], **context)
    if first["type"] == "missing":
        return MappingError("mapping_entry_missing", name=name, entry=entry)
    if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return MappingError("mapping_entry_unknown", name=name, entry=entry)
    wanted = _WANTED.get(first["type"]) or f"one of {context.get('expected', 'the entries in docs/imports.md')}"
    return MappingError("mapping_entry_wrong", name=name, entry=entry, wanted=wanted)


@dataclass(frozen=True)
class Positions:
    """Where in a line what stands, counted from 1; 0 is nowhere.

    `place` has every column of the contract and the mapping's single ones; `sides` one dict for each side that has
    columns of its own, `own` and `other` among them; `needed` is how many cells a line needs for all but the notes.
    """

    place: dict[str, int]
    sides: list[dict[str, Any]]
    needed: int


def positions(info: FileInfo, mapping: Mapping) -> Positions:
    """The positions of a mapping's columns in a file. Raises MappingError when the file lacks one, or has it twice."""
    headers = used(mapping)
    if not headers:
        raise MappingError("mapping_empty", name=mapping.name)
    place = {header: _position(info, header, mapping.name) for header in headers}

    def of(columns: dict[str, Any]) -> dict[str, int]:
        return {column: place[header] if header else 0 for column, header in columns.items()}

    single = {name: getattr(mapping, name) for name in ("time_of_day", "score", "score_time")}
    left, right = of(mapping.left), of(mapping.right)
    return Positions(
        place=dict.fromkeys(contract.columns(mapping.kind), 0) | of(mapping.columns) | of(single),
        sides=[_side("left", left, right), _side("right", right, left)] if left or right else [],
        needed=max(at for header, at in place.items() if header != mapping.columns.get("notes")),
    )


def _position(info: FileInfo, header: str, name: str) -> int:
    found = [at for at, bare in enumerate(info.bare_headers, start=1) if bare == contract.bare(header)]
    # _notes is another column than Notes, though the two are compared as equal.
    own = [at for at in found if info.header[at - 1].casefold() not in contract.about_the_form()]
    if len(own or found) > 1:
        raise MappingError("header_twice", column=header)
    if not found:
        raise MappingError("mapping_column_missing", name=name, column=header)
    return (own or found)[0]


def _side(side: str, own: dict[str, int], other: dict[str, int]) -> dict[str, Any]:
    columns = {column: own.get(column, 0) for column in contract.SIDE_COLUMNS}
    columns |= {f"{column}_of_other": other.get(column, 0) for column in contract.SIDE_COLUMNS}
    return columns | {"side_value": side, "own": list(own.values()), "other": list(other.values())}


def used(mapping: Mapping) -> list[str]:
    """The headers that a mapping reads."""
    single = [header for header in (mapping.time_of_day, mapping.score, mapping.score_time) if header]
    sides = [*mapping.left.values(), *mapping.right.values()]
    return [*mapping.columns.values(), *sides, *single, *mapping.only, *mapping.without]
