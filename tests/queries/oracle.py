"""Sections 2 to 6 of the definitions once more, in plain slow Python with exact fractions.

Written from DEFINITIONS.md alone, to be compared with the SQL. Rows are dicts with the columns of the contract and
`has_time`; scores are Fractions or None. Rows stand in the order in which they were uploaded.
"""

import re
from collections import defaultdict
from datetime import datetime, time, timedelta
from fractions import Fraction
from statistics import median

DAY = timedelta(days=1)
TARGET = {"pelvic_tilt": 5, "knee_to_chest": 10, "hip_joint": 10, "ankle_flexion": 10}
PER_SIDE = {"knee_to_chest", "hip_joint", "ankle_flexion"}
UPPER_LIMIT = {"knee_to_chest": 20}
BANDS = ("none", "mild", "moderate", "severe")
NOTE_WORDS = (
    "numb",
    "numbness",
    "weak",
    "weakness",
    "tingling",
    "bladder",
    "bowel",
    "incontinence",
    "saddle",
    "fell",
    "shooting",
)
NOTE_WORDS += ("radiating", "worse", "저림", "저리", "마비", "힘이 빠", "대소변", "소변", "대변", "넘어", "악화")

GROUP_OF = {
    "repeated_rise": "first",
    "rise_to_severe": "first",
    "severe_and_rise": "first",
    "exercised_after_rise": "first",
    "rise": "soon",
    "median_rise": "soon",
    "resting_pain_up": "soon",
    "severe_and_exercising": "soon",
    "small_rise": "look",
    "off_programme": "off_programme",
    "silent": "silent",
    "no_recent_upload": "no_recent_upload",
    "not_assessable": "not_assessable",
    "low_adherence": "low_adherence",
}
GROUPS = [*dict.fromkeys(GROUP_OF.values()), "on_track"]


def review(rows, roster, uploads, reviews, as_of):
    """The list of `as_of`: one dict per patient, in the order of the list.

    `roster` maps a patient to a dict; `uploads` are (day, patients) pairs; `reviews` are dicts of review_event.
    """
    rows = [row for row in rows if row["performed_at"] < datetime.combine(as_of + DAY, time())]
    patients = set(roster) | {row["patient_id"] for row in rows}
    lines = [_line(patient, rows, roster.get(patient), uploads, reviews, as_of) for patient in patients]
    return sorted(lines, key=_place)


def _place(line):
    rise, waiting = line["max_rise"], line["days_waiting"]
    return (
        GROUPS.index(line["review_group"]),
        (rise is None, -(rise or 0)),
        -line["sessions_with_rise"],
        (waiting is None, -(waiting or 0)),
        line["patient_id"],
    )


