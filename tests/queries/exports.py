"""Uploads and reviews made for a test: the same facts as files for the import, and as rows for the oracle."""

import csv
import io
from datetime import datetime
from fractions import Fraction

from data import history
from tests.queries.conftest import Clinic
from tests.queries.oracle import Facts

COLUMNS = ["patient_id", "performed_at", "session_id", "exercise", "side", "sets", "reps", "duration_s"]
COLUMNS += ["pain_before", "pain_during", "pain_after", "stopped_early", "notes"]
ROSTER = ["patient_id", "severity", "zcq_symptom", "odi", "programme_start", "site"]
LOGGED = dict.fromkeys(COLUMNS) | {"has_time": True, "exercises": (), "revises": None}


def logged(**said):
    """A row as the oracle takes it; what is not said is missing."""
    return LOGGED | said


class Exports:
    """What is uploaded and recorded, in the order in which it happened."""

    def __init__(self):
        self.facts = Facts()
        self.steps = []

    def upload(self, moment, rows):
        """Upload lines: rows that are new, that revise a row, or that an earlier upload has said already."""
        number = self._next(moment, {row["patient_id"] for row in rows})
        fates = {"new": 0, "changed": 0, "duplicate": 0}
        for line, row in enumerate(rows, start=2):
            if "said_by" in row:
                fates["duplicate"] += 1
                row["said_by"].add(number)
                continue
            fates["changed" if row["revises"] else "new"] += 1
            row |= {"upload": number, "line": line, "said_by": {number}}
            self.facts.rows.append(row)
        self.steps.append((_take, _csv(COLUMNS, rows), moment, fates))
        return number

    def roster(self, moment, entries):
        number = self._next(moment, set())
        self.facts.roster += [entry | {"upload": number} for entry in entries]
        self.steps.append((_take, _csv(ROSTER, [{"site": "North"} | entry for entry in entries]), moment, {}))

    def _next(self, moment, patients):
        number = len(self.facts.uploads) + 1
        self.facts.uploads[number] = {"at": moment, "patients": patients, "undone": False}
        return number

    def turn(self, number, undone):
        """Undo an upload, or bring it back."""
        self.facts.uploads[number]["undone"] = undone
        self.steps.append((_turn, number, undone))

    def review(self, patient, made_at, through, look_again_on=None, undoes=None):
        event = {
            "review_id": len(self.facts.reviews) + 1,
            "undoes": undoes,
            "patient_id": patient,
            "made_at": made_at,
            "reviewed_through": through,
            "look_again_on": look_again_on,
        }
        self.facts.reviews.append(event)
        self.steps.append((_review, event))
        return event["review_id"]

    def clinic(self):
        """A store of it all."""
        clinic = Clinic()
        for do, *values in self.steps:
            do(clinic, *values)
        return clinic


def _take(clinic, text, moment, fates):
    result = clinic.take(text, moment)
    assert {fate: getattr(result, fate) for fate in fates} == fates


def _turn(clinic, number, undone):
    (history.undo if undone else history.redo)(clinic.store, number)


def _review(clinic, event):
    clinic.write(
        "INSERT INTO clinic.review_event BY NAME SELECT $review_id AS review_id, $undoes AS undoes, "
        "$patient_id AS patient_id, 'Kim' AS reviewer, $made_at::TIMESTAMP AS made_at, 'contacted' AS outcome, "
        "$reviewed_through::TIMESTAMP AS reviewed_through, $look_again_on::DATE AS look_again_on, 1 AS rule_set",
        **event,
    )


def _csv(columns, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row, name) for name in columns] for row in rows)
    return out.getvalue()


def _cell(row, name):
    value = "; ".join(row["exercises"]) if name == "exercise" else row.get(name)
    if isinstance(value, datetime):
        return value.isoformat(" ") if row["has_time"] else str(value.date())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return str(float(value))
    return "" if value is None else str(value)
