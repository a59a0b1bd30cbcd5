"""Sections 2 to 6 of the definitions once more, in plain slow Python with exact fractions, one function a term.

Written from the definitions alone, to be compared with the SQL. Every threshold is written out here a second time.

A row is a dict with the columns of the contract, `has_time`, `exercises` (a tuple of codes or names, empty where none
is stated), `upload` and `line` (where it was first said), `said_by` (all uploads that say it) and `revises` (the row
that it replaced, or None). Scores are Fractions or None.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median

DAY = timedelta(days=1)
TARGET = {"pelvic_tilt": 5, "knee_to_chest": 10, "hip_joint": 10, "ankle_flexion": 10}
PER_SIDE = {"knee_to_chest", "hip_joint", "ankle_flexion"}
UPPER_LIMIT = {"knee_to_chest": 20}
BANDS = ("none", "mild", "moderate", "severe")
NOTE_WORDS = "numb numbness weak weakness tingling bladder bowel incontinence saddle fell shooting radiating worse"
NOTE_WORDS += " 저림 저리 마비 대소변 소변 대변 넘어 악화"
NOTE_WORDS = (*NOTE_WORDS.split(), "힘이 빠")

GROUP_OF = {
    "more_than_usual": "first",
    "rise_in_few": "first",
    "severe_more_than_usual": "first",
    "stopped_for_pain": "first",
    "stopped_after_a_rise": "first",
    "rise": "soon",
    "stopped_early": "soon",
    "above_usual": "soon",
    "resting_pain_up": "soon",
    "severe_and_exercising": "soon",
    "any_rise": "look",
    "left_unreviewed": "look",
    "off_programme": "off_programme",
    "silent": "silent",
    "no_recent_upload": "no_recent_upload",
    "not_assessable": "not_assessable",
    "low_adherence": "low_adherence",
}
GROUPS = [*dict.fromkeys(GROUP_OF.values()), "on_track"]
CHIPS = ("repeated_rise", "rise_to_severe", "exercised_after_rise", "kept_going", "after_a_rise", "over_limit")
CHIPS += ("notes_mention", "severity_differs")


@dataclass
class Facts:
    """What was uploaded and recorded.

    `uploads`: id → {"at", "patients", "undone"}; `roster`: dicts with `upload`; `reviews`: dicts of review_event.
    """

    rows: list[dict] = field(default_factory=list)
    uploads: dict[int, dict] = field(default_factory=dict)
    roster: list[dict] = field(default_factory=list)
    reviews: list[dict] = field(default_factory=list)


@dataclass
class Patient:
    """What is known of one patient as of a day."""

    name: str
    as_of: date
    rows: list[dict]
    sessions: list[dict]
    reviews: list[dict]
    entry: dict
    covered: date | None


def review(facts, as_of):
    """The list of `as_of`: one dict per patient, in the order of the list."""
    rows = [row for row in standing_rows(facts) if row["performed_at"] < datetime.combine(as_of + DAY, time())]
    entries = roster_in_force(facts)
    names = set(entries) | {row["patient_id"] for row in rows}
    return sorted((_line(_patient(facts, rows, entries, name, as_of)) for name in names), key=place)


def place(line):
    """Where a patient stands in the list: what is largest first, what is empty last."""
    group = line["review_group"]
    rise, waiting, excess = line["max_rise"], line["days_waiting"], line["excess"]
    if group == "first":
        inside = (-rounded(Fraction(2) if excess is None else excess), *_last(rise), *_last(waiting))
    else:
        inside = (*_last(rise), -line["sessions_with_rise"], *_last(waiting))
    return (GROUPS.index(group), inside, line["patient_id"])


def _last(value):
    return (value is None, -(value or 0))


def _patient(facts, rows, entries, name, as_of):
    rows = [row for row in rows if row["patient_id"] == name]
    reviews = standing_reviews(facts, name, as_of)
    found = sessions(rows)
    for session in found:
        session["arrived"] = arrival(facts, session, as_of)
        session["uploaded"] = max(brought(facts, row) for row in session["rows"])
        session["reviewed"] = any(covers(review, session) for review in reviews)
    entry = entries.get(name, {})
    return Patient(name, as_of, rows, found, reviews, entry, covered_through(facts, name, rows, as_of))


def _line(patient):
    opened = open_sessions(patient)
    rises = [session["rise"] for session in opened if session["rise"] is not None]
    causes = reasons(patient)
    group = GROUP_OF[next(iter(causes))] if causes else "on_track"
    gave = [session["day"] for sessions in causes.values() for session in sessions]
    entered, logged = severity_entered(patient.entry), severity_logged(patient)
    return {
        "patient_id": patient.name,
        "review_group": group,
        "section": section(patient, group),
        "reasons": list(causes),
        "chips": chips(patient, causes),
        "max_rise": max(rises, default=None),
        "sessions_with_rise": sum(rise > 0 for rise in rises),
        "sessions_assessable": len(rises),
        "sessions": len(opened),
        "days_waiting": (patient.as_of - min(gave)).days if gave else None,
        "severity": severity(patient),
        "severity_entered": entered,
        "severity_logged": logged,
        "adherence": adherence(patient, 28),
        "last_session": patient.sessions[-1]["day"] if patient.sessions else None,
        "excess": excess(patient),
        "usual_rise": usual_rise(patient),
    }


def rounded(value):
    """What is compared: six places, half away from zero."""
    if value is None:
        return None
    scaled = abs(Fraction(value)) * 10**6
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Fraction(whole if value >= 0 else -whole, 10**6)


def at_least(value, threshold):
    """Whether a score, difference or mean reaches a threshold; what is missing reaches none."""
    return value is not None and rounded(value) >= Fraction(str(threshold))


def mean(values):
    return Fraction(sum(values), len(values))


# Which rows count (sections 6 to 8, as far as they are needed here)


def standing_rows(facts):
    """Rows that an upload in force says, and that no such row has replaced."""
    in_force = [row for row in facts.rows if any(not facts.uploads[number]["undone"] for number in row["said_by"])]
    replaced = {id(older) for row in in_force for older in versions(row)[1:]}
    return [row for row in in_force if id(row) not in replaced]


def versions(row):
    """A row and those that it replaced, newest first."""
    found = []
    while row is not None:
        found.append(row)
        row = row["revises"]
    return found


def roster_in_force(facts):
    """Patient → the newest line of a roster in force."""
    lines = [entry for entry in facts.roster if not facts.uploads[entry["upload"]]["undone"]]
    return {entry["patient_id"]: entry for entry in sorted(lines, key=lambda entry: entry["upload"])}


# 2. Scores


def peak(row):
    return max((row[score] for score in ("pain_during", "pain_after") if row[score] is not None), default=None)


def before(row, earlier):
    """The score before a row, `earlier` being the rows of its session that stand before it."""
    if row["pain_before"] is not None:
        return row["pain_before"]
    logged = [other["pain_before"] for other in earlier if other["pain_before"] is not None]
    if logged:
        return logged[-1]
    later = [last_score(other) for other in earlier if last_score(other) is not None]
    return later[-1] if later else None


def last_score(row):
    return row["pain_after"] if row["pain_after"] is not None else row["pain_during"]


def row_rise(row, earlier):
    start = before(row, earlier)
    return None if start is None or peak(row) is None else peak(row) - start


def is_pain_entry(row):
    return not row["exercises"] and peak(row) is None


def band(score):
    return BANDS[sum(at_least(score, edge) for edge in (1, 4, 7))]


def severity_entered(entry):
    zcq, odi = entry.get("zcq_symptom"), entry.get("odi")
    if entry.get("severity"):
        return entry["severity"]
    if zcq is not None:
        return "mild" if zcq < 2 else "moderate" if zcq < 3 else "severe"
    if odi is not None:
        return "mild" if odi <= 20 else "moderate" if odi <= 40 else "severe"
    return None


def severity_logged(patient):
    means = days_between(daily_means(patient.rows), patient.as_of - 27 * DAY, patient.as_of)
    return band(median(means)) if len(means) >= 4 else None


def severity(patient):
    """The worse of the two that are known."""
    known = {severity_entered(patient.entry), severity_logged(patient)} - {None}
    return max(known, key=BANDS.index, default=None)


def daily_means(rows):
    scores = defaultdict(list)
    for row in rows:
        if row["pain_before"] is not None:
            scores[row["performed_at"].date()].append(row["pain_before"])
    return {day: mean(of_day) for day, of_day in scores.items()}


def days_between(means, first, last):
    return [value for day, value in means.items() if first <= day <= last]


# 3. Time


def in_order(rows):
    """By time, then by upload, then by line; a changed row has its own, newer upload and line."""
    return sorted(rows, key=lambda row: (row["performed_at"], row["upload"], row["line"]))


def sessions(rows):
    """The sessions of one patient by their start, then by the place of their first row."""
    groups = defaultdict(list)
    last, start = {}, {}
    for row in in_order(row for row in rows if not is_pain_entry(row)):
        among = session_kind(row)
        if among not in last or not goes_on(among, last[among], row):
            start[among] = len(groups)
        last[among] = row
        groups[among, start[among]].append(row)
    return sorted(map(_session, groups.values()), key=lambda session: session["place"])


def session_kind(row):
    """Among which rows a row looks for the one before."""
    if row["session_id"] is not None:
        return ("id", row["session_id"])
    return ("timed",) if row["has_time"] else ("dates",)


def goes_on(among, last, row):
    """Whether a row belongs to the session of the one before."""
    if not (last["has_time"] and row["has_time"]):
        return last["performed_at"].date() == row["performed_at"].date()
    gap = timedelta(hours=12) if among[0] == "id" else timedelta(minutes=60)
    return row["performed_at"] - last["performed_at"] <= gap


def _session(rows):
    rises = [row_rise(row, rows[:number]) for number, row in enumerate(rows)]
    said = [row["stopped_early"] for row in rows if row["stopped_early"] is not None]
    afters = [row["pain_after"] for row in rows if row["pain_after"] is not None]
    risen = max((rise for rise in [*rises, climb(rows)] if rise is not None), default=None)
    return {
        "rows": rows,
        "place": (rows[0]["performed_at"], rows[0]["upload"], rows[0]["line"]),
        "started_at": rows[0]["performed_at"],
        "day": rows[0]["performed_at"].date(),
        "rise": risen,
        "peak": max((peak(row) for row in rows if peak(row) is not None), default=None),
        "pain_before": first_before(rows),
        "pain_after": afters[-1] if afters else None,
        "stopped_early": any(said) if said else None,
        "provoked_by": provoked_by(rows, rises, risen),
    }


def first_before(rows):
    return next((row["pain_before"] for row in rows if row["pain_before"] is not None), None)


def from_first_before(rows):
    """The row of the session's score before, and those after it; without such a row none."""
    number = next((number for number, row in enumerate(rows) if row["pain_before"] is not None), len(rows))
    return rows[number:]


