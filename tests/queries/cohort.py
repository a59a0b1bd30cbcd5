"""Cohorts of patients with awkward values, whatever can happen to a log among them."""

from datetime import datetime, time, timedelta
from fractions import Fraction

from tests.queries import oracle
from tests.queries.conftest import AS_OF
from tests.queries.exports import Exports, logged

DAY = timedelta(days=1)
SCORES = ["0", "0.1", "0.9", "1", "1.1", "2", "2.9", "3", "3.1", "3.3", "4", "4.9", "5", "6.9", "7", "7.1", "9.9"]
# By how much a row rises in a patient who is calm, at the edges of every rule, or aggravated.
NO_RISE = ["0", "0", "-0.5", "-1"]
CALM = ["0", "0", "0", "-1", "-0.5", "0.1", "0.4", "0.4", "0.9", "1"]
EDGES = ["0", "0.5", "0.9", "1", "1", "1.05", "1.15", "1.5", "1.9", "2", "2.5", "2.9", "-1"]
AGGRAVATED = ["1", "1.5", "2", "2.1", "2.5", "3.3"]
PROGRAMME = [(name,) for name in oracle.TARGET] + [tuple(oracle.TARGET)] * 3
OTHER = [("squat",), ("bridge",), ("heel_raise",), ("swimming",), (), ("knee_to_chest", "hip_joint", "swimming")]
CLOCKS = ["00:00:01", "00:20", "00:40", "08:00", "08:30", "09:00", "09:30:01", "10:30", "18:00", "23:10", "23:59:59"]
NOTES = [*[""] * 60, "felt fine", "not numb", "numbers went up", "다리가 저림", "WORSE than before"]
STOPS = [True, False, False, *[None] * 40]
LOGS = ["timed", "timed", "timed", "dates", "ids", "ids_reused", "mixed", "diary"]


PAIN_ENTRY = {"exercises": (), "pain_during": None, "pain_after": None, "stopped_early": None}
ANY = {"kind": "timed", "often": 0.97, "begins": [35], "ends": [0], "rows": [1], "resting": SCORES, "rises": NO_RISE}
ANY |= {"rising_days": [0], "exercises": PROGRAMME, "sides": [None, "both"], "stops": [None], "says_before": [True]}


