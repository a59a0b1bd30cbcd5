"""Exports come in: drop files, see what was understood and what was not, import, and look back."""

from collections import Counter

import pandas
import streamlit as st

import queries
from data import contract
from data.importing import Result
from data.settings import settings
from data.words import Message
from pages.ui import clinic, dropped, frame, tables, uploads, wording
from pages.ui.dropped import Given

ROWS_IN_VIEW = 12
ENDINGS = ["csv", "txt", "tsv"]
STATUS = {
    "imported": "Ready",
    "refused": "Not understood",
    "same": "Same as another",
    "already_imported": "Already imported",
}
BECAME = STATUS | {"imported": "Imported", "refused": "Not imported"}


def main() -> None:
    """Files, what would become of them, and the history."""
    frame.require_router()
    st.title("Imports", anchor=False)
    files = _files()
    if st.session_state.get("importing"):
        _import(files)
    _outcome()
    if files:
        _preview(files)
    else:
        _what_a_file_says()
    uploads.show()
    _whole_log()


def _files() -> list[Given]:
    """The files that were dropped and not yet put away."""
    with st.container(horizontal=True):
        folder = st.toggle("Choose a whole folder", key="folder")
        st.toggle(
            "Take the patient from the file's name, where the file has none",
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
        on_change=_other_files,
    )
    return _with_those_before([Given(file.file_id, file.name, file.getvalue()) for file in files])


def _with_those_before(given: list[Given]) -> list[Given]:
    """The files of the uploader, and those that it forgot because another page was opened meanwhile."""
    state = st.session_state
    if not state.pop("files_changed", False) and not given:
        state["before"] = state.get("dropped", [])
    before = state.get("before", [])
    if before:
        st.caption(f"{_files_word(len(before))} from earlier in this visit, not yet put away.")
    state["dropped"] = [*before, *given]
    return state["dropped"]


def _other_files() -> None:
    st.session_state["files_changed"] = True
    _forget_outcome()


def _preview(files: list[Given]) -> None:
    """What an import would do, file by file; nothing is stored yet."""
    st.subheader("What was understood", anchor=False)
    results = _rehearsed(files)
    results.sort(key=lambda pair: _urgency(pair[1]))
    opened = _opened(results)
    _summary(results)
    _table(results, opened)
    _ask_to_import([file for file, result in results if result.status == "imported"])
    _one_file(results, opened)


def _rehearsed(files: list[Given]) -> list[tuple[Given, Result]]:
    results: list[tuple[Given, Result]] = []
    names: dict[tuple, str] = {}
    place = st.empty()
    for number, told in enumerate(map(dropped.as_told, files)):
        if not dropped.is_rehearsed(told):
            place.progress(
                number / len(files), text=f"Reading {wording.plain(told.name)}, {number + 1} of {len(files)}"
            )
        result = dropped.rehearsed(told)
        same = names.setdefault((told.content, told.patient, repr(told.mapping)), told.name)
        if same != told.name and result.status == "imported":
            result = _same(result, same)
        results.append((told, result))
    place.empty()
    return results


def _same(result: Result, other: str) -> Result:
    """A file that was dropped under two names is imported once."""
    message = Message("dropped_twice", {"file": other})
    return Result(file=result.file, status="same", kind=result.kind, mapping=result.mapping, message=message)


def _urgency(result: Result) -> int:
    """What needs a person comes first, what needs nobody last."""
    if result.status == "imported":
        return 2 - bool(result.rejected or result.changed)
    return {"refused": 0, "same": 3, "already_imported": 4}[result.status]


def _opened(results: list[tuple[Given, Result]]) -> str:
    """The file that is open below the table; at first the one that needs a person most."""
    keys = [file.key for file, _ in results]
    if st.session_state.get("opened") not in keys:
        st.session_state["opened"] = keys[0]
    return st.session_state["opened"]


def _summary(results: list[tuple[Given, Result]]) -> None:
    count = Counter(result.status for _, result in results)
    said = [
        (count["refused"], "needs you" if count["refused"] == 1 else "need you"),
        (count["imported"], "ready"),
        (count["same"], "dropped twice"),
        (count["already_imported"], "already imported"),
    ]
    told = ", ".join(f"**{number:,}** {words}" for number, words in said if number)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{_files_word(len(results))}: {told}.", width="content")
        if len(results) > 1 or st.session_state["before"]:
            st.button(
                "Put all files away",
                type="tertiary",
                icon=":material/close:",
                on_click=_put_away,
                help="What is imported stays; the other files can be dropped again.",
            )


