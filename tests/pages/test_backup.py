"""The backup that is made from the Imports page."""

from data import backup
from data.settings import settings
from pages.ui import clinic, wording
from tests.pages.screen import button, values, words


def folder():
    return settings().backup_folder(settings().database)


def test_a_backup_is_made_checked_and_named(small_clinic, visit):
    page = visit("imports.py")
    assert f"Backups are written to {folder()} on the computer that runs Supine." in words(page)
    button(page, "Make a backup").click()
    page.run()
    assert not page.exception
    [made] = folder().iterdir()
    backup.check(made)
    size = made.stat().st_size / 2**20
    name = wording.plain(made.name)
    assert values(page.success) == [f"The backup **{name}** was finished at 12:00 ({size:,.1f} MB)."]


def test_a_backup_that_cannot_be_made_is_said(small_clinic, visit):
    folder().write_text("a file where the folder should be")
    page = visit("imports.py")
    button(page, "Make a backup").click()
    page.run()
    assert not page.exception
    [sentence] = values(page.error)
    assert sentence.startswith("The backup was not made. The folder ")


def test_the_demo_has_none(visit):
    assert clinic.is_demo()
    assert "Make a backup" not in words(visit("imports.py"))