def _line(patient, rows, entry, uploads, reviews, as_of):
    rows = [row for row in rows if row["patient_id"] == patient]
    all_sessions = sessions(rows)
    covered = covered_through(patient, rows, uploads, as_of)
    through = reviewed_through(patient, reviews, as_of)
    window = [session for session in all_sessions if as_of - 6 * DAY <= session["day"] <= as_of]
    opened = [session for session in window if through is None or session["started_at"] > through]
    rises = [session["rise"] for session in opened if session["rise"] is not None]
    big = [session for session in opened if session["rise"] is not None and session["rise"] >= 2]
    entered = severity_entered(entry)
    logged = severity_logged(rows, as_of)
    severity = entered or logged
    last = max((session["day"] for session in all_sessions), default=None)
    off_programme = [session for session in opened if session["off_programme"]]
    now, before = resting_pain(rows, as_of)
    held = {
        "repeated_rise": len(big) >= 2,
        "rise_to_severe": any(session["peak"] >= 7 for session in big),
        "severe_and_rise": severity == "severe" and any(rise > 0 for rise in rises),
        "exercised_after_rise": any(follows(later, session) for session in big for later in all_sessions),
        "rise": bool(big),
        "median_rise": len(rises) >= 4 and median(rises) >= 1,
        "resting_pain_up": bool(opened) and len(now) >= 4 and len(before) >= 4 and _mean(now) - _mean(before) >= 1,
        "severe_and_exercising": severity == "severe" and bool(opened),
        "small_rise": any(rise > 0 for rise in rises),
        "off_programme": bool(off_programme),
        "silent": None not in (last, covered) and covered - last >= 7 * DAY,
        "no_recent_upload": covered is None or as_of - covered >= 7 * DAY,
        "not_assessable": bool(opened) and not rises,
        "low_adherence": _is_low(adherence(rows, entry, covered, as_of, 14)),
    }
    reasons = [reason for reason in GROUP_OF if held[reason]]
    assessable = [session for session in all_sessions if session["rise"] is not None]
    chips = {
        "after_a_rise": held["silent"] and bool(assessable) and assessable[-1]["rise"] > 0,
        "kept_going": any(session["stopped_early"] is False for session in big),
        "stopped_for_pain": any(session["stopped_early"] is True for session in big),
        "over_limit": over_limit(rows, through, as_of),
        "notes_mention": any(mentions(session["notes"]) for session in opened),
        "severity_differs": None not in (entered, logged) and entered != logged,
    }
    every = held["severe_and_exercising"] or held["not_assessable"] or held["resting_pain_up"]
    gave = [
        session
        for session in opened
        if every
        or session["off_programme"]
        or (session["rise"] is not None and (session["rise"] > 0 or held["median_rise"]))
    ]
    return {
        "patient_id": patient,
        "review_group": GROUP_OF[reasons[0]] if reasons else "on_track",
        "reasons": reasons,
        "chips": [chip for chip, holds in chips.items() if holds],
        "max_rise": max(rises, default=None),
        "sessions_with_rise": sum(rise > 0 for rise in rises),
        "sessions_assessable": len(rises),
        "sessions": len(opened),
        "days_waiting": (as_of - gave[0]["day"]).days if gave else None,
        "severity": severity,
        "severity_entered": entered,
        "severity_logged": logged,
        "adherence": adherence(rows, entry, covered, as_of, 28),
        "last_session": last,
    }


# 2. Scores


def peak(row):
    return max((row[score] for score in ("pain_during", "pain_after") if row[score] is not None), default=None)


def rise(row):
    if row["pain_before"] is None or peak(row) is None:
        return None
    return peak(row) - row["pain_before"]


def band(score):
    return BANDS[sum(score >= edge for edge in (1, 4, 7))]


def severity_entered(entry):
    if entry is None:
        return None
    if entry.get("severity"):
        return entry["severity"]
    if entry.get("zcq_symptom") is not None:
        return "mild" if entry["zcq_symptom"] < 2 else "moderate" if entry["zcq_symptom"] < 3 else "severe"
    if entry.get("odi") is not None:
        return "mild" if entry["odi"] <= 20 else "moderate" if entry["odi"] <= 40 else "severe"
    return None


def severity_logged(rows, as_of):
    means = [mean for day, mean in daily_means(rows).items() if as_of - 27 * DAY <= day <= as_of]
    return band(median(means)) if len(means) >= 4 else None


def daily_means(rows):
    scores = defaultdict(list)
    for row in rows:
        if row["pain_before"] is not None:
            scores[row["performed_at"].date()].append(row["pain_before"])
    return {day: _mean(of_day) for day, of_day in scores.items()}


def resting_pain(rows, as_of):
    """The daily means of the window, and those of the 21 days before it."""
    means = daily_means(rows)
    first = as_of - 6 * DAY
    now = [mean for day, mean in means.items() if first <= day <= as_of]
    before = [mean for day, mean in means.items() if first - 21 * DAY <= day < first]
    return now, before


def _mean(values):
    return Fraction(sum(values), len(values))


# 3. Time


def sessions(rows):
    """The sessions of one patient, by their start."""
    rows = sorted(
        (row for row in rows if row["exercise"] is not None or peak(row) is not None),
        key=lambda row: row["performed_at"],
    )
    groups = defaultdict(list)
    previous, started, ids = None, None, {}
    for row in rows:
        if row["session_id"] is not None:
            last = ids.get(row["session_id"])
            if last is None or _comes_again(last[0], row):
                last = (row, row["performed_at"])
            ids[row["session_id"]] = (row, last[1])
            key = ("id", row["session_id"], last[1])
        elif not row["has_time"]:
            key = ("date", row["performed_at"].date())
        else:
            if previous is None or row["performed_at"] - previous > timedelta(minutes=60):
                started = row["performed_at"]
            previous = row["performed_at"]
            key = ("from", started)
        groups[key].append(row)
    return sorted(map(_session, groups.values()), key=lambda session: session["started_at"])


