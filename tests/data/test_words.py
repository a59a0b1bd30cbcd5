import re
from pathlib import Path

import pytest

from data import words
from data.words import Message, SupineError

DATA = Path(words.__file__).parent
PAGES = DATA.parent / "pages"
RAISED = re.compile(r'(?:Error|Message)\(\s*"(\w+)"')


def codes_in_use():
    for path in (*DATA.glob("*.py"), *PAGES.rglob("*.py")):
        yield from RAISED.findall(path.read_text(encoding="utf-8"))


def test_every_code_has_words():
    assert set(codes_in_use()) <= set(words.SENTENCES)
    assert len(set(codes_in_use())) > 40


def written(code, text):
    """Whether the text names the code: in quotation marks, as the name of a parameter, or in SQL after a column."""
    return re.search(rf"""['"]{code}['"]|\b{code}=|'(line|exercise) {code}'""", text)


def test_every_code_with_words_is_used():
    questions = DATA.parent / "queries"
    sources = [*DATA.rglob("*.sql"), *DATA.glob("*.py"), *PAGES.rglob("*.py"), *questions.glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources if path.name != "words.py")
    assert [code for code in {**words.SENTENCES, **words.FAULTS} if not written(code, text)] == []
    assert set(words.OPTIONS) <= set(words.SENTENCES)
    assert not written("no_code_of_this_name", text)


def test_an_error_carries_its_code_and_values():
    error = SupineError("line_too_long", line=1200, limit=1048576)
    assert (error.message.code, error.message.values) == ("line_too_long", {"line": 1200, "limit": 1048576})
    assert error.args == ("line_too_long",)
    assert str(error) == "Line 1200 is longer than 1,048,576 bytes, the longest line that Supine reads."


@pytest.mark.parametrize(
    ("count", "sentence"), [(1, "1 blank line holds no data."), (1200, "1,200 blank lines hold no data.")]
)
def test_one_and_many(count, sentence):
    assert str(Message("blank_lines", {"count": count})) == sentence


def test_the_terminal_names_its_option():
    message = Message("date_order_unclear", {"orders": "day first or month first"})
    assert words.terminal_sentence(message) == (
        "The dates of this file can be read day first or month first; choose the date order (--date-order)."
    )
    assert words.terminal_sentence(Message("file_empty")) == "The file is empty."
