"""What each code is called on the screen, and which numbers of the rule set each rule names."""

import datetime
import re

import pytest

import queries
from data.store import open_store
from pages.ui import wording

LABELS = [
    wording.SECTIONS,
    {**wording.SECTIONS, **wording.REASONS, **wording.CHIPS},
    wording.OUTCOMES,
    wording.MARKS,
    wording.EXERCISES,
    wording.COLUMNS,
]
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


def test_no_section_reason_or_label_is_called_as_another_one():
    called = [*wording.SECTIONS.values(), *wording.REASONS.values(), *wording.CHIPS.values()]
    assert len({label.lower() for label in called}) == len(called)


def test_no_two_rules_read_the_same(rule):
    rules = [wording.reason_rule(reason, rule) for reason in wording.REASONS]
    rules += [wording.section_rule(section, rule) for section in wording.SECTIONS]
    rules += [wording.chip_rule(chip, rule) for chip in wording.CHIPS]
    assert len(set(rules)) == len(rules)


def test_a_section_is_called_what_the_screen_is_known_by():
    assert wording.SECTIONS == {
        "first": "Review first",
        "soon": "Review soon",
        "look": "Look",
        "off_programme": "Off programme",
        "silent": "Silent",
        "no_recent_upload": "No recent upload",
        "not_assessable": "Cannot be judged",
        "low_adherence": "Low adherence",
        "on_track": "On track",
        "look_again": "Look again later",
        "reviewed": "Reviewed",
        "good_news": "Good news",
    }


def test_a_reason_a_chip_and_a_mark_are_called_what_they_mean():
    assert wording.REASONS == {
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
    assert wording.CHIPS == {
        "repeated_rise": "repeated",
        "rise_to_severe": "to severe pain",
        "exercised_after_rise": "exercised again",
        "kept_going": "kept going",
        "after_a_rise": "silent after a rise",
        "over_limit": "over the limit",
        "notes_mention": "see notes",
        "severity_differs": "severity differs",
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


COMPARED = {"sessions_to_compare", "sessions_with_small_rise", "small_rise", "last_sessions"}


def test_each_reason_names_the_numbers_that_decide_it(rule):
    assert {code: named_by(rule, wording.reason_rule, code) for code in wording.REASONS} == {
        "more_than_usual": COMPARED | {"first_excess", "first_excess_of_last"},
        "rise_in_few": {"sessions_to_compare", "important_rise", "recent_days"},
        "severe_more_than_usual": {"sessions_with_small_rise", "small_rise", "severe_excess"},
        "stopped_for_pain": {"important_rise"},
        "stopped_after_a_rise": {"important_rise", "stopped_after_days"},
        "rise": {"important_rise", "rise_above_usual", "last_rise_above_usual"},
        "stopped_early": {"small_rise"},
        "above_usual": COMPARED | {"soon_excess", "soon_excess_of_last"},
        "resting_pain_up": {
            *("window_days", "resting_pain_points", "baseline_days", "resting_pain_deviations", "resting_pain_days"),
        },
        "severe_and_exercising": {"list_days"},
        "any_rise": set(),
        "left_unreviewed": {"important_rise", "left_from_days", "left_to_days", "left_arrival_days"},
        "off_programme": set(),
        "silent": {"silent_days"},
        "no_recent_upload": {"upload_days"},
        "not_assessable": set(),
        "low_adherence": {"partial_from", "low_adherence_days"},
    }


def test_each_section_and_label_names_the_numbers_that_decide_it(rule):
    assert {code: named_by(rule, wording.section_rule, code) for code in wording.SECTIONS} == {
        "first": {"important_rise"},
        "soon": {"important_rise"},
        "look": {"important_rise"},
        "off_programme": set(),
        "silent": {"silent_days"},
        "no_recent_upload": {"upload_days"},
        "not_assessable": set(),
        "low_adherence": {"partial_from", "low_adherence_days"},
        "on_track": set(),
        "look_again": set(),
        "reviewed": {"reviewed_days"},
        "good_news": {"good_news_window_days", "good_news_points", "good_news_to_days", "good_news_from_days"},
    }
    assert {code: named_by(rule, wording.chip_rule, code) for code in wording.CHIPS} == {
        "repeated_rise": {"repeated_sessions", "important_rise"},
        "rise_to_severe": {"important_rise", "severe_from"},
        "exercised_after_rise": {"important_rise"},
        "kept_going": {"important_rise"},
        "after_a_rise": set(),
        "over_limit": set(),
        "notes_mention": set(),
        "severity_differs": set(),
    }


def test_every_code_of_the_list_has_its_words():
    store = open_store()
    queries.define(store)
    with store.read() as cursor:
        reasons = [code for (code,) in cursor.execute("SELECT code FROM reasons() ORDER BY position").fetchall()]
    sections = queries.ask(store, "review_sections")["section"].tolist()
    store.close()
    assert list(wording.REASONS) == reasons
    assert list(wording.SECTIONS) == sections
    view = (queries.FOLDER / "views" / "11_review.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"THEN '(\w+)' END", view)) == wording.CHIPS.keys()


@pytest.mark.parametrize(
    ("days", "label"), [(7, "7 days"), (14, "14 days"), (28, "28 days"), (90, "90 days"), (0, "All")]
)
def test_a_period_is_called_by_its_days(days, label):
    assert wording.PERIODS[days] == label
