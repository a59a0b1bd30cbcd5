"""Exports come in: drop files, see what was understood and what was not, import, and look back."""

import io
from dataclasses import dataclass

import pandas
import streamlit as st

import queries
from data import contract, export
from data.importing import Result, import_file
from data.settings import settings
from data.store import StoreError
from pages.ui import clinic, frame, wording

UPLOADS_ON_A_PAGE = 20
REJECTS_SHOWN = 500
STATUS = {"imported": "Ready", "already_imported": "Already imported", "refused": "Not understood"}


@dataclass(frozen=True)
class Given:
    """One dropped file, and whose log it is where somebody has said so."""

    key: str
    name: str
    content: bytes
    patient: str


def main() -> None:
    """Files, what became of them, and the history."""
    frame.require_router()
    st.title("Imports", anchor=False)
    _outcome()
    files = st.file_uploader(
        "Logs and rosters as CSV files",
        type=["csv", "txt", "tsv"],
        accept_multiple_files=True,
        max_upload_size=settings().max_upload_mb,
        key=f"files_{st.session_state.get('imports', 0)}",
        help="Nothing is stored until you press Import.",
    )
    if files:
        _preview([Given(file.file_id, file.name, file.getvalue(), "") for file in files])
    else:
        _what_a_file_says()
    _history()


def _preview(files: list[Given]) -> None:
    """What an import would do, file by file; nothing is stored yet."""
    st.subheader("What was understood", anchor=False)
    results: list[tuple[Given, Result]] = []
    bar = st.progress(0.0, text="Reading")
    for number, file in enumerate(files):
        bar.progress(number / len(files), text=f"Reading {wording.plain(file.name)}")
        results.append(_rehearsed(file))
    bar.empty()
    _table([result for _, result in results])
    waiting = [(file, result) for file, result in results if result.status == "refused"]
    for file, result in waiting:
        _refused(file, result)
    for _, result in results:
        _details(result)
    ready = [file for file, result in results if result.status == "imported"]
    if not ready:
        st.info("There is nothing to import. Nothing was stored.", icon=":material/block:")
        return
    label = "Import 1 file" if len(ready) == 1 else f"Import {len(ready)} files"
    if st.button(label, type="primary", icon=":material/check:"):
        _import(ready)


def _rehearsed(file: Given) -> tuple[Given, Result]:
    """The file with the patient that was chosen for it, and what its import would do."""
    chosen = Given(file.key, file.name, file.content, st.session_state.get(f"patient_{file.key}", "").strip())
    return chosen, _rehearsal(chosen.key, chosen.name, chosen.patient, clinic.own_store().version, chosen.content)


@st.cache_data(max_entries=100, show_spinner=False)
def _rehearsal(key: str, name: str, patient: str, version: int, _content: bytes) -> Result:
    return import_file(clinic.own_store(), io.BytesIO(_content), name, patient=patient, rehearse=True)


def _table(results: list[Result]) -> None:
    shown = pandas.DataFrame(
        {
            "File": [result.file for result in results],
            "": [STATUS[result.status] for result in results],
            "What": [{"log": "Log", "roster": "Roster", None: "–"}[result.kind] for result in results],
            "Lines": [result.lines for result in results],
            "New": [result.new for result in results],
            "Changed": [result.changed for result in results],
            "Duplicate": [result.duplicate for result in results],
            "Rejected": [result.rejected for result in results],
            "Patients": [result.patients for result in results],
        }
    )
    st.dataframe(
        shown, hide_index=True, height="content", alt="What each file holds, and what would become of its lines"
    )


def _refused(file: Given, result: Result) -> None:
    with st.container(border=True):
        st.markdown(f"**{wording.plain(result.file)}** {wording.plain(result.reason)}")
        if "--patient" in (result.reason or ""):
            st.text_input(
                "Whose log is this?",
                key=f"patient_{file.key}",
                placeholder="The patient's id",
                max_chars=200,
                width=320,
            )
        st.caption("Nothing of this file was stored.")


def _details(result: Result) -> None:
    """How a file was read, and its rejected lines."""
    if result.status == "refused" or not (result.notes or result.rejects or result.reason):
        return
    title = f"{wording.plain(result.file)}: how it was read"
    if result.rejected:
        title = f"{wording.plain(result.file)}: {result.rejected:,} rejected lines"
    with st.expander(title, expanded=bool(result.rejects)):
        for note in filter(None, [result.reason, *result.notes]):
            st.text(note)
        if result.rejects:
            rejects = pandas.DataFrame(result.rejects[:REJECTS_SHOWN]).rename(columns=str.capitalize)
            st.dataframe(rejects, hide_index=True, placeholder="–", alt="Rejected lines with column, value and reason")
            if result.rejected > REJECTS_SHOWN:
                st.caption(f"The first {REJECTS_SHOWN:,} of {result.rejected:,}.")


