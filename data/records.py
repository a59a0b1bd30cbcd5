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

from data.words import SupineError

# Some 130,000 lines: DuckDB stores rows in groups of 122,880, and would put smaller pieces together a second time.
BLOCK_BYTES = 12 << 20
LONGEST_RECORD_BYTES = 1 << 20
MOST_CELLS_IN_A_LINE = 1 << 14
MOST_CELLS_AT_ONCE = 1 << 18
# DuckDB puts pieces of up to 64 lines together again.
LEAST_LINES_AT_ONCE = 100
MOST_LINES_IN_A_RECORD = 1000

RECORD = pyarrow.schema([("line_no", pyarrow.int64()), ("line", pyarrow.string())])


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
        if dialect.quote.encode() not in whole:
            numbers, lines = _plain_records(whole, line_no)
        else:
            numbers, lines, kept_back = _joined_records(whole, line_no, dialect, width, last)
            rest = kept_back + rest
            whole = whole[: len(whole) - len(kept_back)]
        if len(rest) > LONGEST_RECORD_BYTES * 2:
            raise too_long(line_no + whole.count(b"\n"))
        line_no += whole.count(b"\n")
        if len(lines):
            yield from _pieces(pyarrow.record_batch([numbers, lines], schema=RECORD), dialect)


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
    """Blocks of UTF-8 text with `\\n` line ends, and whether each is the last."""
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
        yield block.replace(b"\r", b"\n") if dialect.line_end == "\r" else block, last
        if last:
            return


def _plain_records(whole: bytes, line_no: int) -> tuple[pyarrow.Array, pyarrow.Array]:
    ends = numpy.flatnonzero(numpy.frombuffer(whole, dtype=numpy.uint8) == ord("\n"))
    if len(ends) == 0:
        return pyarrow.array([], pyarrow.int64()), pyarrow.array([], pyarrow.string())
    offsets = numpy.zeros(len(ends) + 1, dtype=numpy.int32)
    offsets[1:] = ends + 1
    longest = numpy.diff(offsets).argmax()
    if offsets[longest + 1] - offsets[longest] > LONGEST_RECORD_BYTES:
        raise too_long(line_no + int(longest))
    lines = pyarrow.StringArray.from_buffers(len(ends), pyarrow.py_buffer(offsets), pyarrow.py_buffer(whole))
    return pyarrow.array(numpy.arange(line_no, line_no + len(ends))), compute.ascii_rtrim(lines, "\r\n")  # ty: ignore[missing-attribute]


def _joined_records(
    whole: bytes, line_no: int, dialect: Dialect, width: int | None, last: bool
) -> tuple[pyarrow.Array, pyarrow.Array, bytes]:
    """Like `_plain_records` for a block with quotation marks; the third answer is what needs the next block first."""
    quote = dialect.quote.encode()
    lines = whole.split(b"\n")[:-1]
    numbers, records = [], []
    position = 0
    while position < len(lines):
        line = lines[position]
        if len(line) > LONGEST_RECORD_BYTES:
            raise too_long(line_no + position)
        taken = 1
        if quote in line and (line.count(quote) % 2 or dialect.escape):
            taken = _lines_of_record(lines, position, dialect, width)
            if taken == 0 and not last:
                return _arrays(numbers, records, b"\n".join([*lines[position:], b""]))
        numbers.append(line_no + position)
        records.append(b"\n".join(lines[position : position + max(taken, 1)]).rstrip(b"\r"))
        position += max(taken, 1)
    return _arrays(numbers, records, b"")


def _lines_of_record(lines: list[bytes], start: int, dialect: Dialect, width: int | None) -> int:
    """How many lines the record that begins at `start` spans: 1 where it cannot be joined to a whole record, and 0
    where the lines at hand end before that can be told."""
    quote = dialect.quote.encode()
    record = lines[start]
    whole_already = cells_of(record.rstrip(b"\r").decode(errors="replace"), dialect)
    if whole_already is not None:
        return 1
    for taken in range(1, MOST_LINES_IN_A_RECORD):
        if start + taken >= len(lines):
            return 0
        line = lines[start + taken]
        record += b"\n" + line
        if len(record) > LONGEST_RECORD_BYTES:
            return 1
        if quote in line and (line.count(quote) % 2 or dialect.escape):
            cells = cells_of(record.rstrip(b"\r").decode(errors="replace"), dialect)
            return taken + 1 if cells is not None and width in (None, len(cells)) else 1
    return 1


def _arrays(numbers: list[int], records: list[bytes], kept_back: bytes) -> tuple[pyarrow.Array, pyarrow.Array, bytes]:
    try:
        return pyarrow.array(numbers, pyarrow.int64()), pyarrow.array(records, pyarrow.string()), kept_back
    except (pyarrow.ArrowInvalid, UnicodeError) as error:
        raise ReadingError("not_in_encoding", encoding="UTF-8") from error


def too_long(line_no: int) -> ReadingError:
    """The error for a line over the limit."""
    return ReadingError("line_too_long", line=line_no, limit=LONGEST_RECORD_BYTES)
