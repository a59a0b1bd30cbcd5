"""What each code is called on the screen, and which numbers of the rule set each rule names."""

import datetime
import re

import pytest

import queries
from data.store import open_store
from pages.ui import wording

LABELS = [wording.GROUPS, wording.REASONS, wording.CHIPS, wording.MARKS, wording.EXERCISES, wording.COLUMNS]
LABELS += [wording.SEVERITIES, wording.SEVERITY_SOURCES, wording.ADHERENCE, wording.PERIODS]


@pytest.fixture(scope="module")
def rule():
    store = open_store()
    queries.define(store)
    yield queries.ask(store, "rule", as_of=datetime.date(2026, 3, 29)).to_dict("records")[0]
    store.close()


@pytest.mark.parametrize("labels", LABELS)
def test_no_two_codes_are_called_the_same(labels):
    assert len(set(labels.values())) == len(labels)


def test_no_two_rules_read_the_same(rule):
    reasons = [wording.reason_rule(reason, rule) for reason in wording.REASONS]
    groups = [wording.group_rule(group, rule) for group in wording.GROUPS]
    assert len({*reasons, *groups}) == len(reasons) + len(groups)


def test_a_group_is_called_what_the_screen_is_known_by():
    assert wording.GROUPS == {
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


def test_a_reason_a_chip_and_a_mark_are_called_what_they_mean():
    assert wording.REASONS == {
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
    assert wording.CHIPS == {
        "after_a_rise": "after a rise",
        "kept_going": "kept going",
        "stopped_for_pain": "stopped for pain",
        "over_limit": "over the limit",
        "notes_mention": "notes mention a listed word",
        "severity_differs": "entered and logged severity differ",
    }
    assert wording.MARKS == {
        "rise": "▲ rise",
        "no_rise": "● no rise",
        "stopped": "✕ stopped early",
        "not_assessable": "○ cannot be judged",
    }


def named_by(rule, sentence, code):
    """The numbers of the rule set that a rule names: those with which its sentence changes."""
    numbers = [name for name, value in rule.items() if isinstance(value, int | float)]
    now = sentence(code, rule)
    return {name for name in numbers if sentence(code, rule | {name: rule[name] + 0.25}) != now}


def test_each_reason_names_the_numbers_that_decide_it(rule):
    assert {code: named_by(rule, wording.reason_rule, code) for code in wording.REASONS} == {
        "repeated_rise": {"repeated_sessions", "rise_points"},
        "rise_to_severe": {"rise_points", "severe_from"},
        "severe_and_rise": set(),
        "exercised_after_rise": {"rise_points"},
        "rise": {"rise_points"},
        "median_rise": {"median_rise_points", "median_rise_sessions"},
        "resting_pain_up": {"resting_pain_points", "baseline_days", "resting_pain_days"},
        "severe_and_exercising": set(),
        "small_rise": set(),
        "off_programme": set(),
        "silent": {"silent_days"},
        "no_recent_upload": {"upload_days"},
        "not_assessable": set(),
        "low_adherence": {"partial_from", "low_adherence_days"},
    }


def test_each_group_names_the_numbers_that_decide_it(rule):
    assert {code: named_by(rule, wording.group_rule, code) for code in wording.GROUPS} == {
        "first": {"window_days", "repeated_sessions", "rise_points", "severe_from"},
        "soon": {
            *("window_days", "rise_points", "median_rise_points", "median_rise_sessions"),
            *("resting_pain_points", "baseline_days"),
        },
        "look": {"window_days", "rise_points"},
        "off_programme": {"window_days"},
        "silent": {"silent_days"},
        "no_recent_upload": {"upload_days"},
        "not_assessable": {"window_days"},
        "low_adherence": {"partial_from", "low_adherence_days"},
        "on_track": set(),
    }


def test_every_code_of_the_list_has_its_words():
    view = (queries.FOLDER / "views" / "10_review.sql").read_text(encoding="utf-8")
    codes = set(re.findall(r"THEN\s+'(\w+)'", view))
    assert codes - {*wording.REASONS, *wording.CHIPS, *wording.GROUPS} == set()
    assert {*wording.REASONS, *wording.CHIPS} - codes == set()


@pytest.mark.parametrize(
    ("days", "label"), [(7, "7 days"), (14, "14 days"), (28, "28 days"), (90, "90 days"), (0, "All")]
)
def test_a_period_is_called_by_its_days(days, label):
    assert wording.PERIODS[days] == label
