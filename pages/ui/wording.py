"""The words on the screen: what each code of the queries is called, and how a rule reads with its numbers."""

import re
from collections.abc import Mapping
from typing import Any

import pandas

from data.text import visible

DISCLAIMER = (
    "Supine supports a professional's judgement. It does not diagnose, does not monitor in real time, and cannot "
    "detect an emergency. Bladder or bowel disturbance, saddle numbness, or growing weakness of the legs never show in "
    "these scores: ask."
)

GROUPS = {
    "first": "Review first",
    "soon": "Review soon",
    "look": "Look",
    "off_programme": "Off programme",
    "silent": "Silent",
    "no_recent_upload": "No recent upload",
    "not_assessable": "Cannot be judged",
    "low_adherence": "Low adherence",
    "on_track": "On track",
}

_GROUP_RULES = {
    "first": (
        "In the last {window_days} days: at least {repeated_sessions} sessions with a rise of {rise_points} or more; "
        "or one that rose by {rise_points} or more to {severe_from} or above; or any rise in a patient with severe "
        "symptoms; or exercise again by the next day after a rise of {rise_points} or more."
    ),
    "soon": (
        "In the last {window_days} days: a session with a rise of {rise_points} or more; or a median rise of "
        "{median_rise_points} or more over {median_rise_sessions} sessions; or resting pain {resting_pain_points} or "
        "more above the {baseline_days} days before; or severe symptoms and any session."
    ),
    "look": "A session in the last {window_days} days with a rise below {rise_points}.",
    "off_programme": (
        "Squats, bridges, heel raises or an exercise that is not in the programme, in the last {window_days} days."
    ),
    "silent": "No session for {silent_days} days or more, though their data were uploaded since.",
    "no_recent_upload": "No upload of their data for {upload_days} days or more, or never. What they did is not known.",
    "not_assessable": "Sessions in the last {window_days} days, none with a score both before and during or after.",
    "low_adherence": "Less than {partial_percent} % of the programme in the last {low_adherence_days} days.",
    "on_track": "None of these rules applies.",
}

REASONS = {
    "repeated_rise": "Repeated rise",
    "rise_to_severe": "Rise to severe pain",
    "severe_and_rise": "Severe symptoms and a rise",
    "exercised_after_rise": "Exercised again after a rise",
    "rise": "Rise",
    "median_rise": "Usual rise is high",
    "resting_pain_up": "Resting pain is up",
    "severe_and_exercising": "Severe symptoms and exercising",
    "small_rise": "Small rise",
    "off_programme": "Off programme",
    "silent": "Silent",
    "no_recent_upload": "No recent upload",
    "not_assessable": "Cannot be judged",
    "low_adherence": "Low adherence",
}

REASON_RULES = {
    "repeated_rise": "at least {repeated_sessions} sessions with a rise of {rise_points} or more",
    "rise_to_severe": "a rise of {rise_points} or more that reached {severe_from} or above",
    "severe_and_rise": "severe symptoms, and a session with any rise",
    "exercised_after_rise": "a rise of {rise_points} or more, and another session later that day or on the next day",
    "rise": "a session with a rise of {rise_points} or more",
    "median_rise": "a median rise of {median_rise_points} or more, from at least {median_rise_sessions} sessions",
    "resting_pain_up": (
        "mean resting pain at least {resting_pain_points} above that of the {baseline_days} days before, with at least "
        "{resting_pain_days} days of each"
    ),
    "severe_and_exercising": "severe symptoms, and at least one session",
    "small_rise": "a session with any rise",
    "off_programme": "an exercise that the programme advises against or does not have",
    "silent": "no session for at least {silent_days} days before the last upload",
    "no_recent_upload": "no upload for at least {upload_days} days",
    "not_assessable": "sessions, but none with a score before and one during or after",
    "low_adherence": "less than {partial_percent} % of the programme in the last {low_adherence_days} days",
}

CHIPS = {
    "after_a_rise": "after a rise",
    "kept_going": "kept going",
    "stopped_for_pain": "stopped for pain",
    "over_limit": "over the limit",
    "notes_mention": "notes mention a listed word",
    "severity_differs": "entered and logged severity differ",
}

MARKS = {
    "rise": "▲ rise",
    "no_rise": "● no rise",
    "stopped": "✕ stopped early",
    "not_assessable": "○ cannot be judged",
}

