"""What a header says: which column of the contract it names, by a known name or as a question, and on which scale."""

import re
from functools import lru_cache

from data import contract

# Whatever is longer is no header, but a text.
LONGEST = 300
_RANGE = r"(\d+)\s*(?:[-‐-―~〜～∼−]|to|bis|à|hasta|에서|부터)\s*(\d+)(?:까지)?"
_ENDS = r"(\d+)\s*(?:[=:은는]|is|means)\s*[^\d]+?(\d+)\s*(?:[=:은는]|is|means)\s*[^\d]*"
_OUT_OF = r"(?:out of|/)\s*(\d+)"
_SCALE_WORD = r"\s*(?:scale|nrs|nprs|vas|points?|점)?\s*"
# In brackets only the scale itself may stand: "(0-10, last week)" says more and stays part of the header.
_BRACKETED = re.compile(
    rf"[(\[（](?:{_SCALE_WORD}{_RANGE}{_SCALE_WORD}|(?:{_SCALE_WORD}{_RANGE}\s*[,;:]\s*)?{_ENDS}|\s*{_OUT_OF}{_SCALE_WORD})[)\]）]",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<!\d)(?:{_ENDS}|{_RANGE}(?!\d){_SCALE_WORD}|{_OUT_OF}(?!\d))", re.IGNORECASE)
_LABEL = re.compile(r"(\d+)\s*(?:[=:은는]|is|means)\s*([^\d]+)", re.IGNORECASE)
_WORST = re.compile(r"worst|severe|extreme|unbearable|intense|maxim|imaginable|심한|심함|극심|최악|최대", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]+")


def scale_of(header: str) -> tuple[int, int] | None:
    """The score for no pain and the one for the worst that a header states, as in (0-10), 0 = none, 10 = worst, or /10.

    They are (10, 0) where it counts down.
    """
    found = _BRACKETED.search(header) or _BARE.search(header)
    if found is None:
        return None
    numbers = [int(number) for number in re.findall(r"\d+", found[0])]
    if len(numbers) == 1:
        return 0, numbers[0]
    low, high = min(numbers), max(numbers)
    labels = _LABEL.findall(found[0])
    is_worst_low = any(int(number) == low and _WORST.search(label) for number, label in labels)
    return (high, low) if is_worst_low or (not labels and numbers[0] > numbers[1]) else (low, high)


def without_scale(header: str) -> str:
    """The header without the scale that it states."""
    return _BARE.sub(" ", _BRACKETED.sub(" ", header)).strip()


@lru_cache(maxsize=1 << 14)
def column_of(header: str, kind: str) -> str | None:
    """The contract's column that a header of a `log` or `roster` names, by a known name or as a question."""
    return named(header, kind) or (asked(header) if kind == "log" else None)


def named(header: str, kind: str) -> str | None:
    """The column one of whose names the header is, whatever unit or scale it states."""
    if header[:1].isdigit() or len(header) > LONGEST or header.strip().casefold() in contract.about_the_form():
        return None
    known = contract.known_headers(kind)
    return next((known[bare] for bare in _bare_forms(header) if bare in known), None)


def is_one_score(header: str) -> bool:
    """Whether the header names one pain score and does not say when it was taken."""
    return not contract.one_score_headers().isdisjoint(_bare_forms(header))


@lru_cache(maxsize=1 << 14)
def _bare_forms(header: str) -> tuple[str, ...]:
    """A header as it is compared: whole, and where it has a unit or scale, without the one and without the other."""
    bare = contract.bare(header)
    if not re.search(r"[\d(\[（]", header):
        return (bare,)
    return bare, contract.bare_header(header), contract.bare_header(without_scale(header))


