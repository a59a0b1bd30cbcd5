"""The form in which a person says what the columns of an unknown file are."""

import pandas
import streamlit as st

from data import contract, proposing
from data.mapping import DATE_ORDERS, PAIN_SCALES, Mapping
from data.reading import Look
from pages.ui import wording

NONE = "–"
UNNAMED = "chosen by hand"
SAMPLE_ROWS = 5
EXERCISES_ASKED = 12
DATE_ORDER_WORDS = {None: "As the file shows it", "ymd": "Year first", "dmy": "Day first", "mdy": "Month first"}
SCALE_WORDS = {"0-10": "0 to 10", "0-100": "0 to 100", "0-5": "0 to 5", "1-4": "1 to 4"}
PAIN = ("pain_before", "pain_during", "pain_after")


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
        format_func={"log": "A log of sessions or pain", "roster": "A roster of patients"}.get,
        default="log",
        required=True,
        key=f"{key}_kind",
    )
    kind = kind or "log"
    chosen, reasons = _columns(look, kind, key)
    if reasons:
        st.caption("Proposed: " + "; ".join(reasons) + ".")
    left, right = _sides(look, key) if kind == "log" else ({}, {})
    date_order, scale = _forms(kind, key)
    exercises = _exercises(look, chosen.get("exercise"), key) if kind == "log" else {}
    name = st.text_input(
        "Name of this mapping",
        key=f"{key}_name",
        placeholder="The app's name",
        max_chars=60,
        width=320,
        help="With a name, the mapping is saved and used by itself for the next file with these columns.",
    )
    needed = "performed_at" if kind == "log" else "patient_id"
    if needed not in chosen:
        st.info(f"Choose the column for {needed}; without it the file cannot be read.", icon=":material/arrow_upward:")
        return None
    return Mapping(
        name=name.strip() or UNNAMED,
        kind=kind,
        columns=chosen,
        left=left,
        right=right,
        exercises=exercises,
        date_order=date_order,
        pain_scale=scale,
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
            column.name,
            options,
            index=options.index(proposed.header) if proposed else 0,
            key=f"{key}_{kind}_{column.name}",
            help=column.meaning,
        )
        if header != NONE:
            chosen[column.name] = header
    reasons = [
        f"{wording.plain(proposal.header)} as {wording.plain(column)}, because {proposal.why}"
        for column, proposal in proposals.items()
        if chosen.get(column) == proposal.header
    ]
    return chosen, reasons


def _sides(look: Look, key: str) -> tuple[dict[str, str], dict[str, str]]:
    """Repetitions of the left and the right side, where they stand in columns of their own."""
    options = [NONE, *dict.fromkeys(header for header in look.header if header)]
    with st.expander("Left and right in columns of their own"):
        left, right = st.columns(2)
        chosen = [
            column.selectbox(f"Repetitions, {side}", options, key=f"{key}_{side}")
            for column, side in ((left, "left"), (right, "right"))
        ]
    return tuple({"reps": header} if header != NONE else {} for header in chosen)  # type: ignore[return-value]


def _forms(kind: str, key: str) -> tuple[str | None, str]:
    with st.container(horizontal=True):
        order = st.segmented_control(
            "Dates are written",
            [None, *DATE_ORDERS],
            format_func=DATE_ORDER_WORDS.get,
            default=None,
            key=f"{key}_order",
        )
        scale = "0-10"
        if kind == "log":
            scale = st.segmented_control(
                "Pain is scored",
                list(PAIN_SCALES),
                format_func=SCALE_WORDS.get,
                default="0-10",
                required=True,
                key=f"{key}_scale",
            )
    return order, scale or "0-10"


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
