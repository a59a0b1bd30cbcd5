"""The history of uploads: what became of each, its rejected lines, and undo and redo."""

import pandas
import streamlit as st

import queries
from data import export, history
from data.history import Change, HistoryError
from data.originals import original
from data.words import fault
from pages.ui import clinic, tables, wording

UPLOADS_ON_A_PAGE = 20
REJECTS_SHOWN = 500
KINDS = {"log": "Log", "roster": "Roster"}
READ_AS = {"contract": "Known columns", "roster": "Known columns"}


def show() -> None:
    """Every upload, the newest first, and the one that is selected."""
    st.subheader("History", anchor=False)
    page = st.session_state.get("page", 1)
    offset = (page - 1) * UPLOADS_ON_A_PAGE
    uploads = clinic.ask_own("uploads", limit=UPLOADS_ON_A_PAGE, offset=offset)
    if uploads.empty:
        st.info("No export has been imported yet. Drop the first one above.", icon=":material/upload_file:")
        return
    count = int(uploads["uploads"].iloc[0])
    selected = _listed(uploads, page, count)
    pages = -(-count // UPLOADS_ON_A_PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="page")
        tables.take_away(lambda: clinic.ask_own("uploads", limit=count, offset=0), "uploads", key="uploads")
    turned = st.session_state.pop("turned", None)
    if turned:
        st.info(turned, icon=":material/history:")
    if selected is None:
        st.caption("Select an upload to see its rejected lines, or to undo it.")
    else:
        _upload(uploads.to_dict("records")[selected])


def _listed(uploads: pandas.DataFrame, page: int, count: int) -> int | None:
    """The table of uploads; the row that is selected in it, which no other upload may slip under."""
    shown = pandas.DataFrame(
        {
            "When": uploads["uploaded_at"].dt.strftime("%Y-%m-%d %H:%M"),
            "File": uploads["file_name"],
            "State": uploads["stands"].map({True: "Stands", False: "Undone"}),
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
        key=f"history_{page}_{count}",
        hide_index=True,
        height="content",
        placeholder="–",
        alt="Uploads, the newest first, with what became of their lines",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Patient": st.column_config.TextColumn(help="Said by hand, where the file names no patient"),
            "SHA-256": st.column_config.TextColumn(help="The first twelve signs of the file's fingerprint"),
        },
    )
    return next(iter(event["selection"]["rows"]), None)


def _upload(upload: dict) -> None:
    """One upload of the history: its rejected lines, the file itself, and undo or redo."""
    store, upload_id = clinic.own_store(), int(upload["upload_id"])
    with st.container(border=True):
        st.markdown(f"**{wording.plain(upload['file_name'])}**")
        word = "Undo" if upload["stands"] else "Redo"
        if not _preview(upload, word):
            return
        with st.container(horizontal=True):
            st.button(
                f"{word} this upload",
                icon=f":material/{word.lower()}:",
                key=f"{word}_{upload_id}",
                on_click=_turn,
                args=(upload, word),
            )
            tables.download(
                "The file as it came",
                lambda: original(store, upload_id),
                f"upload-{upload_id}.csv",
                key=f"original_{upload_id}",
            )
        _rejected(upload_id, int(upload["rejected"]))


def _preview(upload: dict, word: str) -> bool:
    """What undo or redo would change; False where somebody else has done it meanwhile."""
    try:
        change = _change(clinic.own_store().serial, clinic.own_store().version, int(upload["upload_id"]), word)
    except HistoryError as error:
        st.warning(f"{wording.plain(str(error))} Reload the page to see the history as it is.")
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
def _change(serial: int, version: int, upload_id: int, word: str) -> Change:
    turn = history.undo if word == "Undo" else history.redo
    return turn(clinic.own_store(), upload_id, rehearse=True)


def _turn(upload: dict, word: str) -> None:
    """Undo or redo, unless somebody else has done it meanwhile, which the page then shows."""
    store, turn = clinic.own_store(), history.undo if word == "Undo" else history.redo
    name = wording.plain(upload["file_name"])
    try:
        change = turn(store, int(upload["upload_id"]), by=st.session_state.get("by", "").strip())
    except HistoryError:
        done = "undone" if word == "Undo" else "redone"
        st.session_state["turned"] = f"**{name}** had been {done} already; nothing was changed now."
        return
    queries.refresh(store)
    if upload["kind"] == "log":
        told = f"{_rows(change.rows_leaving)} out, {_rows(change.rows_coming_back)} back"
    else:
        told = "the roster is up to date"
    st.session_state["turned"] = f"**{name}** is {'undone' if word == 'Undo' else 'redone'}: {told}."


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
    lines = _rejected_lines(upload_id, REJECTS_SHOWN)
    st.markdown(f"**Rejected lines · {rejected:,}**")
    names = {"line_no": "Line", "column_name": "Column", "value": "Value", "reason": "Reason", "line": "As written"}
    shown = lines.assign(column_name=lines["column_name"].replace(wording.COLUMNS)).rename(columns=names)
    st.dataframe(shown, hide_index=True, placeholder="–", alt="Rejected lines with the reason for each")
    if rejected > REJECTS_SHOWN:
        st.caption(f"The first {REJECTS_SHOWN:,} of {rejected:,}; the downloads hold all of them.")
    with st.container(horizontal=True, vertical_alignment="center"):
        tables.download(
            "Rejected lines, to correct and upload again",
            lambda: export.rejected(clinic.own_store(), upload_id),
            f"rejected-{upload_id}.csv",
            key=f"rejected_{upload_id}",
            help="The lines as written, with the reason in a column behind. Only corrected lines will be new.",
        )
        tables.take_away(
            lambda: _rejected_lines(upload_id, rejected),
            "rejected-lines",
            key=f"rejected_lines_{upload_id}",
        )