def _import(files: list[Given]) -> None:
    results = []
    with st.status(f"Importing {len(files)} files", expanded=True) as status:
        for file in files:
            st.text(file.name)
            try:
                results.append(
                    import_file(clinic.own_store(), io.BytesIO(file.content), file.name, patient=file.patient)
                )
            except StoreError as error:
                results.append(Result(file=file.name, status="refused", reason=str(error)))
        status.update(label="Bringing the review list up to date")
        queries.refresh(clinic.own_store())
    st.session_state["outcome"] = results
    st.session_state["imports"] = st.session_state.get("imports", 0) + 1
    st.rerun()


def _outcome() -> None:
    """What the last import stored, told once."""
    results: list[Result] = st.session_state.pop("outcome", [])
    for result in results:
        name = wording.plain(result.file)
        if result.status == "refused":
            st.error(f"**{name}** was not imported. {wording.plain(result.reason)}", icon=":material/error:")
        else:
            st.success(
                f"**{name}** is imported: {result.new:,} new, {result.changed:,} changed, {result.duplicate:,} duplicate "
                f"and {result.rejected:,} rejected of {result.lines:,} lines.",
                icon=":material/check_circle:",
            )
    if results:
        st.page_link("review.py", label="See the review list", icon=":material/fact_check:")


def _what_a_file_says() -> None:
    with st.expander("What a file should look like"):
        st.markdown(
            "A CSV file with a header line; comma, semicolon or tab; in UTF-8, or Korean in CP949. Headers may be "
            "English or Korean, in any order; columns that Supine does not know are left out and named. A **log** needs "
            "the day and an exercise or a pain score; a **roster** needs the patient and what is known of them."
        )
        for kind, title in (("log", "Log"), ("roster", "Roster")):
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
            st.download_button(
                f"{title} template",
                contract.template(kind).encode("utf-8-sig"),
                file_name=f"supine-{kind}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key=f"template_{kind}",
            )


def _history() -> None:
    st.subheader("History", anchor=False)
    page = st.session_state.get("page", 1)
    offset = (page - 1) * UPLOADS_ON_A_PAGE
    uploads = queries.ask(clinic.own_store(), "uploads", limit=UPLOADS_ON_A_PAGE, offset=offset)
    if uploads.empty:
        st.info("No export has been imported yet. Drop the first one above.", icon=":material/upload_file:")
        return
    shown = pandas.DataFrame(
        {
            "When": uploads["uploaded_at"].dt.strftime("%Y-%m-%d %H:%M"),
            "File": uploads["file_name"],
            "What": uploads["kind"].map({"log": "Log", "roster": "Roster"}),
            "Patient": uploads["patient_id"],
            "Lines": uploads["lines"],
            "New": uploads["new"],
            "Changed": uploads["changed"],
            "Duplicate": uploads["duplicate"],
            "Rejected": uploads["rejected"],
            "By": uploads["uploaded_by"],
        }
    )
    event = st.dataframe(
        shown,
        key="history",
        hide_index=True,
        height="content",
        placeholder="–",
        alt="Uploads, the newest first, with what became of their lines",
        on_select="rerun",
        selection_mode="single-row",
    )
    pages = -(-int(uploads["uploads"].iloc[0]) // UPLOADS_ON_A_PAGE)
    if pages > 1:
        st.pagination(pages, key="page")
    selected = event["selection"]["rows"]
    if selected:
        _rejected(uploads.iloc[selected[0]].to_dict())
    else:
        st.caption("Select an upload to see its rejected lines.")


def _rejected(upload: dict) -> None:
    if not upload["rejected"]:
        st.info("No line of this upload was rejected.", icon=":material/check:")
        return
    lines = queries.ask(
        clinic.own_store(), "rejected_lines", upload_id=upload["upload_id"], limit=REJECTS_SHOWN, offset=0
    )
    st.markdown(f"**Rejected lines of {wording.plain(upload['file_name'])} · {upload['rejected']:,}**")
    st.dataframe(
        lines.rename(
            columns={
                "line_no": "Line",
                "column_name": "Column",
                "value": "Value",
                "reason": "Reason",
                "line": "As written",
            }
        ),
        hide_index=True,
        placeholder="–",
        alt="Rejected lines with the reason for each",
    )
    st.download_button(
        "Download as CSV",
        lambda: export.csv(
            queries.ask(
                clinic.own_store(), "rejected_lines", upload_id=upload["upload_id"], limit=upload["rejected"], offset=0
            )
        ),
        file_name=f"rejected-{upload['upload_id']}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


main()
