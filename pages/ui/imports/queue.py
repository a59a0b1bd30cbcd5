"""The queue of an import: files are dropped, listed with what would become of them, and imported one after another."""

from collections import Counter
from typing import Literal

import pandas
import streamlit as st

from data.importing import Result
from data.settings import settings
from data.words import Message
from pages.ui import tables, wording
from pages.ui.imports import history, one_file
from pages.ui.imports.state import DroppedFile, Imports, current

ROWS_IN_VIEW = 12
WHY_WIDTH = 280
ENDINGS = ["csv", "txt", "tsv"]
STATES = {
    "question": "Needs you",
    "refused": "Cannot be imported",
    "imported": "Ready",
    "same": "Dropped twice",
    "already_imported": "Already imported",
}
OUTCOMES = {"imported": "Imported", "refused": "Not imported", "already_imported": "Already imported"}


def drop() -> list[DroppedFile]:
    """The place for files; the files that were dropped and are neither imported nor cleared."""
    imports = current()
    with st.container(horizontal=True):
        folder = st.toggle("Choose a whole folder", key="imports_folder", persist_state="session")
        st.toggle(
            "Take the patient from the file's name, where the file has none",
            key="imports_patient_from_name",
            help="P007.csv is then the log of P007.",
            persist_state="session",
        )
    uploads = st.file_uploader(
        "Logs and rosters as CSV files, one or many",
        type=ENDINGS,
        accept_multiple_files="directory" if folder else True,
        max_upload_size=settings().max_upload_mb,
        key=f"imports_{'folder' if folder else 'files'}_{imports.uploader}",
        help="Nothing is stored until you press Import. All files of a visit together may have at most "
        f"{settings().max_upload_mb:,} MB until they are imported or cleared.",
        on_change=_uploader_changed,
    )
    _follow(imports, uploads)
    earlier = len(imports.files.keys() - imports.in_uploader)
    if earlier:
        st.caption(f"{_files_word(earlier)} from earlier in this visit, not imported yet.")
    return list(imports.files.values())


def _uploader_changed() -> None:
    current().uploader_changed = True
    _close_outcome()


def _follow(imports: Imports, uploads: list) -> None:
    """Add what was dropped and let go of what was removed; an uploader that was off the screen has forgotten all."""
    ids = {upload.file_id for upload in uploads}
    if imports.uploader_changed:
        imports.remove(imports.in_uploader - ids)
    for upload in uploads:
        if upload.file_id not in imports.files:
            imports.files[upload.file_id] = DroppedFile(upload.file_id, upload.name, upload.getvalue())
    imports.in_uploader, imports.uploader_changed = ids, False


def preview(files: list[DroppedFile]) -> None:
    """What an import would do, file by file; nothing is stored yet."""
    st.subheader("What was understood", anchor=False)
    results = _rehearsed(files)
    results.sort(key=lambda pair: _urgency(pair[1]))
    opened = _opened([file for file, _ in results])
    _summary([result for _, result in results])
    _table(results, opened)
    _ask_to_import([file for file, result in results if result.status == "imported"])
    _one_file(results, opened)


def _rehearsed(files: list[DroppedFile]) -> list[tuple[DroppedFile, Result]]:
    results: list[tuple[DroppedFile, Result]] = []
    place = st.empty()
    for number, file in enumerate(files):
        one_file.answer(file)
        if not one_file.is_rehearsed(file):
            reading = f"Reading {wording.plain(file.name)}, {number + 1} of {len(files)}"
            place.progress(number / len(files), text=reading)
        result = one_file.rehearse(file)
        twin = next((other for other, its in results if its.status == "imported" and _is_same(other, file)), None)
        results.append((file, _same(result, twin) if twin and result.status == "imported" else result))
    place.empty()
    return results


def _is_same(one: DroppedFile, other: DroppedFile) -> bool:
    """Whether two files have the same bytes and would be read in the same way."""
    return (one.answers.patient, one.answers.mapping) == (other.answers.patient, other.answers.mapping) and (
        one.content == other.content
    )


def _same(result: Result, other: DroppedFile) -> Result:
    """A file that was dropped under two names is imported once."""
    message = Message("dropped_twice", {"file": other.name})
    return Result(file=result.file, status="same", kind=result.kind, mapping=result.mapping, message=message)


def _state(result: Result) -> str:
    return "question" if one_file.open_question(result) else result.status


def _urgency(result: Result) -> int:
    """What needs a person comes first, what needs nobody last."""
    order = list(STATES).index(_state(result))
    return 2 * order + (result.status == "imported" and not (result.rejected or result.changed))


