"""Tables on their way out: CSV that no spreadsheet takes for formulas, Parquet, and rejected lines to be corrected."""

import csv as csv_module
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy
import pyarrow

from data import originals
from data.records import Dialect
from data.store import Store, sql
from data.words import why_rejected

if TYPE_CHECKING:
    # Loaded where a table is written, for it takes longer than importing a small file.
    import pandas

ROWS_AT_ONCE = 100_000

# What makes a spreadsheet read a cell as a formula: =, +, - or @, full-width too, also behind white space; or a tab or
# line end, after which it looks for one. An apostrophe before it makes it text again; one that is there already gets
# another, so that the import (`unguarded`) can take exactly one away.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|[\t\r\n \x0b\x0c\xa0\u202f\u3000]*[=+\-@＝＋－＠])")


def csv(table: "pandas.DataFrame") -> bytes:
    """A table as CSV in UTF-8 with a BOM, which spreadsheets need to see that it is not their own encoding."""
    out = io.BytesIO()
    _write_csv(out, list(table.columns), table.itertuples(index=False))
    return out.getvalue()


def parquet(table: "pandas.DataFrame") -> bytes:
    """A table as Parquet: its columns with their own types, text as it is, and nothing where a value is missing."""
    arrow = pyarrow.Table.from_pandas(table, preserve_index=False)
    # A column without any value has no type of its own here; it is one of text.
    texts = [
        field.with_type(pyarrow.string()) if pyarrow.types.is_null(field.type) else field for field in arrow.schema
    ]
    out = io.BytesIO()
    _write_parquet(out, arrow.cast(pyarrow.schema(texts)).to_reader())
    return out.getvalue()


def inert(value: Any) -> Any:
    """A cell's value; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, list | tuple | numpy.ndarray):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if value is None or isinstance(value, int):
        return "" if value is None else value
    import pandas

    return "" if pandas.isna(value) else value


def log(store: Store, out: BinaryIO, form: str) -> None:
    """The whole log in the contract's columns, as `csv` or `parquet`; importing the CSV gives the same answers."""
    with store.read() as cursor:
        reader = cursor.sql(sql("log/export")).to_arrow_reader(ROWS_AT_ONCE)
        if form == "parquet":
            _write_parquet(out, reader)
        else:
            rows = (row.values() for batch in reader for row in batch.to_pylist())
            _write_csv(out, reader.schema.names, rows)


def rejected(store: Store, upload_id: int) -> bytes:
    """An upload's rejected lines under their own header, word for word, with the reason in a column behind.

    Corrected and uploaded again, only the corrected lines are new.
    """
    read_as = originals.how_read(store, upload_id)
    dialect = read_as["dialect"]
    with store.read() as cursor:
        cursor.execute(sql("upload/rejected_lines"), {"upload_id": upload_id})
        columns = [column[0] for column in cursor.description]
        rejects = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    lines = [(reject["line"], why_rejected(reject)) for reject in rejects]
    header = [(read_as["header_text"], "Why it was rejected")] if read_as["header_line"] else []
    text = "".join(f"{line}{dialect.delimiter}{_quoted(why, dialect)}\r\n" for line, why in header + lines)
    return text.encode("utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding, errors="replace")


def _quoted(why: str, dialect: Dialect) -> str:
    """A reason as one cell of one line; it can repeat what a cell says, marks and line breaks included."""
    plain = " ".join(why.splitlines())
    if dialect.escape:
        plain = plain.replace(dialect.escape, " ")
    return f"{dialect.quote}{plain.replace(dialect.quote, dialect.quote * 2)}{dialect.quote}"


def _write_csv(out: BinaryIO, columns: list[str], rows: Iterable[Iterable[Any]]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv_module.writer(text, lineterminator="\r\n")
    writer.writerow([inert(column) for column in columns])
    writer.writerows([inert(value) for value in row] for row in rows)
    text.detach()


def _write_parquet(out: BinaryIO, reader: pyarrow.RecordBatchReader) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(out, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