def _files_word(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _table(results: list[tuple[Given, Result]], opened: str) -> None:
    shown = _as_table([result for _, result in results], STATUS)
    keys = [file.key for file, _ in results]
    # Rows move as files are understood, so a table in another order is another table.
    key = f"understood_{hash((tuple(keys), opened))}"
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        height="content" if len(shown) <= ROWS_IN_VIEW else 35 * (ROWS_IN_VIEW + 1) + 2,
        alt="What each file holds, and what would become of its lines",
        on_select=lambda: _open_row(key, keys),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [keys.index(opened)]}},
        column_config={"Why": st.column_config.TextColumn(width="large")},
    )
    tables.download_menu(lambda: shown, "files", key="understood")


def _state(result: Result, status: dict[str, str]) -> str:
    return "Needs a patient" if result.needs_patient and status is STATUS else status[result.status]


def _open_row(key: str, keys: list[str]) -> None:
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        st.session_state["opened"] = keys[selected[0]]


def _as_table(results: list[Result], status: dict[str, str]) -> pandas.DataFrame:
    shown = pandas.DataFrame(
        {
            "File": [result.file for result in results],
            "State": [_state(result, status) for result in results],
            "What": [uploads.KINDS.get(result.kind or "", "–") for result in results],
            "Read as": [uploads.READ_AS.get(result.mapping or "", result.mapping or "–") for result in results],
            "Lines": [result.lines for result in results],
            "New": [result.new for result in results],
            "Changed": [result.changed for result in results],
            "Duplicate": [result.duplicate for result in results],
            "Rejected": [result.rejected for result in results],
            "Patients": [result.patients for result in results],
        }
    )
    if any(result.reason for result in results):
        shown.insert(2, "Why", [dropped.reason(result) or "–" for result in results])
    return shown


def _ask_to_import(ready: list[Given]) -> None:
    if not ready:
        told = "No other file is ready." if st.session_state.get("outcome") else "Nothing was stored."
        st.info(f"There is nothing to import. {told}", icon=":material/block:")
        return
    chosen = ready
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Imported by",
            key="by",
            persist_state="session",
            placeholder="Your name, for the history",
            max_chars=100,
            width=320,
        )
        if len(ready) > 1:
            names = {file.key: file.name for file in ready}
            left_out = st.multiselect(
                "Leave out",
                list(names),
                format_func=names.__getitem__,
                placeholder="None",
                key="left_out",
                persist_state="session",
                width=480,
            )
            chosen = [file for file in ready if file.key not in left_out]
        st.button(
            f"Import {_files_word(len(chosen))}",
            type="primary",
            icon=":material/check:",
            disabled=not chosen,
            on_click=_begin,
            args=(chosen,),
        )
    if len(ready) > 1:
        st.caption("Each file is compared with what is stored, not with the other files dropped here.")


def _one_file(results: list[tuple[Given, Result]], opened: str) -> None:
    """The file that is open, and the way to the next one that needs a person."""
    file, result = next(pair for pair in results if pair[0].key == opened)
    waiting = [other.key for other, its in results if its.status == "refused"]
    later = waiting[waiting.index(opened) + 1 :] if opened in waiting else []
    following = next((key for key in (*later, *waiting) if key != opened), None)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            state = _state(result, STATUS).lower()
            st.markdown(f"**{wording.plain(file.name)}** · {state}", width="stretch")
            if following:
                st.button(
                    "Next file that needs you", icon=":material/arrow_forward:", on_click=_open, args=(following,)
                )
        dropped.show(file, result)
    if len(results) > 1:
        st.caption("Select another file in the table to see its lines, or to say how it is to be read.")


def _open(key: str) -> None:
    st.session_state["opened"] = key


def _begin(chosen: list[Given]) -> None:
    """Remember what is to be imported: a second press, or any other, then only goes on with it."""
    state = st.session_state
    if not state.get("importing"):
        state["importing"], state["queue"], state["outcome"], state["not_kept"] = True, list(chosen), [], []


