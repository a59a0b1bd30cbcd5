"""Which column of a file is which, by the names and questions of the contract alone.

Nothing is guessed: a name that could mean two things, a score that does not say when it was scored, or columns among
which the exercise may be lost, are asked about.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from data import contract, headers
from data.mapping import PAIN_SCALES, Mapping, MappingError, PainScale, used
from data.reading import FileInfo

DAY = re.compile(
    r"\s*(\d{4}\s?[-./년]\s?\d{1,2}\s?[-./월]|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{1,2} [A-Za-z]{3,9} \d{4})"
)
_CLOCK = re.compile(r"(?:[ap]m |오전 |오후 )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?", re.IGNORECASE)


def recognised(info: FileInfo) -> Mapping:
    """What the contract's own names and questions say about this header.

    Raises MappingError for whatever they leave open.
    """
    log, roster = _columns(info, "log"), _columns(info, "roster")
    left, right = _side_columns(info, "left"), _side_columns(info, "right")
    if "patient_id" in roster and len(roster) > 1 and not set(log) - {"patient_id", "notes"}:
        return Mapping(name="roster", kind="roster", columns=_without_scores(info, roster))
    if "performed_at" not in log:
        raise MappingError("no_day", columns=_names(info.header))
    measures = {"exercise", *contract.SCORES} & (set(log) | set(left))
    clock = _time_of_day(info, log)
    log = _whole_log(info, log, {*log.values(), *left.values(), *right.values(), clock}, sided={*left, *right})
    if not measures and "pain_before" not in log:
        raise MappingError("no_measure", columns=_names(info.header))
    return Mapping(
        name="contract",
        kind="log",
        columns=log,
        left=left,
        right=right,
        time_of_day=clock,
        time_zone="UTC" if headers.is_utc(log["performed_at"]) else None,
        pain_scale=_scale([*_scores_of(log), *_scores_of(left), *_scores_of(right)]),
    )


def ask_about_delimiters(info: FileInfo, known: frozenset[str]) -> None:
    """Raise MappingError where the header may lack a delimiter, so that cells stand below the wrong names.

    Where every line ends with one cell more than the header has, that is most often a delimiter at the end of each
    line; it is taken as that if the names from the day on are all known, for a missing one would join two of them.
    `known` are bare headers that a mapping is found by.
    """
    unknown = [header for header in info.header if header and contract.bare(header) not in known]
    joined = [header for header in unknown if headers.are_joined(header)]
    if info.width == len(info.header):
        joined = [header for header in joined if not _is_named(header)]
    else:
        start = _first_day(info)
        joined += [header for header in unknown if not headers.is_known(header) and header in info.header[start:]]
    if joined:
        raise MappingError("header_joined", columns=_names(list(dict.fromkeys(joined))))


def _is_named(header: str) -> bool:
    return any(headers.named(header, kind) for kind in contract.KINDS)


def _first_day(info: FileInfo) -> int:
    """The position of the first column that is named a day and holds days, or 0."""
    return next(
        (
            at
            for at, header in enumerate(info.header)
            if headers.named(header, "log") == "performed_at"
            and (cells := info.samples(header))
            and all(map(DAY.match, cells))
        ),
        0,
    )


def tells_people_apart(info: FileInfo, header: str) -> bool:
    """Whether a column names people, or numbers them: a number that is another on each line is the line's."""
    bare = contract.bare(header)
    cells = info.samples(header)
    return bare in contract.people_headers() or (bare in contract.people_numbers() and len(set(cells)) < len(cells))


def completed(info: FileInfo, mapping: Mapping) -> Mapping:
    """A mapping with what the contract's names say of the columns that it leaves out."""
    log = {**_columns(info, mapping.kind), **mapping.columns}
    if mapping.kind == "log":
        if "performed_at" not in log:
            raise MappingError("no_day", columns=_names(info.header))
        log = _whole_log(info, log, {*log.values(), *used(mapping)}, sided={*mapping.left, *mapping.right})
    stated = _scale([*_scores_of(log), *_scores_of(mapping.left), *_scores_of(mapping.right)])
    scale = stated if mapping.pain_scale == "0-10" else mapping.pain_scale
    return replace(mapping, columns=log, pain_scale=scale)


def _whole_log(info: FileInfo, log: dict[str, str], used: set[str | None], sided: set[str]) -> dict[str, str]:
    """The columns of a log with a diary's one score, where what is unused holds no exercise and no other score.

    `sided` are the columns that the file has once for each side.
    """
    have = {*log, *sided}
    log = log | _one_score(info, have)
    read = {contract.bare(header) for header in (*used, *log.values()) if header}
    unused = [header for header in info.header if header and contract.bare(header) not in read]
    lost = [header for header in unused if _may_be_a_score(info, header, {*have, *log})]
    if lost:
        raise MappingError("scores_unclear", columns=_names(lost))
    unknown = [header for header in unused if not headers.is_of_the_form(header)]
    if unknown and "exercise" not in log and {"pain_during", "pain_after"} & have:
        raise MappingError("exercise_unclear", columns=_names(unknown))
    return log


