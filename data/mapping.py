"""Which column of a file is which column of the contract.

A mapping is found by the header: a saved or ready one whose header the file has, else the contract's own names.
Nothing is guessed: a name that could mean two things, or a score that does not say when it was taken, is asked about.
"""

import datetime
import json
import re
import tomllib
import zoneinfo
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from data import contract
from data.reading import FileInfo
from data.settings import settings
from data.words import SupineError

READY = Path(__file__).parent / "mappings"
# excel: days as Excel counts them; epoch: seconds since 1970.
DATE_ORDERS = ("ymd", "dmy", "mdy", "excel", "epoch")
DURATION_UNITS = ("seconds", "minutes", "milliseconds", "clock")

# Pain scale → (from, by): a score of 0 to 10 is (written - from) × by.
PAIN_SCALES = {
    "0-10": (0, Decimal(1)),
    "0-100": (0, Decimal("0.1")),
    "0-5": (0, Decimal(2)),
    "1-4": (1, Decimal("3.333333")),
}

# What a mapping file may hold, beside plain words.
_TABLES = ("columns", "left", "right", "exercises", "score_times", "only", "without")
_LISTS = ("header", "zero_is_missing")

_CLOCK = re.compile(r"(?:[ap]m |오전 |오후 )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?", re.IGNORECASE)


class MappingError(SupineError):
    """It is not clear which column of a file is which, or a mapping cannot be used."""


@dataclass(frozen=True)
class Mapping:
    """`columns` is contract column → header of the file; `left` and `right` are that for one side's own columns.

    `exercises` is the file's exercise name → code of the programme, beside the contract's own words. In exports that
    mix forms, `only` keeps the lines whose column holds one of the values (`*` is any), and `without` drops those.
    In the columns of `zero_is_missing`, 0 stands for nothing. `duration_unit` is one of DURATION_UNITS. `time_zone` is
    the IANA zone in which times are written, where that is not the clinic's. `day` (ISO) is that of an export without.
    Where each line has one score, `score` is its column, `score_time` the one that says when it was taken, and
    `score_times` are the words there → pain_before, pain_during or pain_after, beside the contract's own.
    """

    name: str
    kind: str
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
    duration_unit: str = "seconds"
    date_order: str | None = None
    time_zone: str | None = None
    day: str | None = None
    pain_scale: str = "0-10"


@dataclass(frozen=True)
class MappingFile:
    """A mapping file: `header` are the columns by which an export of its kind is known.

    `entry` is the rest of the file. Where a column has a list of headers, the first that a file has counts, and none
    is needed. `refuse` says why an export of this kind cannot be read, and `names_too` that the contract's names count
    for all columns that the entry does not name.
    """

    name: str
    header: tuple[str, ...]
    entry: dict[str, Any]
    refuse: str | None = None
    names_too: bool = False

    @property
    def signature(self) -> frozenset[str]:
        """The bare headers that a file has to have."""
        return frozenset(map(contract.bare, self.header))


def find(info: FileInfo, name: str | None = None) -> Mapping:
    """The mapping called `name`, else the one made for this header, else what the contract's names say.

    Raises MappingError when there is none or more than one way to read the columns.
    """
    mappings = mapping_files()
    if name is not None:
        if name not in mappings:
            raise MappingError("mapping_unknown", name=name, names=", ".join(sorted(mappings)))
        return fitted(mappings[name], info)
    headers = {contract.bare(header) for header in info.header}
    fitting = [mapping for mapping in mappings.values() if mapping.signature and mapping.signature <= headers]
    if fitting:
        return fitted(max(fitting, key=lambda mapping: len(mapping.signature)), info)
    return recognised(info)


