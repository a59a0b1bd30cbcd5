"""Hostile files: each is understood, loses lines that are named, or is refused; in bounded time and memory."""

import io
import time

import pytest

from data.records import Dialect, batches
from tests.data.hostile import FILES, HEAD, LINE, MB, NOISE, cost
from tests.data.lines import counts

TOO_LONG = "is longer than 1,048,576 bytes, the longest line that Supine reads."
NO_TEXT = "The file holds zero bytes, so it is no text; ask for the CSV export."
TORN = "the quotation marks on this line do not match"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("over the limit", "The file is larger than 1,024 MB, the largest that Supine takes."),
        ("zero bytes", NO_TEXT),
        ("zero bytes below a header", NO_TEXT),
        ("quotation marks", f"Line 1 {TOO_LONG}"),
        ("quotation marks below a header", f"Line 2 {TOO_LONG}"),
        ("no line end", f"Line 1 {TOO_LONG}"),
        ("commas", f"Line 1 {TOO_LONG}"),
        ("a line of 200 MB", f"Line 3 {TOO_LONG}"),
        ("a quoted line of 200 MB", f"Line 2 {TOO_LONG}"),
        ("10,000 columns", "The header names 10,000 columns; the most that Supine reads is 2,000."),
    ],
)
def test_what_is_malformed_from_the_start_is_refused_at_once(take_file, name, reason):
    result, seconds = take_file(FILES[name]())
    assert (result.status, result.reason) == ("refused", reason)
    assert seconds < 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("zero bytes at the end", NO_TEXT),
        ("a long line at the end", TOO_LONG),
        ("noise", "The encoding of this file is not clear; choose it, or save the file as UTF-8."),
    ],
)
def test_a_gigabyte_that_is_malformed_somewhere_is_refused_in_seconds_and_little_memory(name, reason):
    told = cost(name)
    assert (told["status"], told["lines"]) == ("refused", 0)
    assert told["reason"].endswith(reason)
    assert told["seconds"] < 15
    assert told["peak_mb"] < 400


@pytest.mark.parametrize(
    ("name", "new", "rejected", "reason"),
    [
        ("lines of 10,000 cells", 1, 2000, "the line has 10001 cells where the header has 11"),
        ("a mark that opens a million lines", 999_999, 1, TORN),
        ("lines of commas", 1, 0, None),
    ],
)
def test_many_hostile_lines_have_their_fates_in_bounded_memory(name, new, rejected, reason):
    told = cost(name)
    assert (told["status"], told["new"], told["rejected"]) == ("imported", new, rejected)
    assert [reject["reason"] for reject in told["first"]] == ([reason] if reason else [])
    assert told["seconds"] < 30
    assert told["peak_mb"] < 1024


def test_blank_lines_of_commas_are_told(take):
    assert list(map(str, take(HEAD + b",,,\n" * 1000 + LINE + b"\n").notes)) == ["1,000 blank lines hold no data."]


def test_a_line_of_too_many_cells_refuses_the_file(take):
    result = take(HEAD + LINE + b"\n" + b"," * (1 << 19) + b"\n")
    assert result.reason == "Line 3 has more than 16,384 cells, the most that Supine reads."


def test_wide_lines_are_handed_on_in_pieces_of_a_hundred_lines_and_more():
    content = b"a,b\n" + (b"x" + b"," * 9_999 + b"\n") * 250
    pieces = list(batches(io.BytesIO(content), Dialect("utf-8"), 2))
    assert [len(piece) for piece in pieces] == [100, 151]
    assert [number for piece in pieces for number in piece["line_no"].to_pylist()] == list(range(1, 252))


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (b'"' * 500_000, "is longer than 65536 characters"),
        (b'"' * 500_001, TORN),
        (b'"' + b'""a"",' * 20_000 + b'"', "is longer than 65536 characters"),
        (b'"a' + b',""b' * 200 + b'"c', TORN),
        (b'"' + b"\\" * 200_000, TORN),
        (b'"a' + b',""b' * 16_000, TORN),
    ],
)
def test_a_deeply_quoted_cell_costs_its_own_line(take, cell, reason):
    result = take(HEAD + LINE + b"\n" + LINE + cell + b"\n" + LINE + b"\n")
    assert counts(result) == (2, 0, 0, 1)
    assert (result.rejects[0]["line"], result.rejects[0]["reason"]) == (3, reason)


