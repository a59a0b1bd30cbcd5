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
SECTIONS = GROUPS | {"look_again": "Look again later", "reviewed": "Reviewed", "good_news": "Good news"}

_SECTION_RULES = {
    "first": (
        "Recent sessions well above the patient's usual, a rise of {important_rise} or more where there are few, a "
        "session stopped for pain, or no session since a rise of {important_rise} or more."
    ),
    "soon": (
        "A rise of {important_rise} or more above the usual, a session stopped early, recent sessions somewhat above "
        "the usual, more pain at rest, or severe symptoms and no review yet."
    ),
    "look": (
        "Any other rise or session stopped early that nobody has reviewed; older ones too, from a rise of "
        "{important_rise} on."
    ),
    "off_programme": "Squats, bridges, heel raises or an exercise that is not in the programme, and no rise.",
    "silent": "No session for {silent_days} days or more, though their data were uploaded since.",
    "no_recent_upload": "No upload of their data for {upload_days} days or more, or never. What they did is not known.",
    "not_assessable": "Sessions to be reviewed, none with a score both before and during or after.",
    "low_adherence": "Less than {partial_percent} % of the programme in the last {low_adherence_days} days.",
    "on_track": "None of these rules applies.",
    "look_again": "A review asked for another look on a later day. A reason to review first brings the patient back.",
    "reviewed": "Reviewed in the last {reviewed_days} days, with no rise since that waits for a review.",
    "good_news": (
        "On track, and pain at rest in the last {good_news_window_days} days at least {good_news_points} lower than "
        "{good_news_to_days} to {good_news_from_days} days ago. Worth saying to the patient."
    ),
}

# How a reason is called where there is little room.
REASONS = {
    "more_than_usual": "More than usual",
    "rise_in_few": "A rise in few sessions",
    "severe_more_than_usual": "Severe, and more than usual",
    "stopped_for_pain": "Stopped for pain",
    "stopped_after_a_rise": "No session since a rise",
    "rise": "One rise above usual",
    "stopped_early": "Stopped early",
    "above_usual": "Somewhat more than usual",
    "resting_pain_up": "Resting pain is up",
    "severe_and_exercising": "Severe, not reviewed yet",
    "any_rise": "Some rise",
    "left_unreviewed": "Left unreviewed",
    "off_programme": "Exercise off programme",
    "silent": "No session lately",
    "no_recent_upload": "No upload lately",
    "not_assessable": "Scores missing",
    "low_adherence": "Little done",
}

# What follows on "Listed for your review because".
REASON_RULES = {
    "more_than_usual": (
        "at least {sessions_to_compare} recent sessions, {sessions_with_small_rise} or more of them with a rise of "
        "{small_rise} or more, are on average {first_excess} or more above this patient's usual rise, or the last "
        "{last_sessions} of them {first_excess_of_last} or more"
    ),
    "rise_in_few": (
        "one of fewer than {sessions_to_compare} recent sessions has a rise of {important_rise} or more, and no "
        "session of the {recent_days} days up to the last one has been reviewed"
    ),
    "severe_more_than_usual": (
        "symptoms are severe, {sessions_with_small_rise} or more recent sessions have a rise of {small_rise} or more, "
        "and recent sessions are on average {severe_excess} or more above this patient's usual rise"
    ),
    "stopped_for_pain": (
        "a session was stopped early with a rise of {important_rise} or more, or without the scores that would show one"
    ),
    "stopped_after_a_rise": (
        "the last session has a rise of {important_rise} or more, nobody has reviewed it, and data came for "
        "{stopped_after_days} or more days after it without another session"
    ),
    "rise": (
        "a recent session has a rise of {important_rise} or more that is {rise_above_usual} or more above this "
        "patient's usual rise, or {last_rise_above_usual} or more in the last session"
    ),
    "stopped_early": "a recent session was stopped early with a rise of {small_rise} or more",
    "above_usual": (
        "at least {sessions_to_compare} recent sessions, {sessions_with_small_rise} or more of them with a rise of "
        "{small_rise} or more, are on average {soon_excess} or more above this patient's usual rise, or the last "
        "{last_sessions} of them {soon_excess_of_last} or more"
    ),
    "resting_pain_up": (
        "mean resting pain of the last {window_days} days is {resting_pain_points} or more above that of the "
        "{baseline_days} days before, and {resting_pain_deviations} or more standard deviations of those days, with at "
        "least {resting_pain_days} days of each"
    ),
    "severe_and_exercising": "symptoms are severe, and no session of the last {list_days} days has been reviewed",
    "any_rise": "a session that nobody has reviewed has a rise or was stopped early",
    "left_unreviewed": (
        "nobody has reviewed a rise of {important_rise} or more, or a session stopped early, of {left_from_days} to "
        "{left_to_days} days ago, which arrived within {left_arrival_days} days"
    ),
    "off_programme": "an exercise was logged that the programme advises against or does not have",
    "silent": "data came for {silent_days} or more days after the last session without another",
    "no_recent_upload": "no data of this patient were uploaded for {upload_days} days or more",
    "not_assessable": "none of the sessions to be reviewed has a score before and one during or after",
    "low_adherence": "less than {partial_percent} % of the programme was done in the last {low_adherence_days} days",
}

