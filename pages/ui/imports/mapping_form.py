"""The form in which a person says what the columns of an unknown file are."""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import contract, mapping_files, proposing
from data.mapping import DATE_ORDERS, DURATION_UNITS, PAIN_SCALES, Mapping, MappingError
from data.reading import FileInfo
from data.words import Message
from pages.ui import wording
from pages.ui.imports.state import KEPT, DroppedFile

NONE = "–"
UNNAMED = "chosen by hand"
SAMPLE_ROWS = 5
WORDS_ASKED = 60
COLUMN_WIDTH = 300
KIND_WORDS = {"log": "A log of sessions or pain", "roster": "A roster of patients"}
DATE_ORDER_WORDS = {
    "ymd": "Year first",
    "dmy": "Day first",
    "mdy": "Month first",
    "excel": "Days as Excel counts them",
    "epoch": "Seconds since 1970",
}
SCALE_WORDS = {"0-10": "0 to 10", "0-100": "0 to 100", "0-5": "0 to 5", "1-4": "1 to 4"}
LAYOUT_WORDS = {"columns": "Before, during and after in columns of their own", "lines": "One score on each line"}
DURATION_WORDS = {
    "seconds": "seconds",
    "minutes": "minutes",
    "milliseconds": "milliseconds",
    "clock": "hours, minutes and seconds (0:05:30)",
}
# The questions of an import that this form answers: code → the fields that answer it, which the form draws first.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "no_day": ("performed_at", "day"),
    "no_measure": ("exercise", *contract.SCORES),
    "score_unclear": (*contract.SCORES, "pain_scale"),
    "several_scores": (*contract.SCORES, "pain_scale"),
    "several_columns": ("pain_scale",),
    "scale_unclear": ("pain_scale",),
    "scales_differ": (*contract.SCORES, "pain_scale"),
    "scale_unknown": ("pain_scale",),
    "scores_unclear": (*contract.SCORES, "pain_scale"),
    "exercise_unclear": ("exercise", "pain_scale"),
    "several_people": ("patient_id", "pain_scale"),
    "roster_has_score": ("kind",),
    "header_joined": (),
    "mapping_refuses": ("only", "pain_before", "pain_scale"),
    "mapping_column_missing": (),
}
# Those of a file of which everything but the answer was understood.
ONE_QUESTION = (
    *("score_unclear", "several_scores", "several_columns", "scale_unclear", "scales_differ", "scale_unknown"),
    *("scores_unclear", "exercise_unclear", "several_people"),
)
WHEN_SCORED = ("score_unclear", "several_scores", "scores_unclear")
DATE_QUESTIONS = ("date_order_unclear", "date_orders_mixed", "days_of_excel", "moments_of_epoch")


def fields_of(question: Message) -> tuple[str, ...]:
    """The fields of the form that answer a question."""
    if question.code in DATE_QUESTIONS:
        return ("date_order",)
    its_own = (question.values["column"],) if question.code == "several_columns" else ()
    return its_own + QUESTIONS.get(question.code, ())


def date_order_words(order: str) -> str:
    """What an order of day, month and year is called."""
    return DATE_ORDER_WORDS[order]


def show_lines(info: FileInfo) -> None:
    """The first lines of the file, cell by cell."""
    st.dataframe(_sample(info), hide_index=True, alt=f"The first {SAMPLE_ROWS} lines of the file, cell by cell")


def keep(mapping: Mapping, info: FileInfo) -> str | None:
    """Save a named mapping for the next file with these columns; the answer says what went wrong."""
    try:
        mapping_files.save(mapping, info)
    except MappingError as error:
        return f"The file is imported, but its columns are not remembered under {mapping.name}. {error}"
    return None


@cache
def _time_zones() -> list[str]:
    return sorted(zoneinfo.available_timezones())


