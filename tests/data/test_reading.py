"""What a file is: its encoding, its dialect, its header, and whether it is a table at all."""

import gzip
import io
import zipfile

import pytest

from data import reading
from data.reading import NO_OVERRIDES, Overrides, inspect_file
from data.records import ReadingError
from data.settings import settings

TABLE = "patient_id,performed_at,exercise\nP1,2026-01-02,squat\n"


def seen(content, told=NO_OVERRIDES):
    return inspect_file(io.BytesIO(content.encode() if isinstance(content, str) else content), told)


def refused(content, told=NO_OVERRIDES):
    with pytest.raises(ReadingError) as refusal:
        seen(content, told)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp949", "cp949"),
    ],
)
def test_korean_headers_in_every_encoding(encoding, found):
    ascii_lines = "P1,2026-01-02,squat\n" * 20
    look_at = seen(f"환자번호,날짜,운동\n{ascii_lines}".encode(encoding))
    assert (look_at.dialect.encoding, look_at.header) == (found, ("환자번호", "날짜", "운동"))


def test_shift_jis_and_latin_1_are_told_by_their_text():
    japanese = "patient_id,performed_at,notes\n" + "P1,2026-01-02,運動のあと腰の痛みが少しつよくなりました\n" * 5
    assert seen(japanese.encode("shift_jis")).records[0][2] == "運動のあと腰の痛みが少しつよくなりました"
    german = "patient_id,performed_at,notes\n" + "P1,2026-01-02,Übungen für den Rücken täglich\n" * 5
    assert seen(german.encode("latin-1")).records[0][2] == "Übungen für den Rücken täglich"


def test_an_encoding_that_cannot_be_told_is_asked_for(monkeypatch):
    monkeypatch.setattr(reading, "ENCODINGS", ("ascii",))
    assert "encoding of this file is not clear" in refused(b"a,b\n" + bytes(range(0x81, 0xFF)) + b"\n")


def test_encoding_and_delimiter_can_be_chosen():
    chosen = seen("a;b,c\n1;2,3\n".encode("cp949"), Overrides(encoding="cp949", delimiter=";"))
    assert (chosen.dialect.encoding, chosen.header) == ("cp949", ("a", "b,c"))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("foo,bar,baz\n1,2,3,4\n", 1),
        ("foo,bar,baz\n1,2,3\n1,2,3,4\n", 1),
        ("A title\nanother\nand one more\nfoo,bar\n1,2\n", 4),
        ("a,b,c,d\nfoo,bar\n1,2\n", 2),
        ("foo\n1\n", 1),
    ],
)
def test_a_header_of_unknown_names_is_as_wide_as_most_lines(content, line):
    assert seen(content).header_line == line


def test_quotation_mark_escape_and_header_line_can_be_chosen():
    content = "study of 2026\nid,pain\n'a, b\\'c',3\n"
    chosen = seen(content, Overrides(quote="'", escape="\\", header_line=2))
    assert (chosen.header, chosen.header_line, chosen.records) == (("id", "pain"), 2, (("a, b'c", "3"),))
    assert refused(content, Overrides(header_line=9)) == "Line 9 names no columns; choose another line of the header."


@pytest.mark.parametrize("told", [Overrides(delimiter="::"), Overrides(delimiter='"', quote='"'), Overrides(quote="")])
def test_signs_that_cannot_be_told_apart_are_refused(told):
    assert "have to be single characters, each a different one" in refused("id,pain\n1,2\n", told)


def test_a_file_without_a_header_can_be_read_by_the_numbers_of_its_columns():
    chosen = seen("P1,2026-01-02,squat\n\nP2,2026-01-02,squat\n", Overrides(header_line=0))
    assert (chosen.header, chosen.width) == (("column 1", "column 2", "column 3"), 3)
    assert chosen.records == (("P1", "2026-01-02", "squat"), ("P2", "2026-01-02", "squat"))


def test_an_encoding_that_was_chosen_has_to_fit():
    korean = "환자번호,날짜,운동\n".encode("cp949")
    reason = "The file is not written in UTF-8 throughout; choose its encoding."
    assert refused(korean, Overrides(encoding="UTF8")) == reason
    assert refused(korean, Overrides(encoding="utf-9")) == "utf-9 is no encoding."
    assert seen(TABLE, Overrides(encoding="utf_8_sig")).dialect.encoding == "utf-8"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \n\n"])
def test_an_empty_file(content):
    assert refused(content) == "The file is empty."