def _comes_again(last, row):
    """Whether an id that an app has used before begins a new session."""
    if last["has_time"] and row["has_time"]:
        return row["performed_at"] - last["performed_at"] > timedelta(hours=12)
    return row["performed_at"].date() > last["performed_at"].date()


def _session(rows):
    rises = [rise(row) for row in rows if rise(row) is not None]
    peaks = [peak(row) for row in rows if peak(row) is not None]
    said = [row["stopped_early"] for row in rows if row["stopped_early"] is not None]
    before = [row["pain_before"] for row in rows if row["pain_before"] is not None]
    after = [row["pain_after"] for row in rows if row["pain_after"] is not None]
    return {
        "started_at": rows[0]["performed_at"],
        "day": rows[0]["performed_at"].date(),
        "has_time": any(row["has_time"] for row in rows),
        "rise": max(rises, default=None),
        "peak": max(peaks, default=None),
        "pain_before": before[0] if before else None,
        "pain_after": after[-1] if after else None,
        "stopped_early": any(said) if said else None,
        "provoked_by": next(
            (
                row["exercise_name"] or row["exercise"] or "unstated"
                for row in rows
                if rises and rise(row) == max(rises)
            ),
            None,
        ),
        "off_programme": any(row["exercise"] is not None and row["exercise"] not in TARGET for row in rows),
        "notes": " ".join(row["notes"] or "" for row in rows),
        "rows": rows,
    }


def follows(later, session):
    """Whether a session is later on the same day or on the next; one that carries only a date starts the day."""
    return later["started_at"] > session["started_at"] and later["day"] - session["day"] <= DAY


def mentions(notes):
    """Whether a listed word stands in the notes; one in Latin letters has to be a word of its own."""
    return any(
        re.search(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])" if word.isascii() else word, notes.lower())
        for word in NOTE_WORDS
    )


def covered_through(patient, rows, uploads, as_of):
    if not rows:
        return None
    days = [day for day, patients in uploads if patient in patients]
    return min(max(days), as_of) if days else None


# 4. Adherence


def adherence(rows, entry, covered, as_of, days):
    """The fraction of the programme done over the exposure days, or None when they are too few."""
    start = (entry or {}).get("programme_start") or min((row["performed_at"].date() for row in rows), default=None)
    if start is None or covered is None:
        return None
    first, last = max(as_of - (days - 1) * DAY, start), min(as_of, covered)
    exposure = [first + number * DAY for number in range((last - first).days + 1)]
    if len(exposure) < 4:
        return None
    return _mean([day_adherence(rows, day) for day in exposure])


def day_adherence(rows, day):
    scores = []
    for exercise, target in TARGET.items():
        done, _ = done_per_side(rows, day, exercise)
        scores.append(min(Fraction(1), Fraction(done, target)))
    return _mean(scores)


def done_per_side(rows, day, exercise):
    """The repetitions of the side that did fewer, and of the side that did more."""
    left = right = 0
    for row in rows:
        if row["performed_at"].date() != day or row["exercise"] != exercise:
            continue
        done = TARGET[exercise] if row["reps"] is None else row["reps"] * (1 if row["sets"] is None else row["sets"])
        side = row["side"] if exercise in PER_SIDE else None
        left += 0 if side == "right" else done
        right += 0 if side == "left" else done
    return min(left, right), max(left, right)


def over_limit(rows, through, as_of):
    """Whether a day of the window, later than the day that the last review covered, is over a limit."""
    days = {as_of - number * DAY for number in range(7)}
    return any(
        done_per_side(rows, day, exercise)[1] > limit
        for day in days
        if through is None or day > through.date()
        for exercise, limit in UPPER_LIMIT.items()
    )


def _is_low(share):
    return share is not None and share < Fraction(1, 2)


# 6. Review


def reviewed_through(patient, reviews, as_of):
    made = [review for review in reviews if review["made_at"].date() <= as_of]
    undone = {review["undoes"] for review in made}
    standing = [
        review
        for review in made
        if review["patient_id"] == patient and review["undoes"] is None and review["review_id"] not in undone
    ]
    last = max(standing, key=lambda review: (review["made_at"], review["review_id"]), default=None)
    return last and last["reviewed_through"]
