"""Inspecting a file before it is read: its encoding, its dialect, its header, and whether it is a table at all."""

import codecs
import hashlib
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import BinaryIO

import numpy

from data import contract, encodings, headers
from data.records import LONGEST_RECORD_BYTES, ZERO, Dialect, ReadingError, batches, cells_of, too_long
from data.settings import settings

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 2000
SAMPLE_BYTES = 1 << 16
SAMPLE_RECORDS = 200
DIALECT_LINES = 60
HEADER_WITHIN = 60
SCAN_BYTES = 1 << 20
# More zero bytes than this, and than there are lines, or as many in a row, are not in the cells of a table of text.
MOST_ZEROS = 64

# What arrives under a .csv name and is no table of text, by its first bytes: a code of `words.SENTENCES`.
_OTHER_FORMATS = {
    b"PK\x03\x04": "archive",
    b"\x1f\x8b": "gzip",
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "old_workbook",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"PAR1": "parquet",
    b"SQLite format 3": "database",
}
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
_BOMS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# A number sign alone in its cell is the name of a column, as Typeform writes it.
_REMARK = re.compile(r"#(?![,;\t|])")
# What SurveyMonkey writes below a question that has one answer.
_RESPONSES = frozenset({"response", "open-ended response"})
ENCODINGS = ("utf-8", "utf-16", "cp949", "shift_jis", "cp1252", "cp1250", "cp1251", "latin-1")


