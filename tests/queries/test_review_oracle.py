"""The review list against the oracle: cohorts of a few patients with awkward values, column by column."""

import csv
import io
import os
import random
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pandas
import pytest

import queries
from tests.queries import oracle
from tests.queries.conftest import AS_OF, Clinic, plain

DAY = timedelta(days=1)
COLUMNS = ["patient_id", "performed_at", "session_id", "exercise", "side", "sets", "reps", "duration_s"]
COLUMNS += ["pain_before", "pain_during", "pain_after", "stopped_early", "notes"]
SCORES = ["0", "0.1", "0.9", "1", "1.1", "2", "2.9", "3", "3.1", "3.3", "4", "4.9", "5", "6.9", "7", "7.1", "9.9", "10"]
ROSE_BY = ["0", "0", "0.1", "0.9", "1", "1.1", "1.9", "2", "2.1", "3.3", "-0.1", "-1"]
EXERCISES = [*oracle.TARGET, *oracle.TARGET, *oracle.TARGET, "squat", "bridge", "heel_raise", "swimming", ""]
CLOCKS = ["00:00:01", "00:20", "00:40", "08:00", "08:30", "09:00", "09:30:01", "10:30", "18:00", "23:10", "23:59:59"]
NOTES = ["", "", "", "", "felt fine", "not numb", "numbers went up", "다리가 저림", "WORSE than before"]


@pytest.mark.parametrize("seed", range(int(os.environ.get("ORACLE_COHORTS", "40"))))
def test_the_review_list_is_what_the_definitions_say(seed):
    chance = random.Random(seed)  # noqa: S311
    cohort = Cohort(chance)
    clinic = cohort.clinic()
    try:
        for as_of in (AS_OF, AS_OF - chance.randrange(1, 30) * DAY, AS_OF + chance.randrange(1, 9) * DAY):
            expected = oracle.review(cohort.rows, cohort.roster, cohort.uploads, cohort.reviews, as_of)
            answer = queries.ask(clinic.store, "review", as_of=as_of)
            _assert_same(answer.to_dict("records"), expected)
            _assert_same_sessions(clinic, cohort, as_of)
    finally:
        clinic.store.close()


def _assert_same(lines, expected):
    assert [line["patient_id"] for line in lines] == [line["patient_id"] for line in expected]
    for line, wanted in zip(lines, expected, strict=True):
        got = {name: _comparable(line[name]) for name in wanted}
        assert got == {name: _comparable(value) for name, value in wanted.items()}


def _assert_same_sessions(clinic, cohort, as_of):
    columns = "started_at, day, rise, peak, pain_before, pain_after, stopped_early, provoked_by"
    answer = clinic.rows(f"SELECT patient_id, {columns} FROM session($as_of)", as_of=as_of)  # noqa: S608
    end = datetime.combine(as_of + DAY, time())
    expected = []
    for patient in cohort.patients:
        rows = [row for row in cohort.rows if row["patient_id"] == patient and row["performed_at"] < end]
        for session in oracle.sessions(rows):
            expected.append((patient, *(session[name] for name in columns.split(", "))))
    assert _in_order(answer) == _in_order(expected)


def _in_order(rows):
    return sorted((tuple(map(_comparable, row)) for row in rows), key=str)


def _comparable(value):
    value = plain(value)
    if value is pandas.NaT:
        return None
    if isinstance(value, pandas.Timestamp | datetime):
        return str(value)[:10] if value.time() == time() else str(value)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, bool | str | list) or value is None:
        return value
    return round(float(value), 9)


