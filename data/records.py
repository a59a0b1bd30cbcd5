"""A file as numbered records: every line of it, in order, with the number that an editor would show.

A record is one line, or the lines that a quoted cell with line breaks spans. Nothing is dropped or mended here: a
quotation mark that is never closed stands alone on its line, to be rejected by name, and costs no other line.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

import numpy
import pyarrow
from pyarrow import compute

from data import marks
from data.words import SupineError

# Some 130,000 lines: DuckDB stores rows in groups of 122,880, and would put smaller pieces together a second time.
BLOCK_BYTES = 12 << 20
LONGEST_RECORD_BYTES = 1 << 20
MOST_CELLS_IN_A_LINE = 1 << 14
MOST_CELLS_AT_ONCE = 1 << 18
# DuckDB puts pieces of up to 64 lines together again.
LEAST_LINES_AT_ONCE = 100
MOST_LINES_IN_A_RECORD = 1000

# What stands for a zero byte, which no text of PostgreSQL can hold.
ZERO = "\u2400"

# `separated` has marks.CELL_END between the cells of a line, without the marks around them, and is null where the
# quotation marks of the line need a closer look, or where the block has none.
RECORD = pyarrow.schema([("line_no", pyarrow.int64()), ("line", pyarrow.string()), ("separated", pyarrow.string())])


class ReadingError(SupineError):
    """The file cannot be read as a table."""


@dataclass(frozen=True)
class Dialect:
    """How a file is written: its encoding, its line ends (`\\n` covers `\\r\\n`) and its dialect."""

    encoding: str
    line_end: str = "\n"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    @property
    def is_of_single_bytes(self) -> bool:
        """Whether delimiter, quote and escape are a byte each, and none of those that make lines and spaces."""
        return all(one == "\t" or "!" <= one <= "~" for one in (self.delimiter, self.quote, self.escape or "!"))

    @property
    def cell_pattern(self) -> str:
        """A regular expression for one cell and the delimiter that ends it, in the syntax that Python, RE2 share."""
        delimiter, quote, escape = re.escape(self.delimiter), re.escape(self.quote), re.escape(self.escape)
        pair = rf"(?:{quote}{quote}|{escape}(?s:.))" if escape else quote * 2
        # No two ways to match the same text, so that a long torn cell is given up after one try.
        inside = rf"[^{quote}{escape}]*(?:{pair}[^{quote}{escape}]*)*"
        return rf"(?: *{quote}{inside}{quote} *|[^{quote}{delimiter}][^{delimiter}]*|){delimiter}"


@cache
def _cell(dialect: Dialect) -> re.Pattern[str]:
    return re.compile(dialect.cell_pattern)


def cells_of(record: str, dialect: Dialect) -> list[str] | None:
    """The cells of one record, or None where its quotation marks do not match."""
    if dialect.quote not in record:
        return record.split(dialect.delimiter)
    text, position, cells = record + dialect.delimiter, 0, []
    while position < len(text):
        found = _cell(dialect).match(text, position)
        if found is None:
            return None
        cells.append(_unquoted(found[0][:-1], dialect))
        position = found.end()
    return cells


def _unquoted(cell: str, dialect: Dialect) -> str:
    bare = cell.strip(" ")
    if len(bare) < 2 or not (bare.startswith(dialect.quote) and bare.endswith(dialect.quote)):
        return cell
    inner = bare[1:-1].replace(dialect.quote * 2, dialect.quote)
    return inner.replace(dialect.escape + dialect.quote, dialect.quote) if dialect.escape else inner


def batches(
    stream: BinaryIO, dialect: Dialect, width: int | None = None, block_bytes: int | None = None
) -> Iterator[pyarrow.RecordBatch]:
    """The records of `stream`, twelve megabytes at a time, or `block_bytes`.

    `width` is the number of cells in the header, where it is known: lines are joined to one record only where that
    gives a whole one.
    Raises ReadingError for bytes that are not in the encoding and for a line over the limit.
    """
    line_no, rest = 1, b""
    blocks = _decoded_blocks(stream, dialect, block_bytes or BLOCK_BYTES)
    for block, last in blocks:
        text = rest + block
        if last and text and not text.endswith(b"\n"):
            text += b"\n"
        cut = text.rfind(b"\n") + 1
        whole, rest = text[:cut], text[cut:]
        if whole:
            batch, kept_back = _records(whole, line_no, dialect, width, last)
            if len(batch):
                yield from _pieces(batch, dialect)
            rest = kept_back + rest
            line_no += _line_feeds(whole) - _line_feeds(kept_back)
        if len(rest) > LONGEST_RECORD_BYTES * 2:
            raise too_long(line_no)


def _pieces(batch: pyarrow.RecordBatch, dialect: Dialect) -> Iterator[pyarrow.RecordBatch]:
    """The batch, in pieces where its lines are wide: DuckDB splits 2,048 lines into cells at a time, and of wide lines
    those can be more cells than its memory holds."""
    sizes = compute.binary_length(batch["line"]).to_numpy()  # ty: ignore[missing-attribute]
    if _most_in_2048(numpy.cumsum(sizes)) <= MOST_CELLS_AT_ONCE:
        yield batch
        return
    cells = compute.count_substring(batch["line"], dialect.delimiter).to_numpy() + 1  # ty: ignore[missing-attribute]
    widest = int(cells.argmax())
    if cells[widest] > MOST_CELLS_IN_A_LINE:
        line_no = batch["line_no"][widest].as_py()
        raise ReadingError("too_many_cells", line=line_no, limit=MOST_CELLS_IN_A_LINE)
    ends, start = numpy.cumsum(cells), 0
    if _most_in_2048(ends) <= MOST_CELLS_AT_ONCE:
        yield batch
        return
    while start < len(batch):
        reach = (ends[start - 1] if start else 0) + MOST_CELLS_AT_ONCE
        end = max(start + LEAST_LINES_AT_ONCE, int(numpy.searchsorted(ends, reach, side="right")))
        if end + LEAST_LINES_AT_ONCE > len(batch):
            end = len(batch)
        yield batch.slice(start, end - start)
        start = end


def _most_in_2048(ends: numpy.ndarray) -> int:
    """The most that each 2,048 lines hold, by what all lines up to each one hold."""
    return int(numpy.diff(ends[2047::2048], prepend=0, append=ends[-1]).max())


def _decoded_blocks(stream: BinaryIO, dialect: Dialect, block_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Blocks of UTF-8 text with `\\n` line ends and without zero bytes, and whether each is the last."""
    decoder = None if dialect.encoding == "utf-8" else codecs.getincrementaldecoder(dialect.encoding)()
    first = True
    while True:
        block = stream.read(block_bytes)
        last = not block
        if decoder:
            try:
                block = decoder.decode(block, final=last).encode()
            except UnicodeError as error:
                raise ReadingError("not_in_encoding", encoding=dialect.encoding) from error
        if first and block.startswith(codecs.BOM_UTF8):
            block = block[3:]
        first = False
        block = block.replace(b"\0", ZERO.encode())
        yield block.replace(b"\r", b"\n") if dialect.line_end == "\r" else block, last
        if last:
            return