EXERCISES = {
    "pelvic_tilt": "Pelvic tilts",
    "knee_to_chest": "Knee-to-chest stretch",
    "hip_joint": "Hip joint exercise",
    "unstated": "Exercise not stated",
    "ankle_flexion": "Ankle flexion",
    "squat": "Squat",
    "bridge": "Bridge",
    "heel_raise": "Heel raise",
}

COLUMNS = {
    "patient_id": "Patient",
    "performed_at": "Day, or day and time",
    "session_id": "Session",
    "exercise": "Exercise",
    "side": "Side",
    "sets": "Sets",
    "reps": "Repetitions",
    "duration_s": "Duration",
    "pain_before": "Pain before",
    "pain_during": "Pain during",
    "pain_after": "Pain after",
    "stopped_early": "Stopped early",
    "notes": "Notes",
    "severity": "Severity",
    "zcq_symptom": "ZCQ symptom score",
    "odi": "Oswestry index",
    "programme_start": "Programme start",
    "birth_year": "Year of birth",
    "sex": "Sex",
    "site": "Site",
    "clinician": "Clinician",
}

SEVERITIES = {"severe": "Severe", "moderate": "Moderate", "mild": "Mild", "none": "None", "unknown": "Unknown"}
SEVERITY_SOURCES = {
    "clinician": "entered",
    "ZCQ": "entered, from ZCQ",
    "ODI": "entered, from ODI",
    "log": "from the log",
}
ADHERENCE = {"adherent": "adherent", "partial": "partial", "low": "low"}
PERIODS = {7: "7 days", 14: "14 days", 28: "28 days", 90: "90 days", 0: "All"}


def group_rule(group: str, rule: Mapping[str, Any]) -> str:
    """The rule of a group of the review list, with the numbers of the rule set in force."""
    return _GROUP_RULES[group].format_map(_numbers(rule))


def reason_rule(reason: str, rule: Mapping[str, Any]) -> str:
    """What a reason means, with the numbers of the rule set in force."""
    return REASON_RULES[reason].format_map(_numbers(rule))


def _numbers(rule: Mapping[str, Any]) -> dict[str, str]:
    numbers = {name: score(value) for name, value in rule.items() if isinstance(value, int | float)}
    return numbers | {"partial_percent": score(rule["partial_from"] * 100)}


def score(value: float | None) -> str:
    """A score or a difference as it is written by hand: 3, 3.5; – where there is none."""
    return "–" if value is None or pandas.isna(value) else f"{value:.3f}".rstrip("0").rstrip(".")


def signed(value: float | None) -> str:
    """A difference with its sign: +2, −0.5, 0."""
    if value is None or pandas.isna(value):
        return "–"
    return f"+{score(value)}" if value > 0 else score(value).replace("-", "−")


def exercise(code: str | None) -> str:
    """An exercise as a person calls it, or several; a name that is not in the programme stays as the export has it."""
    if code is None or pandas.isna(code):
        return "–"
    names = code.split("; ")
    return ", ".join(EXERCISES.get(name, name) for name in names) if EXERCISES.keys() & set(names) else code


def k_of_n(k: int, n: int) -> str:
    """A rate as it may be shown: 2 of 5."""
    return f"{k} of {n}"


def severity(band: str | None, source: str | None = None) -> str:
    """A severity band, and where it comes from."""
    if band is None or pandas.isna(band):
        return "Unknown"
    return SEVERITIES[band] + (f" ({SEVERITY_SOURCES[source]})" if source and not pandas.isna(source) else "")


def day(value: Any) -> str:
    """A day as 20 Nov 2026, or a dash."""
    return "–" if pandas.isna(value) else f"{value:%d %b %Y}".lstrip("0")


# Markdown makes links, pictures and typography of text after its escapes are gone; what is in a span of its own is
# no part of that: at signs, colons that begin something (but not minutes), the dot of www., and the second character of
# an arrow, a dash or an inequality.
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@=^/'\"])")
_KEPT_APART = re.compile(r"\\@|\\:(?!\s|$|\d\d(?![\d\\]))|(?<=www)\\\.|(?<=[<>~-])\\[-=>]", re.IGNORECASE)


def plain(text: Any) -> str:
    """Text from a file or a form, so that Markdown shows it as it is, with its invisible characters written out."""
    shown = visible(" ".join(str(text).split()))
    return _KEPT_APART.sub(r":color[\g<0>]", _MARKS.sub(r"\\\1", shown))
