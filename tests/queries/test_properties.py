"""What holds of every log: a larger rise takes nobody off the list, and the order of arrival changes no answer."""

import random
from datetime import datetime, time, timedelta
from fractions import Fraction

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import queries
from tests.queries.conftest import AS_OF
from tests.queries.exports import Exports, logged

DAY = timedelta(days=1)
LISTED = {"first", "soon", "look"}
SCORES = [Fraction(tenths, 10) for tenths in range(0, 101, 5)]
SOME = settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def session(chance, patient, day, rise, minute):
    """One row at a minute of its own, so that no two rows of a log are at one time."""
    before = min(chance.choice(SCORES), 10 - max(rise, 0))
    return logged(
        patient_id=patient,
        performed_at=datetime.combine(day, time(6)) + timedelta(minutes=minute),
        exercises=(chance.choice(["hip_joint", "pelvic_tilt", "squat"]),),
        pain_before=before,
        pain_during=max(before + rise, Fraction(0)),
        stopped_early=chance.choice([True, False, None, None, None]),
    )


def log(chance, patient):
    """Up to a dozen sessions of the last five weeks, most of them small."""
    minutes = chance.sample(range(900), chance.randrange(1, 13))
    rises = [Fraction(chance.choice([-10, -5, 0, 0, 4, 10, 15, 20, 30]), 10) for _ in minutes]
    days = [AS_OF - chance.randrange(35) * DAY for _ in minutes]
    return [session(chance, patient, *values) for values in zip(days, rises, minutes, strict=True)]


@SOME
@given(st.integers(0, 2**32))
def test_a_session_with_a_larger_rise_takes_nobody_out_of_first_soon_and_look(seed):
    """Each patient is there twice: with a log, half of it reviewed, and with one session more that comes today."""
    chance = random.Random(seed)  # noqa: S311
    made, evening = Exports(), datetime.combine(AS_OF, time(23))
    before, today = [], []
    for number in range(60):
        rows = log(chance, f"{number}")
        larger = max([Fraction(0), *(row["pain_during"] - row["pain_before"] for row in rows)]) + Fraction(1, 10)
        added = session(chance, f"{number}+", AS_OF - chance.randrange(28) * DAY, larger, 960)
        before += rows + [row | {"patient_id": f"{number}+"} for row in rows]
        today.append(added)
    made.upload(evening - timedelta(hours=2), before)
    made.upload(evening, today)
    for number in range(0, 60, 2):
        for patient in (f"{number}", f"{number}+"):
            made.review(patient, evening - timedelta(hours=1), evening - chance.randrange(20) * DAY)
    groups = _asked(made, lambda clinic: clinic.column("review_group"))
    assert set(groups.values()) >= LISTED
    lost = [f"{number}" for number in range(60) if groups[f"{number}"] in LISTED and groups[f"{number}+"] not in LISTED]
    assert lost == []


@SOME
@given(st.integers(0, 2**32))
def test_the_order_of_lines_of_files_and_of_uploads_on_one_day_changes_no_answer(seed):
    """The same lines, two of three of them in more than one file, in the order of their times and in any order."""
    chance = random.Random(seed)  # noqa: S311
    rows = [row for number in range(40) for row in log(chance, f"{number}")]
    days = [AS_OF - back * DAY for back in (30, 14, 3, 0)]
    come = [next(day for day in days if day >= row["performed_at"].date()) for row in rows]
    files = [
        {day: [row for row, came in zip(rows, come, strict=True) if came == day and part()] for day in days}
        for part in (lambda: True, lambda: chance.random() < 0.7, lambda: chance.random() < 0.7)
    ]
    asked = [AS_OF, AS_OF - chance.randrange(1, 12) * DAY]
    straight = _asked(_uploaded(days, files, lambda of_day: of_day), lambda clinic: answers(clinic, asked))
    assert straight == _asked(
        _uploaded(days, files, lambda of_day: chance.sample(of_day, len(of_day))), lambda clinic: answers(clinic, asked)
    )


def _uploaded(days, files, order):
    """Every day's files, one after another in the evening; each row may be said by several."""
    made = Exports()
    copies = {}
    for day in days:
        for hour, lines in zip((20, 21, 22), order([file[day] for file in files]), strict=True):
            rows = [copies.setdefault(id(row), dict(row)) for row in order(lines)]
            if rows:
                made.upload(datetime.combine(day, time(hour)), rows)
    return made


def answers(clinic, days):
    sessions = "SELECT * EXCLUDE (session_key, uploaded_at) FROM session($as_of::DATE) ORDER BY patient_id, started_at"
    lists = [queries.answer(clinic.store, "review", as_of=day) for day in days]
    return lists, [clinic.rows(sessions, as_of=str(day)) for day in days]


def _asked(made, question):
    clinic = made.clinic()
    try:
        return question(clinic)
    finally:
        clinic.store.close()
