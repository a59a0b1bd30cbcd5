"""Every line of a file with its number, whatever its line ends, encoding and quotation marks."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import marks, records
from data.records import Dialect, ReadingError, batches, cells_of

UTF8 = Dialect("utf-8")


def read(content, dialect=UTF8, width=None):
    content = content.encode(dialect.encoding) if isinstance(content, str) else content
    return [
        pair
        for batch in batches(io.BytesIO(content), dialect, width)
        for pair in zip(batch["line_no"].to_pylist(), batch["line"].to_pylist(), strict=True)
    ]


@pytest.fixture(params=[12 << 20, 3, 5, 8])
def block_bytes(request, monkeypatch):
    """Files are read in blocks; where a block ends must not matter."""
    monkeypatch.setattr(records, "BLOCK_BYTES", request.param)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_feeds_with_or_without_returns_end_a_line(block_bytes, end):
    assert read(f"a,b{end}1,2{end}{end}3,4") == [(1, "a,b"), (2, "1,2"), (3, ""), (4, "3,4")]


def test_a_lone_return_ends_a_line_where_no_line_feed_does(block_bytes):
    assert read("a,b\r1,2\r3,4\r", Dialect("utf-8", line_end="\r")) == [(1, "a,b"), (2, "1,2"), (3, "3,4")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_no_text(block_bytes, encoding):
    dialect = Dialect("utf-8" if encoding == "utf-8-sig" else encoding)
    assert read("날짜,운동\n1,2\n".encode(encoding), dialect) == [(1, "날짜,운동"), (2, "1,2")]


@pytest.mark.parametrize("encoding", ["cp949", "shift_jis", "latin-1", "utf-16-le"])
def test_other_encodings_are_read_as_a_stream(block_bytes, encoding):
    text = {"cp949": "통증,메모", "shift_jis": "痛み,メモ"}.get(encoding, "Übung,é")
    assert read(f"{text}\n1,2\n", Dialect(encoding)) == [(1, text), (2, "1,2")]


def test_a_quoted_cell_may_span_lines_and_the_next_line_keeps_its_number(block_bytes):
    assert read('a,b\n1,"x\ny\n"\n2,z\n', width=2) == [(1, "a,b"), (2, '1,"x\ny\n"'), (5, "2,z")]


def test_a_quotation_mark_that_is_never_closed_costs_only_its_own_line(block_bytes):
    assert read('a,b\n1,"x\n2,y\n3,z\n', width=2) == [(1, "a,b"), (2, '1,"x'), (3, "2,y"), (4, "3,z")]


def test_lines_are_not_joined_to_a_record_of_another_width(block_bytes):
    assert read('a,b\n1,"x\n2,y\n3,"z\n', width=2) == [(1, "a,b"), (2, '1,"x'), (3, "2,y"), (4, '3,"z')]


def test_lines_that_only_together_have_matching_quotes_are_not_swallowed(monkeypatch):
    monkeypatch.setattr(records, "MOST_LINES_IN_A_RECORD", 3)
    text = '"x\n' + "1\n" * 5 + 'y"\n'
    assert read(text) == [(1, '"x'), *[(number, "1") for number in range(2, 7)], (7, 'y"')]


def test_a_record_does_not_grow_over_the_limit(monkeypatch):
    monkeypatch.setattr(records, "LONGEST_RECORD_BYTES", 20)
    assert read('"x\n' + "1234567890\n" * 2 + 'y"\n') == [(1, '"x'), (2, "1234567890"), (3, "1234567890"), (4, 'y"')]


@pytest.mark.parametrize("line", ["x" * 30, '"' + "x" * 30])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_line_over_the_limit_refuses_the_file(monkeypatch, line, end):
    monkeypatch.setattr(records, "LONGEST_RECORD_BYTES", 20)
    with pytest.raises(ReadingError, match=r"^Line 2 is longer than 20 bytes, the longest line that Supine reads\.$"):
        read(f"a,b\n{line}{end}")


def test_a_file_without_any_line_end_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(records, "LONGEST_RECORD_BYTES", 20)
    monkeypatch.setattr(records, "BLOCK_BYTES", 8)
    with pytest.raises(ReadingError, match="Line 1 is longer"):
        read("x" * 100)


def test_bytes_of_another_encoding_refuse_the_file():
    with pytest.raises(ReadingError, match="not written in utf-16 throughout"):
        read(b"\xff\xfea", Dialect("utf-16"))
    with pytest.raises(ReadingError, match="not written in UTF-8 throughout"):
        read(b'a,"\xff"\n')


def test_an_empty_file_has_no_records():
    assert read("") == []


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        ("a,b,", ["a", "b", ""]),
        ('a,"b,c"', ["a", "b,c"]),
        ('"","x ""y"""', ["", 'x "y"']),
        (' "a" ,b', ["a", "b"]),
        ('5" tall,b', ['5" tall', "b"]),
        ('a,"b', None),
        ('a,"b"c', None),
    ],
)
def test_cells_of_a_record(record, cells):
    assert cells_of(record, UTF8) == cells


