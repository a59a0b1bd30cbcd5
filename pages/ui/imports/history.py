"""The history of uploads: what became of each, its rejected lines, and undo and redo."""

import pandas
import streamlit as st

import queries
from data import export, history
from data.history import Change, HistoryError
from data.originals import original
from data.store import StoreError
from data.words import fault
from pages.ui import clinic, tables, wording
from pages.ui.imports.state import current, imported_by

UPLOADS_ON_A_PAGE = 20
REJECTS_SHOWN = 500
KINDS = {"log": "Log", "roster": "Roster"}
READ_AS = {"contract": "Known columns", "roster": "Known columns"}
DONE = {"Undo": "undone", "Redo": "redone"}
WORD_FOR_WORD = (
    "A download from here is word for word as it came: a cell may hold a formula that a spreadsheet would run. Open it "
    "in a text editor, or import it into a spreadsheet as text."
)


def show() -> None:
    """Every upload, the newest first, and the one that is selected."""
    st.subheader("History", anchor=False)
    count = _count()
    if not count:
        st.info("No export has been imported yet. Drop the first one above.", icon=":material/upload_file:")
        return
    pages = -(-count // UPLOADS_ON_A_PAGE)
    page = tables.turned_to("imports_page", pages)
    uploads = clinic.ask_own("uploads", limit=UPLOADS_ON_A_PAGE, offset=(page - 1) * UPLOADS_ON_A_PAGE)
    selected = _table(uploads)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="imports_page")
        tables.download_menu(lambda: clinic.ask_own("uploads", limit=count, offset=0), "uploads", key="imports_uploads")
    notice, current().history_notice = current().history_notice, ""
    if notice:
        st.info(notice, icon=":material/history:")
    if selected is None:
        st.caption("Select an upload to see its rejected lines, or to undo it.")
    else:
        _upload(uploads.to_dict("records")[selected])


def _count() -> int:
    newest = clinic.ask_own("uploads", limit=1, offset=0)
    return 0 if newest.empty else int(newest["uploads"].iloc[0])


def _table(uploads: pandas.DataFrame) -> int | None:
    """The table of uploads; the row that is selected in it."""
    shown = pandas.DataFrame(
        {
            "When": uploads["uploaded_at"].dt.strftime("%Y-%m-%d %H:%M"),
            "File": uploads["file_name"],
            "State": uploads["stands"].map({True: "In use", False: "Undone"}),
            "What": uploads["kind"].map(KINDS),
            "Lines": uploads["lines"],
            "New": uploads["new"],
            "Changed": uploads["changed"],
            "Duplicate": uploads["duplicate"],
            "Rejected": uploads["rejected"],
            "Patient": uploads["patient_id"],
            "Read as": uploads["mapping"].replace(READ_AS),
            "By": uploads["uploaded_by"],
            "SHA-256": uploads["sha256"].str[:12],
        }
    )
    event = st.dataframe(
        shown,
        # A selection is kept by the row's number, so other rows make another table.
        key=f"imports_history_{hash(tuple(uploads['upload_id']))}",
        hide_index=True,
        height="content",
        placeholder="–",
        alt="Uploads, the newest first, with what became of their lines",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Patient": st.column_config.TextColumn(help="Entered by hand, where the file names no patient"),
            "SHA-256": st.column_config.TextColumn(help="The first twelve characters of the file's fingerprint"),
        },
    )
    return next(iter(event["selection"]["rows"]), None)


def _upload(upload: dict) -> None:
    """One upload of the history: undo or redo, the file itself, and its rejected lines."""
    with st.container(border=True):
        st.markdown(f"**{wording.plain(upload['file_name'])}**")
        word = "Undo" if upload["stands"] else "Redo"
        if _preview(upload, word):
            _actions(upload, word)
            _rejected(int(upload["upload_id"]), int(upload["rejected"]))


def _preview(upload: dict, word: str) -> bool:
    """What undo or redo would change; False where another person has done it meanwhile."""
    store = clinic.own_store()
    try:
        change = _change(store.serial, store.version, int(upload["upload_id"]), word)
    except HistoryError as error:
        st.warning(f"{wording.plain(str(error))} Reload the page to see the history as it is.")
        return False
    except StoreError as error:
        st.warning(wording.plain(str(error)))
        return False
    if upload["kind"] == "log":
        st.text(
            f"{word} takes {_rows(change.rows_leaving)} out of every answer and brings "
            f"{_rows(change.rows_coming_back)} back, of {_patients(change.patients)}. "
            "The upload itself stays in the history."
        )
    else:
        st.text(f"{word} makes the roster what it would be {'without' if upload['stands'] else 'with'} this upload.")
    return True