@dataclass(frozen=True)
class Form:
    """The form of one file.

    `words_of` gives what a column holds throughout the file. The fields that answer the open `question` are drawn in
    `top`, above all others.
    """

    file: DroppedFile
    info: FileInfo
    words_of: Callable[[str], list[str]]
    question: Message | None
    top: DeltaGenerator

    @property
    def first(self) -> tuple[str, ...]:
        """The fields that answer the open question."""
        return fields_of(self.question) if self.question else ()

    @property
    def _code(self) -> str:
        return self.question.code if self.question else ""

    def ask(self, patient: Callable[[], str]) -> Mapping | None:
        """The mapping as it is in the form, or None while a column that is needed has not been chosen.

        `patient` asks whose file it is, where no column has it.
        """
        with self._rest():
            kind = self._choice("kind", "What is this file?", KIND_WORDS, "log")
            filled = self._filled(kind)
            name = self._name()
        whose = "" if kind == "roster" or "patient_id" in filled["columns"] else patient()
        needed = self._needed(kind, filled, whose)
        if needed:
            st.info(needed, icon=":material/arrow_upward:")
            return None
        # Without a score its scale does not matter.
        filled["pain_scale"] = filled.get("pain_scale") or "0-10"
        return Mapping(**filled, name=name or UNNAMED, kind="roster" if kind == "roster" else "log")

    def _rest(self) -> DeltaGenerator:
        """The place for all fields but the first: folded where they were understood."""
        if self._code in ONE_QUESTION:
            return st.expander("Everything else, as it was understood")
        return st.container()

    def _filled(self, kind: str) -> dict[str, Any]:
        """The fields of the mapping."""
        filled: dict[str, Any] = self._scores() if kind == "log" else {}
        without = contract.SCORES if "score" in filled else ()
        filled["columns"] = self._columns(kind, without)
        filled |= self._formats(kind, filled["columns"])
        if kind == "log":
            filled |= self._details(filled["columns"], has_sides="score" not in filled)
        return filled

    def _key(self, field: str) -> str:
        return self.file.key(f"form_{field}")

    def _place(self, field: str, otherwise: Any) -> Any:
        return self.top if field in self.first else otherwise

    def _choice(self, field: str, label: str, words: dict[str, str], default: str) -> str:
        """One of a few, always one."""
        choice = self._place(field, st).segmented_control(
            label,
            list(words),
            format_func=words.__getitem__,
            default=default,
            required=True,
            key=self._key(field),
            persist_state=KEPT,
        )
        return choice or default

    def _column(self, place: Any, field: str, label: str, proposed: str | None = None, about: str | None = None):
        """One of the file's columns, or None."""
        options = [NONE, *dict.fromkeys(header for header in self.info.header if header)]
        header = self._place(field, place).selectbox(
            label,
            options,
            index=options.index(proposed or NONE),
            key=self._key(field),
            help=about,
            width=COLUMN_WIDTH if field in self.first else "stretch",
            persist_state=KEPT,
        )
        return None if header == NONE else header

    def _columns(self, kind: str, without: tuple[str, ...]) -> dict[str, str]:
        """The chosen header of each column of the contract; below them, why some were proposed."""
        proposals = proposing.propose(self.info, kind)
        if self._code in WHEN_SCORED and not _is_named(kind, "pain_before", proposals):
            # The question is when the score was taken.
            proposals.pop("pain_before", None)
        asked = [column for column in contract.columns(kind).values() if column.name not in without]
        others = [column.name for column in asked if column.name not in self.first]
        grid = st.columns(4)
        places = {name: grid[number % 4] for number, name in enumerate(others)}
        headers = {column.name: self._column_of(places.get(column.name), column, proposals) for column in asked}
        columns = {name: header for name, header in headers.items() if header}
        _explain(kind, proposals, columns)
        return columns

    def _column_of(self, place: Any, column: contract.Column, proposals: dict[str, proposing.Proposal]) -> str | None:
        proposed = proposals[column.name].header if column.name in proposals else None
        return self._column(place, column.name, wording.COLUMNS[column.name], proposed, column.meaning)

    def _scores(self) -> dict[str, Any]:
        """Where each line has one score: its column, the one that says when it was taken, and what the words there
        mean."""
        proposed = proposing.one_score(self.info)
        layout = self._choice(
            "layout", "How are the pain scores written?", LAYOUT_WORDS, "lines" if proposed else "columns"
        )
        if layout != "lines":
            return {}
        left, right = st.columns(2)
        score = self._column(left, "score", "The score", proposed and proposed[0])
        score_time = self._column(right, "score_time", "When it was taken", proposed and proposed[1])
        unknown = self._unknown_words(score_time, "score_time")
        names = {column: wording.COLUMNS[column] for column in contract.SCORES}
        times = self._meanings(
            "time", "Words that do not say when a score was taken", unknown, names, "Reject these lines"
        )
        return {"score": score, "score_time": score_time, "score_times": times}

    def _unknown_words(self, header: str | None, kind: str) -> list[str]:
        """What a column says that Supine does not know."""
        known = contract.words(kind)
        return [word for word in self.words_of(header) if contract.bare_word(word) not in known] if header else []

    def _meanings(self, field: str, title: str, words: list[str], meanings: dict[str, str], otherwise: str):
        """What the file's own words mean; `otherwise` is what becomes of those of which nobody says anything."""
        if not words:
            return {}
        with st.expander(f"{title} · {len(words)}", expanded=True):
            grid = st.columns(3)
            meant = {
                word: grid[number % 3].selectbox(
                    wording.plain(word),
                    [NONE, *meanings],
                    format_func=lambda code: meanings.get(code, otherwise),
                    key=self._key(f"{field}_{word}"),
                    persist_state=KEPT,
                )
                for number, word in enumerate(words[:WORDS_ASKED])
            }
            if len(words) > WORDS_ASKED:
                st.caption(f"The {WORDS_ASKED} most common; the others: {otherwise.lower()}.")
        return {word: code for word, code in meant.items() if code != NONE}

    def _formats(self, kind: str, columns: dict[str, str]) -> dict[str, Any]:
        """How dates, times, durations and scores are written; the one day of all lines where no column has it."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            formats: dict[str, Any] = {"date_order": self._date_order()}
            if kind == "roster":
                return formats
            day = self._day() if "performed_at" not in columns else None
            return formats | {
                "day": day.isoformat() if day else None,
                "pain_scale": self._pain_scale(),
                "duration_unit": self._duration_unit(),
                "time_zone": self._time_zone(),
            }

    def _date_order(self) -> str | None:
        return self._place("date_order", st).selectbox(
            "Dates are written",
            DATE_ORDERS,
            format_func=date_order_words,
            index=None,
            placeholder="As the file shows it",
            key=self._key("date_order"),
            width=240,
            persist_state=KEPT,
        )

    def _day(self):
        return self._place("day", st).date_input(
            "Day of all lines", value=None, key=self._key("day"), width=160, persist_state=KEPT
        )

    def _pain_scale(self) -> str | None:
        return self._place("pain_scale", st).segmented_control(
            "Pain is scored from",
            list(PAIN_SCALES),
            format_func=SCALE_WORDS.__getitem__,
            default=None,
            key=self._key("pain_scale"),
            persist_state=KEPT,
        )

    def _duration_unit(self) -> str:
        return st.selectbox(
            "Durations are in",
            DURATION_UNITS,
            format_func=DURATION_WORDS.__getitem__,
            key=self._key("duration_unit"),
            width=220,
            persist_state=KEPT,
        )

    def _time_zone(self) -> str | None:
        return st.selectbox(
            "Time zone of the times",
            _time_zones(),
            index=None,
            placeholder="The clinic's time zone",
            key=self._key("time_zone"),
            width=240,
            persist_state=KEPT,
        )

    def _details(self, columns: dict[str, str], *, has_sides: bool) -> dict[str, Any]:
        """What else a log may have: its own exercise names, a clock, columns for each side, lines of other kinds."""
        unknown = self._unknown_words(columns.get("exercise"), "exercise")
        exercises = self._meanings(
            "exercise",
            "Exercise names that Supine does not know",
            unknown,
            wording.EXERCISES,
            "Not in the programme",
        )
        with st.expander("The time of day, or left and right, in columns of their own"):
            details: dict[str, Any] = {"time_of_day": self._column(st, "time_of_day", "Time of day")}
            for side in ("left", "right") if has_sides else ():
                details[side] = self._side(side)
        return details | {"exercises": exercises, "only": self._only()}

    def _side(self, side: str) -> dict[str, str]:
        grid = st.columns(len(contract.SIDE_COLUMNS))
        headers = {
            column: self._column(place, f"{side}_{column}", f"{wording.COLUMNS[column]}, {side}")
            for place, column in zip(grid, contract.SIDE_COLUMNS, strict=True)
        }
        return {column: header for column, header in headers.items() if header}

    def _only(self) -> dict[str, list[str]]:
        """The columns by which lines are selected, and what a line has to hold in each of them."""
        place = self._place("only", st).expander("Read only some of the lines", expanded="only" in self.first)
        with place:
            st.caption("The other lines count as rejected; they stay in the file as it came.")
            only: dict[str, list[str]] = {}
            for number, label in enumerate(("Choose lines by", "and by")):
                left, right = st.columns(2)
                header = self._column(left, f"only_{number}", label)
                if header is None:
                    break
                only |= self._only_words(right, number, header)
        return only

    def _only_words(self, place: Any, number: int, header: str) -> dict[str, list[str]]:
        key = self._key(f"only_words_{number}")
        words = place.multiselect(
            f"Lines where {wording.plain(header)} is", self.words_of(header), key=key, persist_state=KEPT
        )
        return {header: words} if words else {}

    def _name(self) -> str:
        name = st.text_input(
            "Remember these columns as",
            key=self._key("name"),
            placeholder="The app's name",
            max_chars=60,
            width=320,
            help="With a name, every file with these columns is read this way from now on. Without, only this file is.",
            persist_state=KEPT,
        ).strip()
        if name and name in mapping_files.mapping_files():
            st.caption(f"{wording.plain(name)} is in use. Importing replaces what was remembered under it.")
        return name

    def _needed(self, kind: str, filled: dict[str, Any], whose: str) -> str | None:
        """What has to be chosen before the file can be read."""
        columns = filled["columns"]
        if kind == "roster":
            no_patient = "Choose the column of the patient; without it a roster cannot be read."
            return None if "patient_id" in columns else no_patient
        if "performed_at" not in columns and filled["day"] is None:
            return "Choose the column of the day, or the one day of all lines; without it a log cannot be read."
        if "patient_id" not in columns and not whose:
            return "Choose the column of the patient; if the file has none, say whose log it is."
        return self._needed_of_scores(filled)

    def _needed_of_scores(self, filled: dict[str, Any]) -> str | None:
        if "score" in filled and None in (filled["score"], filled["score_time"]):
            return "Choose the column of the score, and the one that says when it was taken."
        headers = {**filled["columns"], **filled.get("left", {}), **filled.get("right", {})}
        has_scores = bool(filled.get("score")) or any(column in headers for column in contract.SCORES)
        if self._code in ("score_unclear", "several_scores") and not has_scores:
            return "Choose whether the score was taken before, during or after exercise."
        if has_scores and filled["pain_scale"] is None:
            return "Choose on which scale pain is scored; low numbers alone do not prove it."
        return None


def _explain(kind: str, proposals: dict[str, proposing.Proposal], columns: dict[str, str]) -> None:
    """Say why columns are proposed whose header does not say it."""
    reasons = [
        f"{wording.plain(proposal.header)} as {wording.COLUMNS[column].lower()}, because {proposal.why}"
        for column, proposal in proposals.items()
        if columns.get(column) == proposal.header and not _is_named(kind, column, proposals)
    ]
    if reasons:
        st.caption("Proposed: " + "; ".join(reasons) + ".")


def _is_named(kind: str, column: str, proposals: dict[str, proposing.Proposal]) -> bool:
    """Whether a column is proposed because its header is one of the column's names."""
    proposal = proposals.get(column)
    return proposal is not None and contract.known_headers(kind).get(contract.bare_header(proposal.header)) == column


def _sample(info: FileInfo) -> pandas.DataFrame:
    """The first lines, cell by cell: a title for each cell, none twice."""
    records = info.records[:SAMPLE_ROWS]
    width = max(map(len, (info.header, *records)))
    titles: list[str] = []
    for position, header in enumerate((*info.header, *[""] * (width - len(info.header))), start=1):
        title = header or f"column {position}"
        titles.append(title if title not in titles else f"{title} ({position})")
    return pandas.DataFrame([[*cells, *[""] * (width - len(cells))] for cells in records], columns=titles)