@dataclass(frozen=True)
class Overrides:
    """How a file is written where it was found wrongly; None is as found, and header line 0 is no header."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_line: int | None = None


NO_OVERRIDES = Overrides()


@dataclass(frozen=True)
class FileInfo:
    """What a file is, as far as it can be seen without knowing what its columns mean.

    `records` are the first data records as cells, for showing and for proposing a mapping. `header_line` is the last of
    the `header_lines` lines that name the columns. `width` is the number of cells of a line; where that is more than
    the header has, every line seen ends with a delimiter.
    """

    dialect: Dialect
    header: tuple[str, ...]
    header_text: str
    header_line: int
    width: int
    records: tuple[tuple[str, ...], ...]
    sha256: str
    size: int
    ends_in_line_end: bool
    last_line: int
    header_lines: int = 1
    encoding_is_guessed: bool = False
    holds_zeros: bool = False

    @cached_property
    def bare_headers(self) -> tuple[str, ...]:
        """The headers as they are compared."""
        return tuple(map(contract.bare, self.header))

    def samples(self, header: str) -> list[str]:
        """The filled cells of a column among the first records."""
        position = self.header.index(header)
        return [cells[position].strip() for cells in self.records if position < len(cells) and cells[position].strip()]


def inspect_file(stream: BinaryIO, overrides: Overrides = NO_OVERRIDES) -> FileInfo:
    """What a file is; the overrides replace what would be found.

    Raises ReadingError when the file is no table of text, or over a limit.
    """
    facts = _scan(stream)
    encoding, is_guess = facts.encoding or "", False
    if overrides.encoding:
        encoding = _chosen_encoding(overrides.encoding, facts)
    elif not encoding:
        encoding, is_guess = _found_encoding(stream, facts)
    dialect = Dialect(encoding, facts.line_end)
    text = _sample(stream, dialect)
    dialect = replace(dialect, **_dialect(text, overrides))
    records = _records(stream, dialect)
    _refuse_written_line_ends(records)
    info = _with_header(records, dialect, facts, overrides.header_line)
    if facts.holds_zeros and ZERO in info.header_text:
        raise ReadingError("zero_bytes")
    return replace(info, encoding_is_guessed=is_guess)


@dataclass(frozen=True)
class _Facts:
    """What the bytes say; `strange_line` is the first that is not UTF-8, and at or after `strange_from`."""

    encoding: str | None
    strange_line: int
    strange_from: int
    line_end: str
    sha256: str
    size: int
    ends_in_line_end: bool
    last_line: int
    holds_zeros: bool


def _scan(stream: BinaryIO) -> _Facts:
    """One pass over the bytes: what they are, whether they are UTF-8, and how lines end.

    What is no table is refused as soon as that is seen, however large the file is.
    """
    if stream.seek(0, io.SEEK_END) > settings().max_upload_mb << 20:
        raise ReadingError("file_too_large", limit_mb=settings().max_upload_mb)
    stream.seek(0)
    first = stream.read(SCAN_BYTES)
    begin = last = b""
    encoding = _encoding_by_first_bytes(first)
    # In UTF-16 the bytes of a line end are half of other letters as well.
    wide = codecs.getincrementaldecoder(encoding)(errors="replace") if encoding else None
    # In UTF-8, by which lines are measured, a line may be half or a quarter as long.
    longest = LONGEST_RECORD_BYTES * (4 if encoding == "utf-32" else 2 if encoding else 1)
    digest, size, line_feeds, returns, line_start = hashlib.sha256(), 0, 0, 0, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, strange_line, strange_from, holds_zeros = encoding is None, 0, 0, False
    stream.seek(0)
    while block := stream.read(SCAN_BYTES):
        text = wide.decode(block).encode() if wide else block
        holds_zeros |= _has_zeros(text)
        line_no = (line_feeds or returns) + 1
        ends = [at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0]
        if size + min(ends, default=len(block)) - line_start > longest:
            raise too_long(line_no)
        if is_utf8 and not (block.isascii() and decoder.getstate()[0] == b""):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                sign = b"\n" if line_feeds or b"\n" in block else b"\r"
                is_utf8, strange_from = False, line_start
                strange_line = line_no + error.object[: error.start].count(sign)
        digest.update(block)
        if ends:
            line_start = size + max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        size += len(block)
        last = text
        begin = begin or last
        line_feeds += _count(last, b"\n")
        returns += _count(last, b"\r")
    if is_utf8 and decoder.getstate()[0]:
        is_utf8, strange_from, strange_line = False, line_start, (line_feeds or returns) + 1
    # A file of lone returns may have line feeds in its cells, and one of line feeds may have returns in them.
    first_end = re.search(rb"\r*\n|\r", begin)
    line_end = "\r" if returns > line_feeds and first_end and first_end[0] == b"\r" else "\n"
    return _Facts(
        encoding=encoding or ("utf-8" if is_utf8 else None),
        strange_line=strange_line,
        strange_from=strange_from,
        line_end=line_end,
        sha256=digest.hexdigest(),
        size=size,
        ends_in_line_end=last.endswith((b"\n", b"\r")),
        last_line=line_feeds + (returns if line_end == "\r" else 0) + 1,
        holds_zeros=holds_zeros,
    )


def _has_zeros(text: bytes) -> bool:
    """Whether some cell of these lines holds a zero byte. Raises ReadingError where they are no text."""
    if b"\0" not in text:
        return False
    lines = _count(text, b"\n") or _count(text, b"\r")
    if bytes(MOST_ZEROS) in text or _count(text, b"\0") > max(MOST_ZEROS, lines):
        raise ReadingError("zero_bytes")
    return True


def _encoding_by_first_bytes(first: bytes) -> str | None:
    """UTF-16 or UTF-32, where the file begins like that; other formats and empty files are refused."""
    for magic, code in _OTHER_FORMATS.items():
        if first.startswith(magic):
            raise ReadingError(code)
    mark = next((mark for mark in _BOMS if first.startswith(mark)), b"")
    if not first.removeprefix(mark).strip():
        raise ReadingError("file_empty")
    if mark and mark != codecs.BOM_UTF8:
        return _BOMS[mark]
    return _utf16_without_bom(first) if b"\0" in first else None


def _count(block: bytes, sign: bytes) -> int:
    """How often one byte stands in a block; numpy counts common ones ten times as fast as bytes.count."""
    return int(numpy.count_nonzero(numpy.frombuffer(block, dtype=numpy.uint8) == sign[0])) if sign in block else 0


def _utf16_without_bom(first: bytes) -> str | None:
    odd, even = first[1::2].count(0), first[::2].count(0)
    if odd > len(first) // 5 and even == 0:
        return "utf-16-le"
    if even > len(first) // 5 and odd == 0:
        return "utf-16-be"
    return None


def _chosen_encoding(encoding: str, facts: _Facts) -> str:
    try:
        name = codecs.lookup(encoding).name
        # Python also has codecs that are no encodings of text, such as hex.
        b" ".decode(name, errors="replace")
    except (LookupError, ValueError) as error:
        raise ReadingError("unknown_encoding", encoding=encoding) from error
    if name in ("utf-8", "utf-8-sig"):
        if facts.encoding != "utf-8":
            raise ReadingError("not_utf8_throughout")
        return "utf-8"
    return name


def _found_encoding(stream: BinaryIO, facts: _Facts) -> tuple[str, bool]:
    """The encoding of a file that is not UTF-8, by the lines that show it, and whether it is no more than a guess."""
    stream.seek(0)
    head = stream.read(SAMPLE_BYTES)
    telling: list[bytes] = []
    for start in sorted({0, facts.strange_from}):
        stream.seek(start)
        # The last line may be cut, in the middle of a letter at that.
        lines = stream.read(1 << 22).splitlines()[: -1 if facts.size > start + (1 << 22) else None]
        telling += [line for line in lines if not line.isascii()][:400]
    if head.startswith(codecs.BOM_UTF8) or any(map(_is_surely_utf8, telling)):
        raise ReadingError("mixed_encodings", line=facts.strange_line)
    sample = b"\n".join(telling)[: SAMPLE_BYTES * 2] or head
    known = encodings.by_known_words(sample)
    return known or encodings.by_plausibility(sample) or _detected_encoding(sample), not known


def _detected_encoding(sample: bytes) -> str:
    # Both detectors are imported where they are needed: most files need neither, and together they take 0.15 s.
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample, cp_isolation=list(ENCODINGS)).best()
    if best is None:
        raise ReadingError("encoding_unclear")
    return best.encoding


def _is_surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 with letters of three bytes or more, which nothing else looks like by chance."""
    try:
        return any(letter > "\u07ff" for letter in line.decode())
    except UnicodeDecodeError:
        return False


