"""Which column of a file is which column of the contract.

A mapping is found by the header: a ready one from `mappings/` whose header the file has, else the contract's own names.
Nothing is guessed: a name that could mean two things, or a score that does not say when it was taken, is asked about.
"""

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow

from data import contract
from data.reading import Look

READY = Path(__file__).parent / "mappings"
DATE_ORDERS = ("ymd", "dmy", "mdy")

# Pain scale → (from, by): a score of 0 to 10 is (written - from) × by.
PAIN_SCALES = {
    "0-10": (0, Decimal(1)),
    "0-100": (0, Decimal("0.1")),
    "0-5": (0, Decimal(2)),
    "1-4": (1, Decimal("3.333333")),
}

_CLOCK = re.compile(r"(?:[ap]m |오전 |오후 )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?", re.IGNORECASE)


class MappingError(Exception):
    """The columns of a file cannot be told apart; the message names them and says what to do."""


@dataclass(frozen=True)
class Mapping:
    """`columns` is contract column → header of the file; `left` and `right` are that for one side's own columns.

    `exercises` is the file's exercise name → code of the programme, beside the contract's own words; `only` keeps the
    lines whose column holds one of the values, in exports that mix forms.
    """

    name: str
    kind: str
    columns: dict[str, str]
    left: dict[str, str] = field(default_factory=dict)
    right: dict[str, str] = field(default_factory=dict)
    time_of_day: str | None = None
    exercises: dict[str, str] = field(default_factory=dict)
    only: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=dict)
    zero_is_missing: list[str] = field(default_factory=list)
    duration_unit: str = "seconds"
    date_order: str | None = None
    pain_scale: str = "0-10"


def find(look: Look, name: str | None = None) -> Mapping:
    """The mapping called `name`, else the ready one for this header, else what the contract's names say.

    Raises MappingError when there is none or more than one way to read the columns.
    """
    mappings = ready()
    if name is not None:
        if name not in mappings:
            raise MappingError(f"There is no mapping called {name}; there are: {', '.join(sorted(mappings))}.")
        return mappings[name][0]
    headers = {contract.bare(header) for header in look.header}
    fitting = [
        (len(signature), mapping) for mapping, signature in mappings.values() if signature and signature <= headers
    ]
    if fitting:
        return max(fitting, key=lambda found: found[0])[1]
    return recognised(look)


def ready(folder: Path = READY) -> dict[str, tuple[Mapping, frozenset[str]]]:
    """The mappings in a folder by name, each with the bare headers by which a file of its kind is known."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        entry = tomllib.loads(path.read_text(encoding="utf-8"))
        signature = frozenset(contract.bare(header) for header in entry.pop("header"))
        found[path.stem] = from_dict({**entry, "name": path.stem}), signature
    return found


def from_dict(entry: dict[str, Any]) -> Mapping:
    """A mapping from what a mapping file holds. Raises MappingError for a column that the contract does not have."""
    mapping = Mapping(**entry)
    known = contract.columns(mapping.kind)
    for columns in (mapping.columns, mapping.left, mapping.right):
        for column in columns:
            if column not in known:
                raise MappingError(f"The mapping {mapping.name} names {column}, which no {mapping.kind} has.")
    if mapping.date_order not in (None, *DATE_ORDERS) or mapping.pain_scale not in PAIN_SCALES:
        raise MappingError(f"The mapping {mapping.name} has an unknown date order or pain scale.")
    return mapping


def recognised(look: Look) -> Mapping:
    """What the contract's own names say about this header."""
    log, roster = _columns(look, "log"), _columns(look, "roster")
    left, right = _side_columns(look, "left"), _side_columns(look, "right")
    if "patient_id" in roster and len(roster) > 1 and not set(log) - {"patient_id", "notes"}:
        return Mapping(name="roster", kind="roster", columns=roster)
    scores = [header for header in look.header if contract.bare_header(header) in contract.one_score_headers()]
    measures = {"exercise", "pain_before", "pain_during", "pain_after"} & (set(log) | set(left))
    if "performed_at" not in log:
        raise MappingError(_not_understood(look, "No column holds the day of the exercise"))
    if len(scores) == 1 and not measures:
        log["pain_before"] = scores[0]
    elif scores and not {"pain_before", "pain_during", "pain_after"} & (set(log) | set(left)):
        raise MappingError(
            f"The column {scores[0]} holds one pain score beside an exercise and does not say whether it was taken "
            "before, during or after; choose that in a mapping."
        )
    elif not measures:
        raise MappingError(_not_understood(look, "No column holds an exercise or a pain score"))
    return Mapping(
        name="contract", kind="log", columns=log, left=left, right=right, time_of_day=_time_of_day(look, log)
    )


