"""What the pages say where an import was stored and the disk was too full for the lists to follow."""

import duckdb
import pytest

import queries
from tests.pages.conftest import LOG
from tests.pages.screen import button, run, table, words

SENTENCE = (
    "Everything that was imported or undone is stored, but the lists do not show it yet, because the disk is full."
)


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that has no room left for what is derived."""

    def no_room(cursor, statements, parameters):
        raise duckdb.IOException("Could not write file: No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(queries, "execute_each", no_room)
        yield patched


def says(shown, sentence):
    return any(sentence in text.replace("\\", "") for text in words(shown))


def test_the_page_of_imports_says_what_is_stored_and_goes_on(visit, full_disk):
    shown = visit("imports.py")
    shown.file_uploader[0].upload("log.csv", LOG.encode())
    button(run(shown), "Import 1 file").click()
    shown = run(shown)
    assert says(shown, SENTENCE)
    assert says(shown, "log.csv** is imported.")
    [upload] = table(shown, "Uploads, the newest first").to_dict("records")
    assert (upload["File"], upload["New"]) == ("log.csv", 9)
    full_disk.undo()
    assert says(visit("review.py"), "Review first · 2")