def _opened(files: list[DroppedFile]) -> DroppedFile:
    """The file that is open below the table; at first the one that needs a person most."""
    opened = next((file for file in files if file.id == current().opened), files[0])
    current().opened = opened.id
    return opened


def _summary(results: list[Result]) -> None:
    count = Counter(map(_state, results))
    parts = [
        (count["question"], "needs you" if count["question"] == 1 else "need you"),
        (count["refused"], "cannot be imported"),
        (count["imported"], "ready"),
        (count["same"], "dropped twice"),
        (count["already_imported"], "already imported"),
    ]
    words = ", ".join(f"**{number:,}** {state}" for number, state in parts if number)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{_files_word(len(results))}: {words}.", width="content")
        st.button(
            "Clear all files",
            key="imports_clear",
            type="tertiary",
            icon=":material/close:",
            on_click=lambda: current().clear(set(current().files)),
            help="What is imported stays; the other files can be dropped again.",
        )


def _files_word(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _table(results: list[tuple[DroppedFile, Result]], opened: DroppedFile) -> None:
    shown = _as_table([result for _, result in results], [STATES[_state(result)] for _, result in results])
    ids = [file.id for file, _ in results]
    # A selection is kept by the row's number, and rows move as files are understood.
    key = f"imports_understood_{hash((*ids, opened.id))}"
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        height=_height(shown),
        alt="What each file holds, and what would become of its lines",
        on_select=lambda: _open_row(key, ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(opened.id)]}},
        column_config={"Why": st.column_config.TextColumn(width=WHY_WIDTH)},
    )
    tables.download_menu(lambda: shown, "files", key="imports_understood")


def _height(shown: pandas.DataFrame) -> Literal["content"] | int:
    return "content" if len(shown) <= ROWS_IN_VIEW else 35 * (ROWS_IN_VIEW + 1) + 2


def _open_row(key: str, ids: list[str]) -> None:
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        _open(ids[selected[0]])


def _open(file_id: str) -> None:
    current().opened = file_id


def _as_table(results: list[Result], states: list[str]) -> pandas.DataFrame:
    shown = pandas.DataFrame(
        {
            "File": [result.file for result in results],
            "State": states,
            "Why": [one_file.reason(result) or "–" for result in results],
            "Lines": [result.lines for result in results],
            "New": [result.new for result in results],
            "Changed": [result.changed for result in results],
            "Duplicate": [result.duplicate for result in results],
            "Rejected": [result.rejected for result in results],
            "Patients": [result.patients for result in results],
            "What": [history.KINDS.get(result.kind or "", "–") for result in results],
            "Read as": [history.READ_AS.get(result.mapping or "", result.mapping or "–") for result in results],
        }
    )
    return shown if any(result.reason for result in results) else shown.drop(columns="Why")


def _ask_to_import(ready: list[DroppedFile]) -> None:
    if not ready:
        others = "No other file is ready." if current().outcome else "Nothing was stored."
        st.info(f"There is nothing to import. {others}", icon=":material/block:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Imported by",
            key="imports_by",
            persist_state="session",
            placeholder="Your name, for the history",
            max_chars=100,
            width=280,
        )
        files = _without_left_out(ready) if len(ready) > 1 else ready
        st.button(
            f"Import {_files_word(len(files))}",
            key="imports_import",
            type="primary",
            icon=":material/check:",
            disabled=not files,
            on_click=_begin,
            args=(files,),
        )
    if len(ready) > 1:
        st.caption("Each file is compared with what is stored, not with the other files dropped here.")


def _without_left_out(ready: list[DroppedFile]) -> list[DroppedFile]:
    names = {file.id: file.name for file in ready}
    left_out = st.multiselect(
        "Leave out",
        list(names),
        format_func=names.__getitem__,
        placeholder="None",
        key="imports_left_out",
        persist_state="session",
        width=360,
    )
    return [file for file in ready if file.id not in left_out]


def _one_file(results: list[tuple[DroppedFile, Result]], opened: DroppedFile) -> None:
    """The file that is open, and the way to the next one that needs a person."""
    result = next(result for file, result in results if file is opened)
    following = _next_question(results, opened)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            state = STATES[_state(result)].lower()
            st.markdown(f"**{wording.plain(opened.name)}** · {state}", width="stretch")
            if following:
                st.button(
                    "Next file that needs you",
                    key="imports_next",
                    icon=":material/arrow_forward:",
                    on_click=_open,
                    args=(following,),
                )
        one_file.show(opened, result)
    if len(results) > 1:
        st.caption("Select another file in the table to see its lines, or to say how it is to be read.")