def test_quotes_escaped_by_a_backslash():
    assert cells_of(r'"a \"b\" \\",c', Dialect("utf-8", escape="\\")) == [r'a "b" \\', "c"]


# A block's marks are looked at all at once; whatever is not regular is looked at line by line.

HOSTILE_TEXT = st.lists(
    st.sampled_from(
        ['"', '""', ",", "\n", "\r\n", "\r", " ", '","', '" ,', ' "', '\\"', "\\", "a", "é", "\x1f", "\x1e", 'x"\n']
    ),
    max_size=40,
).map("".join)


def pieces(content, dialect, width):
    return [
        (line_no, line, None if separated is None else separated.split("\x1f"))
        for batch in batches(io.BytesIO(content.encode()), dialect, width)
        for line_no, line, separated in zip(*batch.to_pydict().values(), strict=True)
    ]


@settings(deadline=None, max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=HOSTILE_TEXT,
    escape=st.sampled_from(["", "\\"]),
    width=st.sampled_from([None, 1, 2, 3]),
    block_bytes=st.sampled_from([1 << 20, 3, 8, 21]),
    most_lines=st.sampled_from([3, 1000]),
)
def test_looking_at_a_block_gives_what_looking_at_each_line_does(
    monkeypatch, content, escape, width, block_bytes, most_lines
):
    dialect = Dialect("utf-8", escape=escape)
    with monkeypatch.context() as patch:
        patch.setattr(records, "BLOCK_BYTES", block_bytes)
        patch.setattr(records, "MOST_LINES_IN_A_RECORD", most_lines)
        patch.setattr(marks, "PIECE_BYTES", block_bytes % 7)
        at_once = pieces(content, dialect, width)
        patch.setattr(records, "_marked_records", records._walked_records)
        assert [pair[:2] for pair in at_once] == [pair[:2] for pair in pieces(content, dialect, width)]
    for _, line, cells in at_once:
        assert cells is None or cells == cells_of(line, dialect)


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"a","b"', ["a", "b"]),
        ('"a","b"\r', ["a", "b"]),
        ('"",b', ["", "b"]),
        ('"a,\nb","c"', ["a,\nb", "c"]),
        ('"a ""b"", c","""d"""', ['a "b", c', '"d"']),
        ('"a", "b" ', ["a", "b"]),
        ("a , b", ["a ", " b"]),
        ('a"b,c', None),
        ('"a"b,c', None),
        ('"a\x1f",c', None),
        ('"a",  "b"', None),
    ],
)
def test_the_cells_of_a_line_with_regular_marks_are_parted_at_once(line, cells):
    content = f'"x","y"\n{line}\n"x","y"\n'
    read = pieces(content, UTF8, 2)
    assert read == [
        (1, '"x","y"', ["x", "y"]),
        (2, line.rstrip("\r"), cells),
        (3 + line.count("\n"), '"x","y"', ["x", "y"]),
    ]


def test_escaped_marks_of_a_regular_line_are_parted_at_once():
    dialect = Dialect("utf-8", escape="\\")
    assert pieces('"a \\"b\\", c","d"\n"\\\\","e"\n', dialect, 2) == [
        (1, '"a \\"b\\", c","d"', ['a "b", c', "d"]),
        (2, '"\\\\","e"', None),
    ]


def test_a_torn_line_leaves_the_lines_around_it_regular():
    read = pieces('"a","b"\n"c","d\n"e","f"\n"g\nh","i"\n', UTF8, 2)
    assert [(line_no, cells) for line_no, _, cells in read] == [
        (1, ["a", "b"]),
        (2, None),
        (3, ["e", "f"]),
        (4, ["g\nh", "i"]),
    ]