def climb(rows):
    peaks = [peak(row) for row in from_first_before(rows) if peak(row) is not None]
    return max(peaks) - first_before(rows) if peaks else None


def provoked_by(rows, rises, risen):
    if risen is None:
        return None
    if risen in rises:
        return exercise_label(rows[rises.index(risen)])
    climbing = from_first_before(rows)
    peaks = [peak(row) for row in climbing]
    return exercise_label(climbing[peaks.index(max(score for score in peaks if score is not None))])


def exercise_label(row):
    return "; ".join(row["exercises"]) or "unstated"


def arrival(facts, session, as_of):
    """The day of the last upload by then that brought or changed a row, but not earlier than the session."""
    moments = [brought(facts, version) for row in session["rows"] for version in versions(row)]
    days = [moment.date() for moment in moments if moment is not None]
    return max([session["day"], *(day for day in days if day <= as_of)])


def brought(facts, row):
    """When the first upload in force that says a row came; None where it is in none."""
    moments = [facts.uploads[number]["at"] for number in row["said_by"] if not facts.uploads[number]["undone"]]
    return min(moments, default=None)


def covered_through(facts, name, rows, as_of):
    """The day to which a patient's data reach."""
    held = [
        upload["at"].date() for upload in facts.uploads.values() if name in upload["patients"] and not upload["undone"]
    ]
    return min(max(held), as_of) if rows and held else None