RECENT = (
    "Recent sessions: those of the {recent_days} days up to the patient's last session that have scores and wait for a "
    "review. Usual: the average rise of the other sessions of the last {list_days} days, as if there had been "
    "{imagined_sessions} more with a rise of {imagined_rise}; never below {least_usual_rise}, nor above "
    "{most_usual_rise} ({most_usual_rise_reviewed} after a review)."
)

# Labels beside the reasons, and what each of them means.
CHIPS = {
    "repeated_rise": "repeated",
    "rise_to_severe": "to severe pain",
    "exercised_after_rise": "exercised again",
    "kept_going": "kept going",
    "after_a_rise": "silent after a rise",
    "over_limit": "over the limit",
    "notes_mention": "see notes",
    "severity_differs": "severity differs",
}

_CHIP_RULES = {
    "repeated_rise": "{repeated_sessions} or more sessions with a rise of {important_rise} or more wait for a review",
    "rise_to_severe": "a rise of {important_rise} or more ended at {severe_from} or above",
    "exercised_after_rise": (
        "another session came later that day or on the next one, after a rise of {important_rise} or more"
    ),
    "kept_going": "a session with a rise of {important_rise} or more was not stopped early",
    "after_a_rise": "no session lately, and the last one with scores had a rise",
    "over_limit": "more repetitions than the upper limit",
    "notes_mention": "the notes hold a listed word; it can be negated, and its absence says nothing",
    "severity_differs": "the severity that was entered and the one that was logged differ; the worse counts",
}

