"""The sentence on a patient, from a table of rows: what it says, and what is left for the labels beside it."""

import datetime

import pandas
import pytest

from pages.ui import sentences

NOTHING = {
    "section": "on_track",
    "review_group": "on_track",
    "reasons": [],
    "reasons_shown": [],
    "chips": [],
    "recent_sessions": 0,
    "recent_with_rise": 0,
    "recent_rise": float("nan"),
    "recent_max_rise": float("nan"),
    "can_be_compared": False,
    "has_own_usual": False,
    "usual_rise": float("nan"),
    "other_sessions": 0,
    "worst_is_recent": pandas.NA,
    "max_rise": float("nan"),
    "sessions": 0,
    "sessions_stopped": 0,
    "stopped_day": pandas.NaT,
    "covered_through": pandas.Timestamp(2026, 11, 24),
}


def day(number):
    return pandas.Timestamp(2026, 11, number)


def scores(which, start, end, when, exercise, is_climb=False, is_carried=False):
    """What the row has of the worst recent session, of the worst open one, or of the one that was left."""
    values = {
        "from": start,
        "to": end,
        "day": when,
        "exercise": exercise,
        "is_climb": is_climb,
        "is_carried": is_carried,
    }
    return {f"{which}_{name}": value for name, value in values.items()}


def listed(group, *reasons, **row):
    """A row of a group with its reasons."""
    return NOTHING | {"section": group, "review_group": group, "reasons": [*reasons], "reasons_shown": [*reasons]} | row


COMPARED = {
    "recent_sessions": 5,
    "recent_with_rise": 4,
    "recent_rise": 1.8,
    "recent_max_rise": 3,
    "can_be_compared": True,
    "has_own_usual": True,
    "usual_rise": 0.2,
    "other_sessions": 14,
    "worst_is_recent": True,
    "max_rise": 3,
    **scores("recent", 5.0, 8.0, day(23), "knee_to_chest"),
}
FEW = COMPARED | {
    "recent_sessions": 1,
    "recent_with_rise": 1,
    "recent_rise": 3.0,
    "can_be_compared": False,
    "has_own_usual": False,
    "usual_rise": 0.4,
    "other_sessions": 0,
}
CALM = COMPARED | {"recent_with_rise": 0, "recent_rise": -0.4, "recent_max_rise": 0, "max_rise": 0}
SEEN = {"reviewed_at": datetime.datetime(2026, 11, 20, 9), "reviewer": "Lee", "outcome": "contacted"}

RISE = "Pain rose by 1.8 on average, in 4 of 5 sessions"
WHOLE = f"{RISE}, worst 5 → 8 on 23 Nov (knee-to-chest); usual 0.2 (14 sessions)"