def _import(files: list[Given]) -> None:
    """Import what waits, one file after the other; whatever interrupts it, the next run goes on where it was."""
    state = st.session_state
    queue: list[Given] = state["queue"]
    outcome: list[Result] = state["outcome"]
    count = len(queue) + len(outcome)
    with st.status(f"Importing {_files_word(count)}", expanded=True) as status:
        st.caption("What is imported stays, also if you leave; files that are missing afterwards can be dropped again.")
        bar = st.progress(0.0)
        while queue:
            told = f"{wording.plain(queue[0].name)}, {len(outcome) + 1} of {count}"
            bar.progress(len(outcome) / count, text=told)
            with st.spinner("Reading, comparing and storing its lines", show_time=True):
                _import_next(queue, outcome)
        bar.progress(1.0, text="All files are done")
        status.update(label="Bringing the review list up to date")
        queries.refresh(clinic.own_store())
    if {file.key for file in files} <= state.get("settled", set()):
        _put_away()
    state["importing"] = False
    st.rerun()


def _import_next(queue: list[Given], outcome: list[Result]) -> None:
    file = queue[0]
    result = dropped.taken(file)
    # Only now, for a file that was interrupted has to be taken again; stored twice it cannot be.
    queue.pop(0)
    outcome.append(result)
    if result.status != "refused":
        st.session_state.setdefault("settled", set()).add(file.key)
    if result.status == "imported":
        not_kept = dropped.keep_mapping(file)
        st.session_state["not_kept"] += [not_kept] if not_kept else []


def _put_away() -> None:
    """Forget the dropped files; another uploader is an empty one."""
    st.session_state["before"] = st.session_state["dropped"] = []
    st.session_state["imports"] = st.session_state.get("imports", 0) + 1


def _outcome() -> None:
    """What the last import stored, until the next files are dropped."""
    results: list[Result] = st.session_state.get("outcome", [])
    if not results:
        return
    for result in results if len(results) == 1 else []:
        _told_of_one(result)
    if len(results) > 1:
        _told_of_many(results)
    for sentence in st.session_state["not_kept"]:
        st.warning(wording.plain(sentence))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("review.py", label="See the review list", icon=":material/fact_check:")
        st.button("Close", key="close_outcome", type="tertiary", icon=":material/close:", on_click=_forget_outcome)


def _told_of_one(result: Result) -> None:
    name = wording.plain(result.file)
    if result.status == "refused":
        told = wording.plain(dropped.reason(result))
        st.error(f"**{name}** was not imported; nothing of it was stored. {told}", icon=":material/error:")
    elif result.status == "already_imported":
        st.info(f"**{name}** had been imported before; nothing was stored twice.", icon=":material/info:")
    else:
        st.success(
            f"**{name}** is imported. Of {result.lines:,} lines {result.new:,} are new, {result.changed:,} "
            f"changed, {result.duplicate:,} duplicate and {result.rejected:,} rejected.",
            icon=":material/check_circle:",
        )


def _told_of_many(results: list[Result]) -> None:
    count = Counter(result.status for result in results)
    if count["imported"]:
        verb = "is" if count["imported"] == 1 else "are"
        st.success(f"{_files_word(count['imported'])} {verb} imported.", icon=":material/check_circle:")
    if count["already_imported"]:
        told = f"{_files_word(count['already_imported'])} had been imported before; nothing was stored twice."
        st.info(told, icon=":material/info:")
    if count["refused"]:
        told = f"{_files_word(count['refused'])} could not be imported; the reasons are below."
        st.error(told, icon=":material/error:")
    shown = _as_table(results, BECAME)
    st.dataframe(
        shown,
        hide_index=True,
        height="content" if len(shown) <= ROWS_IN_VIEW else 35 * (ROWS_IN_VIEW + 1) + 2,
        alt="What became of each file",
    )
    tables.download_menu(lambda: shown, "imported-files", key="outcome")


def _forget_outcome() -> None:
    st.session_state["outcome"] = []


def _what_a_file_says() -> None:
    with st.expander("What a file should look like"):
        st.markdown(
            "A CSV file with a header line; comma, semicolon or tab; in UTF-8, or Korean in CP949. Headers may be "
            "English or Korean, in any order; columns that Supine does not know are left out and named. A **log** "
            "needs the day and an exercise or a pain score; a **roster** needs the patient and what is known of them."
        )
        for kind, title in uploads.KINDS.items():
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


def _whole_log() -> None:
    if clinic.is_demo():
        return
    with st.expander("The whole log"):
        st.markdown("Every row that counts, in Supine's own columns; importing the CSV again gives the same answers.")
        with st.container(horizontal=True):
            for form, label in (("csv", "CSV"), ("parquet", "Parquet")):
                tables.download_log(clinic.own_store(), form, label)


main()