def _sample(stream: BinaryIO, dialect: Dialect) -> list[str]:
    """The first lines that are neither blank nor a remark, for telling the dialect."""
    stream.seek(0)
    try:
        text = codecs.getincrementaldecoder(dialect.encoding)(errors="replace").decode(stream.read(SAMPLE_BYTES))
    except UnicodeError as error:
        raise ReadingError("not_in_encoding", encoding=dialect.encoding) from error
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line for line in lines if line.strip() and not _REMARK.match(line)][:DIALECT_LINES]


def _dialect(lines: list[str], overrides: Overrides) -> dict[str, str]:
    """Delimiter, quote and escape: by the overrides, otherwise as found."""
    given = {"delimiter": overrides.delimiter, "quote": overrides.quote, "escape": overrides.escape}
    dialect = _found_dialect(lines, overrides.delimiter) | {
        name: character for name, character in given.items() if character is not None
    }
    characters = list(filter(None, dialect.values()))
    if (
        any(len(one) != 1 or "\ud800" <= one <= "\udfff" for one in characters)
        or len(set(characters)) < len(characters)
        or not dialect["delimiter"]
        or not dialect.get("quote", '"')
    ):
        raise ReadingError("dialect_invalid")
    return dialect


def _found_dialect(lines: list[str], delimiter: str | None) -> dict[str, str]:
    """Delimiter, quote and escape: by a header whose names are known, else as CleverCSV finds them."""
    if lines and (stated := re.fullmatch(r"sep=(.)", lines[0].strip().strip('"'), re.IGNORECASE)):
        delimiter = delimiter or stated[1]
    if delimiter:
        return {"delimiter": delimiter, "escape": _escape(lines, delimiter)}
    recognised = {
        candidate: max((_known(line.split(candidate)) for line in lines[:HEADER_WITHIN]), default=0)
        for candidate in DELIMITERS
    }
    best = max(recognised, key=lambda candidate: recognised[candidate])
    if recognised[best] >= 2:
        return {"delimiter": best, "escape": _escape(lines, best)}
    sample = "\n".join(lines)[:20_000].replace("\0", "")
    import clevercsv

    found = clevercsv.Detector().detect(sample, delimiters=list(DELIMITERS)) if sample else None
    if found is None or not found.delimiter:
        return {"delimiter": ",", "escape": _escape(lines, ",")}
    return {"delimiter": found.delimiter, "quote": found.quotechar or '"', "escape": found.escapechar or ""}