class Cohort:
    """A few patients, what was exported of them, and the same as the oracle takes it."""

    def __init__(self, chance):
        self.chance = chance
        self.patients = [f"P{number}" for number in range(6)]
        self.upload_days = sorted({AS_OF - chance.choice([0, 0, 1, 6, 7, 8, 13, 20]) * DAY for _ in range(3)})
        self.rows, self.files, self.uploads, self.reviews = [], [], [], []
        self.seen = set()
        self.number = 0
        for day in self.upload_days:
            self._upload(day)
        self.roster = {patient: self._entry() for patient in [*self.patients, "Q1", "Q2"] if chance.random() < 0.6}
        for patient in self.patients:
            if chance.random() < 0.3:
                self._review(patient)

    def clinic(self):
        clinic = Clinic()
        for text, day in self.files:
            clinic.take(text, day)
        if self.roster:
            clinic.take(self._roster_text())
        for review in self.reviews:
            clinic.write(
                "INSERT INTO clinic.review_event BY NAME SELECT $review_id AS review_id, $undoes AS undoes, "
                "$patient_id AS patient_id, $made_at::TIMESTAMP AS made_at, "
                "$reviewed_through::TIMESTAMP AS reviewed_through",
                **review,
            )
        return clinic

    def _upload(self, day):
        chosen = [patient for patient in self.patients if self.chance.random() < 0.7]
        rows = [row for patient in chosen for row in self._log(patient, day)]
        self.chance.shuffle(rows)
        if not rows:
            return
        self.seen |= {self._key(row) for row in rows}
        self.rows += rows
        self.uploads.append((day, {row["patient_id"] for row in rows}))
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([self._cell(row, name) for name in COLUMNS] for row in rows)
        self.files.append((out.getvalue(), day))

    def _log(self, patient, upload_day):
        chance = self.chance
        kind = chance.choice(["timed", "timed", "timed", "dates", "ids", "ids_reused", "mixed", "diary"])
        often = chance.choice([0.1, 0.5, 0.9])
        rows = []
        for back in range(chance.choice([8, 15, 35])):
            if chance.random() > often:
                continue
            day = upload_day - back * DAY
            for _ in range(chance.choice([1, 1, 2, 3])):
                rows += self._sitting(
                    patient, day, chance.choice(["timed", "dates", "ids"]) if kind == "mixed" else kind
                )
        return [row for row in rows if self._key(row) not in self.seen]

    def _sitting(self, patient, day, kind):
        chance = self.chance
        clock = None if kind == "dates" else datetime.combine(day, time.fromisoformat(chance.choice(CLOCKS)))
        number = chance.choice([1, 2]) if kind == "ids_reused" else f"{day}-{chance.choice([1, 2])}"
        rows = []
        for _ in range(chance.choice([1, 2, 4])):
            moment = clock or datetime.combine(day, time())
            if moment > datetime.combine(AS_OF + DAY, time()):
                break
            row = self._row(patient, moment, clock is not None)
            row["session_id"] = str(number) if kind.startswith("ids") else None
            if kind == "diary" and chance.random() < 0.7:
                row |= {"exercise": None, "exercise_name": None, "pain_before": Fraction(chance.choice(SCORES))}
            rows.append(row)
            if clock:
                clock += timedelta(minutes=chance.choice([0, 1, 30, 60, 60, 61]))
        return rows

    def _row(self, patient, moment, has_time):
        chance = self.chance
        self.number += 1
        before = Fraction(chance.choice(SCORES))
        during, after = (min(Fraction(10), max(Fraction(0), before + Fraction(chance.choice(ROSE_BY)))) for _ in "da")
        exercise = chance.choice(EXERCISES) or None
        row = {
            "patient_id": patient,
            "performed_at": moment,
            "has_time": has_time,
            "exercise": exercise,
            "exercise_name": exercise if exercise == "swimming" else None,
            "side": chance.choice(["left", "right", "both", None]),
            "sets": chance.choice([None, 0, 1, 1, 2]),
            "reps": chance.choice([None, 0, 4, 5, 9, 10, 20, 21]),
            # Makes every line its own, so that none of them is a duplicate.
            "duration_s": self.number,
            "pain_before": chance.choice([before, before, before, None]),
            "pain_during": chance.choice([during, during, None]),
            "pain_after": chance.choice([after, after, None]),
            "stopped_early": chance.choice([True, False, None]),
            "notes": chance.choice(NOTES),
        }
        if exercise is None and row["pain_before"] is None:
            row["pain_before"] = before
        return row

    def _key(self, row):
        """A timed line with the key of a stored one could correct it, which is not what is tested here."""
        return row["has_time"] and (row["patient_id"], row["performed_at"], row["exercise"], row["side"])

    def _entry(self):
        chance = self.chance
        return {
            "severity": chance.choice([None, None, None, "none", "mild", "moderate", "severe"]),
            "zcq_symptom": chance.choice([None, None, *map(Fraction, ("1", "1.9", "2", "2.9", "3", "4.3"))]),
            "odi": chance.choice([None, *map(Fraction, ("0", "20", "20.1", "40", "40.1", "41"))]),
            "programme_start": chance.choice([None, None, *(AS_OF - back * DAY for back in (3, 4, 10, 60))]),
        }

    def _roster_text(self):
        lines = ["patient_id,severity,zcq_symptom,odi,programme_start,site"]
        for patient, entry in self.roster.items():
            lines.append(",".join([patient, *(self._cell(entry, name) for name in entry), "North"]))
        return "\n".join(lines)

    def _review(self, patient):
        chance = self.chance
        starts = [
            session["started_at"]
            for session in oracle.sessions([row for row in self.rows if row["patient_id"] == patient])
        ]
        for _ in range(chance.choice([1, 1, 2])):
            through = chance.choice(starts[-6:]) if starts else None
            made = datetime.combine(AS_OF - chance.randrange(0, 9) * DAY, time(12))
            self._append(patient, made, through)
            if chance.random() < 0.3:
                self._append(patient, made, through, undoes=len(self.reviews))

    def _append(self, patient, made, through, undoes=None):
        made = max([made, *(review["made_at"] for review in self.reviews[-1:] if review["patient_id"] == patient)])
        self.reviews.append(
            {
                "review_id": len(self.reviews) + 1,
                "undoes": undoes,
                "patient_id": patient,
                "made_at": made,
                "reviewed_through": through,
            }
        )

    def _cell(self, row, name):
        value = row[name]
        if name == "performed_at":
            return value.isoformat() if row["has_time"] else str(value.date())
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Fraction):
            return str(float(value))
        return "" if value is None else str(value)
