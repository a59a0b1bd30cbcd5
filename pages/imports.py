"""Exports come in: drop files, see what was understood and what was not, import, and look back."""

import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas
import streamlit as st

import queries
from data import contract, export, history
from data import mapping as mappings
from data.importing import Result, import_file, original, words_of
from data.mapping import Mapping
from data.reading import AS_FOUND, DELIMITERS, ENCODINGS, HEADER_WITHIN, Look, Told, look
from data.records import ReadingError
from data.settings import settings
from data.store import StoreError
from pages.ui import clinic, frame, mapping_form, tables, wording

UPLOADS_ON_A_PAGE = 20
REJECTS_SHOWN = 500
PATIENTS_OFFERED = 1000
ENDINGS = ["csv", "txt", "tsv"]
STATUS = {"imported": "Ready", "already_imported": "Already imported", "refused": "Not understood"}
READ_AS = {"contract": "Known columns", "roster": "Known columns"}
KINDS = {"log": "Log", "roster": "Roster"}
SIGNS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", '"': 'double quotation marks (")'}
SIGNS |= {"'": "single quotation marks (')", "": "none", "\\": "backslash"}
WRITTEN = [
    ("encoding", "Encoding", ENCODINGS),
    ("delimiter", "Between cells", DELIMITERS),
    ("quote", "Around cells", ['"', "'"]),
    ("escape", "Before a quotation mark inside a cell", ["", "\\"]),
    ("header_line", "Header", range(HEADER_WITHIN + 1)),
]


@dataclass(frozen=True)
class Given:
    """One dropped file, and what somebody has said of it where it does not say so itself."""

    key: str
    name: str
    content: bytes
    patient: str = ""
    told: Told = AS_FOUND
    mapping: Mapping | None = None


def main() -> None:
    """Files, what would become of them, and the history."""
    frame.require_router()
    st.title("Imports", anchor=False)
    _outcome()
    with st.container(horizontal=True):
        folder = st.toggle("Choose a whole folder", key="folder")
        st.toggle(
            "Where a file names no patient, its own name does",
            key="patient_from_name",
            help="P007.csv is then the log of P007.",
        )
    files = st.file_uploader(
        "Logs and rosters as CSV files, one or many",
        type=ENDINGS,
        accept_multiple_files="directory" if folder else True,
        max_upload_size=settings().max_upload_mb,
        key=f"{'folder' if folder else 'files'}_{st.session_state.get('imports', 0)}",
        help="Nothing is stored until you press Import.",
    )
    if files:
        _preview([Given(file.file_id, file.name, file.getvalue()) for file in files])
    else:
        _what_a_file_says()
    _history()
    _whole_log()


def _preview(files: list[Given]) -> None:
    """What an import would do, file by file; nothing is stored yet."""
    st.subheader("What was understood", anchor=False)
    bar = st.progress(0.0, text="Reading")
    results: list[tuple[Given, Result]] = []
    for number, file in enumerate(files):
        bar.progress(number / len(files), text=f"Reading {wording.plain(file.name)}")
        told = _told(file)
        results.append((told, _rehearsed(told)))
    bar.empty()
    _table([result for _, result in results])
    for file, result in results:
        _file(file, result)
    ready = [file for file, result in results if result.status == "imported"]
    if not ready:
        st.info("There is nothing to import. Nothing was stored.", icon=":material/block:")
        return
    chosen = ready
    if len(ready) > 1:
        names = {file.key: file.name for file in ready}
        left_out = st.multiselect(
            "Leave out", list(names), format_func=names.__getitem__, placeholder="None", key="left_out"
        )
        chosen = [file for file in ready if file.key not in left_out]
    st.text_input(
        "Imported by",
        key="by",
        persist_state="session",
        placeholder="Your name, for the history",
        max_chars=100,
        width=320,
    )
    label = "Import 1 file" if len(chosen) == 1 else f"Import {len(chosen)} files"
    if st.button(label, type="primary", icon=":material/check:", disabled=not chosen):
        _import(chosen)


def _told(file: Given) -> Given:
    """The file with what was said of it in its form on the run before."""
    state = st.session_state
    # Some file systems keep a name's letters and their marks apart, and no roster does.
    by_name = unicodedata.normalize("NFC", Path(file.name).stem) if state.get("patient_from_name") else ""
    return Given(
        file.key,
        file.name,
        file.content,
        patient=(state.get(f"patient_{file.key}") or by_name).strip(),
        told=Told(**{name: state.get(f"{name}_{file.key}") for name in Told.__dataclass_fields__}),
        mapping=state.get(f"mapping_{file.key}"),
    )


def _rehearsed(file: Given) -> Result:
    said = repr((file.patient, file.told, file.mapping))
    return _rehearsal(file.key, said, clinic.own_store().version, file)


@st.cache_data(max_entries=100, show_spinner=False)
def _rehearsal(key: str, said: str, version: int, _file: Given) -> Result:
    return _taken(_file, rehearse=True)


def _taken(file: Given, *, rehearse: bool) -> Result:
    try:
        return import_file(
            clinic.own_store(),
            io.BytesIO(file.content),
            file.name,
            patient=file.patient,
            mapping=file.mapping,
            told=file.told,
            by=st.session_state.get("by", "").strip(),
            rehearse=rehearse,
        )
    except StoreError as error:
        return Result(file=file.name, status="refused", reason=str(error))


def _seen(file: Given) -> Look:
    return _looked(file.key, repr(file.told), file)


@st.cache_data(max_entries=100, show_spinner=False)
def _looked(key: str, told: str, _file: Given) -> Look:
    return look(io.BytesIO(_file.content), _file.told)


@st.cache_data(max_entries=100, show_spinner="Reading the whole column")
def _words(key: str, told: str, header: str, _file: Given) -> list[str]:
    return words_of(clinic.own_store(), io.BytesIO(_file.content), _seen(_file), header)


def _reason(result: Result) -> str:
    """Why a file was not taken, without the terminal's options."""
    return wording.plain(re.sub(r" \(--[a-z, -]+\)", "", result.reason or ""))


def _table(results: list[Result]) -> None:
    shown = pandas.DataFrame(
        {
            "File": [result.file for result in results],
            "State": [STATUS[result.status] for result in results],
            "What": [KINDS.get(result.kind or "", "–") for result in results],
            "Read as": [READ_AS.get(result.mapping or "", result.mapping or "–") for result in results],
            "Lines": [result.lines for result in results],
            "New": [result.new for result in results],
            "Changed": [result.changed for result in results],
            "Duplicate": [result.duplicate for result in results],
            "Rejected": [result.rejected for result in results],
            "Patients": [result.patients for result in results],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        alt="What each file holds, and what would become of its lines",
    )
    tables.take_away(lambda: shown, "files", key="understood")


def _file(file: Given, result: Result) -> None:
    """What there is to say of one file, and the form in which a person can say more."""
    name = wording.plain(file.name)
    refused = result.status == "refused"
    title = f"{name}: {STATUS[result.status].lower()}"
    if result.rejected:
        title += f", {result.rejected:,} rejected lines"
    by_hand = st.session_state.get(f"by_hand_{file.key}", False)
    with st.expander(title, expanded=bool(refused or by_hand or result.rejects or result.changes)):
        if result.reason:
            (st.warning if refused else st.info)(_reason(result))
        for note in result.notes:
            st.text(note)
        _changes(file.key, result)
        _sample(file.key, result)
        _rejects(file.key, result)
        _said(file, result)


def _changes(key: str, result: Result) -> None:
    if result.changes:
        st.markdown(f"**Lines that change a stored row, old beside new · {result.changed:,}**")
        changes = pandas.DataFrame(result.changes)
        st.dataframe(changes, hide_index=True, placeholder="–", alt="Old and new values, side by side")
        tables.take_away(lambda: changes, "changed-lines", key=f"changes_{key}")


def _sample(key: str, result: Result) -> None:
    if result.sample:
        st.markdown("**The first rows as they will be stored**")
        sample = pandas.DataFrame(result.sample)
        st.dataframe(sample, hide_index=True, placeholder="–", alt="The first rows as they will be stored")
        tables.take_away(lambda: sample, "first-rows", key=f"sample_{key}")


def _rejects(key: str, result: Result) -> None:
    if result.rejects:
        st.markdown(f"**Rejected lines · {result.rejected:,}**")
        rejects = pandas.DataFrame(result.rejects[:REJECTS_SHOWN]).rename(columns=str.capitalize)
        st.dataframe(rejects, hide_index=True, placeholder="–", alt="Rejected lines with column, value and reason")
        if result.rejected > REJECTS_SHOWN:
            st.caption(f"The first {REJECTS_SHOWN:,} of {result.rejected:,}.")
        tables.take_away(lambda: pandas.DataFrame(result.rejects), "rejected-lines", key=f"rejects_{key}")


def _said(file: Given, result: Result) -> None:
    """Where the file does not say it: whose it is, how it is written, and what its columns are."""
    st.selectbox(
        "Whose log is this?",
        _patients(),
        index=None,
        accept_new_options=True,
        key=f"patient_{file.key}",
        placeholder="The patient's id, where the file has none",
        width=320,
    )
    _how_written(file.key, result)
    if not st.toggle("Choose the columns by hand", key=f"by_hand_{file.key}", value=False):
        st.session_state.pop(f"mapping_{file.key}", None)
        if result.status == "refused":
            st.caption("Nothing of this file was stored.")
        return
    try:
        mapping = mapping_form.ask(
            _seen(file), file.key, lambda header: _words(file.key, repr(file.told), header, file)
        )
    except ReadingError as error:
        st.error(wording.plain(str(error)))
        return
    if mapping and st.button("Read the file this way", key=f"use_{file.key}", icon=":material/table_view:"):
        st.session_state[f"mapping_{file.key}"] = mapping
        st.rerun()


def _patients() -> list[str]:
    """Patients to choose from; any other id can be typed."""
    known = clinic.ask_own("patients", as_of=settings().today(), search="", limit=PATIENTS_OFFERED)
    return known["patient_id"].tolist()


def _how_written(key: str, result: Result) -> None:
    """Encoding, dialect and header as they were found, each to be changed where it was found wrongly."""
    form, header_line = result.form, result.header_line
    if form:
        found = {name: _sign(getattr(form, name)) for name in ("delimiter", "quote", "escape")}
        found |= {"encoding": form.encoding, "header_line": _header_word(header_line)}
        st.caption(
            f"Read as {found['encoding']}, with {found['delimiter']} between cells and {found['quote']} around them; "
            f"header: {found['header_line']}."
        )
    else:
        found = {}
    with st.popover("How the file is written", icon=":material/tune:"):
        st.caption("Change only what was found wrongly.")
        for name, label, choices in WRITTEN:
            st.selectbox(
                label,
                choices,
                format_func=_header_word if name == "header_line" else _sign,
                index=None,
                placeholder=f"{found.get(name, 'As found')}",
                key=f"{name}_{key}",
            )


def _sign(written: str) -> str:
    return SIGNS.get(written, written)


def _header_word(line: int | None) -> str:
    return "none" if line == 0 else f"line {line}"


def _import(files: list[Given]) -> None:
    results = []
    with st.status(f"Importing {len(files)} files", expanded=True) as status:
        for file in files:
            st.text(file.name)
            result = _taken(file, rehearse=False)
            results.append(result)
            if result.status == "imported" and file.mapping and file.mapping.name != mapping_form.UNNAMED:
                _keep(file.mapping, _seen(file))
        status.update(label="Bringing the review list up to date")
        queries.refresh(clinic.own_store())
    st.session_state["outcome"] = results
    st.session_state["imports"] = st.session_state.get("imports", 0) + 1
    st.rerun()


def _keep(mapping: Mapping, seen: Look) -> None:
    """Save a named mapping; the import stands where that fails."""
    try:
        mappings.save(mapping, seen)
    except mappings.MappingError as error:
        st.warning(wording.plain(str(error)))


def _outcome() -> None:
    """What the last import stored, told once."""
    results: list[Result] = st.session_state.pop("outcome", [])
    for result in results:
        name = wording.plain(result.file)
        if result.status == "refused":
            st.error(f"**{name}** was not imported. {_reason(result)}", icon=":material/error:")
        else:
            st.success(
                f"**{name}** is imported. Of {result.lines:,} lines {result.new:,} are new, {result.changed:,} "
                f"changed, {result.duplicate:,} duplicate and {result.rejected:,} rejected.",
                icon=":material/check_circle:",
            )
    if results:
        st.page_link("review.py", label="See the review list", icon=":material/fact_check:")


def _what_a_file_says() -> None:
    with st.expander("What a file should look like"):
        st.markdown(
            "A CSV file with a header line; comma, semicolon or tab; in UTF-8, or Korean in CP949. Headers may be "
            "English or Korean, in any order; columns that Supine does not know are left out and named. A **log** "
            "needs the day and an exercise or a pain score; a **roster** needs the patient and what is known of them."
        )
        for kind, title in KINDS.items():
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
                lambda kind=kind: contract.template(kind).encode("utf-8-sig"),
                f"supine-{kind}-template.csv",
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
            "State": uploads["stands"].map({True: "Stands", False: "Undone"}),
            "What": uploads["kind"].map(KINDS),
            "Patient": uploads["patient_id"],
            "Read as": uploads["mapping"].replace(READ_AS),
            "Lines": uploads["lines"],
            "New": uploads["new"],
            "Changed": uploads["changed"],
            "Duplicate": uploads["duplicate"],
            "Rejected": uploads["rejected"],
            "By": uploads["uploaded_by"],
            "SHA-256": uploads["sha256"].str[:12],
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
    count = int(uploads["uploads"].iloc[0])
    pages = -(-count // UPLOADS_ON_A_PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="page")
        tables.take_away(
            lambda: queries.ask(clinic.own_store(), "uploads", limit=count, offset=0), "uploads", key="uploads"
        )
    selected = event["selection"]["rows"]
    if selected:
        _upload(uploads.to_dict("records")[selected[0]])
    else:
        st.caption("Select an upload to see its rejected lines, or to undo it.")


def _upload(upload: dict) -> None:
    """One upload of the history: its rejected lines, the file itself, and undo or redo."""
    store, upload_id = clinic.own_store(), int(upload["upload_id"])
    with st.container(border=True):
        st.markdown(f"**{wording.plain(upload['file_name'])}**")
        turn = history.undo if upload["stands"] else history.redo
        word = "Undo" if upload["stands"] else "Redo"
        change = turn(store, upload_id, rehearse=True)
        if upload["kind"] == "log":
            st.text(
                f"{word} takes {change.rows_leaving:,} rows out of every answer and brings {change.rows_coming_back:,} "
                f"back, of {change.patients:,} patients. Both stay in the history."
            )
        else:
            st.text(
                f"{word} makes the roster what it would be {'without' if upload['stands'] else 'with'} this upload."
            )
        with st.container(horizontal=True):
            if st.button(f"{word} this upload", icon=f":material/{word.lower()}:", key=f"turn_{upload_id}"):
                turn(store, upload_id, by=st.session_state.get("by", "").strip())
                queries.refresh(store)
                st.rerun()
            tables.download(
                "The file as it came",
                lambda: original(store, upload_id),
                f"upload-{upload_id}.csv",
                key=f"original_{upload_id}",
            )
        _rejected(store, upload_id, int(upload["rejected"]))


def _rejected(store, upload_id: int, rejected: int) -> None:
    if not rejected:
        st.caption("No line of this upload was rejected.")
        return
    lines = queries.ask(store, "rejected_lines", upload_id=upload_id, limit=REJECTS_SHOWN, offset=0)
    st.markdown(f"**Rejected lines · {rejected:,}**")
    names = {"line_no": "Line", "column_name": "Column", "value": "Value", "reason": "Reason", "line": "As written"}
    st.dataframe(
        lines.rename(columns=names), hide_index=True, placeholder="–", alt="Rejected lines with the reason for each"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        tables.download(
            "Rejected lines, to correct and upload again",
            lambda: export.rejected(store, upload_id),
            f"rejected-{upload_id}.csv",
            key=f"rejected_{upload_id}",
            help="The lines as written, with the reason in a column behind. Only corrected lines will be new.",
        )
        tables.take_away(
            lambda: queries.ask(store, "rejected_lines", upload_id=upload_id, limit=rejected, offset=0),
            "rejected-lines",
            key=f"rejected_lines_{upload_id}",
        )


def _whole_log() -> None:
    if clinic.is_demo():
        return
    with st.expander("The whole log"):
        st.markdown("Every row that counts, in Supine's own columns; importing the CSV again gives the same answers.")
        with st.container(horizontal=True):
            for form, label in (("csv", "CSV"), ("parquet", "Parquet")):
                tables.download_log(clinic.own_store(), form, label)


main()
