"""The form in which a person says what the columns of an unknown file are."""

import zoneinfo
from collections.abc import Callable
from typing import Any

import pandas
import streamlit as st

from data import contract, proposing
from data import mapping as mappings
from data.mapping import DATE_ORDERS, DURATION_UNITS, PAIN_SCALES, Mapping
from data.reading import FileInfo
from pages.ui import wording

NONE = "–"
UNNAMED = "chosen by hand"
SAMPLE_ROWS = 5
WORDS_ASKED = 60
KIND_WORDS = {"log": "A log of sessions or pain", "roster": "A roster of patients"}
DATE_ORDER_WORDS: dict[str | None, str] = {
    None: "As the file shows it",
    "ymd": "Year first",
    "dmy": "Day first",
    "mdy": "Month first",
    "excel": "Days as Excel counts them",
    "epoch": "Seconds since 1970",
}
SCALE_WORDS = {"0-10": "0 to 10", "0-100": "0 to 100", "0-5": "0 to 5", "1-4": "1 to 4"}
SCORES_STAND = {"columns": "Before, during and after in columns of their own", "lines": "One score on each line"}
DURATION_WORDS = {
    "seconds": "seconds",
    "minutes": "minutes",
    "milliseconds": "milliseconds",
    "clock": "hours, minutes and seconds (0:05:30)",
}
# The answers stay while another file is open.
KEPT = "session"


def ask(info: FileInfo, key: str, words_of: Callable[[str], list[str]], *, whose: str = "") -> Mapping | None:
    """The mapping as it stands in the form, or None while a column that is needed has not been chosen.

    `words_of` tells what a column says throughout the file; `whose` is the patient of a file that names none.
    """
    st.dataframe(
        pandas.DataFrame(info.records[:SAMPLE_ROWS], columns=_distinct(info.header, info.records)),
        hide_index=True,
        alt=f"The first {SAMPLE_ROWS} lines of the file, cell by cell",
    )
    kind = st.segmented_control(
        "What is this file?",
        contract.KINDS,
        format_func=KIND_WORDS.__getitem__,
        default="log",
        required=True,
        key=f"{key}_kind",
        persist_state=KEPT,
    )
    kind = kind or "log"
    scores = _scores(info, key, words_of) if kind == "log" else {}
    chosen, reasons = _columns(info, kind, key, without=contract.SCORES if "score" in scores else ())
    if reasons:
        st.caption("Proposed: " + "; ".join(reasons) + ".")
    forms = _forms(kind, chosen, key)
    log = _log(info, chosen, key, words_of, has_sides="score" not in scores) if kind == "log" else {}
    name = _name(key)
    said: dict[str, Any] = {"columns": chosen, **scores, **log, **forms}
    needed = _needed(kind, said, whose)
    if needed:
        st.info(needed, icon=":material/arrow_upward:")
        return None
    # Without a score its scale does not matter.
    said["pain_scale"] = said.get("pain_scale") or "0-10"
    return Mapping(name=name or UNNAMED, kind=kind, **said)


def keep(mapping: Mapping, info: FileInfo) -> str | None:
    """Save a named mapping for the next file with these columns; the answer says what went wrong."""
    try:
        mappings.save(mapping, info)
    except mappings.MappingError as error:
        return f"The file is imported, but its columns are not remembered under {mapping.name}. {error}"
    return None


def _name(key: str) -> str:
    name = st.text_input(
        "Remember these columns as",
        key=f"{key}_name",
        placeholder="The app's name",
        max_chars=60,
        width=320,
        help="With a name, every file with these columns is read this way from now on. Without one, only this file is.",
        persist_state=KEPT,
    ).strip()
    try:
        if name and name in mappings.mapping_files():
            st.caption(f"{wording.plain(name)} is a name in use. Importing replaces what was remembered under it.")
    except mappings.MappingError as error:
        st.warning(wording.plain(str(error)))
    return name


