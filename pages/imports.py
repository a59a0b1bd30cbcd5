"""Exports come in: drop files, see what was understood and what was not, import, and look back."""

import pandas
import streamlit as st

from data import contract
from pages.ui import clinic, frame, tables
from pages.ui.imports import backups, history, queue


def main() -> None:
    """Files, what would become of them, and the history."""
    frame.require_router()
    st.title("Imports", anchor=False)
    files = queue.drop()
    queue.import_waiting()
    queue.show_outcome()
    if files:
        queue.preview(files)
    else:
        _what_a_file_should_look_like()
    history.show()
    _whole_log_and_backup()


def _what_a_file_should_look_like() -> None:
    fold = st.expander("What a file should look like", key="imports_contract", on_change="rerun")
    if not fold.open:
        return
    with fold:
        st.markdown(
            "A CSV file with a header line; comma, semicolon or tab; in UTF-8, or Korean in CP949. Headers may be "
            "English or Korean, in any order; columns that Supine does not know are left out and named. A **log** "
            "needs the day and an exercise or a pain score; a **roster** needs the patient and what is known of them."
        )
        for kind, title in history.KINDS.items():
            _columns_of(kind, title)


def _columns_of(kind: str, title: str) -> None:
    """The columns of a log or a roster, and a template for them."""
    st.markdown(f"**{title}**")
    columns = contract.columns(kind).values()
    shown = pandas.DataFrame(
        {
            "Column": [column.name for column in columns],
            "Meaning": [column.meaning for column in columns],
            "Unit": [column.unit or "–" for column in columns],
            "Needed": ["yes" if column.required else "–" for column in columns],
            "Also called": [", ".join(column.names[1:9]) for column in columns],
        }
    )
    st.dataframe(shown, hide_index=True, height="content", alt=f"The columns of a {kind}")
    tables.download(
        f"{title} template",
        lambda: contract.template(kind).encode("utf-8-sig"),
        f"supine-{kind}-template.csv",
        key=f"imports_template_{kind}",
    )


def _whole_log_and_backup() -> None:
    if clinic.is_demo():
        return
    with st.expander("The whole log"):
        st.markdown("Every row that counts, in Supine's own columns; importing the CSV again gives the same answers.")
        with st.container(horizontal=True):
            for form, label in (("csv", "CSV"), ("parquet", "Parquet")):
                tables.download_log(clinic.own_store(), form, label)
    backups.show()


main()