def _escape(lines: list[str], delimiter: str) -> str:
    """A backslash where quotation marks are escaped with it, for then more of the lines are whole records."""
    telling = [line for line in lines if '\\"' in line]
    doubled, escaped = (
        sum(cells_of(line, Dialect("utf-8", delimiter=delimiter, escape=escape)) is not None for line in telling)
        for escape in ("", "\\")
    )
    return "\\" if escaped > doubled else ""


def _known(cells: Sequence[str]) -> int:
    """How many columns of one kind of file these cells name."""
    return max(len({headers.column_of(cell, kind) for cell in cells} - {None}) for kind in contract.KINDS)


def _records(stream: BinaryIO, dialect: Dialect) -> list[tuple[int, str]]:
    """The first records with their line numbers, blank lines left out."""
    stream.seek(0)
    found: list[tuple[int, str]] = []
    for batch in batches(stream, dialect, block_bytes=SAMPLE_BYTES * 16):
        for line_no, line in zip(batch["line_no"].to_pylist(), batch["line"].to_pylist(), strict=True):
            if line.strip():
                found.append((line_no, line))
            if len(found) >= SAMPLE_RECORDS + HEADER_WITHIN:
                return found
        if sum(len(line) for _, line in found) >= SAMPLE_BYTES * 8:
            return found
    return found


def _refuse_written_line_ends(records: list[tuple[int, str]]) -> None:
    """Refuse a file whose lines end with a backslash and an n in place of a line end."""
    if len(records) == 1 and records[0][1].count("\\n") > 1 and _known(records[0][1].split("\\n")[0].split(",")) > 0:
        raise ReadingError("written_line_ends")


def _with_header(records: list[tuple[int, str]], dialect: Dialect, facts: _Facts, header_line: int | None) -> FileInfo:
    """What the file is, once it is known which of the first records names the columns."""
    found = _header(records, dialect) if header_line is None else _header_on_line(records, dialect, header_line)
    first_line = found[0]
    if header_line is None:
        found = _with_sub_header(found, records, dialect)
    header_line, header_text, header = found
    if len(header) > MOST_COLUMNS:
        raise ReadingError("too_many_columns", columns=len(header), limit=MOST_COLUMNS)
    data = [
        tuple(cells)
        for line_no, line in records
        if line_no > header_line and not line.startswith("#") and (cells := cells_of(line, dialect)) is not None
    ]
    header = _without_nameless(header, data)
    width = len(header)
    if data and all(len(cells) == width + 1 and not cells[-1].strip() for cells in data):
        width += 1
    return FileInfo(
        dialect=dialect,
        header=tuple(cell.strip() for cell in header),
        header_text=header_text,
        header_line=header_line,
        width=width,
        records=tuple(data[:SAMPLE_RECORDS]),
        sha256=facts.sha256,
        size=facts.size,
        ends_in_line_end=facts.ends_in_line_end,
        last_line=facts.last_line,
        holds_zeros=facts.holds_zeros,
        header_lines=sum(first_line <= line_no <= header_line for line_no, _ in records) or 1,
    )