def _has_scores(headers: dict[str, str | None]) -> bool:
    return any(headers.get(column) for column in contract.SCORES)


def _needed(kind: str, said: dict[str, Any], whose: str) -> str | None:
    """What has to be chosen before the file can be read."""
    if kind == "roster":
        no_patient = "Choose the column of the patient; without it a roster cannot be read."
        return None if "patient_id" in said["columns"] else no_patient
    if "performed_at" not in said["columns"] and said["day"] is None:
        return "Choose the column of the day, or the one day of all lines; without it a log cannot be read."
    if "patient_id" not in said["columns"] and not whose:
        return "Choose the column of the patient; if the file has none, say above whose log it is."
    if "score" in said and None in (said["score"], said["score_time"]):
        return "Choose the column of the score, and the one that says when it was taken."
    headers = {**said["columns"], **said.get("left", {}), **said.get("right", {})}
    if (said.get("score") or _has_scores(headers)) and said["pain_scale"] is None:
        return "Choose on which scale pain is scored; low numbers alone do not prove it."
    return None


def _distinct(header: tuple[str, ...], records: tuple[tuple[str, ...], ...]) -> list[str]:
    """Column titles for the sample, one per cell, none twice."""
    width = max([len(header), *(len(cells) for cells in records[:SAMPLE_ROWS])])
    titles: list[str] = []
    for position in range(width):
        title = header[position] if position < len(header) and header[position] else f"column {position + 1}"
        titles.append(title if title not in titles else f"{title} ({position + 1})")
    return titles


def _header(
    place, label: str, info: FileInfo, key: str, proposed: str | None = None, about: str | None = None
) -> str | None:
    """One of the file's columns, or none."""
    options = [NONE, *dict.fromkeys(header for header in info.header if header)]
    index = options.index(proposed or NONE)
    header = place.selectbox(label, options, index=index, key=key, help=about, persist_state=KEPT)
    return None if header == NONE else header