def _records(
    whole: bytes, line_no: int, dialect: Dialect, width: int | None, last: bool
) -> tuple[pyarrow.RecordBatch, bytes]:
    """The records of whole lines, of which the first has the number `line_no`, and what needs the next block first."""
    if dialect.quote.encode() not in whole:
        return _plain_records(whole, line_no), b""
    if not dialect.is_of_single_bytes:
        return _walked_records(whole, line_no, dialect, width, last)
    return _marked_records(whole, line_no, dialect, width, last)


def _plain_records(whole: bytes, line_no: int) -> pyarrow.RecordBatch:
    ends = numpy.flatnonzero(numpy.frombuffer(whole, dtype=numpy.uint8) == ord("\n"))
    starts = numpy.append(0, ends[:-1] + 1)
    _refuse_long_lines(starts, ends, line_no)
    numbers = numpy.arange(line_no, line_no + len(ends))
    return _batch(numbers, _strings(ends + 1, whole), pyarrow.nulls(len(ends), pyarrow.string()))


def _marked_records(
    whole: bytes, line_no: int, dialect: Dialect, width: int | None, last: bool
) -> tuple[pyarrow.RecordBatch, bytes]:
    """The records of a block with quotation marks, all looked at together; a line whose marks are not regular is looked
    at by itself."""
    escape = ord(dialect.escape) if dialect.escape else None
    pieces, lines = marks.look(whole, ord(dialect.delimiter), ord(dialect.quote), escape)
    _refuse_long_lines(lines.start, lines.end, line_no)
    inner, is_irregular, end = _joined(whole, lines, dialect, width, last)
    firsts = numpy.flatnonzero(~inner)
    line = _strings(numpy.append(lines.start[firsts[1:]], len(whole)), whole)
    if not whole.isascii():
        _require_utf8(line)
    text, length = marks.separated(pieces, inner)
    ends = numpy.cumsum(numpy.add.reduceat(length, firsts))
    separated = _strings(ends, text, ~numpy.logical_or.reduceat(is_irregular, firsts))
    batch = _batch(line_no + firsts, line, separated)
    if end == len(inner):
        return batch, b""
    return batch.slice(0, int(numpy.searchsorted(firsts, end))), whole[lines.start[end] :]