def _next_question(results: list[tuple[DroppedFile, Result]], opened: DroppedFile) -> str | None:
    """The file after the open one that needs a person, from the end again to the first."""
    ids = [file.id for file, _ in results]
    after = ids.index(opened.id) + 1
    asking = {file.id for file, result in results if one_file.open_question(result)} - {opened.id}
    return next((file_id for file_id in ids[after:] + ids[:after] if file_id in asking), None)


def _begin(files: list[DroppedFile]) -> None:
    """Note what is to be imported; a second press, or any other, then only goes on with it."""
    imports = current()
    if not imports.importing:
        imports.importing, imports.waiting = True, list(files)
        imports.outcome, imports.problems = [], []


def import_waiting() -> None:
    """Import what waits, one file after another; whatever interrupts it, the next run goes on where it was."""
    imports = current()
    if not imports.importing:
        return
    count = len(imports.waiting) + len(imports.outcome)
    with st.status(f"Importing {_files_word(count)}", expanded=True) as status:
        st.caption("What is imported stays, also if you leave; files that are missing afterwards can be dropped again.")
        bar = st.progress(0.0)
        while imports.waiting:
            name = wording.plain(imports.waiting[0].name)
            bar.progress(len(imports.outcome) / count, text=f"{name}, {len(imports.outcome) + 1} of {count}")
            with st.spinner("Reading, comparing and storing its lines", show_time=True):
                _import_next(imports)
        bar.progress(1.0, text="All files are done")
        status.update(label="Bringing the review list up to date")
        _finish(imports)
    st.rerun()


def _import_next(imports: Imports) -> None:
    file = imports.waiting[0]
    result = one_file.import_now(file)
    # Only now: a file that was interrupted has to be imported again, and it cannot be stored twice.
    imports.waiting.pop(0)
    imports.outcome.append(result)
    if result.status != "refused":
        imports.done.add(file.id)
    if result.status == "imported":
        imports.problems += filter(None, [one_file.keep_mapping(file)])


def _finish(imports: Imports) -> None:
    """Bring the review list up to date, and let go of the files that are stored."""
    if any(result.status == "imported" for result in imports.outcome):
        imports.problems += filter(None, [history.refreshed()])
    imports.clear(imports.done)
    imports.done, imports.importing = set(), False


def show_outcome() -> None:
    """What the last import stored, until the next files are dropped."""
    imports = current()
    if not imports.outcome:
        return
    if len(imports.outcome) == 1:
        _outcome_of_one(imports.outcome[0])
    else:
        _outcome_of_many(imports.outcome)
    for problem in imports.problems:
        st.warning(wording.plain(problem))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("review.py", label="See the review list", icon=":material/fact_check:")
        st.button(
            "Close", key="imports_close_outcome", type="tertiary", icon=":material/close:", on_click=_close_outcome
        )


def _outcome_of_one(result: Result) -> None:
    name = wording.plain(result.file)
    if result.status == "refused":
        why = wording.plain(one_file.reason(result))
        st.error(f"**{name}** was not imported; nothing of it was stored. {why}", icon=":material/error:")
    elif result.status == "already_imported":
        st.info(f"**{name}** had been imported before; nothing was stored twice.", icon=":material/info:")
    else:
        st.success(
            f"**{name}** is imported. Of {result.lines:,} lines {result.new:,} are new, {result.changed:,} "
            f"changed, {result.duplicate:,} duplicate and {result.rejected:,} rejected.",
            icon=":material/check_circle:",
        )


def _outcome_of_many(results: list[Result]) -> None:
    count = Counter(result.status for result in results)
    if count["imported"]:
        verb = "is" if count["imported"] == 1 else "are"
        st.success(f"{_files_word(count['imported'])} {verb} imported.", icon=":material/check_circle:")
    if count["already_imported"]:
        before = f"{_files_word(count['already_imported'])} had been imported before; nothing was stored twice."
        st.info(before, icon=":material/info:")
    if count["refused"]:
        refused = f"{_files_word(count['refused'])} could not be imported; the reasons are below."
        st.error(refused, icon=":material/error:")
    shown = _as_table(results, [OUTCOMES[result.status] for result in results])
    st.dataframe(shown, hide_index=True, height=_height(shown), alt="What became of each file")
    tables.download_menu(lambda: shown, "imported-files", key="imports_outcome")


def _close_outcome() -> None:
    current().outcome = []
