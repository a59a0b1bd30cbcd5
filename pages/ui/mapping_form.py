"""The form in which a person says what the columns of an unknown file are."""

import zoneinfo
from typing import Any

import pandas
import streamlit as st

from data import contract, proposing
from data.mapping import DATE_ORDERS, DURATION_UNITS, PAIN_SCALES, Mapping
from data.reading import Look
from pages.ui import wording

NONE = "–"
UNNAMED = "chosen by hand"
SAMPLE_ROWS = 5
EXERCISES_ASKED = 12
KIND_WORDS = {"log": "A log of sessions or pain", "roster": "A roster of patients"}
DATE_ORDER_WORDS: dict[str | None, str] = {
    None: "As the file shows it",
    "ymd": "Year first",
    "dmy": "Day first",
    "mdy": "Month first",
}
SCALE_WORDS = {"0-10": "0 to 10", "0-100": "0 to 100", "0-5": "0 to 5", "1-4": "1 to 4"}


def ask(look: Look, key: str) -> Mapping | None:
    """The mapping as it stands in the form, or None while a column that is needed has not been chosen."""
    st.dataframe(
        pandas.DataFrame(look.records[:SAMPLE_ROWS], columns=_distinct(look.header, look.records)),
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
    )
    kind = kind or "log"
    chosen, reasons = _columns(look, kind, key)
    if reasons:
        st.caption("Proposed: " + "; ".join(reasons) + ".")
    left, right = _sides(look, key) if kind == "log" else ({}, {})
    forms = _forms(kind, "performed_at" not in chosen, key)
    exercises = _exercises(look, chosen.get("exercise"), key) if kind == "log" else {}
    name = st.text_input(
        "Name of this mapping",
        key=f"{key}_name",
        placeholder="The app's name",
        max_chars=60,
        width=320,
        help="With a name, the mapping is saved and used by itself for the next file with these columns.",
    )
    if kind == "roster" and "patient_id" not in chosen:
        st.info("Choose the column of the patient; without it a roster cannot be read.", icon=":material/arrow_upward:")
        return None
    if kind == "log" and "performed_at" not in chosen and forms["day"] is None:
        st.info(
            "Choose the column of the day, or the one day of all lines; without it a log cannot be read.",
            icon=":material/arrow_upward:",
        )
        return None
    return Mapping(
        name=name.strip() or UNNAMED,
        kind=kind,
        columns=chosen,
        left=left,
        right=right,
        exercises=exercises,
        **forms,
    )


def _distinct(header: tuple[str, ...], records: tuple[tuple[str, ...], ...]) -> list[str]:
    """Column titles for the sample, one per cell, none twice."""
    width = max([len(header), *(len(cells) for cells in records[:SAMPLE_ROWS])])
    titles: list[str] = []
    for position in range(width):
        title = header[position] if position < len(header) and header[position] else f"column {position + 1}"
        titles.append(title if title not in titles else f"{title} ({position + 1})")
    return titles


def _columns(look: Look, kind: str, key: str) -> tuple[dict[str, str], list[str]]:
    """The chosen header of each column, and why the proposed ones were proposed."""
    proposals = proposing.propose(look, kind)
    options = [NONE, *dict.fromkeys(header for header in look.header if header)]
    chosen = {}
    grid = st.columns(4)
    for number, column in enumerate(contract.columns(kind).values()):
        proposed = proposals.get(column.name)
        header = grid[number % 4].selectbox(
            wording.COLUMNS[column.name],
            options,
            index=options.index(proposed.header) if proposed else 0,
            key=f"{key}_{kind}_{column.name}",
            help=column.meaning,
        )
        if header != NONE:
            chosen[column.name] = header
    reasons = [
        f"{wording.plain(proposal.header)} as {wording.COLUMNS[column].lower()}, because {proposal.why}"
        for column, proposal in proposals.items()
        if chosen.get(column) == proposal.header
    ]
    return chosen, reasons


def _sides(look: Look, key: str) -> tuple[dict[str, str], dict[str, str]]:
    """Repetitions of the left and the right side, where they stand in columns of their own."""
    options = [NONE, *dict.fromkeys(header for header in look.header if header)]
    with st.expander("Left and right in columns of their own"):
        left, right = st.columns(2)
        of_left = left.selectbox("Repetitions, left", options, key=f"{key}_left")
        of_right = right.selectbox("Repetitions, right", options, key=f"{key}_right")
    return (
        {"reps": of_left} if of_left != NONE else {},
        {"reps": of_right} if of_right != NONE else {},
    )


def _forms(kind: str, has_no_day: bool, key: str) -> dict[str, Any]:
    """How dates, times, durations and scores are written; the one day of all lines where no column has it."""
    with st.container(horizontal=True):
        order = st.segmented_control(
            "Dates are written",
            [None, *DATE_ORDERS],
            format_func=DATE_ORDER_WORDS.__getitem__,
            default=None,
            key=f"{key}_order",
        )
        if kind == "roster":
            return {"date_order": order}
        scale = st.segmented_control(
            "Pain is scored",
            list(PAIN_SCALES),
            format_func=SCALE_WORDS.__getitem__,
            default="0-10",
            required=True,
            key=f"{key}_scale",
        )
        unit = st.selectbox("Durations are in", DURATION_UNITS, key=f"{key}_unit", width=150)
        zone = st.selectbox(
            "Times are of",
            sorted(zoneinfo.available_timezones()),
            index=None,
            placeholder="The clinic's time zone",
            key=f"{key}_zone",
            width=220,
        )
        day = st.date_input("Day of all lines", value=None, key=f"{key}_day", width=150) if has_no_day else None
    return {
        "date_order": order,
        "pain_scale": scale or "0-10",
        "duration_unit": unit,
        "time_zone": zone,
        "day": day.isoformat() if day else None,
    }


def _exercises(look: Look, header: str | None, key: str) -> dict[str, str]:
    """What the file's own exercise names are in the programme; those left alone stay as they are."""
    unknown = proposing.unknown_exercises(look, header) if header else []
    if not unknown:
        return {}
    with st.expander(f"Exercise names that Supine does not know · {len(unknown)}"):
        options = [NONE, *wording.EXERCISES]
        grid = st.columns(3)
        chosen = {
            name: grid[number % 3].selectbox(
                wording.plain(name),
                options,
                format_func=lambda code: "Not in the programme" if code == NONE else wording.EXERCISES[code],
                key=f"{key}_exercise_{number}",
            )
            for number, name in enumerate(unknown[:EXERCISES_ASKED])
        }
    return {name: code for name, code in chosen.items() if code != NONE}