def _joined(
    whole: bytes, lines: marks.Lines, dialect: Dialect, width: int | None, last: bool
) -> tuple[numpy.ndarray, numpy.ndarray, int]:
    """Which lines go on with the record of the line before, which are not regular, and from which line on it cannot be
    told without the next block."""
    opens = numpy.flatnonzero(lines.quoted if dialect.escape else lines.odd)
    is_join = _regular_joins(lines, opens, width).tolist()
    is_alone = (~lines.odd & ~lines.wrong_outside)[opens].tolist()
    is_irregular = lines.wrong_outside | lines.odd
    is_first, is_after = numpy.zeros((2, len(lines.end) + 1), dtype=numpy.int8)
    first, end, split = opens.tolist(), len(lines.end), []
    place = 0
    while place < len(first):
        joins = is_join[place]
        if not (joins or is_alone[place]):
            split = split or whole.split(b"\n")[:-1]
            joined = _lines_of_record(split, first[place], dialect, width)
            if joined == 0 and not last:
                end = first[place]
                break
            joins = joined > 1
        if joins:
            is_first[first[place]] = 1
            is_after[first[place + 1] + 1] = 1
            is_irregular[first[place]] = not is_join[place]
        place += 1 + joins
    is_within = numpy.cumsum(is_first - is_after, dtype=numpy.int8)[:-1].view(bool)
    inner = is_within & ~is_first[:-1].view(bool)
    return inner, numpy.where(inner, lines.wrong_inside, is_irregular), end


def _regular_joins(lines: marks.Lines, opens: numpy.ndarray, width: int | None) -> numpy.ndarray:
    """Whether each of these lines and those up to the next of them are surely one whole record."""
    begin, end = opens[:-1], opens[1:]
    wrong, delimiters = map(numpy.cumsum, (lines.wrong_inside, lines.delimiters_inside))
    is_join = lines.odd[begin] & lines.odd[end] & ~lines.wrong_outside[begin] & ~lines.spaced[begin]
    is_join &= (wrong[end] == wrong[begin]) & (end - begin < MOST_LINES_IN_A_RECORD)
    is_join &= lines.end[end] - lines.start[begin] <= LONGEST_RECORD_BYTES
    if width is not None:
        is_join &= lines.delimiters_outside[begin] + delimiters[end] - delimiters[begin] + 1 == width
    return numpy.append(is_join, False)


