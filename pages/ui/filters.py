"""The filters above the pages. They live in the address bar, so that a link carries the view."""

import datetime
from dataclasses import dataclass

import streamlit as st

from data.settings import settings
from pages.ui import clinic, frame, wording


@dataclass(frozen=True)
class Filters:
    """What the person filters by; an empty list of severities, sites or clinicians means all of them."""

    as_of: datetime.date
    days: int
    severity: list[str]
    site: list[str]
    clinician: list[str]

    @property
    def since(self) -> datetime.date:
        """The first day of the period."""
        return since(self.as_of, self.days)

    @property
    def narrows(self) -> bool:
        """Whether some patients are left out."""
        return bool(self.severity or self.site or self.clinician)

    @property
    def number(self) -> int:
        """A number that differs for other filters, so that what belongs to one view can be kept under it."""
        return hash(repr(self))

    def parameters(self) -> dict:
        """The filters as the questions take them."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "severity": self.severity,
            "site": self.site,
            "clinician": self.clinician,
        }


def since(as_of: datetime.date, days: int) -> datetime.date:
    """The first day of the period of so many days that ends with a day; 0 is all."""
    return as_of - datetime.timedelta(days=days - 1) if days else datetime.date(1900, 1, 1)


def draw(title: str, *, period: bool) -> Filters:
    """The page's title, and beside it the filters for its patients, severity first, and the age of the data; the review
    list has a period of its own."""
    choices = clinic.ask("filter_choices")
    with st.container(horizontal=True, vertical_alignment="center", key="filters"):
        st.title(title, anchor=False, width="content")
        st.caption("Symptom severity", width="content")
        severity = st.pills(
            "Symptom severity",
            list(wording.SEVERITIES),
            format_func=wording.SEVERITIES.__getitem__,
            selection_mode="multi",
            label_visibility="collapsed",
            key="severity",
            bind="query-params",
            persist_state="session",
        )
        days = period_choice() if period else 28
        with st.popover("More filters", icon=":material/tune:", key="filters_more"):
            site = _choice("Site", choices["site"], "site")
            clinician = _choice("Clinician", choices["clinician"], "clinician")
            as_of = as_of_choice()
        frame.data_age(as_of)
    frame.past_day(as_of, settings().today())
    return Filters(as_of, days, list(severity or []), site, clinician)


def period_choice() -> int:
    """The period that charts, adherence and severity use, in days; 0 is all."""
    days = st.segmented_control(
        "Period",
        list(wording.PERIODS),
        format_func=wording.PERIODS.__getitem__,
        default=28,
        required=True,
        key="period",
        bind="query-params",
        persist_state="session",
    )
    return 28 if days is None else days


def as_of_choice() -> datetime.date:
    """The day that the page is asked for: today, or a day in the past."""
    today = settings().today()
    day = st.date_input(
        "As of",
        value=today,
        min_value=datetime.date(1990, 1, 1),
        max_value=today,
        format="YYYY-MM-DD",
        key="as_of",
        bind="query-params",
        persist_state="session",
        width=140,
        help="Everything can be asked as of a past day; then only what was performed and reviewed by then counts.",
    )
    return day or today


def _choice(label: str, values, key: str) -> list[str]:
    known = sorted(set(values.dropna()))
    if not known:
        return []
    return st.multiselect(
        label, known, placeholder="All", key=key, bind="query-params", persist_state="session", width=150
    )
