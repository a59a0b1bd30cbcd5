"""A clinic for simulated patients: logs go in through the import, the list comes out of the question `review`."""

import datetime
import io

import pandas
import pyarrow
from pyarrow import csv

import queries
from data.importing import import_file
from data.store import Store
from tests.quality.generator import Cohort

FIRST_DAY = datetime.date(2025, 1, 6)
# One row a session names all exercises at once.
EXERCISES = ["Pelvic tilt", "Knee to chest", "Hip joint", "Ankle flexion"]
EXERCISES += ["Pelvic tilt"]
# Uploads come after the day's last session, and whoever looks at the list does it after the day's uploads.
UPLOADED, LOOKED_AT = datetime.time(21), datetime.time(22)


def date(day: int) -> datetime.date:
    """A simulated day as a date."""
    return FIRST_DAY + datetime.timedelta(days=day)


def admit(store: Store, cohort: Cohort) -> None:
    """Import the roster, which calls some patients severe and the others moderate."""
    people = cohort.people
    severity = people["is_severe"].map({True: "severe", False: "moderate"})
    roster = pandas.DataFrame({"patient_id": people["patient_id"], "severity": severity})
    _take(store, pyarrow.Table.from_pandas(roster, preserve_index=False), "roster.csv", 0)


def upload(store: Store, cohort: Cohort, rows: pandas.DataFrame, day: int) -> None:
    """Import some rows of the cohort's log as one export, in the evening of a day."""
    started = pandas.Timestamp(FIRST_DAY) + pandas.to_timedelta(rows["day"] * 1440 + rows["minute"], "min")
    patients = pyarrow.array(cohort.people["patient_id"]).take(pyarrow.array(rows["person"]))
    columns = {"patient_id": patients, "performed_at": pyarrow.array(started.to_numpy("datetime64[s]"))}
    columns["exercise"] = pyarrow.array(EXERCISES).take(pyarrow.array(rows["exercise"]))
    for score in ("pain_before", "pain_during", "pain_after"):
        columns[score] = pyarrow.array(rows[score], from_pandas=True)
    columns["stopped_early"] = pyarrow.array(["no", "yes"]).take(pyarrow.array(rows["is_stopped"].astype(int)))
    _take(store, pyarrow.table(columns), "log.csv", day)


def _take(store: Store, table: pyarrow.Table, name: str, day: int) -> None:
    """Raises RuntimeError when a line is not understood."""
    export = io.BytesIO()
    csv.write_csv(table, export)
    result = import_file(store, export, name, uploaded_at=datetime.datetime.combine(date(day), UPLOADED))
    if result.status != "imported" or result.rejected:
        raise RuntimeError(f"{name} of day {day}: {result.reason or result.rejects[:3]}")


def look(store: Store, cohort: Cohort, day: int) -> pandas.DataFrame:
    """The patients with the `review_group` that the list of a day puts them in, and their `place` on it among those of
    their own cohort, from 1."""
    columns, answer = queries.answer(store, "review", as_of=date(day))
    listed = pandas.DataFrame(answer, columns=columns)[["patient_id", "review_group"]]
    looked = cohort.people.merge(listed.assign(place=listed.index), on="patient_id", validate="one_to_one")
    return looked.assign(place=looked.groupby(["mark", "seed"])["place"].rank())


def review(store: Store, patients: pandas.Series, day: int) -> None:
    """Record that somebody looked at all sessions of these patients in the evening of a day."""
    made_at = datetime.datetime.combine(date(day), LOOKED_AT)
    reviews = pandas.DataFrame({"patient_id": patients, "number": range(len(patients))})
    with store.write() as cursor:
        cursor.register("reviews", reviews)
        cursor.execute(
            "INSERT INTO clinic.review_event BY NAME SELECT CAST($first + number AS INTEGER) AS review_id, patient_id, "
            "'Kim' AS reviewer, $made_at AS made_at, 'contacted' AS outcome, $made_at AS reviewed_through, "
            "1 AS rule_set FROM reviews",
            {"first": day * 100_000, "made_at": made_at},
        )
        cursor.unregister("reviews")
