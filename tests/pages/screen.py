"""Reading what a page shows, in Streamlit's own test runner."""

import datetime
from pathlib import Path

PAGES = Path(__file__).parents[2] / "pages"
TODAY = datetime.date(2026, 3, 29)
NOON = datetime.datetime.combine(TODAY, datetime.time(12))

# What a message to the browser carries beside the words on the screen.
_NOT_SHOWN = {
    *("id", "element_id", "form_id", "spec", "config", "columns", "theme", "user_key", "query_param_key", "url"),
    *("selection_default", "tag", "icon", "type", "page", "page_script_hash", "query_string", "file_urls", "format"),
}


def run(shown):
    """Run the page again; a page that fails fails the test."""
    shown.run()
    assert not shown.exception, shown.exception
    return shown


def words(shown):
    """Every text on the page: labels, paragraphs, options, alternative texts, and the cells of tables."""
    return [text for node in shown._tree for text in _texts(node)]


def _texts(node):
    message = getattr(node, "proto", None)
    if hasattr(message, "DESCRIPTOR"):
        yield from _strings(message)
    if getattr(node, "type", "") == "dataframe":
        yield from map(str, node.value.columns)
        yield from (str(cell) for row in node.value.itertuples(index=False) for cell in row)


def _strings(message):
    for field, value in message.ListFields():
        if field.name in _NOT_SHOWN:
            continue
        for item in [value] if isinstance(value, str | bytes) or not hasattr(value, "__iter__") else value:
            if isinstance(item, str):
                yield item
            elif hasattr(item, "DESCRIPTOR"):
                yield from _strings(item)


def table(shown, alt):
    """The one table whose alternative text begins so."""
    found = [frame.value for frame in shown.dataframe if frame.proto.alt.startswith(alt)]
    assert len(found) == 1, [frame.proto.alt for frame in shown.dataframe]
    return found[0]


def select(shown, alt, row):
    """Tick a row of the one table whose alternative text begins so; the page has still to run."""
    [found] = [frame for frame in shown.dataframe if frame.proto.alt.startswith(alt)]
    shown.session_state[user_key(found)] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return shown


def user_key(element):
    """The key by which the page calls an element."""
    return element.proto.id.split("-", 2)[2]


def values(elements):
    """What a kind of element says, from the top of the page down."""
    return [element.value for element in elements]


def button(shown, label):
    """The button with this label, for pressing it."""
    return next(found for found in shown.button if found.label == label)