@st.cache_data(max_entries=100, show_spinner="Looking at what would change")
def _change(serial: int, version: tuple, upload_id: int, word: str) -> Change:
    action = history.undo if word == "Undo" else history.redo
    return action(clinic.own_store(), upload_id, rehearse=True)


def _actions(upload: dict, word: str) -> None:
    """Undo or redo, and the two files that an upload can be downloaded as."""
    store, upload_id = clinic.own_store(), int(upload["upload_id"])
    with st.container(horizontal=True):
        st.button(
            f"{word} this upload",
            icon=f":material/{word.lower()}:",
            key=f"imports_{word}_{upload_id}",
            on_click=_undo_or_redo,
            args=(upload, word),
        )
        tables.download(
            "The file as it came",
            lambda: original(store, upload_id),
            f"upload-{upload_id}.csv",
            key=f"imports_original_{upload_id}",
        )
        if upload["rejected"]:
            tables.download(
                "Rejected lines, to correct and upload again",
                lambda: export.rejected(store, upload_id),
                f"rejected-{upload_id}.csv",
                key=f"imports_rejected_{upload_id}",
                help="The lines as written, with the reason in a last column. Only corrected lines will be new.",
            )
    st.caption(WORD_FOR_WORD)


def _undo_or_redo(upload: dict, word: str) -> None:
    """Undo or redo, unless another person has done it meanwhile, which the page then shows."""
    store, action = clinic.own_store(), history.undo if word == "Undo" else history.redo
    name = f"**{wording.plain(upload['file_name'])}**"
    try:
        change = action(store, int(upload["upload_id"]), by=imported_by())
    except HistoryError:
        current().history_notice = f"{name} had been {DONE[word]} already; nothing was changed now."
    except StoreError as error:
        current().history_notice = f"{name} could not be {DONE[word]}: {wording.plain(str(error))}"
    else:
        problem = wording.plain(refreshed())
        current().history_notice = f"{name} is {DONE[word]}: {_became(upload, change)}. {problem}".strip()


def _became(upload: dict, change: Change) -> str:
    if upload["kind"] == "roster":
        return "the roster is up to date"
    return f"{_rows(change.rows_leaving)} out, {_rows(change.rows_coming_back)} back"


def refreshed() -> str:
    """Bring the review list up to date with what is stored; where that is not possible, a sentence that says so."""
    try:
        queries.refresh(clinic.own_store())
    except StoreError as error:
        return str(error)
    return ""


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count:,} patients"


def _rejected_lines(upload_id: int, most: int) -> pandas.DataFrame:
    """The first rejected lines of an upload, each with its reason in words."""
    lines = clinic.ask_own("rejected_lines", upload_id=upload_id, limit=most, offset=0)
    why = lines.rename(columns={"column_name": "column"})[["code", "column", "value", "details", "reason"]]
    reasons = [fault(**row) for row in why.astype(object).where(why.notna(), None).to_dict("records")]
    return lines.assign(reason=reasons)[["line_no", "column_name", "value", "reason", "line"]]


def _rejected(upload_id: int, rejected: int) -> None:
    if not rejected:
        st.caption("No line of this upload was rejected.")
        return
    st.markdown(f"**Rejected lines · {rejected:,}**")
    lines = _rejected_lines(upload_id, REJECTS_SHOWN)
    names = {"line_no": "Line", "column_name": "Column", "value": "Value", "reason": "Reason", "line": "As written"}
    shown = lines.assign(column_name=lines["column_name"].replace(wording.COLUMNS)).rename(columns=names)
    st.dataframe(shown, hide_index=True, placeholder="–", alt="Rejected lines with the reason for each")
    if rejected > REJECTS_SHOWN:
        st.caption(f"The first {REJECTS_SHOWN:,} of {rejected:,}; the downloads hold all of them.")
    tables.download_menu(
        lambda: _rejected_lines(upload_id, rejected),
        "rejected-lines",
        key=f"imports_rejected_lines_{upload_id}",
    )