# 4. Adherence


def adherence(patient, days):
    """The fraction of the programme done over the exposure days, or None when they are fewer than 4."""
    first_logged = min((row["performed_at"].date() for row in patient.rows), default=None)
    start = patient.entry.get("programme_start") or first_logged
    if start is None or patient.covered is None:
        return None
    first, last = max(patient.as_of - (days - 1) * DAY, start), min(patient.as_of, patient.covered)
    exposure = [first + number * DAY for number in range((last - first).days + 1)]
    return mean([day_adherence(patient.rows, day) for day in exposure]) if len(exposure) >= 4 else None


def day_adherence(rows, day):
    return mean([min(Fraction(1), Fraction(min(done(rows, day, exercise)), TARGET[exercise])) for exercise in TARGET])


def done(rows, day, exercise):
    """The repetitions of a day, on the left and on the right; without sides both are the same."""
    left = right = 0
    for row in rows:
        if row["performed_at"].date() != day or exercise not in row["exercises"]:
            continue
        repetitions = TARGET[exercise]
        if row["reps"] is not None and len(row["exercises"]) == 1:
            repetitions = row["reps"] * (1 if row["sets"] is None else row["sets"])
        side = row["side"] if exercise in PER_SIDE else None
        left += 0 if side == "right" else repetitions
        right += 0 if side == "left" else repetitions
    return left, right


