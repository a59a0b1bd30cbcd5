"""What the columns of an unknown file might be, and why: proposals for a person to choose from, never used unasked."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from data import contract, headers
from data.reading import FileInfo
from data.recognising import DAY, answers

_NUMBER = re.compile(r"\s*\d{1,3}([.,]\d+)?\s*")
_PAIN = ("pain", "통증", "nrs", "vas")
_PATIENT = ("id", "record", "study", "subject", "name", "번호", "성명", "이름")
MOSTLY = 0.8


@dataclass(frozen=True)
class Proposal:
    """A header of the file for one column of the contract, and the reason in words."""

    header: str
    why: str


def propose(info: FileInfo, kind: str) -> dict[str, Proposal]:
    """A proposal for each column of a `log` or `roster` that the file seems to have; a header is proposed once."""
    by_name = {
        column: Proposal(header, "the header asks for it")
        for header in info.header
        if (column := headers.column_of(header, kind)) and answers(info, header, column)
    }
    by_name |= {
        column: Proposal(header, "the header is one of its names")
        for header in info.header
        if (column := headers.named(header, kind))
    }
    proposed = {proposal.header for proposal in by_name.values()}
    for column, fits, why in _GUESSES[kind]:
        if column in by_name:
            continue
        for header in info.header:
            if header and header not in proposed and fits(header, info.samples(header)):
                by_name[column] = Proposal(header, why)
                proposed.add(header)
                break
    return by_name


def one_score(info: FileInfo) -> tuple[str, str] | None:
    """The columns of the score and of when it was taken, in a file that seems to have one score on each line."""
    known = contract.words("score_time")
    for header in filter(None, info.header):
        times = [known.get(contract.bare_word(word)) for word in info.samples(header)]
        if None not in times and len(set(times)) > 1:
            others = [other for other in info.header if other not in ("", header)]
            scores = [other for other in others if headers.is_one_score(other)]
            scores += [other for other in others if _has_word(other, (*_PAIN, "score", "점수"))]
            return (scores[0], header) if scores else None
    return None


def _mostly(holds: Callable[[str], object], cells: list[str]) -> bool:
    return bool(cells) and sum(map(bool, map(holds, cells))) >= MOSTLY * len(cells)


def _is_exercise(word: str) -> bool:
    return contract.bare_word(word) in contract.words("exercise")


def _is_side(word: str) -> bool:
    return contract.bare_word(word) in contract.words("side")


def _has_word(header: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words stands in a header by itself: `id` in study_id, not in nsaids."""
    return not set(re.findall(r"[^\W\d_]+", header.casefold())).isdisjoint(words)


_GUESSES: dict[str, list[tuple[str, Callable[[str, list[str]], bool], str]]] = {
    "log": [
        ("performed_at", lambda header, cells: _mostly(DAY.match, cells), "its cells are dates"),
        ("exercise", lambda header, cells: _mostly(_is_exercise, cells), "its cells are exercises of the programme"),
        ("side", lambda header, cells: _mostly(_is_side, cells), "its cells are sides"),
        (
            "pain_before",
            lambda header, cells: _has_word(header, _PAIN) and _mostly(_NUMBER.fullmatch, cells),
            "its name speaks of pain and its cells are numbers; say when it was scored",
        ),
        ("patient_id", lambda header, cells: _has_word(header, _PATIENT), "its name sounds like a patient's id"),
    ],
    "roster": [
        ("patient_id", lambda header, cells: _has_word(header, _PATIENT), "its name sounds like a patient's id"),
        ("programme_start", lambda header, cells: _mostly(DAY.match, cells), "its cells are dates"),
    ],
}
