"""What the benchmarks work on: exports of any length, sound, faulty or malformed, and a store of any size."""

import csv
import datetime
import random
import shutil
from pathlib import Path
from typing import Any

import queries
from data.contract import columns
from data.store import delete_database, derived_path, open_store

EXERCISES = ("pelvic_tilt", "knee_to_chest", "hip_joint", "ankle_flexion")
NARROW = ("patient_id", "date", "exercise", "reps", "pain_before", "pain_during", "pain_after")
LAST_DAY = datetime.date(2026, 11, 20)
ROWS_A_DAY = 4
# Below the largest file that Supine takes.
MALFORMED_BYTES = 1000 << 20

# What a faulty line says instead: a column and its cell, or that the whole line is cut or lengthened.
FAULTS = (
    ("patient_id", ""),
    ("date", "2026-02-30"),
    ("date", "2099-01-01"),
    ("date", "yesterday"),
    ("reps", "many"),
    ("reps", "-1"),
    ("reps", "2.5"),
    ("pain_before", "11"),
    ("pain_during", "5.5.5"),
    ("pain_after", "-0.001"),
    ("exercise", "x" * 201),
    ("line", "short"),
    ("line", "wide"),
)

# How apps write a log, as what `shaped` takes: the shapes that quote nothing, and those that quote cells.
UNQUOTED: dict[str, dict[str, Any]] = {
    "plain": {},
    "semicolons, day first": {"delimiter": ";", "moment": "%d.%m.%Y %H:%M"},
    "12-hour clock, month first": {"moment": "%m/%d/%Y %I:%M:%S %p"},
    "tabs, UTF-16": {"delimiter": "\t", "encoding": "utf-16"},
    "notes in Korean": {"notes": ("무릎 통증이 줄었다", "오늘은 괜찮음", "")},
    "notes in Korean, CP949": {"notes": ("무릎 통증이 줄었다", "오늘은 괜찮음", ""), "encoding": "cp949"},
    "not sorted": {"shuffled": True},
    "one patient": {"patients": 1},
    "10,000 patients": {"patients": 10_000},
}
QUOTED: dict[str, dict[str, Any]] = {
    "all cells quoted": {"quoting": csv.QUOTE_ALL},
    "text quoted": {"quoting": csv.QUOTE_NONNUMERIC},
    "a doubled mark in each line": {"notes": ('felt "fine" today', '"tired"')},
    "a delimiter in each note": {"notes": ("fine, but tired", "slow, then better")},
    "a line break in each note": {"notes": ("fine\nbut tired", "slow\nthen better")},
}

_HEADER = ",".join(columns("log")).encode() + b"\n"
_LINES = b"P00001,2026-09-30T12:03:00,,knee_to_chest,right,1,11,60,4,4,4,false,\n" * (1 << 14)
_NOISE = random.Random(1).randbytes(1 << 20)  # noqa: S311
# How a malformed file begins, what is repeated after that, and how it ends.
MALFORMED = {
    "zero bytes": (b"", bytes(1 << 20), b""),
    "blank lines": (b"", b"\n" * (1 << 20), b""),
    "no line end": (b"", b"a" * (1 << 20), b""),
    "no line end after a header": (_HEADER, b"P00001," * (1 << 17), b""),
    "quotation marks": (b"", b'"' * (1 << 20), b""),
    "quotation marks after a header": (_HEADER, b'"' * (1 << 20), b""),
    "random bytes": (b"", _NOISE, b""),
    "random bytes without zero": (b"", _NOISE.replace(b"\0", b"\1"), b""),
    "random bytes as UTF-16": (b"\xff\xfe", _NOISE, b""),
    "zip archive": (b"PK\3\4", _NOISE, b""),
    "PDF document": (b"%PDF-1.7\n", _NOISE, b""),
    "other columns": (b"order,customer,city\n", b"1001,Kim,Seoul\n" * (1 << 16), b""),
    "3,001 columns": (b"patient_id" + b",x" * 3000 + b"\n", (b"P00001" + b",1" * 3000 + b"\n") * 100, b""),
    "log with zero bytes at its end": (_HEADER, _LINES, bytes(100)),
    "log with an endless line at its end": (_HEADER, _LINES, b"x" * (5 << 20)),
    "log in UTF-8 with a broken letter at its end": (
        _HEADER + "P1,2026-09-30,,,,,,,3,,,,통증\n".encode(),
        _LINES,
        b"\xff\n",
    ),
}