ROWS = [
    (listed("first", "more_than_usual", **COMPARED), WHOLE),
    (
        listed("first", "more_than_usual", **COMPARED | {"has_own_usual": False, "other_sessions": 3}),
        f"{RISE}, worst 5 → 8 on 23 Nov (knee-to-chest); no usual of their own yet",
    ),
    (
        listed("soon", "rise", **COMPARED | {"recent_with_rise": 1, "recent_rise": -0.25, "usual_rise": -0.96}),
        "Pain rose in 1 of 5 sessions, worst 5 → 8 on 23 Nov (knee-to-chest); −0.2 on average, usual −1 (14 sessions)",
    ),
    (
        listed("look", "any_rise", **COMPARED | {"recent_with_rise": 1, "recent_rise": 0.04, "usual_rise": -0.04}),
        "Pain rose in 1 of 5 sessions, worst 5 → 8 on 23 Nov (knee-to-chest); 0 on average, usual 0 (14 sessions)",
    ),
    (
        listed("first", "more_than_usual", **COMPARED | {"recent_is_climb": True, "recent_is_carried": False}),
        f"{RISE}, worst 5 → 8 on 23 Nov (knee-to-chest, from the session's first score); usual 0.2 (14 sessions)",
    ),
    (
        listed("first", "more_than_usual", **COMPARED | {"recent_is_carried": True, "recent_exercise": "Plank"}),
        f"{RISE}, worst 5 → 8 on 23 Nov (Plank, from the score before it); usual 0.2 (14 sessions)",
    ),
    (
        listed("first", "rise_in_few", **FEW),
        "1 of 1 session rose by 3, 5 → 8 on 23 Nov (knee-to-chest); too few to compare",
    ),
    (
        listed("first", "rise_in_few", **FEW | {"recent_sessions": 2}),
        "1 of 2 sessions rose by 3, 5 → 8 on 23 Nov (knee-to-chest); too few to compare",
    ),
    (
        listed("first", "rise_in_few", **FEW | {"recent_sessions": 2, "recent_with_rise": 2}),
        "2 of 2 sessions rose, by 3 at most, 5 → 8 on 23 Nov (knee-to-chest); too few to compare",
    ),
    (listed("on_track", **CALM), "No rise in 5 recent sessions"),
    (listed("on_track", **FEW | {"recent_with_rise": 0}), "No rise in 1 session; too few to compare"),
    (
        listed("first", "stopped_for_pain", **COMPARED | {"sessions_stopped": 1, "stopped_day": day(9)}),
        f"{WHOLE}. Stopped early on 9 Nov",
    ),
    (
        listed("first", "stopped_for_pain", sessions=2, sessions_stopped=2, stopped_day=day(21)),
        "Stopped early in 2 sessions, the last on 21 Nov",
    ),
    (
        listed("first", "stopped_after_a_rise", "silent", **FEW | {"days_silent": 15, "last_rise": 2.5}),
        "1 of 1 session rose by 3, 5 → 8 on 23 Nov (knee-to-chest); too few to compare. No session for 15 days since a "
        "rise of 2.5",
    ),
    (
        listed("soon", "resting_pain_up", **CALM | {"resting_in_window": 5.14, "resting_in_baseline": 3.8}),
        "No rise in 5 recent sessions. Resting pain 5.1, before that 3.8",
    ),
    (
        listed("soon", "severe_and_exercising", **CALM),
        "No rise in 5 recent sessions. Severe symptoms, and no session reviewed yet",
    ),
    (
        listed(
            "look",
            "any_rise",
            **CALM | {"worst_is_recent": False, "max_rise": 2} | scores("worst", 2.0, 4.0, day(5), "ankle_flexion"),
        ),
        "No rise in 5 recent sessions. Earlier and not reviewed: 2 → 4 on 5 Nov (ankle flexion)",
    ),
    (
        listed(
            "look", "left_unreviewed", **CALM | {"left_is_stopped": True} | scores("left", 3.5, 6.0, day(1), "squat")
        ),
        "No rise in 5 recent sessions. Never reviewed: 3.5 → 6 on 1 Nov (squat), stopped early",
    ),
    (
        listed("look", "left_unreviewed", **CALM | scores("left", float("nan"), float("nan"), day(1), None)),
        "No rise in 5 recent sessions. Never reviewed: stopped early on 1 Nov",
    ),
    (
        listed("off_programme", "off_programme", **CALM | {"off_programme_sessions": 1, "off_programme_day": day(22)}),
        "An exercise off the programme on 22 Nov. No rise in 5 recent sessions",
    ),
    (
        listed("off_programme", "off_programme", **CALM | {"off_programme_sessions": 4, "off_programme_day": day(22)}),
        "An exercise off the programme in 4 sessions, the last on 22 Nov. No rise in 5 recent sessions",
    ),
    (
        listed("silent", "silent", **CALM | {"days_silent": 9}),
        "No session for 9 days, though data came. No rise in 5 recent sessions",
    ),
    (
        listed("silent", "silent", chips=["after_a_rise"], days_silent=9, last_rise=1.0),
        "No session for 9 days, since a rise of 1",
    ),
    (listed("no_recent_upload", "no_recent_upload", days_without_upload=15), "No upload for 15 days"),
    (
        listed("no_recent_upload", "no_recent_upload", covered_through=pandas.NaT),
        "No data of this patient were ever uploaded",
    ),
    (
        listed("not_assessable", "not_assessable", sessions=22),
        "None of 22 sessions has a score before and one during or after",
    ),
    (
        listed("not_assessable", "not_assessable", sessions=1),
        "The session has no score before, or none during and after",
    ),
    (
        listed(
            *("low_adherence", "low_adherence"),
            **CALM | {"adherence_lately": 0.384, "days_logged_lately": 4, "exposure_days_lately": 14},
        ),
        "38 % of the programme done, with a log on 4 of 14 days. No rise in 5 recent sessions",
    ),
    (
        listed("on_track", **CALM | {"section": "good_news", "resting_before": 5.04, "resting_lately": 3.0}),
        "Resting pain fell from 5 to 3. No rise in 5 recent sessions",
    ),
    (
        listed("look", "any_rise", **CALM | SEEN | {"section": "reviewed"}),
        "Reviewed by Lee on 20 Nov: contacted. No rise in 5 recent sessions",
    ),
    (
        listed("soon", "rise", **CALM | SEEN | {"section": "look_again", "look_again_on": day(30)}),
        "Look again on 30 Nov 2026; reviewed by Lee on 20 Nov: contacted. No rise in 5 recent sessions",
    ),
    (listed("on_track"), "No session that can be judged"),
]


