"""What the benchmarks work on: an export of any length, and a store of any size."""

import datetime
import random
import shutil
from pathlib import Path

import queries
from data.contract import columns
from data.store import open_store

EXERCISES = ("pelvic_tilt", "knee_to_chest", "hip_joint", "ankle_flexion")
LAST_DAY = datetime.date(2026, 11, 20)
ROWS_A_DAY = 4


def export(path: Path, lines: int) -> Path:
    """A log of up to 5,000 patients whose lines are all sound, as the contract has it."""
    if path.exists():
        return path
    chance = random.Random(1)  # noqa: S311
    start = datetime.datetime.combine(LAST_DAY, datetime.time(7)) - datetime.timedelta(days=lines // 20_000 + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns("log")) + "\r\n")
        for number in range(lines):
            patient, sitting = number // ROWS_A_DAY % 5000, number // (ROWS_A_DAY * 5000)
            moment = start + datetime.timedelta(days=sitting, minutes=patient % 600 + 3 * (number % ROWS_A_DAY))
            before = chance.randint(0, 7)
            after = before + (chance.randint(0, 3) if number % 10 == 0 else 0)
            side, note = ("left", "right")[number % 2], "felt fine today" if number % 10 == 0 else ""
            file.write(f"P{patient:05},{moment:%Y-%m-%dT%H:%M:%S},,{EXERCISES[number % 4]},{side},1,")
            file.write(f"{chance.randint(5, 20)},60,{before},{after},{before},false,{note}\r\n")
    return path


def large_store(path: Path, rows: int, patients: int) -> Path:
    """A store with a row for each of four exercises on every day, as weekly uploads would have left it."""
    if path.exists():
        return path
    making = path.with_name(path.name + ".making")
    making.unlink(missing_ok=True)
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
                CASE WHEN i % 10 = 0 THEN 'felt fine' END AS notes,
                1 AS occurrence
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
        cursor.execute("INSERT INTO clinic.stale_patient SELECT DISTINCT patient_id FROM clinic.upload_patient")
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
            FROM clinic.stale_patient
            """,
            {"last_day": LAST_DAY},
        )
    queries.define(store)
    queries.refresh(store)
    store.close()
    making.rename(path)
    return path


def copy(source: Path, target: Path) -> None:
    """A copy of a closed store."""
    shutil.copyfile(source, target)