def export(
    path: Path, lines: int, seed: int = 1, *, narrow: bool = False, faulty: bool = False, repeated: bool = False
) -> Path:
    """A log of up to 5,000 patients, with all columns of the contract or, `narrow`, with seven of them and no notes.

    All its lines are sound, or with `faulty` one in a hundred is not; no two are equal, or with `repeated` one in a
    hundred says the line before it again.
    """
    if path.exists():
        return path
    chance = random.Random(seed)  # noqa: S311
    start = datetime.datetime.combine(LAST_DAY, datetime.time(7)) - datetime.timedelta(days=lines // 20_000 + 1)
    said = ""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(NARROW if narrow else columns("log")) + "\r\n")
        for number in range(lines):
            patient, sitting = number // ROWS_A_DAY % 5000, number // (ROWS_A_DAY * 5000)
            moment = start + datetime.timedelta(days=sitting, minutes=patient % 600 + 3 * (number % ROWS_A_DAY))
            before = chance.randint(0, 7)
            during = before + (chance.randint(0, 3) if number % 10 == 0 else 0)
            exercise, reps = EXERCISES[number % 4], chance.randint(5, 20)
            if narrow:
                line = f"P{patient:05},{moment:%Y-%m-%d},{exercise},{reps},{before},{during},{before}"
            else:
                side, note = ("left", "right")[number % 2], "felt fine today" if number % 10 == 0 else ""
                line = f"P{patient:05},{moment:%Y-%m-%dT%H:%M:%S},,{exercise},{side},1,{reps},60,"
                line += f"{before},{during},{before},false,{note}"
            if faulty and number % 100 == 0:
                line = _spoilt(line.split(","), NARROW if narrow else tuple(columns("log")), number // 100)
            said = said if repeated and number % 100 == 99 else line
            file.write(said + "\r\n")
    return path


def shaped(
    path: Path,
    lines: int,
    seed: int,
    *,
    moment: str = "%Y-%m-%dT%H:%M:%S",
    notes: tuple[str, ...] = ("felt fine today", *[""] * 9),
    quoting: int = csv.QUOTE_MINIMAL,
    delimiter: str = ",",
    encoding: str = "utf-8",
    patients: int = 5000,
    shuffled: bool = False,
) -> Path:
    """A log with all columns of the contract and sound lines that end with CRLF, no two of them equal."""
    if path.exists():
        return path
    chance = random.Random(seed)  # noqa: S311
    sittings = lines // (ROWS_A_DAY * patients) + 1
    # Within a few years, however few the patients are.
    apart = datetime.timedelta(minutes=min(24 * 60, 5_000_000 // sittings))
    start = datetime.datetime.combine(LAST_DAY, datetime.time(7)) - sittings * apart
    numbers = chance.sample(range(lines), lines) if shuffled else range(lines)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting)
        writer.writerow(columns("log"))
        for number in numbers:
            sitting, patient = divmod(number // ROWS_A_DAY, patients)
            at = start + sitting * apart + datetime.timedelta(minutes=patient % 600 + 3 * (number % ROWS_A_DAY))
            exercise, side = EXERCISES[number % 4], ("left", "right")[number % 2]
            reps, pain, note = chance.randint(5, 20), chance.randint(0, 7), chance.choice(notes)
            what = (f"P{patient:05}", at.strftime(moment), "", exercise, side, 1, reps, 60)
            writer.writerow((*what, pain, pain + (number % 10 == 0), pain, "false", note))
    return path


def in_utf8(path: Path, source: Path, encoding: str) -> Path:
    """The same text in UTF-8."""
    path.write_bytes(source.read_bytes().decode(encoding).encode())
    return path


def _spoilt(cells: list[str], header: tuple[str, ...], number: int) -> str:
    column, instead = FAULTS[number % len(FAULTS)]
    if column == "line":
        return ",".join(cells[:2] if instead == "short" else [*cells, "1"])
    cells[header.index("performed_at" if column == "date" and column not in header else column)] = instead
    return ",".join(cells)


def malformed(path: Path, name: str) -> Path:
    """A large file that is no log, though it may begin as one."""
    begin, repeated, end = MALFORMED[name]
    with path.open("wb") as file:
        file.write(begin)
        while file.tell() < MALFORMED_BYTES:
            file.write(repeated)
        file.write(end)
    return path


def large_store(path: Path, rows: int, patients: int) -> Path:
    """A store with a row for each of four exercises on every day, as weekly uploads would have left it."""
    if path.exists():
        return path
    making = path.with_name(path.name + ".making")
    for database in (making, derived_path(making)):
        delete_database(database)
    store = open_store(making)
    days = rows // (ROWS_A_DAY * patients)
    with store.write() as cursor:
        cursor.execute(
            """
            INSERT INTO clinic.log_row BY NAME
            SELECT
                i AS row_id,
                i // (28 * $patients) + 1 AS upload_id,
                i AS line_no,
                printf('P%05d', i // 4 % $patients) AS patient_id,
                CAST($last_day AS TIMESTAMP) - to_days(CAST($days - 1 - i // (4 * $patients) AS INTEGER))
                + to_minutes(CAST(480 + i % 4 * 3 + hash(i // 4) % 600 AS INTEGER)) AS performed_at,
                true AS has_time,
                ['pelvic_tilt', 'knee_to_chest', 'hip_joint', 'ankle_flexion'][i % 4 + 1] AS exercise,
                CASE WHEN i % 2 = 0 THEN 'left' ELSE 'right' END AS side,
                1 AS "sets",
                CAST(5 + hash(i) % 15 AS INTEGER) AS reps,
                60 AS duration_s,
                hash(i * 7) % 8 AS pain_before,
                hash(i * 7) % 8 + CASE WHEN hash(i * 3) % 20 = 0 THEN 2 ELSE 0 END AS pain_during,
                hash(i * 7) % 8 AS pain_after,
                false AS stopped_early,
                CASE WHEN i % 10 = 0 THEN 'felt fine' END AS notes
            FROM range($rows) AS numbers (i)
            """,
            {"rows": rows, "patients": patients, "days": days, "last_day": LAST_DAY},
        )
        cursor.execute(
            """
            INSERT INTO clinic.upload BY NAME
            SELECT DISTINCT upload_id, 'log' AS kind, CAST($last_day AS TIMESTAMP) AS uploaded_at FROM clinic.log_row
            """,
            {"last_day": LAST_DAY},
        )
        cursor.execute("INSERT INTO clinic.upload_patient SELECT DISTINCT upload_id, patient_id FROM clinic.log_row")
        cursor.execute(
            """
            INSERT INTO clinic.roster_row BY NAME
            SELECT
                row_number() OVER () AS row_id,
                1 AS upload_id,
                patient_id,
                ['none', 'mild', 'moderate', 'severe', NULL][CAST(hash(patient_id) % 5 AS INTEGER) + 1] AS severity,
                CAST($last_day AS DATE) - 180 AS programme_start,
                'North' AS site
            FROM (SELECT DISTINCT patient_id FROM clinic.upload_patient)
            """,
            {"last_day": LAST_DAY},
        )
    queries.define(store)
    queries.refresh(store)
    store.close()
    derived_path(making).rename(derived_path(path))
    making.rename(path)
    return path


def copy(source: Path, target: Path) -> None:
    """A copy of a closed store."""
    shutil.copyfile(source, target)
    shutil.copyfile(derived_path(source), derived_path(target))
