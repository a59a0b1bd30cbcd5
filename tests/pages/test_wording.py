"""Numbers and codes as the screen says them."""

import datetime

import pandas
import pytest

import queries
from data.store import open_store
from pages.ui import wording

NOTHING = [None, float("nan"), pandas.NA]


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (3, "3"), (3.0, "3"), (3.5, "3.5"), (10, "10"), (-0.5, "-0.5"), (2.3333333, "2.333"), (100, "100")],
)
def test_a_score(value, written):
    assert wording.score(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(2, "+2"), (0.5, "+0.5"), (0, "0"), (0.0, "0"), (-0.5, "−0.5"), (-2, "−2")]
)
def test_a_difference_has_its_sign(value, written):
    assert wording.signed(value) == written


@pytest.mark.parametrize("nothing", NOTHING)
def test_nothing_is_a_dash_and_never_zero(nothing):
    assert wording.score(nothing) == "–"
    assert wording.signed(nothing) == "–"
    assert wording.exercise(nothing) == "–"
    assert wording.severity(nothing) == "Unknown"
    assert wording.day(nothing) == "–"


def test_k_of_n():
    assert wording.k_of_n(2, 5) == "2 of 5"
    assert wording.k_of_n(0, 0) == "0 of 0"


def test_a_day():
    assert wording.day(datetime.date(2026, 11, 2)) == "2 Nov 2026"
    assert wording.day(pandas.NaT) == "–"


def test_a_severity_says_where_it_comes_from():
    assert wording.severity("severe", "clinician") == "Severe (entered)"
    assert wording.severity("mild", "ZCQ") == "Mild (entered, from ZCQ)"
    assert wording.severity("moderate", "log") == "Moderate (from the log)"
    assert wording.severity("none") == "None"


def test_an_exercise_outside_the_programme_keeps_its_name():
    assert wording.exercise("hip_joint") == "Hip joint exercise"
    assert wording.exercise("Stationary bike") == "Stationary bike"
    assert wording.exercise_in_sentence("pelvic_tilt; Plank") == "pelvic tilts, Plank"
    assert wording.exercise_in_sentence("Stationary bike") == "Stationary bike"
    assert wording.exercise_in_sentence("x" * 60) == "x" * 60
    assert wording.exercise_in_sentence("x" * 61) == "x" * 59 + "…"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("P1", "P1"),
        ("**P1**", r"\*\*P1\*\*"),
        ("[a](b)", r"\[a\]\(b\)"),
        ("<b>", r"\<b\>"),
        (":red[x] $y$", r":color[\:]red\[x\] \$y\$"),
        ("12:30, full: no", r"12\:30, full\: no"),
        ("12:30:15 :10:", r"12:color[\:]30\:15 :color[\:]10\:"),
        ("www.evil.example", r"www:color[\.]evil\.example"),
        ("A@b.co", r"A:color[\@]b\.co"),
        ("P1\u200b", r"P1\[U\+200B\]"),
        ("a -> b", r"a \-:color[\>] b"),
        ("two\nlines\t and  spaces", "two lines and spaces"),
        (r"back\slash", r"back\\slash"),
        ("가나다", "가나다"),
    ],
)
def test_text_from_a_file_stays_as_it_is(text, plain):
    assert wording.plain(text) == plain


@pytest.fixture(scope="module")
def rule():
    store = open_store()
    queries.define(store)
    yield queries.ask(store, "rule", as_of=datetime.date(2026, 3, 29)).to_dict("records")[0]
    store.close()


def test_every_section_reason_and_label_has_a_rule_with_the_numbers_in_force(rule):
    assert wording.reason_rule("stopped_early", rule) == "a recent session was stopped early with a rise of 1 or more"
    assert wording.reason_rule("stopped_early", rule | {"small_rise": 1.5}) == (
        "a recent session was stopped early with a rise of 1.5 or more"
    )
    assert wording.reason_rule("low_adherence", rule) == (
        "less than 50 % of the programme was done in the last 14 days"
    )
    said = [wording.reason_rule(reason, rule) for reason in wording.REASONS]
    said += [wording.section_rule(section, rule) for section in wording.SECTIONS]
    said += [wording.chip_rule(chip, rule) for chip in wording.CHIPS]
    assert not [sentence for sentence in said if "{" in sentence]


def test_what_is_recent_and_usual_is_said_with_the_numbers_in_force(rule):
    assert wording.recent_rule(rule) == (
        "Recent sessions: those of the 7 days up to the patient's last session that have scores and wait for a review. "
        "Usual: the average rise of the other sessions of the last 28 days, as if there had been 4 more with a rise of "
        "0.4; never below −1, nor above 1 (1.5 after a review)."
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.857, "1.9"), (2.0, "2"), (0.04, "0"), (-0.04, "0"), (-0.25, "−0.2"), (-0.96, "−1"), (10.0, "10")],
)
def test_a_mean_has_one_decimal(value, written):
    assert wording.tenth(value) == written


@pytest.mark.parametrize(
    ("entered", "logged", "severity", "source", "written"),
    [
        ("mild", "severe", "severe", "log", "Severe (entered mild, logged severe: they differ)"),
        ("mild", "mild", "mild", "ZCQ", "Mild (entered, from ZCQ)"),
        (None, "moderate", "moderate", "log", "Moderate (from the log)"),
        ("severe", None, "severe", "clinician", "Severe (entered)"),
        (None, None, None, None, "Unknown"),
    ],
)
def test_both_severities_are_said_where_they_differ(entered, logged, severity, source, written):
    row = {"severity_entered": entered, "severity_logged": logged, "severity": severity, "severity_from": source}
    assert wording.severities(row) == written


def test_where_a_rise_is_counted_from_another_score_it_is_said():
    assert wording.rise_from({"is_climb": True, "is_carried": False}) == "from the session's first score"
    assert wording.rise_from({"is_climb": False, "is_carried": True}) == "from the score before it"
    assert wording.rise_from({"is_climb": False, "is_carried": False}) == ""
    assert wording.rise_from({"is_climb": pandas.NA, "is_carried": pandas.NA}) == ""
