"""Small logs in one line of text, as `specification.md` explains and uses them."""

import re
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from tests.queries.conftest import AS_OF, plain
from tests.queries.exports import Exports, logged

MONTHS = {"Feb": 2, "Mar": 3, "Apr": 4, "Dec": 12, "Jan": 1}
EXERCISES = {"tilt": ("pelvic_tilt",), "knee": ("knee_to_chest",), "hip": ("hip_joint",), "ankle": ("ankle_flexion",)}
EXERCISES |= {"all": tuple(name for one in EXERCISES.values() for name in one), "unstated": ()}
EXERCISES |= {"heel raise": ("heel_raise",)}
DAY = r"(\d+) (Dec|Jan|Feb|Mar|Apr)"
MOMENT = rf"{DAY}(?: (\d+:\d+))?"
FIRST_WORDS = rf"(?:(\d+)–)?{MOMENT} (.*)"
# Nobody's adherence is known unless a case says when the programme began: its days would be too few.
NOT_YET = AS_OF - timedelta(days=2)


class Case:
    """One patient's log, and the day on which it is asked."""

    def __init__(self, name, text):
        self.name, self.as_of = name, AS_OF
        self.rows, self.again, self.reviews = [], [], []
        self.entry = {"patient_id": name, "programme_start": NOT_YET}
        for item in filter(None, map(str.strip, text.split(";"))):
            self._read(item)

    def _read(self, item):
        word, _, rest = item.partition(" ")
        if word == "asked":
            self.as_of = moment(rest).date()
        elif word == "roster":
            self.entry |= _entry(rest)
        elif word == "reviewed":
            self.reviews.append(rest)
        elif item.startswith("uploaded again "):
            self.again.append(moment(item.removeprefix("uploaded again ")))
        else:
            self._session(item)

    def _session(self, item):
        first, last_day, month, clock, rest = re.fullmatch(FIRST_WORDS, item).groups()
        said, *words = rest.split(", ")
        for number in range(int(first or last_day), int(last_day) + 1):
            day = moment(f"{number} {month}").date()
            start = datetime.combine(day, _clock(clock or "8:00"))
            rows = [_row(self.name, start, place, part) for place, part in enumerate(said.split(" + "))]
            changes = [word for word in words if word.startswith("changed ")]
            for word in words:
                if word not in changes:
                    _add(rows, word)
            self.rows += rows + [_changed(rows[-1], word) for word in changes]


def moment(text, clock="23:00"):
    """`27 Mar` or `27 Mar 12:00`; December is that of the year before."""
    day, month, hour = re.fullmatch(MOMENT, text).groups()
    return datetime.combine(date(2025 if month == "Dec" else 2026, MONTHS[month], int(day)), _clock(hour or clock))


def _clock(text):
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def _row(patient, start, place, part):
    exercise, scores = re.fullmatch(r"(?:([a-z ]+) )?([\d.→–]+)", part).groups()
    before, during, after = _scores(scores)
    exercises = EXERCISES.get(exercise, (exercise,)) if exercise else EXERCISES["hip"]
    return logged(
        patient_id=patient,
        performed_at=start + timedelta(minutes=10 * place),
        exercises=exercises if "→" in scores else (),
        pain_before=before,
        pain_during=during,
        pain_after=after,
        uploaded=datetime.combine(start.date(), time(23)),
    )


def _scores(text):
    """The scores before, during and after of `2→5→4`."""
    scores = [Fraction(score) if score else None for score in text.split("→")]
    return [*scores, None, None][:3]


def _add(rows, word):
    """What a case says of a whole session."""
    name, _, value = word.partition(" ")
    if name in ("stopped", "went"):
        said = {"stopped_early": name == "stopped"}
    elif name == "uploaded":
        said = {"uploaded": moment(value)}
    elif name == "id":
        said = {"session_id": value}
    elif name == "note":
        said = {"notes": value}
    elif name == "reps":
        said = {"reps": int(value)}
    elif name == "date":
        said = {"performed_at": datetime.combine(rows[0]["performed_at"].date(), time()), "has_time": False}
    else:
        raise ValueError(word)
    for row in rows:
        row |= said


def _changed(row, word):
    """What `changed 29 Mar to 2→5` makes of a row."""
    at, scores = re.fullmatch(r"changed (.*) to (.*)", word).groups()
    before, during, after = _scores(scores)
    said = {"pain_before": before, "pain_during": during, "pain_after": after}
    return row | said | {"uploaded": moment(at), "revises": row}


def _entry(text):
    name, _, value = text.partition(" ")
    if name == "ZCQ":
        return {"zcq_symptom": Fraction(value)}
    if name == "Oswestry":
        return {"odi": Fraction(value)}
    if name == "from":
        return {"programme_start": moment(value).date()}
    return {"severity": name}


def exports(cases):
    """The files of all cases, a patient each: one upload a moment, the roster first."""
    made = Exports()
    made.roster(datetime(2025, 12, 1), [case.entry for case in cases])
    uploads = {}
    for case in cases:
        for row in case.rows:
            uploads.setdefault(row.pop("uploaded"), []).append(row)
    again = [(at, case.rows[-1]) for case in cases for at in case.again]
    for at, row in again:
        uploads.setdefault(at, []).append(row)
    for at in sorted(uploads):
        made.upload(at, uploads[at])
    for case in cases:
        for text in case.reviews:
            _record(made, case.name, text)
    return made


def _record(made, patient, text):
    at, *words = text.split(", ")
    made_at = moment(at, "12:00")
    said = {key: moment(value) for key, value in (re.fullmatch(r"(\D+) (.*)", word).groups() for word in words)}
    again = said.get("look again")
    number = made.review(patient, made_at, said.get("through", made_at), again and again.date())
    if "undone" in said:
        made.review(patient, said["undone"], None, undoes=number)


def answer(line):
    """What is said of one line of the list, in the words of the tables."""
    line = {name: plain(value) for name, value in line.items()}
    said = [f"{line['review_group']}: {', '.join(line['reasons'])}" if line["reasons"] else line["review_group"]]
    if line["section"] != line["review_group"]:
        said.append(f"section {line['section']}")
    if line["chips"]:
        said.append(f"chips {', '.join(line['chips'])}")
    for name, words in VALUES.items():
        if line[name] is not None:
            said.append(f"{words} {_plain(line[name])}")
    return said


VALUES = {"max_rise": "largest rise", "sessions": "open", "sessions_with_rise": "risen", "days_waiting": "waiting"}
VALUES |= {"severity": "severity", "adherence": "adherence", "excess": "excess", "usual_rise": "usual"}


def _plain(value):
    return value if isinstance(value, str) else f"{round(float(value), 6):g}"