def _may_be_a_score(info: FileInfo, header: str, have: set[str]) -> bool:
    """Whether an unused column speaks of pain, holds numbers, and may be a score that no column in use holds."""
    if not headers.may_be_pain(header) or not holds_numbers(info.samples(header)):
        return False
    moments = headers.moments(header)
    return not moments <= have if moments else have.isdisjoint(contract.SCORES)


def holds_numbers(cells: list[str]) -> bool:
    """Whether at least half of the filled cells begin with a digit."""
    return sum(cell[0].isdigit() for cell in cells) * 2 >= len(cells) > 0


def _without_scores(info: FileInfo, roster: dict[str, str]) -> dict[str, str]:
    """The columns of a roster. Raises MappingError where the file has a pain score too, as a log has."""
    scores = [
        header
        for header in info.header
        if header not in roster.values()
        and (headers.is_one_score(header) or headers.may_be_pain(header))
        and holds_numbers(info.samples(header))
    ]
    if scores:
        raise MappingError("roster_has_score", columns=_names(scores))
    return roster


def _scores_of(columns: dict[str, str]) -> list[str]:
    return [header for column, header in columns.items() if column in contract.SCORES]


def stated_scale(mapping: Mapping) -> str | None:
    """The scale of a mapping's scores, where a header of one of them states it."""
    scores = [header for columns in (mapping.columns, mapping.left, mapping.right) for header in _scores_of(columns)]
    stated = {f"{low}-{high}" for low, high in filter(None, map(headers.scale_of, scores))}
    return mapping.pain_scale if mapping.pain_scale in stated else None


def _scale(scores: list[str]) -> PainScale:
    """The one scale that the headers of the scores state, or 0-10 where none states any.

    Raises MappingError for scales that differ, and for one that Supine cannot convert.
    """
    stated = {header: scale for header in scores if (scale := headers.scale_of(header))}
    named = {header: f"{low}-{high}" for header, (low, high) in stated.items()}
    scales = set(named.values()) or {"0-10"}
    if len(scales) > 1 or (scales != {"0-10"} and len(named) < len(scores)):
        raise MappingError("scales_differ", columns=_names(scores))
    scale = scales.pop()
    for known in PAIN_SCALES:
        if known == scale:
            return known
    raise MappingError("scale_unknown", column=next(iter(named)), scale=scale.replace("-", " to "))


def _one_score(info: FileInfo, log: Iterable[str]) -> dict[str, str]:
    """The column of a diary's one pain score, in a log that has these columns.

    Raises MappingError when it stands beside an exercise, for then it could be before, during or after it.
    """
    scores = [header for header in info.header if headers.is_one_score(header)]
    if not scores or {"pain_before", "pain_during", "pain_after"} & set(log):
        return {}
    if "exercise" in log:
        raise MappingError("score_unclear", column=scores[0])
    if len(scores) > 1:
        raise MappingError("several_scores", columns=" and ".join(scores))
    return {"pain_before": scores[0]}


def _columns(info: FileInfo, kind: str) -> dict[str, str]:
    """The header of each column: one that is its very name, else one of its names, else a question for it.

    Raises MappingError where two headers are equally good.
    """
    found: dict[str, list[str]] = {}
    for header in info.header:
        column = headers.column_of(header, kind)
        if column and (headers.named(header, kind) or answers(info, header, column)):
            found.setdefault(column, []).append(header)
    if kind == "log" and "performed_at" not in found:
        found |= _later_moment(info)
    return {column: _best(column, candidates, kind) for column, candidates in found.items()}


def _best(column: str, candidates: list[str], kind: str) -> str:
    exact = [header for header in candidates if contract.bare(header) == contract.bare(column)]
    best = exact or [header for header in candidates if headers.named(header, kind)] or candidates
    if len(best) > 1:
        raise MappingError("several_columns", columns=" and ".join(best), column=column)
    return best[0]


def answers(info: FileInfo, header: str, column: str) -> bool:
    """Whether the cells below a question can be answers to it: numbers for a number, names for an exercise."""
    cells = info.samples(header)
    if not cells or column in ("stopped_early", "patient_id"):
        return True
    if column == "exercise":
        words = contract.words("yes_no")
        return not holds_numbers(cells) and not all(contract.bare_word(cell) in words for cell in cells)
    return holds_numbers(cells)


def _later_moment(info: FileInfo) -> dict[str, list[str]]:
    """The column of when an answer was finished or sent, for a file without one of when it was begun."""
    known = contract.later_headers()
    later = [header for header in info.header if contract.bare(header) in known]
    return {"performed_at": [min(later, key=lambda header: known[contract.bare(header)])]} if later else {}


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


def _names(headers: Sequence[str]) -> str:
    """The first of some columns by name."""
    return ", ".join(headers[:20]) + (" and more" if len(headers) > 20 else "")