def _zip(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, TABLE)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (_zip("log.csv"), "zip archive or an Excel workbook"),
        (_zip("xl/workbook.xml"), "zip archive or an Excel workbook"),
        (gzip.compress(TABLE.encode(), mtime=0), "gzip archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x89PNG\r\n", "picture"),
        (b"a,\x00b\n1,2\n", "zero bytes"),
        (b"a,b\n1," + bytes(64), "zero bytes"),
        (b"a,b\n" + b"1,\x00\x0022\n" * 33, "zero bytes"),
    ],
)
def test_other_formats_under_a_csv_name(content, what):
    assert what in refused(content)


def test_a_file_over_the_limit(monkeypatch):
    monkeypatch.setenv("SUPINE_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    assert refused(b"a,b\n" * (1 << 19)) == "The file is larger than 1 MB, the largest that Supine takes."


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_by_the_header(delimiter):
    found = seen(TABLE.replace(",", delimiter))
    assert (found.dialect.delimiter, found.header) == (delimiter, ("patient_id", "performed_at", "exercise"))


def test_a_delimiter_that_the_file_names_itself():
    found = seen("sep=|\nx|y,z\n1|2,3\n")
    assert (found.header, found.header_line) == (("x", "y,z"), 2)


def test_unknown_headers_leave_the_dialect_to_the_detector():
    assert seen("x;y;z\n" + "1,5;2,5;3\n" * 10).header == ("x", "y", "z")
    assert seen("x\n1\n").dialect.delimiter == ","


def test_quotes_escaped_with_a_backslash_are_noticed():
    found = seen('startDate,workoutActivityType,device\n2026-01-02,"Walk","the \\"big\\" one"\n')
    assert (found.dialect.escape, found.records[0][2]) == ("\\", 'the "big" one')


def test_the_header_stands_below_a_preamble_blank_lines_and_remarks():
    found = seen("# an export\n\n=== log of 2026 ===\n" + TABLE)
    assert (found.header_line, found.header, found.records) == (
        4,
        ("patient_id", "performed_at", "exercise"),
        (("P1", "2026-01-02", "squat"),),
    )


def test_a_header_of_unknown_names_is_the_first_line_of_the_widest():
    assert seen("title\nx,y,z\n1,2,3\n").header == ("x", "y", "z")


def test_a_delimiter_at_the_end_of_every_data_line_is_one_more_cell():
    assert seen("patient_id,performed_at,exercise\nP1,2026-01-02,squat,\n").width == 4


def test_only_remarks_or_torn_lines_name_no_columns():
    assert refused("# a\n# b\n") == "The file has no line that names columns."
    assert refused('"a\n') == "The file has no line that names columns."


def test_too_many_columns():
    assert "names 2,001 columns" in refused(",".join(f"c{number}" for number in range(2001)) + "\n")


def test_lines_that_end_with_a_backslash_and_an_n_are_refused_by_name():
    content = "Date,Time,Pain Level\\n2026-01-05,08:00,5\\n2026-01-06,08:00,4"
    assert "end with the two characters \\n" in refused(content)


def test_facts_about_the_bytes():
    found = seen(TABLE)
    assert (found.size, found.last_line, found.ends_in_line_end) == (len(TABLE), 3, True)
    assert not seen(TABLE.rstrip()).ends_in_line_end
    assert seen("a,b\r1,2\r").dialect.line_end == "\r"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_letters_of_utf_16_whose_bytes_look_like_line_ends(encoding, line_end):
    text = f"{TABLE}Novák\u010d,2026-01-03,\u010a밍\nP3,2026-01-04,\u0a0a\u0d0d\u0d0d\u0d0d\u0d0d\n"
    found = seen(text.replace("\n", line_end).encode(encoding))
    assert (found.dialect.line_end, found.last_line, found.ends_in_line_end) == ("\n", 5, True)


@pytest.mark.parametrize("encoding", ["hex", "rot13", "undefined", "idna", "a\0b", "\udc80"])
def test_what_is_no_encoding_of_text(encoding):
    assert refused(TABLE, Overrides(encoding=encoding)).endswith(" is no encoding.")


def test_utf_16_that_is_told_and_is_not():
    assert refused(TABLE, Overrides(encoding="utf-16")).startswith("The file is not written in utf-16 throughout")


@pytest.mark.parametrize("told", [Overrides(delimiter=""), Overrides(quote="\udc80"), Overrides(escape="\udc80")])
def test_signs_that_cannot_stand_in_a_file(told):
    assert "have to be single characters" in refused(TABLE, told)