def is_over_limit(rows, day):
    return any(max(done(rows, day, exercise)) > limit for exercise, limit in UPPER_LIMIT.items())


# 5. Who needs a professional's look


def of_28_days(patient):
    first = patient.as_of - 27 * DAY
    return [session for session in patient.sessions if session["day"] >= first]


def in_window(patient, day):
    return patient.as_of - 6 * DAY <= day <= patient.as_of


def is_important(session):
    return at_least(session["rise"], 2) or session["stopped_early"] is True


def open_sessions(patient):
    return [
        session
        for session in of_28_days(patient)
        if not session["reviewed"]
        and (in_window(patient, session["day"]) or in_window(patient, session["arrived"]) or is_important(session))
    ]


def last_week(patient):
    """The sessions of the 7 days that end with the day of the last one, of the 28 days."""
    known = of_28_days(patient)
    return [session for session in known if session["day"] >= known[-1]["day"] - 6 * DAY]


def recent(patient):
    return [session for session in last_week(patient) if not session["reviewed"] and session["rise"] is not None]


def usual_rise(patient):
    newest = recent(patient)
    if not newest:
        return None
    other = [
        session["rise"]
        for session in of_28_days(patient)
        if session["rise"] is not None and not any(session is one for one in newest)
    ]
    usual = (4 * Fraction(4, 10) + sum(other)) / (4 + len(other))
    highest = Fraction(3, 2) if patient.reviews else Fraction(1)
    return min(max(usual, Fraction(-1)), highest)


def excess(patient):
    newest = recent(patient)
    return mean([session["rise"] for session in newest]) - usual_rise(patient) if newest else None


def excess_of_last_three(patient):
    newest = recent(patient)[-3:]
    return mean([session["rise"] for session in newest]) - usual_rise(patient) if newest else None


