"""The column contract, read from `contract.toml`: what an export may say, and by which names."""

import csv
import io
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

KINDS = ("log", "roster")
# The columns that a file may have once for each side.
SCORES = ("pain_before", "pain_during", "pain_after")
SIDE_COLUMNS = ("sets", "reps", "duration_s", "pain_before", "pain_during", "pain_after")

# A scale or unit in brackets after a header's name that says no more than the contract does.
_SAME_UNIT = re.compile(r"\s*[(\[](0\s*[-~–]\s*10|nrs|회|세트|초|sec|seconds|s|reps)[)\]]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column of the contract; `low` and `high` bound numbers, `longest` bounds text in characters."""

    name: str
    type: str
    meaning: str
    example: str
    names: tuple[str, ...]
    required: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    longest: int | None = None


@dataclass(frozen=True)
class Question:
    """Which groups of words a header has to have, and may have besides, to ask for a column."""

    needs: frozenset[str]
    may: frozenset[str]


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "contract.toml").read_text(encoding="utf-8"))


@cache
def columns(kind: str) -> dict[str, Column]:
    """The columns of a `log` or a `roster` by name, in the contract's order."""
    contract = {}
    for name, entry in _file()[kind].items():
        entry = {key: value for key, value in entry.items() if key != "later_names"}
        borrowed = entry.pop("same_names_as", None)
        others = _file()[borrowed.split(".")[0]][borrowed.split(".")[1]]["names"] if borrowed else []
        entry["names"] = (name, *entry["names"], *others)
        contract[name] = Column(name=name, **entry)
    return contract


def bare(name: str) -> str:
    """A header or a word as it is compared: without case, spaces, underscores, punctuation and BOM."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum() or character in "#%+✓✗○")


def bare_header(name: str) -> str:
    """Like `bare`, without a unit that the contract takes for granted, such as (0-10)."""
    return bare(_SAME_UNIT.sub("", name))


@cache
def known_headers(kind: str) -> dict[str, str]:
    """Bare header → the contract's column."""
    return {bare(name): column.name for column in columns(kind).values() for name in column.names}


@cache
def known_names() -> frozenset[str]:
    """The bare headers of all kinds of files."""
    return frozenset(name for kind in KINDS for name in known_headers(kind))


@cache
def one_score_headers() -> frozenset[str]:
    """Bare headers that hold one pain score without saying when it was taken."""
    return frozenset(bare(name) for name in _file()["one_pain_score"]["names"])


@cache
def later_headers() -> dict[str, int]:
    """Bare headers of when an answer was finished or sent → their order; they count where no beginning is known."""
    return {bare(name): number for number, name in enumerate(_file()["log"]["performed_at"]["later_names"])}


@cache
def about_the_form() -> frozenset[str]:
    """Headers, in lower case, of what the software of a form writes about an answer."""
    return frozenset(_file()["about_the_form"]["names"])


@cache
def people_headers() -> frozenset[str]:
    """Bare headers of columns that tell people apart."""
    return frozenset(map(bare, _file()["people"]["names"]))


@cache
def people_numbers() -> frozenset[str]:
    """Bare headers of numbers that may be people's, or the lines' own."""
    return frozenset(map(bare, _file()["people"]["numbers"]))


@cache
def pain_words(about: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words in several languages for `pain`, `before`, `during` or `after`; and pieces that words are made of."""
    words = _file()["pain_words"]
    return frozenset(words[about]), tuple(words[f"{about}_pieces"])


@cache
def questions() -> dict[str, Question]:
    """Column → the words of a header that asks for it."""
    return {
        column: Question(frozenset(entry["needs"]), frozenset(entry["may"]))
        for column, entry in _file()["questions"].items()
    }


@cache
def question_groups() -> dict[str, frozenset[str]]:
    """Word → the groups of `questions` that it belongs to."""
    groups: dict[str, set[str]] = {}
    for group, words in _file()["question_words"].items():
        for word in words:
            groups.setdefault(word, set()).add(group)
    return {word: frozenset(found) for word, found in groups.items()}


def yes_no_beginnings() -> list[str]:
    """The first words of questions that are answered by yes or no."""
    return _file()["question_words"]["yes_no"]


@cache
def korean_pieces() -> re.Pattern[str]:
    """One Korean word of the questions (in either group), and the particle that may cling to it."""
    words = sorted((word for word in question_groups() if not word.isascii()), key=len, reverse=True)
    long, short = ([word for word in words if (len(word) > 1) == wanted] for wanted in (True, False))
    # After a single syllable only where no other word comes of it: 전에 is "before", 전이 is "spreading".
    return re.compile(f"({'|'.join(long)})(?:은|는|이|가|을|를|의|에서|에)?|({'|'.join(short)})(?:에|의)?")


@cache
def side_headers(side: str) -> dict[str, str]:
    """Bare header → column, for columns that belong to one side: Left Reps, reps_l, 횟수(좌)."""
    sides = _file()["side_columns"]
    return {
        bare(written): column
        for column in SIDE_COLUMNS
        for name in columns("log")[column].names
        for word in sides[side]
        for written in (f"{word} {name}", f"{name} {word}")
    }


@cache
def time_of_day_headers() -> frozenset[str]:
    """Bare headers that may hold a clock beside a day."""
    return frozenset(map(bare, _file()["time_of_day"]["names"]))


@cache
def words(kind: str) -> dict[str, str]:
    """How a word may be written → what it means, for `exercise`, `side`, `yes_no`, `score_time`, `severity`, `sex` or
    `missing`."""
    return {
        written: meaning
        for meaning, names in _file()["words"][kind].items()
        for name in (meaning, *names)
        for written in spellings(name)
    }


def spellings(name: str) -> set[str]:
    """A name in lower case, and bare: the two forms in which the store looks a word up."""
    return {name.lower(), bare_word(name)}


def bare_word(word: str) -> str:
    """A word as the store's macro `bare_word` compares it."""
    return word.lower().translate(str.maketrans("", "", " _-./()\u00a0"))


def bounds(kind: str) -> dict[str, list[Any]]:
    """The bounds of every column by its name, in the form in which DuckDB takes a map."""
    return {
        "key": list(columns(kind)),
        "value": [
            {"low": column.low, "high": column.high, "longest": column.longest, "whole": column.whole}
            for column in columns(kind).values()
        ],
    }


def template(kind: str) -> str:
    """A CSV file with the contract's header and one example line, for a clinic to fill in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns(kind))
    writer.writerow(column.example for column in columns(kind).values())
    return out.getvalue()
