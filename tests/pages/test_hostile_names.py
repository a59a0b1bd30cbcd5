"""Names and ids that no decent program makes: a sentence each, and no page that fails."""

import pytest

from tests.pages.conftest import LOG
from tests.pages.screen import button, run, values, words

IDS = [
    "\0",
    "P1\0",
    "P1\x00' OR 1=1 --",
    "\x1b[2J",
    "../../etc/passwd",
    "P" * 10_000,
    "\u202e1P",
    "%00",
    "{0}",
    "'; DROP",
]


def test_a_control_character_in_a_name_is_seen(visit):
    shown = visit("imports.py")
    shown.file_uploader[0].upload("log\x1b.csv", LOG.encode())
    button(run(shown), "Import 1 file").click()
    shown = run(shown)
    assert [text for text in words(shown) if r"**log\[U\+001B\]\.csv** is imported\." in text or "U\\+001B" in text]


@pytest.mark.parametrize("patient", IDS)
def test_an_id_in_the_address_bar_that_nobody_has_is_a_sentence(small_clinic, visit, patient):
    shown = visit("patient.py", patient=patient)
    assert "There is no patient with this id by this day. Check the id, or choose a later day." in values(shown.info)
    visit("review.py", patient=patient)