def mapping_files() -> dict[str, MappingFile]:
    """The mappings by name: the clinic's own, the newest first, and then those that Supine comes with.

    Raises MappingError for a mapping file that cannot be read.
    """
    own: dict[str, MappingFile] = {}
    for path in sorted(own_folder().glob("*.toml"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        mapping = _from_file(path)
        if mapping.name in own:
            raise MappingError("mapping_name_twice", path=path, name=mapping.name)
        own[mapping.name] = mapping
    return own | {name: mapping for name, mapping in _shipped().items() if name not in own}


def own_folder() -> Path:
    """Where a clinic's own mappings are: `SUPINE_MAPPINGS`, else beside the database."""
    return settings().mappings or settings().database.parent / "clinic-mappings"


@cache
def _shipped() -> dict[str, MappingFile]:
    return {mapping.name: mapping for mapping in map(_from_file, sorted(READY.glob("*.toml")))}


def _from_file(path: Path) -> MappingFile:
    try:
        entry = tomllib.loads(path.read_text(encoding="utf-8"))
        _check_types(entry)
        mapping = MappingFile(
            name=entry.pop("name", path.stem),
            header=tuple(entry.pop("header")),
            refuse=entry.pop("refuse", None),
            names_too=entry.pop("names_too", False),
            entry=entry,
        )
        if mapping.refuse is None:
            _checked(mapping.name, entry)
    except (MappingError, OSError, ValueError, KeyError, TypeError) as error:
        raise MappingError("mapping_file_unusable", path=path, error=str(error).rstrip(".")) from error
    return mapping


def _check_types(entry: dict[str, Any]) -> None:
    """Raise TypeError for an entry of a mapping file that is no word, list or table where it has to be one."""
    for key, value in entry.items():
        if key in _TABLES:
            fits = isinstance(value, dict) and all(
                _is_words(held) if key in ("only", "without") else isinstance(held, str) or _is_alternatives(key, held)
                for held in value.values()
            )
        elif key in _LISTS:
            fits = _is_words(value)
        else:
            fits = isinstance(value, bool if key == "names_too" else str) or _is_alternatives(key, value)
        if not fits:
            raise TypeError(f"{key} is not written as a mapping has it")


def _is_alternatives(key: str, value: object) -> bool:
    """Whether a list of headers stands where the first that a file has counts."""
    return key in ("columns", "left", "right", "time_of_day") and _is_words(value)


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def save(mapping: Mapping, info: FileInfo) -> Path:
    """Keep a mapping in the clinic's folder, for the next file with this header. The answer is its file.

    Raises MappingError when the folder cannot be written.
    """
    entry = {"name": mapping.name, "header": [header for header in info.header if header]}
    entry |= {key: value for key, value in asdict(mapping).items() if key != "name" and value not in (None, {}, [])}
    plain = [f"{key} = {_toml(value)}" for key, value in entry.items() if not isinstance(value, dict)]
    tables = [
        "\n".join(["", f"[{key}]", *(f"{_toml(name)} = {_toml(held)}" for name, held in value.items())])
        for key, value in entry.items()
        if isinstance(value, dict)
    ]
    stem = re.sub(r"[^\w-]+", "-", mapping.name).strip("-")[:60] or "mapping"
    path = _own_file(stem, mapping.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*plain, *tables, ""]), encoding="utf-8")
    except OSError as error:
        raise MappingError("mapping_not_kept", folder=path.parent, error=error.strerror) from error
    return path


