"""Text from outside: what cannot be stored, and what cannot be seen."""

import unicodedata

import pytest

from data.text import visible, writable


@pytest.mark.parametrize(
    "text", ["", "P1", "환자 1", "Muñoz", "e\u0301", "ضياء", "P 1", "😀", "a\u00a0b", "3 → 6", "'=1+1'"]
)
def test_what_can_be_seen_and_stored_stays_as_it_is(text):
    assert (visible(text), writable(text)) == (text, text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("P1\u200b", "P1[U+200B]"),
        ("a\u202eb\u2066", "a[U+202E]b[U+2066]"),
        ("\ufeffa\u00adb", "[U+FEFF]a[U+00AD]b"),
        ("a\0\x1b[31m\n", "a[U+0000][U+001B][31m[U+000A]"),
        ("a\x9b\u2028", "a[U+009B][U+2028]"),
        ("\u3164\uffa0\u115f\u2800", "[U+3164][U+FFA0][U+115F][U+2800]"),
        ("\u2764\ufe0f\U000e0041", "\u2764[U+FE0F][U+E0041]"),
        ("\ud800\ue000", "[U+D800][U+E000]"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, seen):
    assert visible(text) == seen


def test_no_character_that_unicode_calls_unseen_is_left():
    shown = {visible(chr(code)) for code in range(0x110000)}
    assert len(shown) == 0x110000
    left = {unicodedata.category(one) for one in shown if len(one) == 1}
    assert left.isdisjoint({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize(("text", "stored"), [("a\0b", "a?b"), ("a\ud800b", "a?b"), ("\udcff.csv", "?.csv")])
def test_what_no_file_can_hold_becomes_a_mark(text, stored):
    assert writable(text) == stored
    stored.encode()