@pytest.mark.parametrize(("row", "sentence"), ROWS, ids=[sentence for _, sentence in ROWS])
def test_the_sentence_says_what_the_row_holds(row, sentence):
    assert sentences.sentence(row) == f"{sentence}."


@pytest.mark.parametrize(
    ("row", "labels"),
    [
        (listed("first", "more_than_usual", "rise", "any_rise", **COMPARED), []),
        (
            listed("first", "more_than_usual", "off_programme", "silent", **COMPARED | {"chips": ["kept_going"]}),
            ["Exercise off programme", "No session lately", "kept going"],
        ),
        (listed("first", "rise", "left_unreviewed", **COMPARED), ["Left unreviewed"]),
        (
            listed("silent", "silent", chips=["after_a_rise", "over_limit"], days_silent=9, last_rise=1),
            ["over the limit"],
        ),
        (listed("no_recent_upload", "no_recent_upload", "low_adherence", days_without_upload=9), ["Little done"]),
    ],
)
def test_the_labels_are_what_the_sentence_does_not_say(row, labels):
    assert sentences.also(row) == labels


def test_a_reason_that_another_one_says_has_no_label_of_its_own():
    row = listed("first", "stopped_for_pain", "low_adherence", "off_programme")
    assert sentences.also(row | {"reasons_shown": ["low_adherence"]}) == ["Little done"]


def exercise(label, with_rise, assessable, is_most_often=False):
    return {
        "exercise_label": label, "with_rise": with_rise, "assessable": assessable, "is_most_often": is_most_often
    }  # fmt: skip


def test_every_exercise_says_how_often_it_rose():
    rows = [
        exercise("pelvic_tilt", 5, 7, is_most_often=True),
        exercise("knee_to_chest", 0, 0),
        exercise("hip_joint", 1, 1),
        exercise("Plank", 0, 2),
    ]
    assert sentences.provoking(rows) == [
        "Pelvic tilts: rose in 5 of 7 sessions, most often",
        "Knee-to-chest stretch: no session that can be judged",
        "Hip joint exercise: rose in 1 of 1 session",
        "Plank: rose in 0 of 2 sessions",
    ]


@pytest.mark.parametrize(
    ("rises", "settled", "said"),
    [
        (4, 3, ["In 3 of 4 rises the next day's first score was back"]),
        (1, 0, ["In 0 of 1 rise the next day's first score was back"]),
        (0, 0, []),
    ],
)
def test_whether_rises_settled_by_the_next_day(rises, settled, said):
    assert sentences.settled({"rises": rises, "settled": settled}) == said
