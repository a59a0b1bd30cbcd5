"""Tables on their way out: CSV that no spreadsheet takes for formulas."""

import csv as csv_module
import io
from typing import Any

import pandas

# What makes a spreadsheet read a cell as a formula. An apostrophe before it makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv(table: pandas.DataFrame) -> bytes:
    """A table as CSV in UTF-8 with a BOM, which spreadsheets need to see that it is not their own encoding."""
    out = io.StringIO()
    writer = csv_module.writer(out, lineterminator="\r\n")
    writer.writerow([inert(column) for column in table.columns])
    writer.writerows([inert(value) for value in row] for row in table.itertuples(index=False))
    return out.getvalue().encode("utf-8-sig")


def inert(value: Any) -> Any:
    """A cell's value; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if pandas.isna(value) else value
