"""Tables that several pages show, and the files that a table can be downloaded as."""

import io
from collections.abc import Callable

import pandas
import streamlit as st

from data import export, originals
from data.store import Store
from pages.ui import clinic, wording

LINES_SHOWN = 200


def sessions(rows: pandas.DataFrame, *, key: str) -> None:
    """The sessions of one patient, the newest first."""
    newest_first = rows[::-1]
    records = newest_first.to_dict("records")
    shown = pandas.DataFrame(
        {
            "When": [moment(row) for row in records],
            "Before": newest_first["shown_before"].map(wording.score),
            "Peak": newest_first["shown_peak"].map(wording.score),
            "After": newest_first["pain_after"].map(wording.score),
            "Rise": newest_first["rise"].map(wording.signed),
            "Highest": newest_first["peak"].map(wording.score),
            "How": newest_first["mark"].map(wording.MARKS),
            "Rise from": [wording.rise_from(row).removeprefix("from ") for row in records],
            "Provoked by": newest_first["provoked_by"].map(wording.exercise).where(newest_first["rise"] > 0, "–"),
            "Rows": newest_first["row_count"],
        }
    )
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        alt="Sessions, the newest first, with pain before, peak and after",
        column_config={
            "Before": st.column_config.TextColumn(help="The score that the rise begins at"),
            "Peak": st.column_config.TextColumn(help="The score that the rise ends at"),
            "Rise from": st.column_config.TextColumn(
                help="Where the rise is counted from another score than the one before the same exercise"
            ),
            "Highest": st.column_config.TextColumn(help="The highest score during or after exercise, of any row"),
        },
    )


def moment(row: dict) -> str:
    """When a session or a row was, with the time of day where it is known."""
    when = row.get("started_at", row.get("performed_at"))
    return f"{when:%d %b %Y, %H:%M}" if row["has_time"] else f"{when:%d %b %Y}"


def rows(logged: pandas.DataFrame, *, key: str) -> None:
    """Logged rows with the file and line that each came from, and those lines as they were written."""
    records = logged.to_dict("records")
    shown = pandas.DataFrame(
        {
            "When": [moment(row) for row in records],
            "Exercise": logged["exercise_label"]
            .map(wording.exercise)
            .where(logged["exercise_label"].notna(), "Pain entry"),
            "Side": logged["side"].fillna("–"),
            "Before": [_before(row) for row in records],
            "During": logged["pain_during"].map(wording.score),
            "After": logged["pain_after"].map(wording.score),
            "Rise": logged["rise"].map(wording.signed),
            "File": logged["file_name"],
            "Line": [", ".join(map(str, numbers)) for numbers in logged["line_nos"]],
            "Sets × reps": [amount(row) for row in records],
            "Stopped": logged["stopped_early"].map({True: "yes", False: "no"}).fillna("–"),
            "Notes": logged["notes"].fillna(""),
        }
    )
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        alt="Logged rows, the newest first, with the file and line of each",
        column_config={
            "Before": st.column_config.TextColumn(
                help="Carried: the row has no score before, so the score before it in its session stands for it"
            ),
            "Notes": st.column_config.TextColumn(width="medium"),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        as_written = st.toggle("Show the lines as they were written", key=f"{key}_lines")
        download_menu(lambda: logged, "logged-rows", key=key)
    if as_written:
        _lines_as_written(logged)


def _before(row: dict) -> str:
    """The score before a row, and whether it is carried from the score before it."""
    return f"{wording.score(row['before'])}, carried" if row["is_carried"] else wording.score(row["pain_before"])


def _lines_as_written(logged: pandas.DataFrame) -> None:
    for (upload_id, file_name), of_file in logged[:LINES_SHOWN].groupby(["upload_id", "file_name"], sort=False):
        numbers = {int(number) for of_row in of_file["line_nos"] for number in of_row}
        lines = originals.original_lines(clinic.store(), int(upload_id), numbers)
        st.text(file_name)
        st.code(
            "\n".join(f"{number}: {lines.get(number, '')}" for number in sorted(numbers)),
            language=None,
            wrap_lines=True,
        )
    if len(logged) > LINES_SHOWN:
        st.caption(f"The lines of the newest {LINES_SHOWN} rows. Choose a shorter period to see older ones.")


def amount(row: dict) -> str:
    """Sets and repetitions as they were logged: 2 × 10, 10, or a dash."""
    if pandas.isna(row["reps"]):
        return "–"
    return f"{row['reps']:.0f}" if pandas.isna(row["sets"]) else f"{row['sets']:.0f} × {row['reps']:.0f}"


def heading(title: str, answer: Callable[[], pandas.DataFrame], name: str, *, key: str, note: str = "") -> None:
    """The heading of a table, with a note and its download menu, clear of the tools at its right."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="content")
        if note:
            st.caption(note)
        download_menu(answer, name, key=key)


def turned_to(key: str, pages: int) -> int:
    """The page that a table is turned to, under the key of its `st.pagination`; the last one where there are fewer."""
    st.session_state[key] = min(st.session_state.get(key, 1), pages)
    return st.session_state[key]


def download_menu(answer: Callable[[], pandas.DataFrame], name: str, *, key: str) -> None:
    """A small control at a table, which gives the answer that the table shows, whole and in every digit."""
    with st.popover("Download", icon=":material/download:", type="tertiary", key=f"{key}_download"):
        download("CSV, for a spreadsheet", lambda: export.csv(answer()), f"supine-{name}.csv", key=f"{key}_csv")
        download(
            "Parquet, for analysis", lambda: export.parquet(answer()), f"supine-{name}.parquet", key=f"{key}_parquet"
        )


def download(label: str, content: Callable[[], bytes], file_name: str, *, key: str, help: str | None = None) -> None:
    """A button that gives a file; what is in it is made when the button is pressed."""
    st.download_button(
        label,
        content,
        file_name=file_name,
        mime="text/csv" if file_name.endswith(".csv") else "application/vnd.apache.parquet",
        icon=":material/download:",
        on_click="ignore",
        key=key,
        help=help,
    )


def download_log(store: Store, form: str, label: str) -> None:
    """A button that gives the whole log in the contract's columns, as `csv` or `parquet`."""

    def content() -> bytes:
        out = io.BytesIO()
        export.log(store, out, form)
        return out.getvalue()

    download(f"Download as {label}", content, f"supine-log.{form}", key=f"log_{form}")
