"""The store that the pages ask: the clinic's own, or the demo cohort while the clinic has none."""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy
import pandas
import streamlit as st

import queries
from data import backup, demo
from data.settings import settings
from data.store import Store, open_store

ANSWERS_KEPT = 256
SECONDS_BETWEEN_LOOKS = 0.3

# Works out what the questions need, in a thread of its own, so that everybody who waits can be shown how far it is:
# store → how many patients of how many.
_maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lists")
_making: dict[int, tuple[int, int]] = {}
# The stores of which that is done, and those that hold an upload.
_made: set[int] = set()
_begun: set[int] = set()


@st.cache_resource(show_spinner="Opening the clinic's data", on_release=Store.close)
def own_store() -> Store:
    """The clinic's own store, open for the life of the server. Raises StoreError when it cannot be opened."""
    store = open_store(settings().database)
    queries.define(store)
    backup.answer_requests(store, settings().database.absolute())
    return store


@st.cache_resource(max_entries=1, show_spinner="Making the demo cohort", on_release=Store.close)
def demo_store(today: datetime.date) -> Store:
    """A store in memory that holds the demo cohort as it is on a day."""
    store = open_store()
    queries.define(store)
    demo.load(store, settings().now())
    return store


def close() -> None:
    """Let go of the stores, with everything written to the clinic's file."""
    own_store.clear()
    demo_store.clear()


def make_lists(show: Callable[[int, int], None]) -> None:
    """Wait until what the questions need is worked out for the first time, as after an update.

    `show` hears again and again of how many patients it is done, whoever began with it. What goes wrong is raised by
    the next question that needs it; those of facts alone can be answered all the same.
    """
    own = own_store()
    if own.serial in _made or queries.is_made(own):
        _made.add(own.serial)
        return
    making = _maker.submit(queries.refresh, own, lambda done, of: _making.update({own.serial: (done, of)}))
    while wait([making], timeout=SECONDS_BETWEEN_LOOKS).not_done:
        show(*_making.get(own.serial, (0, 0)))


def is_demo() -> bool:
    """Whether the clinic has imported nothing yet, so that the pages show simulated patients."""
    own = own_store()
    # No upload is ever deleted, so this is asked only while there is none.
    if own.serial not in _begun and own.version[0]:
        _begun.add(own.serial)
    return own.serial not in _begun


def store() -> Store:
    """The store that the pages ask."""
    return demo_store(settings().today()) if is_demo() else own_store()


def ask(name: str, **parameters: Any) -> pandas.DataFrame:
    """The answer to a question of `queries/`, kept until the store changes.

    It is the asker's own as a frame: pandas copies before it writes, so no page can change what another one sees.
    """
    return _ask(store(), name, parameters)


def ask_own(name: str, **parameters: Any) -> pandas.DataFrame:
    """Like `ask`, of the clinic's own store even while the pages show the demo."""
    return _ask(own_store(), name, parameters)


def _ask(asked: Store, name: str, parameters: dict[str, Any]) -> pandas.DataFrame:
    return _answer(asked, asked.serial, queries.version(asked), name, parameters).copy(deep=False)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _answer(_store: Store, serial: int, version: tuple, name: str, parameters: dict[str, Any]) -> pandas.DataFrame:
    answer = queries.ask(_store, name, **parameters)
    # A list in a cell is the one thing that pandas would not copy before somebody writes into it.
    for cell in answer.select_dtypes("object", exclude="str").to_numpy().flat:
        if isinstance(cell, numpy.ndarray):
            cell.flags.writeable = False
    return answer