def reasons(patient):
    """Reason → the sessions that gave it, for the reasons that hold, in their order."""
    found = {code: globals()[f"reason_{code}"](patient) for code in GROUP_OF}
    return {code: sessions for code, sessions in found.items() if sessions is not None}


def has_open_recent(patient):
    opened = open_sessions(patient)
    return any(session is one for session in recent(patient) for one in opened)


def risen(sessions, points):
    return [session for session in sessions if at_least(session["rise"], points)]


def _holds(sessions):
    return sessions or None


def _above_usual(patient, points, points_of_last_three):
    newest = recent(patient)
    if len(newest) < 3 or len(risen(newest, 1)) < 2 or not has_open_recent(patient):
        return None
    above = at_least(excess(patient), points) or at_least(excess_of_last_three(patient), points_of_last_three)
    return risen(newest, 1) if above else None


def reason_more_than_usual(patient):
    return _above_usual(patient, "0.65", "1.5")


def reason_rise_in_few(patient):
    newest = recent(patient)
    if len(newest) not in (1, 2) or any(session["reviewed"] for session in last_week(patient)):
        return None
    return _holds(risen(newest, 2))


def reason_severe_more_than_usual(patient):
    rose = risen(recent(patient), 1)
    holds = severity(patient) == "severe" and len(rose) >= 2 and has_open_recent(patient)
    return rose if holds and at_least(excess(patient), "0.5") else None


def reason_stopped_for_pain(patient):
    stopped = [session for session in open_sessions(patient) if session["stopped_early"] is True]
    return _holds([session for session in stopped if session["rise"] is None or at_least(session["rise"], 2)])


def reason_stopped_after_a_rise(patient):
    last = of_28_days(patient)[-1:]
    if not risen(last, 2) or last[0]["reviewed"] or patient.covered is None:
        return None
    return last if patient.covered - last[0]["day"] >= 3 * DAY else None


def reason_rise(patient):
    newest, usual = recent(patient), usual_rise(patient)
    high = [session for session in risen(newest, 2) if at_least(session["rise"] - usual, "2.5")]
    last = [session for session in risen(newest[-1:], 2) if at_least(session["rise"] - usual, "1.5")]
    return _holds(high + last)


def reason_stopped_early(patient):
    return _holds([session for session in risen(recent(patient), 1) if session["stopped_early"] is True])


def reason_above_usual(patient):
    return _above_usual(patient, "0.5", "0.8")


def reason_resting_pain_up(patient):
    means, first = daily_means(patient.rows), patient.as_of - 6 * DAY
    now = days_between(means, first, patient.as_of)
    baseline = days_between(means, first - 21 * DAY, first - DAY)
    if len(now) < 4 or len(baseline) < 4:
        return None
    more = mean(now) - mean(baseline)
    holds = at_least(more, 1) and rounded(more) >= rounded(standard_deviation(baseline))
    return _holds(open_sessions(patient)) if holds else None