def _without_nameless(header: list[str], data: list[tuple[str, ...]]) -> list[str]:
    """The header without the empty names at its end to which no line has a cell."""
    widest = max(map(len, data), default=len(header))
    while len(header) > max(1, widest) and not header[-1].strip():
        header = header[:-1]
    return header


_Header = tuple[int, str, list[str]]


def _with_sub_header(found: _Header, records: list[tuple[int, str]], dialect: Dialect) -> _Header:
    """The header together with the lines right below it that belong to it.

    SurveyMonkey writes the answers of one question below its name, and Qualtrics a line of codes below the questions.
    """
    header_line, header_text, header = found
    below = [
        (line_no, line, cells)
        for line_no, line in records
        if line_no > header_line and (cells := cells_of(line, dialect)) is not None
    ][:2]
    for number, (line_no, line, cells) in enumerate(below):
        if cells[0].startswith('{"ImportId"'):
            return line_no, line, below[number - 1][2] if number else header
    if below and _is_sub_header(header, below[0][2]):
        line_no, line, cells = below[0]
        return line_no, line, _combined(header, cells)
    return header_line, header_text, header


def _is_sub_header(header: list[str], cells: list[str]) -> bool:
    """Whether a line names parts of the header's questions, and holds no answers."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    moments = [
        cell for name, cell in zip(header, cells, strict=False) if headers.column_of(name, "log") == "performed_at"
    ]
    parts = [cell for name, cell in zip(header, cells, strict=False) if not name.strip() and cell.strip()]
    return (
        len(cells) == len(header)
        and not any(cell[0].isdigit() for cell in filled)
        and not any(cell.strip() for cell in moments)
        and bool(_RESPONSES.intersection(cell.casefold() for cell in filled) or (moments and parts))
    )


def _combined(header: list[str], cells: list[str]) -> list[str]:
    """One name for each column of two header lines; a question counts for the nameless columns to its right."""
    question, combined = "", []
    for name, part in zip(header, cells, strict=True):
        question = name.strip() or question
        has_part = part.strip() and part.strip().casefold() not in _RESPONSES
        combined.append(f"{question} {part.strip()}" if has_part else name)
    return combined


def _header(records: list[tuple[int, str]], dialect: Dialect) -> tuple[int, str, list[str]]:
    """The line that names the columns: the one with most known names, else the first that is as wide as most lines are.

    Lines of a single cell are titles, where there are any others.
    """
    candidates = [
        (line_no, line, cells)
        for line_no, line in records[:HEADER_WITHIN]
        if not _REMARK.match(line)
        and (cells := cells_of(line, dialect)) is not None
        and not line.strip('"').lower().startswith("sep=")
    ]
    if not candidates:
        raise ReadingError("no_header")
    header_line, header_text, header = max(candidates, key=lambda found: _known(found[2]))
    if _known(header) == 0:
        widths = [len(cells) for _, _, cells in candidates]
        commonest = Counter([width for width in widths if width > 1] or widths).most_common(1)[0][0]
        return next(found for found in candidates if len(found[2]) == commonest)
    for above, found in itertools.pairwise(candidates):
        if found[0] == header_line and _is_sub_header(above[2], found[2]):
            return above
    return header_line, header_text, header


def _header_on_line(records: list[tuple[int, str]], dialect: Dialect, header_line: int) -> tuple[int, str, list[str]]:
    """The header on the line that a person has named; without one the columns are numbered."""
    cells = {line_no: cells_of(line, dialect) for line_no, line in records}
    if header_line == 0:
        commonest = Counter(len(found) for found in cells.values() if found).most_common(1)
        return 0, "", [f"column {number}" for number in range(1, commonest[0][0] + 1)] if commonest else []
    header = cells.get(header_line)
    if header is None:
        raise ReadingError("no_header_on_line", line=header_line)
    return header_line, dict(records)[header_line], header