OUTCOMES = {
    "contacted": "contacted",
    "advised_to_stop": "advised to stop",
    "programme_changed": "programme changed",
    "referred": "referred",
    "no_action": "no action needed",
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

# The same, shorter, within a sentence, where a name has no more characters than this.
LONGEST_NAME = 60
_EXERCISES_IN_SENTENCES = {
    "pelvic_tilt": "pelvic tilts",
    "knee_to_chest": "knee-to-chest",
    "hip_joint": "hip joint",
    "unstated": "exercise not stated",
    "ankle_flexion": "ankle flexion",
    "squat": "squat",
    "bridge": "bridge",
    "heel_raise": "heel raise",
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


def section_rule(section: str, rule: Mapping[str, Any]) -> str:
    """The rule of a section of the review list, with the numbers of the rule set in force."""
    return _SECTION_RULES[section].format_map(_numbers(rule))


def reason_rule(reason: str, rule: Mapping[str, Any]) -> str:
    """What a reason means, with the numbers of the rule set in force."""
    return REASON_RULES[reason].format_map(_numbers(rule))


def chip_rule(chip: str, rule: Mapping[str, Any]) -> str:
    """What a label beside the reasons means, with the numbers of the rule set in force."""
    return _CHIP_RULES[chip].format_map(_numbers(rule))


def recent_rule(rule: Mapping[str, Any]) -> str:
    """Which sessions are compared with what is usual, with the numbers of the rule set in force."""
    return RECENT.format_map(_numbers(rule))


def _numbers(rule: Mapping[str, Any]) -> dict[str, str]:
    numbers = {name: score(value).replace("-", "−") for name, value in rule.items() if isinstance(value, int | float)}
    return numbers | {"partial_percent": score(rule["partial_from"] * 100)}


def score(value: float | None) -> str:
    """A score or a difference as it is written by hand: 3, 3.5; – where there is none."""
    return "–" if value is None or pandas.isna(value) else f"{value:.3f}".rstrip("0").rstrip(".")


def signed(value: float | None) -> str:
    """A difference with its sign: +2, −0.5, 0."""
    if value is None or pandas.isna(value):
        return "–"
    return f"+{score(value)}" if value > 0 else score(value).replace("-", "−")


def tenth(value: float) -> str:
    """A mean as the sentence has it, to one decimal: 1.9, 2, −0.2, 0."""
    return score(round(value, 1) + 0.0).replace("-", "−")


def exercise(code: str | None) -> str:
    """An exercise as a person calls it, or several; a name that is not in the programme stays as the export has it."""
    return _exercise(code, EXERCISES)


def exercise_in_sentence(code: str | None) -> str:
    """The same, shorter, as it stands within a sentence; a long name is cut."""
    name = _exercise(code, _EXERCISES_IN_SENTENCES)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _exercise(code: str | None, called: Mapping[str, str]) -> str:
    if code is None or pandas.isna(code):
        return "–"
    names = code.split("; ")
    return ", ".join(called.get(name, name) for name in names) if called.keys() & set(names) else code


def k_of_n(k: int, n: int) -> str:
    """A rate as it may be shown: 2 of 5."""
    return f"{k} of {n}"


def severity(band: str | None, source: str | None = None) -> str:
    """A severity band, and where it comes from."""
    if band is None or pandas.isna(band):
        return "Unknown"
    return SEVERITIES[band] + (f" ({SEVERITY_SOURCES[source]})" if source and not pandas.isna(source) else "")


def severities(row: Mapping[str, Any]) -> str:
    """How severe a patient's symptoms are, with both sources where they differ: the worse of them counts."""
    entered, logged = row["severity_entered"], row["severity_logged"]
    if pandas.isna(entered) or pandas.isna(logged) or entered == logged:
        return severity(row["severity"], row["severity_from"])
    both = f"entered {SEVERITIES[entered].lower()}, logged {SEVERITIES[logged].lower()}"
    return f"{SEVERITIES[row['severity']]} ({both}: they differ)"


def rise_from(session: Mapping[str, Any]) -> str:
    """Where a rise is not the row's own scores: what it is counted from; empty where it is."""
    if pandas.notna(session["is_climb"]) and session["is_climb"]:
        return "from the session's first score"
    return "from the score before it" if pandas.notna(session["is_carried"]) and session["is_carried"] else ""


def day(value: Any) -> str:
    """A day as 20 Nov 2026, or a dash."""
    return "–" if pandas.isna(value) else f"{value:%d %b %Y}".lstrip("0")


def day_of_month(value: Any) -> str:
    """A day as 20 Nov, where its year is clear."""
    return f"{value:%d %b}".lstrip("0")


# Markdown makes links, pictures and typography of text after its escapes are gone; what is in a span of its own is
# no part of that: at signs, colons that begin something (but not minutes), the dot of www., and the second character of
# an arrow, a dash or an inequality.
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@=^/'\"])")
_KEPT_APART = re.compile(r"\\@|\\:(?!\s|$|\d\d(?![\d\\]))|(?<=www)\\\.|(?<=[<>~-])\\[-=>]", re.IGNORECASE)


def plain(text: Any) -> str:
    """Text from a file or a form, so that Markdown shows it as it is, with its invisible characters written out."""
    shown = visible(" ".join(str(text).split()))
    return _KEPT_APART.sub(r":color[\g<0>]", _MARKS.sub(r"\\\1", shown))
