"""The quotation marks of a whole block of lines at once: which lines use them regularly, and the cells of those.

A line uses its marks regularly where each that opens a cell comes right after a delimiter or at the line's beginning,
each that closes one comes right before a delimiter or at the line's end, and all others are doubled or escaped inside a
quoted cell; one space may lie between a mark and its delimiter. There is only one way to read such a line. What any
other line says is not decided here.
"""

from dataclasses import dataclass

import numpy
from numpy import bool_, int64, uint8
from numpy.typing import NDArray

# Control characters that text has no use for: one parts cells, the other takes the place of a mark that is text.
CELL_END, _TEXT_MARK = 0x1F, 0x1E
_LINE_FEED, _RETURN, _SPACE = b"\n\r "

Flags = NDArray[bool_]
Numbers = NDArray[int64]


@dataclass(frozen=True)
class Bytes:
    """What is known of each byte of a block that ends in a line feed.

    Marks are those that open a cell, close it or double one another; `is_inside` follows them from the first to the
    last, as if each were regular.
    """

    text: NDArray[uint8]
    delimiter: int
    quote: int
    is_delimiter: Flags
    is_mark: Flags
    is_escaped: Flags
    is_space_beside: Flags
    is_inside: Flags


@dataclass(frozen=True)
class Lines:
    """What is known of each line of a block.

    Whether a line begins inside of a quoted cell depends on the lines before it, so `wrong` (its marks are not regular)
    and `delimiters` (how many part cells) are pairs: for a line that begins outside, and for one that begins inside.
    `follows` says which of the two `Bytes.is_inside` has. An `odd` line ends in the other state than it begins in; a
    `spaced` one may have a space before a mark that opens a cell.
    """

    starts: Numbers
    ends: Numbers
    follows: Flags
    quoted: Flags
    odd: Flags
    spaced: Flags
    wrong: tuple[Flags, Flags]
    delimiters: tuple[Numbers, Numbers]


def look(block: bytes, delimiter: int, quote: int, escape: int | None) -> tuple[Bytes, Lines]:
    """Every byte and line of a block."""
    text = numpy.frombuffer(block, dtype=uint8)
    is_end, is_delimiter, is_quote = text == _LINE_FEED, text == delimiter, text == quote
    is_return = text == _RETURN
    is_last_return = is_return & _moved(is_end, -1)
    is_edge = is_delimiter | is_end
    is_escaped, is_wrong = _escaped(text, is_quote, escape)
    is_mark = is_quote & ~is_escaped
    may_open = _moved(is_edge | is_mark, 1, first=True)
    may_close = _moved(is_edge | is_mark | is_last_return, -1)
    is_before, is_after = _spaces_beside(text, is_mark, is_edge, is_last_return)
    may_open |= _moved(is_before, 1)
    may_close |= _moved(is_after, -1)
    is_wrong |= is_return & _moved(is_last_return, -1)
    is_wrong |= (text == CELL_END) | (text == _TEXT_MARK)
    is_inside = numpy.bitwise_xor.accumulate(is_mark.view(uint8)).view(bool)
    ends = numpy.flatnonzero(is_end)
    starts = numpy.append(0, ends[:-1] + 1)
    follows = numpy.append(False, is_inside[ends[:-1]])
    # A mark is in order as one that closes, where what follows it is outside, or else as one that opens.
    either = is_inside & (may_open ^ may_close)
    wrong = is_wrong | (is_mark & ~(may_close ^ either)) | (is_escaped & ~is_inside)
    otherwise = is_wrong | (is_mark & ~(may_open ^ either)) | (is_escaped & is_inside)
    outside = _count(is_delimiter & ~is_inside, starts)
    inside = _count(is_delimiter & is_inside, starts)
    wrong, otherwise = _any(wrong, starts), _any(otherwise, starts)
    lines = Lines(
        starts=starts,
        ends=ends,
        follows=follows,
        quoted=_any(is_quote, starts),
        odd=is_inside[ends] != follows,
        spaced=_any(is_before, starts),
        wrong=(numpy.where(follows, otherwise, wrong), numpy.where(follows, wrong, otherwise)),
        delimiters=(numpy.where(follows, inside, outside), numpy.where(follows, outside, inside)),
    )
    of_bytes = Bytes(text, delimiter, quote, is_delimiter, is_mark, is_escaped, is_before | is_after, is_inside)
    return of_bytes, lines


def separated(of: Bytes, lines: Lines, inner: Flags, firsts: Numbers) -> tuple[bytes, Numbers]:
    """The text of records without the marks that only quote, with CELL_END between cells and no line ends behind them,
    and where each record ends in it.

    `inner` are the lines that begin inside of a quoted cell, and `firsts` the first line of each record. For a record
    that is not regular, what stands there means nothing.
    """
    flipped = lines.follows != inner
    is_inside = of.is_inside
    if flipped.any():
        is_inside = is_inside ^ numpy.repeat(flipped, lines.ends + 1 - lines.starts)
    starts = lines.starts[firsts]
    ends = lines.ends[numpy.append(firsts[1:], len(inner)) - 1]
    made = of.text ^ (of.is_delimiter & ~is_inside).view(uint8) * uint8(of.delimiter ^ CELL_END)
    is_text = (of.is_mark & ~is_inside & _moved(of.is_mark, -1)) | of.is_escaped
    made ^= is_text.view(uint8) * uint8(of.quote ^ _TEXT_MARK)
    # What is to go becomes a mark.
    made[_moved(of.is_escaped, -1) | (of.is_space_beside & ~is_inside)] = of.quote
    made[ends] = of.quote
    made[ends[of.text[ends - 1] == _RETURN] - 1] = of.quote
    left = ends + 1 - starts - _count(made == of.quote, starts)
    table = bytearray(range(256))
    table[_TEXT_MARK] = of.quote
    return made.tobytes().translate(bytes(table), bytes([of.quote])), numpy.cumsum(left)


def _escaped(text: NDArray[uint8], is_quote: Flags, escape: int | None) -> tuple[Flags, Flags]:
    """Which marks are escaped, and which of them perhaps not, where the escape may itself be escaped."""
    if escape is None:
        nothing = numpy.zeros(len(text), dtype=bool)
        return nothing, nothing.copy()
    is_escape = text == escape
    is_escaped = is_quote & _moved(is_escape, 1)
    return is_escaped, is_escaped & _moved(is_escape, 2)


def _spaces_beside(
    text: NDArray[uint8], is_mark: Flags, is_edge: Flags, is_last_return: Flags
) -> tuple[Flags, Flags]:
    """Which spaces stand between an edge and the mark after it, and which between a mark and the edge after it."""
    is_space = text == _SPACE
    return (
        is_space & _moved(is_edge, 1, first=True) & _moved(is_mark, -1),
        is_space & _moved(is_mark, 1) & _moved(is_edge | is_last_return, -1),
    )


def _moved(flags: Flags, by: int, *, first: bool = False) -> Flags:
    """The flags `by` places later, or earlier; `first` before the first of them."""
    moved = numpy.zeros_like(flags)
    if by > 0:
        moved[by:] = flags[:-by]
        moved[:by] = first
    else:
        moved[:by] = flags[-by:]
    return moved


def _any(flags: Flags, starts: Numbers) -> Flags:
    return numpy.logical_or.reduceat(flags, starts)


def _count(flags: Flags, starts: Numbers) -> Numbers:
    return numpy.add.reduceat(flags.view(uint8), starts, dtype=numpy.int32)
