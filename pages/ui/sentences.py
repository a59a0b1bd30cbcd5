"""One sentence or two on a patient of the review list, made from the numbers of their row and from nothing else."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas

from pages.ui import wording
from pages.ui.wording import day_of_month, exercise_in_sentence, score, tenth

Row = Mapping[str, Any]


def sentence(row: Row) -> str:
    """What happened to a patient, when, and how it differs from what is usual for them.

    `row` is a row of `review_list` or of `patient_summary`. It is text: exercises and reviewers are named as they were
    written.
    """
    return ". ".join(clause for clause, _ in _clauses(row)) + "."


def also(row: Row) -> list[str]:
    """The reasons and labels of a patient of which the sentence says nothing, as the screen calls them."""
    said = {code for _, codes in _clauses(row) for code in codes}
    return [wording.REASONS[reason] for reason in row["reasons_shown"] if reason not in said] + [
        wording.CHIPS[chip] for chip in row["chips"] if chip not in said
    ]


def provoking(exercises: Sequence[Row]) -> list[str]:
    """Which exercise goes with a rise: a line for each row of `patient_exercises`."""
    return [f"{wording.exercise(row['exercise_label'])}: {_how_often(row)}" for row in exercises]


def _how_often(row: Row) -> str:
    if row["assessable"] == 0:
        return "no session that can be judged"
    often = ", most often" if row["is_most_often"] else ""
    sessions = "session" if row["assessable"] == 1 else "sessions"
    return f"rose in {wording.k_of_n(row['with_rise'], row['assessable'])} {sessions}{often}"


def settled(row: Row) -> list[str]:
    """Whether pain is back at its start by the next day, from the row of `patient_settled`; nothing without a rise that
    is followed by a score."""
    if row["rises"] == 0:
        return []
    rises = "rise" if row["rises"] == 1 else "rises"
    return [f"In {wording.k_of_n(row['settled'], row['rises'])} {rises} the next day's first score was back"]


def _clauses(row: Row) -> list[tuple[str, set[str]]]:
    """What there is to say of a row, in its order, each with the reasons and labels that it says."""
    clauses = ((say(row), codes) for say, codes in _SAYING)
    return [(clause, codes) for clause, codes in clauses if clause] or [("No session that can be judged", set())]


def _review(row: Row) -> str:
    if row["section"] not in ("look_again", "reviewed"):
        return ""
    review = f"eviewed by {row['reviewer']} on {day_of_month(row['reviewed_at'])}: {wording.OUTCOMES[row['outcome']]}"
    if row["section"] == "look_again":
        return f"Look again on {wording.day(row['look_again_on'])}; r{review}"
    return f"R{review}"


def _good_news(row: Row) -> str:
    if row["section"] != "good_news":
        return ""
    return f"Resting pain fell from {tenth(row['resting_before'])} to {tenth(row['resting_lately'])}"


def _upload(row: Row) -> str:
    if _leads(row, "no_recent_upload"):
        if pandas.isna(row["covered_through"]):
            return "No data of this patient were ever uploaded"
        return f"No upload for {_days(row['days_without_upload'])}"
    return ""


def _silence(row: Row) -> str:
    if not _leads(row, "silent"):
        return ""
    since = f"since a rise of {score(row['last_rise'])}" if "after_a_rise" in row["chips"] else "though data came"
    return f"No session for {_days(row['days_silent'])}, {since}"


def _none_since(row: Row) -> str:
    if "stopped_after_a_rise" not in row["reasons"]:
        return ""
    return f"No session for {_days(row['days_silent'])} since a rise of {score(row['last_rise'])}"


def _scores_missing(row: Row) -> str:
    if not _leads(row, "not_assessable"):
        return ""
    sessions = row["sessions"]
    if sessions == 1:
        return "The session has no score before, or none during and after"
    return f"None of {sessions} sessions has a score before and one during or after"


def _little_done(row: Row) -> str:
    if not _leads(row, "low_adherence"):
        return ""
    days = wording.k_of_n(row["days_logged_lately"], row["exposure_days_lately"])
    return f"{row['adherence_lately'] * 100:.0f} % of the programme done, with a log on {days} days"


def _off_programme(row: Row) -> str:
    if not _leads(row, "off_programme"):
        return ""
    count = row["off_programme_sessions"]
    last = day_of_month(row["off_programme_day"])
    if count == 1:
        return f"An exercise off the programme on {last}"
    return f"An exercise off the programme in {count} sessions, the last on {last}"


def _recent(row: Row) -> str:
    """How much recent sessions rose, in how many, the worst of them, and what is usual."""
    sessions, with_rise = row["recent_sessions"], row["recent_with_rise"]
    if sessions == 0:
        return ""
    return _compared(row, sessions, with_rise) if row["can_be_compared"] else _too_few(row, sessions, with_rise)


def _compared(row: Row, sessions: int, with_rise: int) -> str:
    if with_rise == 0:
        return f"No rise in {sessions} recent sessions"
    count, mean = f"in {wording.k_of_n(with_rise, sessions)} sessions", tenth(row["recent_rise"])
    worst = f"worst {_scores(row, 'recent')}"
    usual = f"usual {tenth(row['usual_rise'])} ({row['other_sessions']} sessions)"
    usual = usual if row["has_own_usual"] else "no usual of their own yet"
    if round(row["recent_rise"], 1) > 0:
        return f"Pain rose by {mean} on average, {count}, {worst}; {usual}"
    return f"Pain rose {count}, {worst}; {mean} on average, {usual}"


def _too_few(row: Row, sessions: int, with_rise: int) -> str:
    count = f"{sessions} session{'s' if sessions > 1 else ''}"
    if with_rise == 0:
        return f"No rise in {count}; too few to compare"
    largest = score(row["recent_max_rise"])
    by = f"rose by {largest}" if with_rise == 1 else f"rose, by {largest} at most"
    return f"{with_rise} of {count} {by}, {_scores(row, 'recent')}; too few to compare"


def _earlier(row: Row) -> str:
    """The largest rise that waits for a review, where it is no recent one."""
    if pandas.isna(row["worst_is_recent"]) or row["worst_is_recent"] or not row["max_rise"] > 0:
        return ""
    return f"Earlier and not reviewed: {_scores(row, 'worst')}"


def _stopped(row: Row) -> str:
    if row["sessions_stopped"] == 0:
        return ""
    last = day_of_month(row["stopped_day"])
    if row["sessions_stopped"] == 1:
        return f"Stopped early on {last}"
    return f"Stopped early in {row['sessions_stopped']} sessions, the last on {last}"


def _resting_pain(row: Row) -> str:
    if "resting_pain_up" not in row["reasons"]:
        return ""
    return f"Resting pain {tenth(row['resting_in_window'])}, before that {tenth(row['resting_in_baseline'])}"


def _severe(row: Row) -> str:
    if not _leads(row, "severe_and_exercising"):
        return ""
    return "Severe symptoms, and no session reviewed yet"


def _left(row: Row) -> str:
    if "left_unreviewed" not in row["reasons"] or row["review_group"] != "look":
        return ""
    if pandas.isna(row["left_to"]):
        return f"Never reviewed: stopped early on {day_of_month(row['left_day'])}"
    return f"Never reviewed: {_scores(row, 'left')}{', stopped early' if row['left_is_stopped'] else ''}"


def _leads(row: Row, reason: str) -> bool:
    """Whether a reason is the one that gives the patient their group."""
    return len(row["reasons"]) > 0 and row["reasons"][0] == reason


def _scores(row: Row, which: str) -> str:
    """The scores that a rise lies between, its day and exercise, and in words where the first is not the row's own."""
    start = wording.rise_from({name: row[f"{which}_{name}"] for name in ("is_climb", "is_carried")})
    scores = f"{score(row[f'{which}_from'])} → {score(row[f'{which}_to'])}"
    exercise = exercise_in_sentence(row[f"{which}_exercise"])
    return f"{scores} on {day_of_month(row[f'{which}_day'])} ({', '.join(filter(None, (exercise, start)))})"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


_SAYING: tuple[tuple[Callable[[Row], str], set[str]], ...] = (
    (_review, set()),
    (_good_news, set()),
    (_upload, {"no_recent_upload"}),
    (_silence, {"silent", "after_a_rise"}),
    (_scores_missing, {"not_assessable"}),
    (_little_done, {"low_adherence"}),
    (_off_programme, {"off_programme"}),
    (_recent, {"more_than_usual", "rise_in_few", "severe_more_than_usual", "rise", "above_usual", "any_rise"}),
    (_none_since, {"stopped_after_a_rise", "silent", "after_a_rise"}),
    (_earlier, {"any_rise"}),
    (_stopped, {"stopped_for_pain", "stopped_early", "any_rise"}),
    (_resting_pain, {"resting_pain_up"}),
    (_severe, {"severe_and_exercising"}),
    (_left, {"left_unreviewed"}),
)
