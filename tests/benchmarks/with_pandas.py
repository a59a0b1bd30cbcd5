"""The import's checks as a pandas user would write them: every cell checked, repeated lines numbered, all of it stored.

What Supine does beside that is left out, in favour of pandas: telling the encoding and the dialect, knowing other
headers and other ways to write a date, telling a line that is cut from one with empty cells, why a line was rejected,
what is stored already, and keeping the file itself.
"""

import datetime
import re
import warnings
from pathlib import Path

import duckdb
import numpy
import pandas
import pyarrow
from pandas.util import hash_pandas_object

from data import contract

NAMES = {"date": "performed_at"}
NUMBER = r"[+-]?(?:\d{1,8}(?:[.,]\d*)?|[.,]\d+)"


def take(export: Path, database: Path) -> dict[str, int]:
    """Read, check, number and store a log; how many of its lines are new and how many rejected."""
    read, wide = _read(export)
    checked, is_sound = _checked(read)
    sound = checked[is_sound]
    content = hash_pandas_object(sound, index=False)  # ty: ignore[not-callable]
    sound = sound.assign(
        line_no=sound.index, occurrence=content.groupby(content, sort=False).cumcount().astype("int32") + 1
    )
    rejected = pandas.DataFrame({"line_no": numpy.sort([*wide, *read.index[~is_sound]])})
    with duckdb.connect(str(database)) as connection:
        for name, frame in (("log_row", sound), ("rejected_line", rejected)):
            connection.register("frame", pyarrow.Table.from_pandas(frame, preserve_index=False))
            connection.execute(f"CREATE TABLE {name} AS FROM frame")
    return {"new": len(sound), "rejected": len(rejected)}


def _read(export: Path) -> tuple[pandas.DataFrame, list[int]]:
    """The lines by their numbers, as text, and the numbers of those with too many cells, which pandas leaves out."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", pandas.errors.ParserWarning)
        read = pandas.read_csv(export, dtype=str, keep_default_na=False, skip_blank_lines=False, on_bad_lines="warn")
    wide = [int(line_no) for each in said for line_no in re.findall(r"Skipping line (\d+)", str(each.message))]
    line_nos = numpy.arange(2, len(read) + len(wide) + 2)
    read.index = pandas.Index(numpy.setdiff1d(line_nos, wide, assume_unique=True))
    return read.rename(columns=NAMES), wide


def _checked(read: pandas.DataFrame) -> tuple[pandas.DataFrame, pandas.Series]:
    """Every column as what it stands for, and which lines have nothing wrong with them."""
    is_sound = pandas.Series(True, index=read.index)
    checked = {}
    for name in read.columns:
        # Each word is looked at once, however often it stands in the file.
        codes, words = pandas.factorize(read[name].str.strip())
        value, fits = _understood(pandas.Series(words), contract.columns("log")[name])
        checked[name] = value.array.take(codes)
        is_sound &= fits.to_numpy()[codes]
    frame = pandas.DataFrame(checked, index=read.index)
    return frame, is_sound & (frame["exercise"].notna() | frame.filter(like="pain_").notna().any(axis=1))


def _understood(word: pandas.Series, column: contract.Column) -> tuple[pandas.Series, pandas.Series]:
    """What each word stands for, and whether that is allowed."""
    if column.type == "number":
        value = word.where(word.str.fullmatch(NUMBER)).str.replace(",", ".").astype("float64").round(3)
        fits = value.between(column.low, column.high) & ((value % 1 == 0) | (not column.whole)) | _says_nothing(word)
    elif column.type == "moment":
        value = pandas.to_datetime(word, format="ISO8601", errors="coerce")
        fits = value.between("1990-01-01", datetime.datetime.now() + datetime.timedelta(days=1))
    elif column.type == "exercise":
        value, fits = _meant(word, "exercise").fillna("other").where(word != ""), word.str.len() <= 200
    elif column.type in ("side", "yes_no"):
        value = _meant(word, column.type)
        fits = value.notna() | _says_nothing(word)
    else:
        value, fits = word.where(word != ""), word.str.len() <= column.longest
    return value, fits & (word != "") if column.required else fits


def _meant(word: pandas.Series, kind: str) -> pandas.Series:
    known = contract.words(kind)
    return word.str.lower().map(known).fillna(word.map(contract.bare_word).map(known))


def _says_nothing(word: pandas.Series) -> pandas.Series:
    return (word == "") | word.map(contract.bare_word).isin(contract.words("missing"))