class Cohort:
    """A few patients, what was exported of them, and what became of it."""

    def __init__(self, chance, patients=120):
        self.chance, self.exports = chance, Exports()
        self.patients = [f"P{number:03}" for number in range(patients)]
        self.number = 0
        days = {
            AS_OF - back * DAY for back in [0, *chance.sample([1, 2, 3, 6, 7, 8, 13, 14, 20, 27, 28, 34, 41, 60], 4)]
        }
        self.moments = [self._at(day) for day in sorted(days)]
        self.lines = {moment: [] for moment in self.moments}
        for patient in self.patients:
            self._log(patient)
        self._upload()
        self._rosters()
        self._reviews()
        # The newest log stays: without it nearly everybody has no recent upload.
        for number, upload in self.exports.facts.uploads.items():
            if upload["at"] != self.moments[-1]:
                self._turn(number)

    def _at(self, day):
        return datetime.combine(day, time.fromisoformat(self.chance.choice(["09:00", "12:00", "18:00", "23:59"])))

    # What is logged

    def _log(self, patient):
        """The sessions of one patient, by what is usual for them; in the last days pain may be another."""
        chance, usual = self.chance, self._habits()
        calmer, rising = chance.choice([0, 0, -2, -1, -1, 1, 2]), chance.choice(usual["rising_days"])
        last, length = chance.choice(usual["ends"]), chance.choice(usual["begins"])
        for back in range(length, last - 1, -1):
            habits = usual.copy()
            if back - last < 7:
                habits["resting"] = [Fraction(str(score)) + calmer for score in usual["resting"]]
            if back - last < rising:
                habits["rises"] = AGGRAVATED
            if chance.random() < usual["often"] / (1 if back < 40 else 4):
                for _ in range(chance.choice([1, 1, 1, 2, 3])):
                    self._sitting(patient, AS_OF - back * DAY, habits)

    def _habits(self):
        """What is usual for a patient: one in three logs one calm session of the whole programme after another."""
        chance = self.chance
        if chance.random() < 0.3:
            level = chance.choice([1, 2.5, 3, 4, 7])
            return ANY | {
                "kind": chance.choice(["timed", "dates", "ids"]),
                "resting": [level, level, level + 0.5],
                "exercises": PROGRAMME[-1:],
            }
        return ANY | {
            "kind": chance.choice(LOGS),
            "often": chance.choice([0.15, 0.5, 0.9, 0.9]),
            "begins": [6, 12, 35, 100],
            "ends": [0, 0, 0, 0, 1, 3, 6, 7, 8, 25, 28],
            "rows": [1, 1, 2, 4],
            "resting": chance.choice([SCORES, [2.5, 2.5, 3, 3.5], [6.5, 7, 7.5]]),
            "rises": chance.choice([NO_RISE, NO_RISE, CALM, CALM, EDGES, EDGES + CALM]),
            "rising_days": [0, 0, 0, 3, 7],
            "exercises": chance.choice([PROGRAMME] * 3 + [PROGRAMME + OTHER]),
            "sides": ["left", "right", "both", None],
            "stops": STOPS,
            "says_before": [True, True, True, False],
        }

    def _sitting(self, patient, day, habits):
        """One session, or what looks like one: a few rows, and the upload that brings each."""
        chance, kind = self.chance, habits["kind"]
        kind = chance.choice(["timed", "dates", "ids"]) if kind == "mixed" else kind
        clock = None if kind == "dates" else datetime.combine(day, time.fromisoformat(chance.choice(CLOCKS)))
        session_id = str(chance.choice([1, 2]) if kind == "ids_reused" else f"{day}-{chance.choice([1, 2])}")
        brought = self._brought_after(clock or datetime.combine(day, time()))
        for _ in range(chance.choice(habits["rows"])):
            row = self._row(patient, clock or datetime.combine(day, time()), clock is not None, habits)
            row["session_id"] = session_id if kind.startswith("ids") else None
            if kind == "diary" and chance.random() < 0.7:
                row |= PAIN_ENTRY | {"pain_before": _score(chance.choice(habits["resting"]))}
            is_late = brought is None or brought < row["performed_at"] or chance.random() < 0.1
            self._bring(row, self._brought_after(row["performed_at"]) if is_late else brought)
            if clock:
                clock += timedelta(minutes=chance.choice([0, 1, 30, 60, 60, 61, 700]))

    def _row(self, patient, moment, has_time, habits):
        chance = self.chance
        self.number += 1
        before = _score(chance.choice(habits["resting"]))
        during, after = (_score(before + Fraction(chance.choice(habits["rises"]))) for _ in "da")
        return logged(
            patient_id=patient,
            performed_at=moment,
            has_time=has_time,
            exercises=chance.choice(habits["exercises"]),
            side=chance.choice(habits["sides"]),
            sets=chance.choice([None, 0, 1, 1, 2]),
            reps=chance.choice([None, None, 0, 4, 5, 9, 10, 20, 21]),
            # Makes every line its own, so that none is a duplicate by chance.
            duration_s=self.number,
            pain_before=before if chance.choice(habits["says_before"]) else None,
            pain_during=chance.choice([during, during, None]),
            pain_after=chance.choice([after, after, None]),
            stopped_early=chance.choice(habits["stops"]),
            notes=chance.choice(NOTES),
        )

    # How it is uploaded

    def _brought_after(self, performed):
        """The upload that brings a row: mostly the next, sometimes a later one, or none."""
        later = [moment for moment in self.moments if moment >= performed]
        return self.chance.choice([*later[:1] * 6, *later]) if later else None

    def _bring(self, row, moment):
        if row["exercises"] == () and all(row[name] is None for name in ("pain_before", "pain_during", "pain_after")):
            row["pain_before"] = Fraction(3)
        if moment is not None:
            self.lines[moment].append(row)

    def _upload(self):
        """Every upload in turn, with lines that repeat or change what has been uploaded before."""
        known = {}
        for moment in self.moments:
            lines = [row for row in self.lines[moment] if _key(row) not in known]
            again = [self._again(rows) for rows in known.values() if self.chance.random() < 0.06]
            lines += filter(None, again)
            self.chance.shuffle(lines)
            if not lines:
                continue
            fresh = [row for row in lines if "said_by" not in row]
            self.exports.upload(moment, lines)
            for row in fresh:
                known[_key(row)] = [row] if row["revises"] else [*known.get(_key(row), []), row]

    def _again(self, rows):
        """A stored row as it was, or with other scores where it is the only one of its key and has a time."""
        row = rows[0]
        if len(rows) > 1 or not row["has_time"] or self.chance.random() < 0.5:
            return row
        self.number += 1
        other = self._row(row["patient_id"], row["performed_at"], True, ANY | {"rises": EDGES})
        kept = {name: row[name] for name in ("exercises", "side", "session_id")}
        later = {} if row["exercises"] else {"pain_before": Fraction(self.chance.choice(SCORES))}
        return other | kept | later | {"revises": row}

    def _turn(self, number):
        if self.chance.random() < 0.12:
            self.exports.turn(number, undone=True)
            if self.chance.random() < 0.3:
                self.exports.turn(number, undone=False)

    # What is said of the patients

    def _rosters(self):
        for moment in (datetime.combine(AS_OF - 90 * DAY, time(9)), datetime.combine(AS_OF, time(9))):
            listed = [patient for patient in [*self.patients, "Q1", "Q2"] if self.chance.random() < 0.5]
            if listed:
                self.exports.roster(moment, [self._entry(patient) for patient in listed])

    def _entry(self, patient):
        chance = self.chance
        return {
            "patient_id": patient,
            "severity": chance.choice([None, None, None, "none", "mild", "moderate", "severe"]),
            "zcq_symptom": chance.choice([None, None, *map(Fraction, ("1", "1.9", "2", "2.9", "3", "4.3"))]),
            "odi": chance.choice([None, *map(Fraction, ("0", "20", "20.1", "40", "40.1", "41"))]),
            "programme_start": chance.choice([None, None, *(AS_OF - back * DAY for back in (2, 3, 4, 10, 60))]),
        }

    def _reviews(self):
        """Reviews in the order of their times, some of which are taken back."""
        chance = self.chance
        reviewed = [patient for patient in self.patients for _ in range(chance.choice([0, 0, 0, 1, 1, 2, 3]))]
        moments = [self._at(AS_OF - chance.randrange(0, 40) * DAY) for _ in reviewed]
        moments = sorted(chance.choice([moment, *self.moments]) for moment in moments)
        chance.shuffle(reviewed)
        for patient, made in zip(reviewed, moments, strict=True):
            number = self.exports.review(patient, made, self._seen(patient, made), self._again_on(made))
            if chance.random() < 0.2:
                self.exports.review(patient, made + chance.choice([0, 1, 5]) * DAY, None, undoes=number)

    def _seen(self, patient, made):
        starts = {row["performed_at"] for row in self.exports.facts.rows if row["patient_id"] == patient}
        return self.chance.choice([made, *[start for start in sorted(starts) if start <= made][-9:], None])

    def _again_on(self, made):
        return self.chance.choice([None, None, made.date() + self.chance.choice([1, 3, 7, 30]) * DAY])


def _score(value):
    return min(Fraction(10), max(Fraction(0), Fraction(value)))


def _key(row):
    """What a line shares with the row that it changes; rows of a bare date are told apart by all of their values."""
    number = None if row["has_time"] else row["duration_s"]
    return (row["patient_id"], row["performed_at"], row["exercises"], row["side"], number)