def _columns(info: FileInfo, kind: str, key: str, without: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """The chosen header of each column, and why the proposed ones were proposed."""
    proposals = proposing.propose(info, kind)
    chosen = {}
    grid = st.columns(4)
    asked = [column for column in contract.columns(kind).values() if column.name not in without]
    for number, column in enumerate(asked):
        proposed = proposals[column.name].header if column.name in proposals else None
        place, label = grid[number % 4], wording.COLUMNS[column.name]
        header = _header(place, label, info, f"{key}_{kind}_{column.name}", proposed, column.meaning)
        if header:
            chosen[column.name] = header
    reasons = [
        f"{wording.plain(proposal.header)} as {wording.COLUMNS[column].lower()}, because {proposal.why}"
        for column, proposal in proposals.items()
        if chosen.get(column) == proposal.header
    ]
    return chosen, reasons


def _scores(info: FileInfo, key: str, words_of: Callable[[str], list[str]]) -> dict[str, Any]:
    """Where each line has one score: its column, the one that says when it was taken, and what the words there mean."""
    proposed = proposing.one_score(info)
    stand = st.segmented_control(
        "How are the pain scores written?",
        list(SCORES_STAND),
        format_func=SCORES_STAND.__getitem__,
        default="lines" if proposed else "columns",
        required=True,
        key=f"{key}_scores",
        persist_state=KEPT,
    )
    if stand != "lines":
        return {}
    left, right = st.columns(2)
    score = _header(left, "The score", info, f"{key}_score", proposed and proposed[0])
    score_time = _header(right, "When it was taken", info, f"{key}_score_time", proposed and proposed[1])
    known = contract.words("score_time")
    unknown = [word for word in words_of(score_time) if contract.bare_word(word) not in known] if score_time else []
    names = {column: wording.COLUMNS[column] for column in contract.SCORES}
    times = _meanings(
        "Words that do not say when a score was taken", unknown, names, "Reject these lines", f"{key}_time"
    )
    return {"score": score, "score_time": score_time, "score_times": times}


def _log(
    info: FileInfo, chosen: dict[str, str], key: str, words_of: Callable[[str], list[str]], *, has_sides: bool
) -> dict[str, Any]:
    """What else a log may have: its own exercise names, a clock, columns for each side, and lines of other kinds."""
    known = contract.words("exercise")
    names = words_of(chosen["exercise"]) if "exercise" in chosen else []
    unknown = [name for name in names if contract.bare_word(name) not in known]
    said: dict[str, Any] = {
        "exercises": _meanings(
            "Exercise names that Supine does not know",
            unknown,
            wording.EXERCISES,
            "Not in the programme",
            f"{key}_exercise",
        )
    }
    with st.expander("The time of day, or left and right, in columns of their own"):
        said["time_of_day"] = _header(st, "Time of day", info, f"{key}_clock")
        for side in ("left", "right") if has_sides else ():
            grid = st.columns(len(contract.SIDE_COLUMNS))
            headers = {
                column: _header(place, f"{wording.COLUMNS[column]}, {side}", info, f"{key}_{side}_{column}")
                for place, column in zip(grid, contract.SIDE_COLUMNS, strict=True)
            }
            said[side] = {column: header for column, header in headers.items() if header}
    with st.expander("Read only some of the lines"):
        by = _header(
            st,
            "Lines are chosen by",
            info,
            f"{key}_only",
            about="The other lines count as rejected; they stay in the file as it came.",
        )
        says = st.multiselect("Lines that say", words_of(by), key=f"{key}_only_words", persist_state=KEPT) if by else []
        said["only"] = {by: says} if says else {}
    return said


def _meanings(title: str, words: list[str], meanings: dict[str, str], unsaid: str, key: str) -> dict[str, str]:
    """What the file's own words mean; `unsaid` is what becomes of those that nobody says anything of."""
    if not words:
        return {}
    with st.expander(f"{title} · {len(words)}", expanded=True):
        grid = st.columns(3)
        chosen = {
            word: grid[number % 3].selectbox(
                wording.plain(word),
                [NONE, *meanings],
                format_func=lambda code: meanings.get(code, unsaid),
                key=f"{key}_{word}",
                persist_state=KEPT,
            )
            for number, word in enumerate(words[:WORDS_ASKED])
        }
        if len(words) > WORDS_ASKED:
            st.caption(f"The {WORDS_ASKED} commonest; the others: {unsaid.lower()}.")
    return {word: code for word, code in chosen.items() if code != NONE}


def _forms(kind: str, chosen: dict[str, str], key: str) -> dict[str, Any]:
    """How dates, times, durations and scores are written; the one day of all lines where no column has it."""
    with st.container(horizontal=True):
        order = st.segmented_control(
            "Dates are written",
            [None, *DATE_ORDERS],
            format_func=DATE_ORDER_WORDS.__getitem__,
            default=None,
            key=f"{key}_order",
            persist_state=KEPT,
        )
        if kind == "roster":
            return {"date_order": order}
        day = None
        if "performed_at" not in chosen:
            day = st.date_input("Day of all lines", value=None, key=f"{key}_day", width=160, persist_state=KEPT)
        scale = st.segmented_control(
            "Pain is scored from",
            list(PAIN_SCALES),
            format_func=SCALE_WORDS.__getitem__,
            default=None,
            key=f"{key}_scale",
            persist_state=KEPT,
        )
        unit = st.selectbox(
            "Durations are in",
            DURATION_UNITS,
            format_func=DURATION_WORDS.__getitem__,
            key=f"{key}_unit",
            width=220,
            persist_state=KEPT,
        )
        zone = st.selectbox(
            "Time zone of the times",
            sorted(zoneinfo.available_timezones()),
            index=None,
            placeholder="The clinic's time zone",
            key=f"{key}_zone",
            width=240,
            persist_state=KEPT,
        )
    return {
        "date_order": order,
        "pain_scale": scale,
        "duration_unit": unit,
        "time_zone": zone,
        "day": day.isoformat() if day else None,
    }