def _refuse_long_lines(starts: numpy.ndarray, ends: numpy.ndarray, line_no: int) -> None:
    longest = int((ends - starts).argmax())
    if ends[longest] - starts[longest] > LONGEST_RECORD_BYTES:
        raise too_long(line_no + int(numpy.argmax(ends - starts > LONGEST_RECORD_BYTES)))


def _strings(ends: numpy.ndarray, text: bytes, is_known: numpy.ndarray | None = None) -> pyarrow.Array:
    """The strings that follow each other in a text and end at these places; null where they are not known."""
    offsets = numpy.append(0, ends).astype(numpy.int32)
    known = None if is_known is None else pyarrow.py_buffer(numpy.packbits(is_known, bitorder="little"))
    return pyarrow.StringArray.from_buffers(len(ends), pyarrow.py_buffer(offsets), pyarrow.py_buffer(text), known)


def _batch(numbers: numpy.ndarray, line: pyarrow.Array, separated: pyarrow.Array) -> pyarrow.RecordBatch:
    line = compute.ascii_rtrim(line, "\r\n")  # ty: ignore[missing-attribute]
    return pyarrow.record_batch([pyarrow.array(numbers), line, separated], schema=RECORD)


def _require_utf8(line: pyarrow.Array) -> None:
    try:
        line.validate(full=True)
    except pyarrow.ArrowInvalid as error:
        raise ReadingError("not_in_encoding", encoding="UTF-8") from error


def _line_feeds(text: bytes) -> int:
    return int(numpy.count_nonzero(numpy.frombuffer(text, dtype=numpy.uint8) == ord("\n")))


def _walked_records(
    whole: bytes, line_no: int, dialect: Dialect, width: int | None, last: bool
) -> tuple[pyarrow.RecordBatch, bytes]:
    """Like `_marked_records`, line by line, whatever the marks and delimiters are."""
    quote = dialect.quote.encode()
    lines = whole.split(b"\n")[:-1]
    numbers, records = [], []
    position = 0
    while position < len(lines):
        line = lines[position]
        if len(line) > LONGEST_RECORD_BYTES:
            raise too_long(line_no + position)
        joined = 1
        if quote in line and (line.count(quote) % 2 or dialect.escape):
            joined = _lines_of_record(lines, position, dialect, width)
            if joined == 0 and not last:
                break
        numbers.append(line_no + position)
        records.append(b"\n".join(lines[position : position + max(joined, 1)]))
        position += max(joined, 1)
    line = _strings(numpy.cumsum([len(record) for record in records], dtype=numpy.int64), b"".join(records))
    _require_utf8(line)
    batch = _batch(numpy.array(numbers, dtype=numpy.int64), line, pyarrow.nulls(len(line), pyarrow.string()))
    return batch, b"\n".join([*lines[position:], b""])


def _lines_of_record(lines: list[bytes], start: int, dialect: Dialect, width: int | None) -> int:
    """How many lines the record that begins at `start` spans: 1 where it cannot be joined to a whole record, and 0
    where the lines at hand end before that can be told."""
    quote = dialect.quote.encode()
    record = lines[start]
    whole_already = cells_of(record.rstrip(b"\r").decode(errors="replace"), dialect)
    if whole_already is not None:
        return 1
    for joined in range(1, MOST_LINES_IN_A_RECORD):
        if start + joined >= len(lines):
            return 0
        line = lines[start + joined]
        record += b"\n" + line
        if len(record) > LONGEST_RECORD_BYTES:
            return 1
        if quote in line and (line.count(quote) % 2 or dialect.escape):
            cells = cells_of(record.rstrip(b"\r").decode(errors="replace"), dialect)
            return joined + 1 if cells is not None and width in (None, len(cells)) else 1
    return 1


def too_long(line_no: int) -> ReadingError:
    """The error for a line over the limit."""
    return ReadingError("line_too_long", line=line_no, limit=LONGEST_RECORD_BYTES)
