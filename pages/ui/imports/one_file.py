"""One dropped file: what an import would make of it, and the question that it leaves open."""

import io

import pandas
import streamlit as st

from data.importing import Result, import_file, patient_from_name, refused, words_of
from data.mapping import DATE_ORDERS, Mapping
from data.reading import DELIMITERS, ENCODINGS, HEADER_WITHIN, NO_OVERRIDES, FileInfo, Overrides, inspect_file
from data.records import ReadingError
from data.settings import settings
from data.store import StoreError
from pages.ui import clinic, tables, wording
from pages.ui.imports import mapping_form
from pages.ui.imports.state import KEPT, Answers, DroppedFile, current, imported_by

LINES_SHOWN = 500
PATIENTS_OFFERED = 1000
LONGEST_REASON = 500
CHARACTERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", '"': 'double quotation marks (")'}
CHARACTERS |= {"'": "single quotation marks (')", "": "none", "\\": "backslash"}
WRITTEN = [
    ("encoding", "Encoding", ENCODINGS),
    ("delimiter", "Between cells", DELIMITERS),
    ("quote", "Around cells", ['"', "'"]),
    ("escape", "Before a quotation mark inside a cell", ["", "\\"]),
    ("header_line", "Header", range(HEADER_WITHIN + 1)),
]
COLUMNS = wording.COLUMNS | {"performed_at": "When", "line": "Line", "was": "Was", "becomes": "Becomes"}
COLUMNS |= {"column": "Column", "value": "Value", "reason": "Reason"}
# What answers each question of an import.
ANSWERED_BY = {
    **dict.fromkeys(mapping_form.QUESTIONS, "columns"),
    "patient_missing": "patient",
    "patient_unwritable": "patient",
    **dict.fromkeys(mapping_form.DATE_QUESTIONS, "date_order"),
    "unknown_encoding": "encoding",
    "not_utf8_throughout": "encoding",
    "not_in_encoding": "encoding",
    "encoding_unclear": "encoding",
    "dialect_invalid": "quote",
    "no_header": "header_line",
    "no_header_on_line": "header_line",
}


def open_question(result: Result) -> str | None:
    """What would answer the question that keeps a file from being imported; None where nothing on this page would."""
    if result.status != "refused" or result.message is None:
        return None
    return ANSWERED_BY.get(result.message.code)


def answer(file: DroppedFile) -> None:
    """Note the answers in the file's own widgets, or in the form of another file with the same columns."""
    state = st.session_state
    by_name = patient_from_name(file.name) if state.get("imports_patient_from_name") else ""
    overrides = Overrides(**{name: state.get(file.key(name)) for name, _, _ in WRITTEN})
    by_hand = state.get(file.key("by_hand"), False)
    file.answers = Answers(
        patient=(state.get(file.key("patient")) or by_name).strip(),
        date_order=None if by_hand else state.get(file.key("date_order")),
        overrides=overrides,
        mapping=file.mapping if by_hand else _of_the_same_columns(file, overrides),
    )


def _of_the_same_columns(file: DroppedFile, overrides: Overrides) -> Mapping | None:
    """The named mapping that another of the dropped files was given, where this one has the same header."""
    named = current().named_mappings
    if not named:
        return None
    try:
        return named.get(_info(file, overrides).header)
    except ReadingError:
        return None


def rehearse(file: DroppedFile) -> Result:
    """What an import of the file would do."""
    if file.rehearsal and is_rehearsed(file):
        return file.rehearsal[1]
    result = import_now(file, rehearse=True)
    file.rehearsal = (_depends_on(file), result)
    return result


def is_rehearsed(file: DroppedFile) -> bool:
    """Whether the file has been read already, so that rehearsing it takes no time."""
    return file.rehearsal is not None and file.rehearsal[0] == _depends_on(file)


def _depends_on(file: DroppedFile) -> tuple:
    store = clinic.own_store()
    return file.answers, store.serial, store.version


def import_now(file: DroppedFile, *, rehearse: bool = False) -> Result:
    """Import the file; a store that cannot be written refuses it."""
    try:
        return import_file(
            clinic.own_store(),
            io.BytesIO(file.content),
            file.name,
            patient=file.answers.patient,
            mapping=file.answers.mapping,
            date_order=file.answers.date_order,
            overrides=file.answers.overrides,
            by=imported_by(),
            rehearse=rehearse,
        )
    except StoreError as error:
        return refused(file.name, error)


def keep_mapping(file: DroppedFile) -> str | None:
    """Save the mapping of an imported file, where it has a name; the answer says what went wrong."""
    mapping = file.answers.mapping
    if mapping is None or mapping.name == mapping_form.UNNAMED:
        return None
    return mapping_form.keep(mapping, _info(file, file.answers.overrides))


def reason(result: Result) -> str:
    """Why a file was not imported, without the middle of a long list."""
    words = result.reason or ""
    if len(words) > LONGEST_REASON:
        words = f"{words[: LONGEST_REASON - 100]} … {words[-100:]}"
    return words


def show(file: DroppedFile, result: Result) -> None:
    """The question that the file leaves open, how it could be read instead, and what was understood of it."""
    if result.reason:
        (st.warning if result.status == "refused" else st.info)(wording.plain(reason(result)))
    _imported_before(file, result)
    if result.status not in ("same", "already_imported"):
        _answers(file, result, open_question(result))
    for note in result.notes:
        st.text(str(note))
    _changes(file, result)
    _sample(file, result)
    _rejects(file, result)
    if result.status == "refused":
        st.caption("Nothing of this file is stored, and the other files can be imported without it.")


def _imported_before(file: DroppedFile, result: Result) -> None:
    """Whose log the very same file was, where it was imported before."""
    if result.dialect is None:
        return
    uploads = clinic.ask_own("same_file", sha256=_info(file, file.answers.overrides).sha256)
    for upload in uploads.to_dict("records"):
        whose = f" as the log of {upload['patient_id']}" if pandas.notna(upload["patient_id"]) else ""
        by = f" by {upload['uploaded_by']}" if upload["uploaded_by"] else ""
        st.text(f"This very file was imported on {upload['uploaded_at']:%Y-%m-%d at %H:%M}{by}{whose}.")


def _answers(file: DroppedFile, result: Result, asked: str | None) -> None:
    """The one question that is open first, then what was answered before, and what was found by itself."""
    by_hand = asked == "columns" or st.session_state.get(file.key("by_hand"), False)
    if asked == "patient":
        _patient(file)
    elif asked == "date_order" and not by_hand:
        _date_order(file)
    elif asked in Overrides.__dataclass_fields__:
        _written(file, asked, _found(result))
    if result.dialect is None and asked is None and file.answers.overrides == NO_OVERRIDES:
        return
    if result.dialect:
        st.caption(_as_found(result))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if file.answers.patient and asked != "patient" and not by_hand:
            _patient(file)
        if file.answers.date_order and asked != "date_order":
            _date_order(file)
        _how_written(file, result, asked)
        if result.dialect and asked != "columns":
            st.toggle("Choose the columns by hand", key=file.key("by_hand"), persist_state=KEPT)
    if result.dialect and by_hand:
        _form(file, result, asked)


def _how_written(file: DroppedFile, result: Result, asked: str | None) -> None:
    """Encoding, separators and header as they were found, each to be changed where it was found wrongly."""
    with st.popover("How the file is written", icon=":material/tune:", key=file.key("written")):
        st.caption("Change only what was found wrongly.")
        for name, _, _ in WRITTEN:
            if name != asked:
                _written(file, name, _found(result))


def _patient(file: DroppedFile) -> str:
    patient = st.selectbox(
        "Whose log is this?",
        _patients(),
        index=None,
        accept_new_options=True,
        key=file.key("patient"),
        placeholder=file.answers.patient or "Choose or type a patient's id",
        help="Only for a file that has no column of the patient.",
        width=300,
        persist_state=KEPT,
    )
    return patient or file.answers.patient


def _patients() -> list[str]:
    """Patients to choose from; any other id can be typed."""
    known = clinic.ask_own("patients", as_of=settings().today(), search="", limit=PATIENTS_OFFERED)
    return known["patient_id"].tolist()


def _date_order(file: DroppedFile) -> None:
    st.selectbox(
        "Dates are written",
        DATE_ORDERS,
        format_func=mapping_form.date_order_words,
        index=None,
        placeholder="As the file shows it",
        key=file.key("date_order"),
        width=300,
        persist_state=KEPT,
    )


def _written(file: DroppedFile, name: str, found: dict[str, str]) -> None:
    """How one thing of the file is written, to be changed where it was found wrongly."""
    label, choices = next((label, choices) for known, label, choices in WRITTEN if known == name)
    st.selectbox(
        label,
        choices,
        format_func=_header_words if name == "header_line" else _character_words,
        index=None,
        placeholder=found.get(name, "As found"),
        key=file.key(name),
        width=300,
        persist_state=KEPT,
    )


def _found(result: Result) -> dict[str, str]:
    if not result.dialect:
        return {}
    found = {name: _character_words(getattr(result.dialect, name)) for name in ("delimiter", "quote", "escape")}
    return found | {"encoding": result.dialect.encoding, "header_line": _header_words(result.header_line)}


def _as_found(result: Result) -> str:
    found = _found(result)
    return (
        f"Read as {found['encoding']}, with {found['delimiter']} between cells and {found['quote']} around them; "
        f"header: {found['header_line']}."
    )


def _character_words(character: str) -> str:
    return CHARACTERS.get(character, character)


def _header_words(line: int | None) -> str:
    return "none" if line == 0 else f"line {line}"


def _form(file: DroppedFile, result: Result, asked: str | None) -> None:
    """The form for the columns; it counts once its button is pressed."""
    question = result.message if result.status == "refused" else None
    try:
        info = _info(file, file.answers.overrides)
        mapping_form.show_lines(info)
        form = mapping_form.Form(file, info, lambda header: _words(file, header), question, st.container())
        mapping = form.ask(lambda: file.answers.patient if asked == "patient" else _patient(file))
    except ReadingError as error:
        st.error(wording.plain(str(error)))
        return
    if mapping is not None:
        _read_this_way(file, info, mapping)


def _read_this_way(file: DroppedFile, info: FileInfo, mapping: Mapping) -> None:
    is_read_so = mapping == file.answers.mapping
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Read the file this way",
            key=file.key("read_this_way"),
            type="secondary" if is_read_so else "primary",
            icon=":material/table_view:",
            disabled=is_read_so,
            on_click=_use,
            args=(file, info.header, mapping),
        )
        if is_read_so:
            st.caption("The file is read this way; what would be stored is above.", width="content")
        elif file.answers.mapping:
            st.caption("The form has changed since the file was read; press to read it again.", width="content")


