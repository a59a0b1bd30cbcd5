"""The quotation marks of a whole block of lines at once: which lines use them regularly, and the cells of those.

A line uses its marks regularly where each that opens a cell comes right after a delimiter or at the line's beginning,
each that closes one comes right before a delimiter or at the line's end, and all others are doubled or escaped inside a
quoted cell; one space may lie between a mark and its delimiter. There is only one way to read such a line. What any
other line says is not decided here.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy
from numpy import bool_, int64, uint8
from numpy.typing import NDArray

# Control characters that text has no use for: one parts cells, the other takes the place of a mark that is text.
CELL_END, _TEXT_MARK = 0x1F, 0x1E
_LINE_FEED, _RETURN, _SPACE = b"\n\r "
# What is known of so many bytes fits into a processor's cache while it is worked out.
PIECE_BYTES = 1 << 18

Flags = NDArray[bool_]
Numbers = NDArray[int64]


class Lines(NamedTuple):
    """What is known of each line.

    Whether a line begins inside of a quoted cell depends on the lines before it, so some is known for both cases:
    whether its marks are not regular (`wrong`), and how many of its delimiters part cells. An `odd` line ends in the
    other state than it begins in; a `spaced` one may have a space before a mark that opens a cell.
    """

    start: Numbers
    end: Numbers
    quoted: Flags
    odd: Flags
    spaced: Flags
    wrong_outside: Flags
    wrong_inside: Flags
    delimiters_outside: Numbers
    delimiters_inside: Numbers


@dataclass(frozen=True)
class Piece:
    """Some whole lines, and what is known of each of their bytes.

    Marks are those that open a cell, close it or double one another; `is_inside` follows them as if each were regular
    and the first line began outside, and `follows` says how each line would then begin. A space beside a mark lies
    between it and a delimiter or a line's end.
    """

    text: NDArray[uint8]
    delimiter: int
    quote: int
    is_delimiter: Flags
    is_mark: Flags
    is_escaped: Flags
    is_space_beside: Flags
    is_inside: Flags
    follows: Flags
    lines: Lines


def look(block: bytes, delimiter: int, quote: int, escape: int | None) -> tuple[list[Piece], Lines]:
    """All of a block that ends in a line feed."""
    pieces, columns, start = [], [], 0
    while start < len(block):
        end = block.find(b"\n", start + PIECE_BYTES) + 1 or len(block)
        piece = _look_at(block[start:end], delimiter, quote, escape)
        pieces.append(piece)
        columns.append(piece.lines._replace(start=piece.lines.start + start, end=piece.lines.end + start))
        start = end
    return pieces, Lines(*map(numpy.concatenate, zip(*columns, strict=True)))


def separated(pieces: list[Piece], inner: Flags) -> tuple[bytes, Numbers]:
    """The text without the marks that only quote, with CELL_END between cells and no line ends behind records, and the
    length of each line in it.

    `inner` says which lines begin inside of a quoted cell. Of a record that is not regular, what it becomes means
    nothing.
    """
    goes_on = numpy.append(inner[1:], False)
    made, first = [], 0
    for piece in pieces:
        here = slice(first, first + len(piece.lines.start))
        made.append(_separated(piece, inner[here], goes_on[here]))
        first = here.stop
    texts, lengths = zip(*made, strict=True)
    return b"".join(texts), numpy.concatenate(lengths)


def _look_at(block: bytes, delimiter: int, quote: int, escape: int | None) -> Piece:
    text = numpy.frombuffer(block, dtype=uint8)
    is_end, is_delimiter, is_quote, is_return = (text == sign for sign in (_LINE_FEED, delimiter, quote, _RETURN))
    is_last_return = is_return & _moved(is_end, -1)
    is_edge = is_delimiter | is_end
    is_escaped, is_wrong = _escaped(text, is_quote, escape)
    is_mark = is_quote & ~is_escaped
    is_before, is_after = _spaces_beside(text, is_mark, is_edge, is_last_return)
    may_open = _moved(is_edge | is_mark, 1, first=True) | _moved(is_before, 1)
    may_close = _moved(is_edge | is_mark | is_last_return | is_after, -1)
    is_wrong |= is_return & _moved(is_last_return, -1)
    is_wrong |= (text == CELL_END) | (text == _TEXT_MARK)
    is_inside = numpy.bitwise_xor.accumulate(is_mark.view(uint8)).view(bool)
    ends = numpy.flatnonzero(is_end)
    starts = numpy.append(0, ends[:-1] + 1)
    follows = numpy.append(False, is_inside[ends[:-1]])
    # A mark closes a cell where what comes after it is outside, and opens one otherwise.
    differs = is_inside & (may_open ^ may_close)
    wrong = _any(is_wrong | (is_mark & ~(may_close ^ differs)) | (is_escaped & ~is_inside), starts)
    otherwise = _any(is_wrong | (is_mark & ~(may_open ^ differs)) | (is_escaped & is_inside), starts)
    outside, inside = _count(is_delimiter & ~is_inside, starts), _count(is_delimiter & is_inside, starts)
    lines = Lines(
        start=starts,
        end=ends,
        quoted=_any(is_quote, starts),
        odd=is_inside[ends] != follows,
        spaced=_any(is_before, starts),
        wrong_outside=numpy.where(follows, otherwise, wrong),
        wrong_inside=numpy.where(follows, wrong, otherwise),
        delimiters_outside=numpy.where(follows, inside, outside),
        delimiters_inside=numpy.where(follows, outside, inside),
    )
    beside = is_before | is_after
    return Piece(text, delimiter, quote, is_delimiter, is_mark, is_escaped, beside, is_inside, follows, lines)


def _separated(piece: Piece, inner: Flags, goes_on: Flags) -> tuple[bytes, Numbers]:
    starts, ends, is_inside = piece.lines.start, piece.lines.end, piece.is_inside
    flipped = piece.follows != inner
    if flipped.any():
        is_inside = is_inside ^ numpy.repeat(flipped, ends + 1 - starts)
    made = piece.text ^ (piece.is_delimiter & ~is_inside).view(uint8) * uint8(piece.delimiter ^ CELL_END)
    is_text = (piece.is_mark & ~is_inside & _moved(piece.is_mark, -1)) | piece.is_escaped
    made ^= is_text.view(uint8) * uint8(piece.quote ^ _TEXT_MARK)
    # What is to go becomes a mark.
    made[_moved(piece.is_escaped, -1) | (piece.is_space_beside & ~is_inside)] = piece.quote
    last = ends[~goes_on]
    made[last] = piece.quote
    made[last[piece.text[last - 1] == _RETURN] - 1] = piece.quote
    length = ends + 1 - starts - _count(made == piece.quote, starts)
    table = bytearray(range(256))
    table[_TEXT_MARK] = piece.quote
    return made.tobytes().translate(bytes(table), bytes([piece.quote])), length


def _escaped(text: NDArray[uint8], is_quote: Flags, escape: int | None) -> tuple[Flags, Flags]:
    """Which marks are escaped, and which of them perhaps not, where the escape may itself be escaped."""
    if escape is None:
        nothing = numpy.zeros(len(text), dtype=bool)
        return nothing, nothing.copy()
    is_escape = text == escape
    is_escaped = is_quote & _moved(is_escape, 1)
    return is_escaped, is_escaped & _moved(is_escape, 2)


def _spaces_beside(text: NDArray[uint8], is_mark: Flags, is_edge: Flags, is_last_return: Flags) -> tuple[Flags, Flags]:
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