@pytest.mark.parametrize(
    "line",
    [
        b'"x\n',
        LINE + b'"x\n',
        LINE + b'"x""\n',
        LINE + b'"x\n' + LINE + b"x\n",
        b'"x' + b"y" * 500 + b"\n" + (b"y" * 500 + b"\n") * 20,
        LINE + b'"a\\\n',
        LINE + b'"a\\"\n' + LINE + b'\\"\\\n',
        b'"' + b'""x' * 5_000 + b"\n",
    ],
)
@pytest.mark.parametrize("escape", ["", "\\"])
def test_marks_that_never_close_take_time_in_proportion(line, escape):
    def seconds(content):
        began = time.process_time()
        read = sum(len(batch) for batch in batches(io.BytesIO(content), Dialect("utf-8", escape=escape), 11))
        assert 0 < read <= content.count(b"\n")
        return time.process_time() - began

    content = line * (MB // 8 // len(line))
    assert seconds(content * 2) < 4 * seconds(content) + 0.2


def test_200_000_lines_that_open_a_mark_are_each_rejected_by_name(take_file):
    result, seconds = take_file(io.BytesIO(HEAD + b'"x\n' * 200_000 + LINE + b"\n"))
    assert (counts(result), result.rejects[-1]["reason"]) == ((1, 0, 0, 200_000), TORN)
    assert seconds < 30


# Encodings and control characters


@pytest.mark.parametrize("head", [b"", HEAD])
def test_50_mb_in_no_encoding(take_file, head):
    result, seconds = take_file(io.BytesIO(head + NOISE * 50))
    assert result.reason == "The encoding of this file is not clear; choose it, or save the file as UTF-8."
    assert seconds < 5


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_half_a_letter_at_its_end(take, encoding):
    result = take((HEAD + LINE + b"\n").decode().encode(encoding) + b"x")
    assert result.reason == f"The file is not written in {encoding} throughout; choose its encoding."


def test_one_line_in_another_encoding_is_named(take):
    lines = [LINE + "통증\n".encode()] * 3
    lines[1] = LINE + "통증\n".encode("cp949")
    assert take(HEAD + b"".join(lines)).reason == (
        "Line 3 is not written in UTF-8, as other lines are; save the file in one encoding."
    )
    assert "Line 3 " in take((HEAD + b"".join(lines)).replace(b"\n", b"\r")).reason
    assert "Line 2 " in take(b"\xef\xbb\xbf" + HEAD + LINE + b"\xfc\n").reason


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_letters_that_come_after_megabytes_without_any_are_read(take, rows, encoding):
    content = HEAD + (LINE + b"x" * 60_000 + b"\n") * 90 + (LINE + "무릎 통증이 줄었다\n".encode(encoding)) * 10
    assert counts(take(content)) == (100, 0, 0, 0)
    assert rows("notes")[-1] == ("무릎 통증이 줄었다",)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-16"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_long_cells_of_many_byte_letters_are_read_wherever_a_look_at_them_ends(take, rows, encoding, quote):
    note = "가나다" * 5000
    content = HEAD.decode() + f"{LINE.decode()}{quote}{note}{quote}\n" * 100
    assert counts(take(content.encode(encoding))) == (100, 0, 0, 0)
    assert rows("DISTINCT notes, 0 AS row_id") == [(note, 0)]


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"])
def test_a_file_of_only_a_byte_order_mark_is_empty(take, mark):
    assert take(mark).reason == "The file is empty."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp949"])
@pytest.mark.usefixtures("both_ways")
def test_a_zero_byte_in_an_otherwise_sound_file_is_a_fault_of_its_line(take, rows, ask, encoding):
    lines = [LINE.decode() + note for note in ("a\0b", "\ud1b5\uc99d", '"c, \0"')] + ["\0" + LINE.decode()]
    result = take((HEAD.decode() + "\n".join(lines) + "\n").encode(encoding))
    assert counts(result) == (1, 0, 0, 3)
    assert rows("line_no, notes") == [(3, "\ud1b5\uc99d")]
    assert [(reject["line"], reject["code"], reject["reason"]) for reject in result.rejects] == [
        (line, "zero_byte", f"the line holds a zero byte, shown as \u2400: {value}")
        for line, value in ((2, "a\u2400b"), (4, "c, \u2400"), (5, "\u2400P1"))
    ]
    assert ask("SELECT line FROM clinic.rejected_line WHERE line_no = 2") == [(LINE.decode() + "a\u2400b",)]


def test_a_zero_byte_in_a_roster_is_a_fault_of_its_line(take):
    result = take(b"patient_id,severity,site\nP1,mild,A\nP2,severe,B\0\n")
    assert counts(result) == (1, 0, 0, 1)
    assert (result.rejects[0]["line"], result.rejects[0]["code"], result.rejects[0]["value"]) == (
        3,
        "zero_byte",
        "B\u2400",
    )


def test_the_sign_that_stands_for_a_zero_byte_is_text_in_a_file_without_one(take, rows):
    assert counts(take(HEAD.decode() + f"{LINE.decode()}a\u2400\n")) == (1, 0, 0, 0)
    assert rows("notes") == [("a\u2400",)]


@pytest.mark.parametrize("sign", ["\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_signs_that_only_some_programs_take_for_a_line_end_stay_in_their_cell(take, rows, sign):
    assert counts(take(HEAD.decode() + f"{LINE.decode()}a{sign}b\n{LINE.decode()}c\n")) == (2, 0, 0, 0)
    assert rows("line_no, notes") == [(2, f"a{sign}b"), (3, "c")]


def test_a_lone_return_in_place_of_a_line_feed_rejects_the_two_lines_as_one(take):
    result = take(HEAD + LINE + b"\n" + LINE + b"\r" + LINE + b"\n" + LINE + b"\n")
    assert counts(result) == (2, 0, 0, 1)
    assert result.rejects[0]["reason"] == "the line has 21 cells where the header has 11"


def test_a_file_of_returns_may_hold_line_feeds(take, rows):
    content = (HEAD + LINE + b'"a~b"\n' + LINE + b"c\n").replace(b"\n", b"\r").replace(b"~", b"\n")
    assert counts(take(content)) == (2, 0, 0, 0)
    assert rows("line_no, notes") == [(2, "a\nb"), (4, "c")]
    assert counts(take((HEAD + LINE + b"d\n" + LINE + b"e\r").replace(b"\n", b"\r", 1))) == (2, 0, 0, 0)