def _use(file: DroppedFile, header: tuple[str, ...], mapping: Mapping) -> None:
    file.mapping = mapping
    st.session_state[file.key("by_hand")] = True
    if mapping.name != mapping_form.UNNAMED:
        current().named_mappings[header] = mapping


def _info(file: DroppedFile, overrides: Overrides) -> FileInfo:
    """What the file is, looked at once. Raises ReadingError when it is no table of text."""
    if overrides not in file.info:
        file.info[overrides] = inspect_file(io.BytesIO(file.content), overrides)
    return file.info[overrides]


def _words(file: DroppedFile, header: str) -> list[str]:
    """What a column holds throughout the file, read once. Raises ReadingError."""
    overrides = file.answers.overrides
    if (overrides, header) not in file.words:
        with st.spinner("Reading the whole column"):
            found = words_of(clinic.own_store(), io.BytesIO(file.content), _info(file, overrides), header)
        file.words[overrides, header] = found
    return file.words[overrides, header]


def _changes(file: DroppedFile, result: Result) -> None:
    if result.changes:
        changes = pandas.DataFrame(result.changes)
        st.markdown(f"**Lines that change a stored row, old beside new · {result.changed:,}**")
        shown = _in_words(changes[:LINES_SHOWN])
        st.dataframe(shown, hide_index=True, placeholder="–", alt="Old and new values, side by side")
        if result.changed > LINES_SHOWN:
            st.caption(f"The first {LINES_SHOWN:,} of {result.changed:,}.")
        tables.download_menu(lambda: changes, "changed-lines", key=file.key("changes"))