def standard_deviation(values):
    """Of a sample (n − 1), to more places than are compared."""
    variance = sum((value - mean(values)) ** 2 for value in values) / (len(values) - 1)
    return Fraction((Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt())


def reason_severe_and_exercising(patient):
    looked_at = any(session["reviewed"] for session in of_28_days(patient))
    return _holds(open_sessions(patient)) if severity(patient) == "severe" and not looked_at else None


def reason_any_rise(patient):
    return _holds(
        [
            session
            for session in open_sessions(patient)
            if session["stopped_early"] is True or (session["rise"] is not None and session["rise"] > 0)
        ]
    )


def reason_left_unreviewed(patient):
    return _holds(
        [
            session
            for session in patient.sessions
            if 28 <= (patient.as_of - session["day"]).days <= 90
            and is_important(session)
            and (session["arrived"] - session["day"]).days <= 28
            and not session["reviewed"]
        ]
    )


def reason_off_programme(patient):
    return _holds(
        [
            session
            for session in open_sessions(patient)
            if any(exercise not in TARGET for row in session["rows"] for exercise in row["exercises"])
        ]
    )


def reason_silent(patient):
    if not patient.sessions or patient.covered is None:
        return None
    return [] if patient.covered - patient.sessions[-1]["day"] >= 7 * DAY else None


def reason_no_recent_upload(patient):
    return [] if patient.covered is None or patient.as_of - patient.covered >= 7 * DAY else None


def reason_not_assessable(patient):
    opened = open_sessions(patient)
    return _holds(opened) if all(session["rise"] is None for session in opened) else None


def reason_low_adherence(patient):
    share = adherence(patient, 14)
    return [] if share is not None and rounded(share) < Fraction(1, 2) else None


def chips(patient, causes):
    opened = open_sessions(patient)
    big = risen(opened, 2)
    assessable = [session for session in patient.sessions if session["rise"] is not None]
    entered, logged = severity_entered(patient.entry), severity_logged(patient)
    held = {
        "repeated_rise": len(big) >= 2,
        "rise_to_severe": any(at_least(session["peak"], 7) for session in big),
        "exercised_after_rise": any(follows(later, session) for session in big for later in patient.sessions),
        "kept_going": any(session["stopped_early"] is False for session in big),
        "after_a_rise": "silent" in causes and bool(assessable) and assessable[-1]["rise"] > 0,
        "over_limit": any(is_over_limit(patient.rows, session["day"]) for session in opened),
        "notes_mention": any(mentions(row["notes"]) for session in opened for row in session["rows"]),
        "severity_differs": None not in (entered, logged) and entered != logged,
    }
    return [chip for chip in CHIPS if held[chip]]


def follows(later, session):
    """Whether a session is later on the same day or on the next; one that carries only a date starts the day."""
    return later["started_at"] > session["started_at"] and later["day"] - session["day"] <= DAY


def mentions(notes):
    """Whether a listed word stands in the notes; one in Latin letters has to be a word of its own."""
    return any(
        re.search(rf"(?<![^\W\d_]){word}(?![^\W\d_])" if word.isascii() else word, (notes or "").lower())
        for word in NOTE_WORDS
    )


# 6. Review


def standing_reviews(facts, name, as_of):
    """Reviews made by the end of the day that no undo by then has taken back, oldest first."""
    made = [review for review in facts.reviews if review["made_at"].date() <= as_of]
    undone = {review["undoes"] for review in made}
    standing = [
        review
        for review in made
        if review["patient_id"] == name and review["undoes"] is None and review["review_id"] not in undone
    ]
    return sorted(standing, key=lambda review: (review["made_at"], review["review_id"]))


def covers(review, session):
    through = review["reviewed_through"]
    return through is not None and session["started_at"] <= through and session["uploaded"] <= review["made_at"]


def section(patient, group):
    """Where the screen shows a patient, beside the group."""
    again = patient.reviews[-1]["look_again_on"] if patient.reviews else None
    lately = any(review["made_at"].date() >= patient.as_of - 27 * DAY for review in patient.reviews)
    rose = any(session["rise"] is not None and session["rise"] > 0 for session in open_sessions(patient))
    if again is not None and patient.as_of < again and group != "first":
        return "look_again"
    if lately and not rose and group not in ("first", "soon"):
        return "reviewed"
    return "good_news" if group == "on_track" and has_improved(patient) else group


def has_improved(patient):
    """Whether resting pain of the last 7 days is at least 1 below that of two weeks earlier."""
    means = daily_means(patient.rows)
    now = days_between(means, patient.as_of - 6 * DAY, patient.as_of)
    then = days_between(means, patient.as_of - 21 * DAY, patient.as_of - 15 * DAY)
    return len(now) >= 4 and len(then) >= 4 and at_least(mean(then) - mean(now), 1)