def asked(header: str) -> str | None:
    """The column that the header asks for in words, where all of its words are known and they fit one column alone."""
    if header[:1].isdigit() or len(header) > LONGEST:
        return None
    words = _words(without_scale(header))
    if not words or "%" in header or words[0] not in contract.question_groups():
        return None
    groups = [contract.question_groups().get(word, frozenset()) for word in words]
    fitting = [
        column
        for column, question in contract.questions().items()
        if all(group & (question.needs | question.may) for group in groups)
        and all(any(needed in group for group in groups) for needed in question.needs)
    ]
    if len(fitting) != 1 or (fitting[0] in contract.SCORES and _asks_no_score(words, groups)):
        return None
    return fitting[0]


def _asks_no_score(words: list[str], groups: list[frozenset[str]]) -> bool:
    """Whether the words are a yes-or-no question, or ask how much exercise is possible before pain."""
    if words[0] in contract.yes_no_beginnings():
        return True
    if any(map(_HANGUL.fullmatch, words)):
        return False
    first = {name: next((at for at, group in enumerate(groups) if name in group), 0) for name in ("pain", "exercise")}
    moment = next(at for at, group in enumerate(groups) if group & {"before", "during", "after"})
    return first["exercise"] < moment < first["pain"] and "exercise" in groups[first["exercise"]]


def may_be_pain(header: str) -> bool:
    """Whether a header speaks of pain in any language of the list, so that a score would be lost with it."""
    return _speaks_of(header, "pain")


def moments(header: str) -> set[str]:
    """The columns of the scores whose moment a header names, in any language of the list."""
    groups = {group for word in _words(header) for group in contract.question_groups().get(word, ())}
    times = {score: score.removeprefix("pain_") for score in contract.SCORES}
    return {score for score, time in times.items() if time in groups or _speaks_of(header, time)}


def _speaks_of(header: str, about: str) -> bool:
    words, pieces = contract.pain_words(about)
    text = header.casefold()
    return not words.isdisjoint(re.findall(r"[^\W\d_]+", text)) or any(piece in text for piece in pieces)


def is_of_the_form(header: str) -> bool:
    """Whether the software of a form writes such a column about each answer, so that it is no exercise."""
    return header.strip().casefold() in contract.about_the_form() or contract.bare(header) in contract.later_headers()


def is_utc(header: str) -> bool:
    """Whether a header says that its times are in UTC, as KoboToolbox's _submission_time is without saying so."""
    return header.strip().casefold() == "_submission_time" or bool(re.search(r"\bUTC\b(?![+-])", header))


def are_joined(header: str) -> bool:
    """Whether a header is two known names with nothing between them, as where a delimiter is missing: setsreps."""
    text = header.strip().replace('"', "")
    if len(text) > LONGEST:
        return False
    after_marks = (mark.end() for mark in re.finditer(r"[?？)\]](?=\w)", text))
    return _is_two_names(text) or any(is_known(text[:at]) and is_known(text[at:]) for at in after_marks)


def _is_two_names(text: str) -> bool:
    names, bare = contract.known_names(), contract.bare(without_scale(text))
    if not any(bare[:at] in names and bare[at:] in names for at in range(1, len(bare))):
        return False
    joints = (at for at in range(1, len(text)) if text[at - 1].isalnum() and text[at].isalnum())
    return any(_is_name(text[:at]) and _is_name(text[at:]) for at in joints)


def is_known(header: str) -> bool:
    """Whether a header is a name or question of any kind of file, or what a form writes about an answer."""
    return _is_name(header) or is_one_score(header) or asked(header) is not None or is_of_the_form(header)


def _is_name(text: str) -> bool:
    return any(named(text, kind) for kind in contract.KINDS)


def _words(text: str) -> list[str]:
    """The words of a header in lower case, Korean ones cut into known pieces."""
    found: list[str] = []
    for word in re.findall(r"[^\W_]+", text.casefold()):
        found += _pieces(word) if _HANGUL.fullmatch(word) else [word]
    return found


def _pieces(word: str) -> list[str]:
    """A Korean word as the known words that it joins, without their particles; as it is where something is left."""
    found = list(contract.korean_pieces().finditer(word))
    return [piece[1] or piece[2] for piece in found] if "".join(piece[0] for piece in found) == word else [word]