def _sample(file: DroppedFile, result: Result) -> None:
    if result.sample:
        sample = pandas.DataFrame(result.sample)
        st.markdown("**The first rows as they will be stored**")
        st.dataframe(_in_words(sample), hide_index=True, placeholder="–", alt="The first rows as they will be stored")
        tables.download_menu(lambda: sample, "first-rows", key=file.key("sample"))


def _rejects(file: DroppedFile, result: Result) -> None:
    if result.rejects:
        st.markdown(f"**Rejected lines · {result.rejected:,}**")
        rejects = pandas.DataFrame(result.rejects)[["line", "column", "value", "reason"]]
        shown = _in_words(rejects[:LINES_SHOWN])
        st.dataframe(shown, hide_index=True, placeholder="–", alt="Rejected lines with column, value and reason")
        if result.rejected > LINES_SHOWN:
            st.caption(f"The first {LINES_SHOWN:,} of {result.rejected:,}.")
        tables.download_menu(lambda: rejects, "rejected-lines", key=file.key("rejects"))


def _in_words(rows: pandas.DataFrame) -> pandas.DataFrame:
    """The rows with columns, exercises and yes or no as a person calls them."""
    worded = {
        "column": lambda cell: wording.COLUMNS.get(cell, cell),
        "exercise": wording.exercise,
        "stopped_early": {True: "yes", False: "no"}.get,
    }
    changed = {name: rows[name].map(words) for name, words in worded.items() if name in rows}
    return rows.assign(**changed).rename(columns=COLUMNS)
