"""One dropped file: what an import would make of it, and where a person can say what the file does not."""

import dataclasses
import io
from dataclasses import dataclass

import pandas
import streamlit as st

from data.importing import Result, import_file, patient_from_name, refused, words_of
from data.mapping import DATE_ORDERS, Mapping
from data.reading import DELIMITERS, ENCODINGS, HEADER_WITHIN, NO_OVERRIDES, FileInfo, Overrides, inspect_file
from data.records import ReadingError
from data.settings import settings
from data.store import StoreError
from pages.ui import clinic, mapping_form, tables, wording

REJECTS_SHOWN = 500
PATIENTS_OFFERED = 1000
LONGEST_REASON = 500
SIGNS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", '"': 'double quotation marks (")'}
SIGNS |= {"'": "single quotation marks (')", "": "none", "\\": "backslash"}
WRITTEN = [
    ("encoding", "Encoding", ENCODINGS),
    ("delimiter", "Between cells", DELIMITERS),
    ("quote", "Around cells", ['"', "'"]),
    ("escape", "Before a quotation mark inside a cell", ["", "\\"]),
    ("header_line", "Header", range(HEADER_WITHIN + 1)),
]
COLUMNS = wording.COLUMNS | {"performed_at": "When", "line": "Line", "was": "Was", "becomes": "Becomes"}
COLUMNS |= {"column": "Column", "value": "Value", "reason": "Reason"}


@dataclass(frozen=True)
class Given:
    """One dropped file, and what somebody has said of it where it does not say so itself."""

    key: str
    name: str
    content: bytes
    patient: str = ""
    date_order: str | None = None
    overrides: Overrides = NO_OVERRIDES
    mapping: Mapping | None = None


def as_told(file: Given) -> Given:
    """The file with what was said of it in its form, or in that of another dropped file with the same columns."""
    state, key = st.session_state, file.key
    by_name = patient_from_name(file.name) if state.get("patient_from_name") else ""
    by_hand = state.get(f"by_hand_{key}", False)
    overrides = Overrides(**{name: state.get(f"{name}_{key}") for name in Overrides.__dataclass_fields__})
    file = dataclasses.replace(file, patient=(state.get(f"patient_{key}") or by_name).strip(), overrides=overrides)
    if by_hand:
        return dataclasses.replace(file, mapping=state.get(f"mapping_{key}"))
    return dataclasses.replace(file, date_order=state.get(f"dates_{key}"), mapping=_of_the_same_columns(file))


def _of_the_same_columns(file: Given) -> Mapping | None:
    """The named mapping that another of the dropped files was given, where this one has the same header."""
    named = st.session_state.get("named_mappings")
    if not named:
        return None
    try:
        return named.get(_seen(file).header)
    except ReadingError:
        return None


def rehearsed(file: Given) -> Result:
    """What an import of the file would do."""
    result = _rehearsal(*_question(file), file)
    st.session_state.setdefault("rehearsed", set()).add(_question(file))
    return result


def is_rehearsed(file: Given) -> bool:
    """Whether this visit has had the file read already, so that asking again takes no time."""
    return _question(file) in st.session_state.get("rehearsed", set())


def _question(file: Given) -> tuple[str, str, int, int]:
    store = clinic.own_store()
    return file.key, repr((file.patient, file.date_order, file.overrides, file.mapping)), store.serial, store.version


@st.cache_data(max_entries=200, show_spinner=False)
def _rehearsal(key: str, said: str, serial: int, version: int, _file: Given) -> Result:
    return taken(_file, rehearse=True)


def taken(file: Given, *, rehearse: bool = False) -> Result:
    """Import the file; a store that cannot be written refuses it."""
    try:
        return import_file(
            clinic.own_store(),
            io.BytesIO(file.content),
            file.name,
            patient=file.patient,
            mapping=file.mapping,
            date_order=file.date_order,
            overrides=file.overrides,
            by=st.session_state.get("by", "").strip(),
            rehearse=rehearse,
        )
    except StoreError as error:
        return refused(file.name, error)


def keep_mapping(file: Given) -> str | None:
    """Save the mapping of an imported file, where it has a name; the answer says what went wrong."""
    if file.mapping is None or file.mapping.name == mapping_form.UNNAMED:
        return None
    return mapping_form.keep(file.mapping, _seen(file))


def reason(result: Result) -> str:
    """Why a file was not imported, without the middle of a long list."""
    words = result.reason or ""
    if len(words) > LONGEST_REASON:
        words = f"{words[: LONGEST_REASON - 100]} … {words[-100:]}"
    return words


def show(file: Given, result: Result) -> None:
    """What there is to say of one file, and the form in which a person can say more."""
    if result.reason:
        (st.warning if result.status == "refused" else st.info)(wording.plain(reason(result)))
    if result.status not in ("same", "already_imported"):
        _asked(file, result)
    for note in result.notes:
        st.text(str(note))
    _changes(file.key, result)
    _sample(file.key, result)
    _rejects(file.key, result)
    if result.status == "refused":
        st.caption("Nothing of this file is stored, and the other files can be imported without it.")


def _asked(file: Given, result: Result) -> None:
    """Where the file does not say it: whose it is, how it is written, and what its columns are."""
    key, by_hand = file.key, st.session_state.get(f"by_hand_{file.key}", False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if result.dialect and (result.status == "refused" or file.patient):
            _whose(file)
        if (result.dialect and result.status == "refused" and not by_hand) or st.session_state.get(f"dates_{key}"):
            _dates(key)
        _how_written(key, result)
    if result.dialect is None:
        return
    st.caption(_as_found(result))
    if st.toggle("Choose the columns by hand", key=f"by_hand_{key}", persist_state="session"):
        _by_hand(file)


def _whose(file: Given) -> None:
    st.selectbox(
        "Whose log is this?",
        _patients(),
        index=None,
        accept_new_options=True,
        key=f"patient_{file.key}",
        placeholder=file.patient or "Choose or type a patient's id",
        help="Only for a file that has no column of the patient.",
        width=300,
        persist_state="session",
    )


def _patients() -> list[str]:
    """Patients to choose from; any other id can be typed."""
    known = clinic.ask_own("patients", as_of=settings().today(), search="", limit=PATIENTS_OFFERED)
    return known["patient_id"].tolist()


def _dates(key: str) -> None:
    st.selectbox(
        "Dates are written",
        DATE_ORDERS,
        format_func=mapping_form.DATE_ORDER_WORDS.__getitem__,
        index=None,
        placeholder="As the file shows it",
        key=f"dates_{key}",
        width=200,
        persist_state="session",
    )


def _how_written(key: str, result: Result) -> None:
    """Encoding, signs and header as they were found, each to be changed where it was found wrongly."""
    found = _found(result)
    with st.popover("How the file is written", icon=":material/tune:", key=f"written_{key}"):
        st.caption("Change only what was found wrongly.")
        for name, label, choices in WRITTEN:
            st.selectbox(
                label,
                choices,
                format_func=_header_word if name == "header_line" else _sign,
                index=None,
                placeholder=found.get(name, "As found"),
                key=f"{name}_{key}",
                persist_state="session",
            )


def _found(result: Result) -> dict[str, str]:
    if not result.dialect:
        return {}
    found = {name: _sign(getattr(result.dialect, name)) for name in ("delimiter", "quote", "escape")}
    return found | {"encoding": result.dialect.encoding, "header_line": _header_word(result.header_line)}


def _as_found(result: Result) -> str:
    found = _found(result)
    return (
        f"Read as {found['encoding']}, with {found['delimiter']} between cells and {found['quote']} around them; "
        f"header: {found['header_line']}."
    )


def _sign(written: str) -> str:
    return SIGNS.get(written, written)


def _header_word(line: int | None) -> str:
    return "none" if line == 0 else f"line {line}"


def _by_hand(file: Given) -> None:
    """The form for the columns; what it says counts once the button is pressed."""
    key = file.key
    try:
        seen = _seen(file)
        mapping = mapping_form.ask(
            seen, key, lambda header: _words(key, repr(file.overrides), header, file), whose=file.patient
        )
    except ReadingError as error:
        st.error(wording.plain(str(error)))
        return
    if mapping is None:
        return
    is_read_so = mapping == file.mapping
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Read the file this way",
            key=f"use_{key}",
            type="secondary" if is_read_so else "primary",
            icon=":material/table_view:",
            disabled=is_read_so,
            on_click=_use,
            args=(key, seen.header, mapping),
        )
        if is_read_so:
            st.caption("The file is read this way; what would be stored stands below.", width="content")
        elif file.mapping:
            st.caption("The form has changed since the file was read; press to read it again.", width="content")


def _use(key: str, header: tuple[str, ...], mapping: Mapping) -> None:
    st.session_state[f"mapping_{key}"] = mapping
    if mapping.name != mapping_form.UNNAMED:
        st.session_state.setdefault("named_mappings", {})[header] = mapping


def _seen(file: Given) -> FileInfo:
    return _looked(file.key, repr(file.overrides), file)


@st.cache_data(max_entries=200, show_spinner=False)
def _looked(key: str, told: str, _file: Given) -> FileInfo:
    return inspect_file(io.BytesIO(_file.content), _file.overrides)


@st.cache_data(max_entries=200, show_spinner="Reading the whole column")
def _words(key: str, told: str, header: str, _file: Given) -> list[str]:
    return words_of(clinic.own_store(), io.BytesIO(_file.content), _seen(_file), header)


def _changes(key: str, result: Result) -> None:
    if result.changes:
        changes = pandas.DataFrame(result.changes)
        st.markdown(f"**Lines that change a stored row, old beside new · {result.changed:,}**")
        st.dataframe(_in_words(changes), hide_index=True, placeholder="–", alt="Old and new values, side by side")
        if result.changed > len(changes):
            st.caption(f"The first {len(changes):,} of {result.changed:,}.")
        tables.take_away(lambda: changes, "changed-lines", key=f"changes_{key}")


def _sample(key: str, result: Result) -> None:
    if result.sample:
        sample = pandas.DataFrame(result.sample)
        st.markdown("**The first rows as they will be stored**")
        st.dataframe(_in_words(sample), hide_index=True, placeholder="–", alt="The first rows as they will be stored")
        tables.take_away(lambda: sample, "first-rows", key=f"sample_{key}")


def _rejects(key: str, result: Result) -> None:
    if result.rejects:
        st.markdown(f"**Rejected lines · {result.rejected:,}**")
        rejects = pandas.DataFrame(result.rejects)[["line", "column", "value", "reason"]]
        shown = _in_words(rejects[:REJECTS_SHOWN])
        st.dataframe(shown, hide_index=True, placeholder="–", alt="Rejected lines with column, value and reason")
        if result.rejected > REJECTS_SHOWN:
            st.caption(f"The first {REJECTS_SHOWN:,} of {result.rejected:,}.")
        tables.take_away(lambda: rejects, "rejected-lines", key=f"rejects_{key}")


def _in_words(rows: pandas.DataFrame) -> pandas.DataFrame:
    """The rows with columns, exercises and yes or no as a person calls them."""
    said = {
        "column": lambda cell: wording.COLUMNS.get(cell, cell),
        "exercise": wording.exercise,
        "stopped_early": {True: "yes", False: "no"}.get,
    }
    worded = {name: rows[name].map(words) for name, words in said.items() if name in rows}
    return rows.assign(**worded).rename(columns=COLUMNS)
