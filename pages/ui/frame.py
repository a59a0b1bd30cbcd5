"""What is around every page: the guard, the banner of the demo, the disclaimer, and the age of the data."""

import datetime
from collections.abc import Generator
from contextlib import contextmanager

import pandas
import streamlit as st

from data.store import StoreError
from pages.ui import clinic, wording

_ROUTED = "routed"


@contextmanager
def around_page() -> Generator[None]:
    """The frame that the router puts around the page of this visit."""
    try:
        demo = clinic.is_demo()
    except StoreError as error:
        st.title("Supine cannot open the clinic's data")
        st.error(wording.plain(str(error)), icon=":material/database_off:")
        st.write("Nothing was changed. Put this right, then reload the page.")
        st.stop()
    if demo:
        st.markdown(
            ":blue-badge[:material/science: These patients are simulated.] To begin with your own, open "
            "[Imports](imports) and add your CSV exports; the first one that is imported ends the demo."
        )
    else:
        _wait_for_lists()
    st.session_state[_ROUTED] = True
    yield
    st.caption(wording.DISCLAIMER)


def _wait_for_lists() -> None:
    """Show how far it is, while everything is worked out anew from what is stored."""
    place = st.empty()

    def show(done: int, of: int) -> None:
        words = f"{done:,} of {of:,} patients" if of else "reading what is stored"
        with place.container():
            st.title("Supine is preparing the lists", anchor=False)
            st.progress(done / of if of else 0.0, text=f"Sessions and days are worked out from the log: {words}")
            st.caption("This happens after an update, or when a file was lost. Nothing that was stored is changed.")

    clinic.make_lists(show)
    place.empty()


def require_router() -> None:
    """Stop a page that was reached around the router, which decides who may see it."""
    if not st.session_state.pop(_ROUTED, False):
        st.error("Open Supine from its first page.")
        st.stop()


def data_age(as_of: datetime.date) -> None:
    """One line that says how old the data are."""
    age = clinic.ask("data_age", as_of=as_of).to_dict("records")[0]
    if age["uploads"] == 0:
        st.caption("No export had been imported.")
        return
    newest = f"{age['last_upload']:%a %d %b %Y, %H:%M}"
    last_row = "none" if pandas.isna(age["last_row"]) else wording.day(age["last_row"])
    st.caption(f"Last upload {newest} · last logged day {last_row} · {age['patients']:,} patients")


def past_day(as_of: datetime.date, today: datetime.date) -> None:
    """Say so where a page shows a past day."""
    if as_of != today:
        st.warning(
            f"As of {as_of:%A %d %B %Y}: only rows performed, and reviews made, by the end of that day count.",
            icon=":material/history:",
        )