def _columns(look: Look, kind: str) -> dict[str, str]:
    known = contract.known_headers(kind)
    found: dict[str, list[str]] = {}
    for header in look.header:
        column = known.get(contract.bare(header)) or known.get(contract.bare_header(header))
        if column:
            found.setdefault(column, []).append(header)
    chosen = {}
    for column, headers in found.items():
        exact = [header for header in headers if contract.bare(header) == contract.bare(column)] or headers
        if len(exact) > 1:
            raise MappingError(f"The columns {' and '.join(exact)} could each be {column}; choose one in a mapping.")
        chosen[column] = exact[0]
    return chosen


def _side_columns(look: Look, side: str) -> dict[str, str]:
    known = contract.side_headers(side)
    return {known[bare]: header for header in look.header if (bare := contract.bare(header)) in known}


def _time_of_day(look: Look, log: dict[str, str]) -> str | None:
    """The header of a clock beside the day, where every filled cell of the sample is a clock and no day has its own."""
    for header in look.header:
        if contract.bare(header) in contract.time_of_day_headers() and header not in log.values():
            cells = _sample_of(look, header)
            days = _sample_of(look, log["performed_at"])
            if cells and all(map(_CLOCK.fullmatch, cells)) and not any(":" in day for day in days):
                return header
    return None


def _sample_of(look: Look, header: str) -> list[str]:
    position = look.header.index(header)
    return [cells[position].strip() for cells in look.records if position < len(cells) and cells[position].strip()]


def _not_understood(look: Look, what: str) -> str:
    names = ", ".join(look.header[:20]) + (" and more" if len(look.header) > 20 else "")
    return f"{what}. The columns are: {names}. If one of them does, say so in a mapping."


def positions(look: Look, mapping: Mapping) -> tuple[list[dict[str, Any]], int]:
    """The positions (from 1) of the contract's columns, one dict per logged row that a line holds, and how many cells
    a line needs for all of them but the notes.

    Raises MappingError when the file lacks a column that the mapping names.
    """
    place: dict[str, int] = {}
    for position, header in enumerate(look.header, start=1):
        bare = contract.bare(header)
        if bare in place and any(bare == contract.bare(used) for used in used(mapping)):
            raise MappingError(f"The header names {header} twice, so it cannot be told which one counts.")
        place.setdefault(bare, position)
    missing = [header for header in used(mapping) if contract.bare(header) not in place]
    if missing:
        raise MappingError(f"The mapping {mapping.name} needs the column {missing[0]}, which the file does not have.")
    base = {column: None for column in contract.columns(mapping.kind)}
    base |= {column: place[contract.bare(header)] for column, header in mapping.columns.items()}
    base |= {"time_of_day": place[contract.bare(mapping.time_of_day)] if mapping.time_of_day else None}
    needed = max(place[contract.bare(header)] for header in used(mapping) if header != mapping.columns.get("notes"))
    parts = [base]
    if mapping.left or mapping.right:
        left = {column: place[contract.bare(header)] for column, header in mapping.left.items()}
        right = {column: place[contract.bare(header)] for column, header in mapping.right.items()}
        parts = [_side_part(base, "left", left, right), _side_part(base, "right", right, left)]
    return [{"part_no": number, **part} for number, part in enumerate(parts, start=1)], needed


def _side_part(base: dict[str, Any], side: str, own: dict[str, int], other: dict[str, int]) -> dict[str, Any]:
    """The positions of one side's row: its own columns, and where both sides' cells are empty, the one for both."""
    part = base | {"side_value": side, "own": list(own.values()), "other": list(other.values())}
    for column in own.keys() | other.keys():
        part |= {column: own.get(column), f"{column}_of_other": other.get(column), f"{column}_of_both": base[column]}
    return part


def part_schema(kind: str) -> pyarrow.Schema:
    """The columns of the SQL's table `part`."""
    names = ["part_no", *contract.columns(kind), "time_of_day"]
    names += [f"{column}_of_{whose}" for column in contract.SIDE_COLUMNS for whose in ("other", "both")]
    places = pyarrow.list_(pyarrow.int32())
    return pyarrow.schema(
        [(name, pyarrow.int32()) for name in names]
        + [("side_value", pyarrow.string()), ("own", places), ("other", places)]
    )


def used(mapping: Mapping) -> list[str]:
    """The headers that a mapping reads."""
    clock = [mapping.time_of_day] if mapping.time_of_day else []
    sides = [*mapping.left.values(), *mapping.right.values()]
    return [*mapping.columns.values(), *sides, *clock, *mapping.only, *mapping.without]