def _own_file(stem: str, name: str) -> Path:
    """The clinic's file for a mapping: the one that has its name already, else one that does not exist yet."""
    for path in sorted(own_folder().glob("*.toml")):
        if _from_file(path).name == name:
            return path
    paths = (own_folder() / f"{stem}{ending}.toml" for ending in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(path for path in paths if not path.exists())


def _toml(value: str | list[str]) -> str:
    # TOML's quoted strings and lists of them are written as JSON's, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def fitted(mapping: MappingFile, info: FileInfo) -> Mapping:
    """A mapping file's mapping for one file, its headers chosen among those that the file has.

    Raises MappingError when an export of this kind cannot be read.
    """
    if mapping.refuse:
        raise MappingError("mapping_refuses", reason=mapping.refuse)
    present = {contract.bare(header) for header in info.header}
    chosen = _checked(mapping.name, mapping.entry, present)
    if not mapping.names_too:
        return chosen
    named = {**_columns(info, chosen.kind), **_one_score(info, _columns(info, chosen.kind)), **chosen.columns}
    whole = from_dict({**asdict(chosen), "columns": named})
    if "performed_at" not in named and whole.kind == "log":
        raise MappingError("no_day", columns=_names(info))
    return whole


def _checked(name: str, entry: dict[str, Any], present: set[str] | None = None) -> Mapping:
    """The mapping of an entry: of a list of headers the first that is present; without `present`, the first of all."""
    entry = {"name": name, **entry}
    for key in ("columns", "left", "right"):
        entry[key] = {
            column: header
            for column, headers in entry.get(key, {}).items()
            if (header := _first_of(headers, present)) is not None
        }
    if "time_of_day" in entry:
        entry["time_of_day"] = _first_of(entry["time_of_day"], present)
    entry["without"] = {
        header: values
        for header, values in entry.get("without", {}).items()
        if present is None or contract.bare(header) in present
    }
    return from_dict(entry)


def _first_of(headers: str | list[str], present: set[str] | None) -> str | None:
    if isinstance(headers, str):
        return headers
    return next((header for header in headers if present is None or contract.bare(header) in present), None)


def from_dict(entry: dict[str, Any]) -> Mapping:
    """A mapping from its fields by name. Raises MappingError for anything that no mapping has."""
    unknown = entry.keys() - {known.name for known in fields(Mapping)}
    if unknown:
        raise MappingError("mapping_entry_unknown", name=entry.get("name"), entries=", ".join(sorted(unknown)))
    mapping = Mapping(**entry)
    if mapping.kind not in contract.KINDS:
        raise MappingError("mapping_kind_unknown", name=mapping.name, kind=mapping.kind)
    known = contract.columns(mapping.kind)
    for column in (*mapping.columns, *mapping.left, *mapping.right, *mapping.zero_is_missing):
        if column not in known:
            raise MappingError("mapping_column_unknown", name=mapping.name, column=column, kind=mapping.kind)
    if (mapping.score is None) != (mapping.score_time is None):
        raise MappingError("mapping_score_alone", name=mapping.name)
    if mapping.score and set(contract.SCORES) & {*mapping.columns, *mapping.left, *mapping.right}:
        raise MappingError("mapping_scores_twice", name=mapping.name)
    if mapping.score and (mapping.left or mapping.right):
        raise MappingError("mapping_sides_and_scores", name=mapping.name)
    if not set(mapping.score_times.values()) <= set(contract.SCORES):
        raise MappingError("mapping_score_unknown", name=mapping.name, scores=", ".join(contract.SCORES))
    unknown = set(mapping.exercises.values()) - set(contract.words("exercise").values()) - {"other"}
    if unknown:
        raise MappingError("mapping_exercise_unknown", name=mapping.name, exercises=", ".join(sorted(unknown)))
    if mapping.day is not None and not _is_day(mapping.day):
        raise MappingError("mapping_day_wrong", name=mapping.name, day=mapping.day)
    if len(mapping.only.keys() | mapping.without.keys()) > 1:
        raise MappingError("mapping_chooses_twice", name=mapping.name)
    if (
        mapping.date_order not in (None, *DATE_ORDERS)
        or mapping.pain_scale not in PAIN_SCALES
        or mapping.duration_unit not in DURATION_UNITS
    ):
        raise MappingError("mapping_choice_unknown", name=mapping.name)
    if mapping.time_zone and mapping.time_zone not in zoneinfo.available_timezones():
        raise MappingError("mapping_zone_unknown", name=mapping.name, zone=mapping.time_zone)
    return mapping


def _is_day(word: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(word))
    except ValueError:
        return False


def recognised(info: FileInfo) -> Mapping:
    """What the contract's own names say about this header."""
    log, roster = _columns(info, "log"), _columns(info, "roster")
    left, right = _side_columns(info, "left"), _side_columns(info, "right")
    if "patient_id" in roster and len(roster) > 1 and not set(log) - {"patient_id", "notes"}:
        return Mapping(name="roster", kind="roster", columns=roster)
    measures = {"exercise", "pain_before", "pain_during", "pain_after"} & (set(log) | set(left))
    if "performed_at" not in log:
        raise MappingError("no_day", columns=_names(info))
    log |= _one_score(info, {**log, **left})
    if not measures and "pain_before" not in log:
        raise MappingError("no_measure", columns=_names(info))
    return Mapping(
        name="contract", kind="log", columns=log, left=left, right=right, time_of_day=_time_of_day(info, log)
    )


def _one_score(info: FileInfo, log: Iterable[str]) -> dict[str, str]:
    """The column of a diary's one pain score, in a log that has these columns.

    Raises MappingError when it stands beside an exercise, for then it could be before, during or after it.
    """
    scores = [header for header in info.header if contract.bare_header(header) in contract.one_score_headers()]
    if not scores or {"pain_before", "pain_during", "pain_after"} & set(log):
        return {}
    if "exercise" in log:
        raise MappingError("score_unclear", column=scores[0])
    if len(scores) > 1:
        raise MappingError("several_scores", columns=" and ".join(scores))
    return {"pain_before": scores[0]}


def _columns(info: FileInfo, kind: str) -> dict[str, str]:
    known = contract.known_headers(kind)
    found: dict[str, list[str]] = {}
    for header in info.header:
        column = known.get(contract.bare(header)) or known.get(contract.bare_header(header))
        if column:
            found.setdefault(column, []).append(header)
    chosen = {}
    for column, headers in found.items():
        exact = [header for header in headers if contract.bare(header) == contract.bare(column)] or headers
        if len(exact) > 1:
            raise MappingError("several_columns", columns=" and ".join(exact), column=column)
        chosen[column] = exact[0]
    return chosen


def _side_columns(info: FileInfo, side: str) -> dict[str, str]:
    known = contract.side_headers(side)
    return {known[bare]: header for header in info.header if (bare := contract.bare(header)) in known}


def _time_of_day(info: FileInfo, log: dict[str, str]) -> str | None:
    """The header of a clock beside the day, where every filled cell of the sample is a clock and no day has its own."""
    for header in info.header:
        if contract.bare(header) in contract.time_of_day_headers() and header not in log.values():
            cells = info.samples(header)
            days = info.samples(log["performed_at"])
            if cells and all(map(_CLOCK.fullmatch, cells)) and not any(":" in day for day in days):
                return header
    return None


def _names(info: FileInfo) -> str:
    """The first columns of a file by name."""
    return ", ".join(info.header[:20]) + (" and more" if len(info.header) > 20 else "")


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
    place: dict[str, int] = {}
    for position, header in enumerate(info.header, start=1):
        bare = contract.bare(header)
        if bare in place and any(bare == contract.bare(used) for used in used(mapping)):
            raise MappingError("header_twice", column=header)
        place.setdefault(bare, position)
    if not used(mapping):
        raise MappingError("mapping_empty", name=mapping.name)
    missing = [header for header in used(mapping) if contract.bare(header) not in place]
    if missing:
        raise MappingError("mapping_column_missing", name=mapping.name, column=missing[0])

    def of(columns: dict[str, Any]) -> dict[str, int]:
        return {column: place[contract.bare(header)] if header else 0 for column, header in columns.items()}

    single = {name: getattr(mapping, name) for name in ("time_of_day", "score", "score_time")}
    left, right = of(mapping.left), of(mapping.right)
    return Positions(
        place=dict.fromkeys(contract.columns(mapping.kind), 0) | of(mapping.columns) | of(single),
        sides=[_side("left", left, right), _side("right", right, left)] if left or right else [],
        needed=max(place[contract.bare(header)] for header in used(mapping) if header != mapping.columns.get("notes")),
    )


def _side(side: str, own: dict[str, int], other: dict[str, int]) -> dict[str, Any]:
    columns = {column: own.get(column, 0) for column in contract.SIDE_COLUMNS}
    columns |= {f"{column}_of_other": other.get(column, 0) for column in contract.SIDE_COLUMNS}
    return columns | {"side_value": side, "own": list(own.values()), "other": list(other.values())}


def used(mapping: Mapping) -> list[str]:
    """The headers that a mapping reads."""
    single = [header for header in (mapping.time_of_day, mapping.score, mapping.score_time) if header]
    sides = [*mapping.left.values(), *mapping.right.values()]
    return [*mapping.columns.values(), *sides, *single, *mapping.only, *mapping.without]
