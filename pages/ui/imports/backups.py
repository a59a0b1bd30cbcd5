"""A backup of the clinic's data, made by the dashboard itself while everybody goes on."""

import streamlit as st

from data import backup
from data.settings import settings
from data.words import SupineError
from pages.ui import clinic, wording
from pages.ui.imports.state import current


def show() -> None:
    """A button, what it made last in this visit, and where it is."""
    database = settings().database.absolute()
    with st.expander("Backup"):
        st.markdown("Everything that was imported and recorded, as it is at one moment, in a file of its own.")
        st.text(f"Backups are written to {settings().backup_folder(database)} on the computer that runs Supine.")
        pressed = st.button("Make a backup", key="imports_backup", icon=":material/save:")
        if pressed:
            with st.spinner("Writing the backup and reading it again to check it", show_time=True):
                current().backup = _made()
        outcome, sentence = current().backup
        if outcome == "made":
            st.success(sentence, icon=":material/check_circle:")
        elif outcome == "failed":
            st.error(sentence, icon=":material/error:")


def _made() -> tuple[str, str]:
    """Whether a backup was made, and a sentence about it."""
    database = settings().database.absolute()
    try:
        made = backup.make_dated(clinic.own_store(), database)
    except SupineError as error:
        return "failed", f"The backup was not made. {wording.plain(str(error))}"
    size = made.stat().st_size / 2**20
    name = wording.plain(made.name)
    return "made", f"The backup **{name}** was finished at {settings().now():%H:%M} ({size:,.1f} MB)."
