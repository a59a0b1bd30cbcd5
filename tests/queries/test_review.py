"""Who is listed and why: each reason, each chip, each boundary. Definitions, section 5.

The list is asked for 2026-03-29: the window is 23 to 29 March, the baseline 2 to 22 March.
"""

import datetime

import pytest

from tests.queries.conftest import AS_OF

LOG = "patient_id,performed_at,exercise,reps,pain_before,pain_during,pain_after,stopped_early,notes\n"
ROSTER = "patient_id,severity,zcq_symptom,odi,programme_start,site\n"


@pytest.fixture
def listed(clinic):
    """A clinic of (patient, time, before, after) rows, all of them hip exercises of 10 repetitions."""

    def make(*rows, roster="", uploaded=AS_OF):
        lines = "".join(f"{who},{when},hip_joint,10,{before},,{after},,\n" for who, when, before, after in rows)
        return clinic(LOG + lines, ROSTER + roster if roster else None, uploaded=uploaded)

    return make


def week(patient, *rises, before=1, first="2026-03-23"):
    """One session a day from the first day on, each with a rise; None is a session that cannot be judged."""
    start = datetime.date.fromisoformat(first)
    return [
        (patient, f"{start + datetime.timedelta(number)} 08:00", before, "" if rise is None else before + rise)
        for number, rise in enumerate(rises)
    ]


def other_reasons(made):
    """The reasons beside low adherence, which short logs always have."""
    return {
        patient: [code for code in codes if code != "low_adherence"]
        for patient, codes in made.column("reasons").items()
    }


def test_the_columns_of_the_review_list(listed):
    columns = "patient_id review_group reasons chips max_rise sessions_with_rise sessions_assessable sessions"
    columns += " days_waiting severity severity_entered severity_logged adherence last_session"
    assert list(listed(("A", "2026-03-29 08:00", 1, 1)).review()["A"]) == columns.split()


# 1 to 9: open sessions


def test_repeated_rise_takes_two_sessions_with_a_rise_of_2(listed):
    made = listed(*week("Two", 0, 2, 0, 0, 2), *week("One", 1.9, 1.9, 1.9, 2), *week("None", 1.9, 1.9, 1.9))
    assert made.holding("repeated_rise") == {"Two"}
    assert made.column("review_group") == {"Two": "first", "One": "soon", "None": "look"}


def test_two_rises_in_one_session_are_not_repeated(listed):
    made = listed(("A", "2026-03-29 08:00", 1, 3), ("A", "2026-03-29 08:30", 1, 3))
    assert made.column("reasons") == {"A": ["rise", "small_rise"]}


def test_rise_to_severe_takes_a_rise_of_2_and_a_peak_of_7(listed):
    made = listed(
        ("Both", "2026-03-29 08:00", 5, 7),
        ("Peak 6.9", "2026-03-29 08:00", 4.9, 6.9),
        ("Rise 1.9", "2026-03-29 08:00", 5.1, 7),
        ("Decimals", "2026-03-29 08:00", 5.1, 7.1),
    )
    assert made.holding("rise_to_severe") == {"Both", "Decimals"}


def test_severe_and_rise_takes_any_rise(listed):
    made = listed(
        *week("Severe", 0.1),
        *week("No rise", 0),
        *week("Moderate", 0.1),
        roster="Severe,severe,,,,\nNo rise,severe,,,,\nModerate,moderate,,,,\n",
    )
    assert made.holding("severe_and_rise") == {"Severe"}
    assert made.holding("severe_and_exercising") == {"Severe", "No rise"}
    assert made.column("review_group") == {"Severe": "first", "No rise": "soon", "Moderate": "look"}


@pytest.mark.parametrize(
    ("rise_at", "next_at", "holds"),
    [
        ("2026-03-27 08:00", "2026-03-27 18:00", True),
        ("2026-03-27 08:00", "2026-03-28 18:00", True),
        ("2026-03-27 08:00", "2026-03-29 01:00", False),
        ("2026-03-27 18:00", "2026-03-27 08:00", False),
        ("2026-03-27", "2026-03-28", True),
        ("2026-03-27", "2026-03-29", False),
        ("2026-03-27", "2026-03-27 18:00", True),
        ("2026-03-22 08:00", "2026-03-23 08:00", False),
    ],
)
def test_exercised_after_rise_is_another_session_that_day_or_the_next(listed, rise_at, next_at, holds):
    made = listed(("A", rise_at, 1, 3), ("A", next_at, 1, 1))
    assert made.holding("exercised_after_rise") == ({"A"} if holds else set())


def test_the_session_after_a_rise_need_not_be_assessable(listed):
    made = listed(("A", "2026-03-27 08:00", 1, 3), ("A", "2026-03-28 08:00", "", ""))
    assert made.holding("exercised_after_rise") == {"A"}


@pytest.mark.parametrize(
    ("before", "after", "group"),
    [
        (1, 3, "soon"),
        (1, 2.9, "look"),
        (0.1, 2.1, "soon"),
        (3.3, 5.3, "soon"),
        (1, 1.1, "look"),
        (1, 1, "on_track"),
        (3, 1, "on_track"),
        ("", 9, "not_assessable"),
        (9, "", "not_assessable"),
    ],
)
def test_one_session_by_its_rise(listed, before, after, group):
    assert listed(("A", "2026-03-29 08:00", before, after)).column("review_group") == {"A": group}


@pytest.mark.parametrize(
    ("rises", "holds"),
    [
        ((1, 1, 1, 1), True),
        ((1, 1, 1), False),
        ((1, 1, 1, None), False),
        ((0, 0.9, 1.1, 1.9), True),
        ((0, 0.9, 1, 1.9), False),
        ((0.999, 0.999, 1, 1), False),
        ((-1, 0, 1, 1, 1), True),
    ],
)
def test_median_rise_takes_1_from_4_sessions(listed, rises, holds):
    assert listed(*week("A", *rises)).holding("median_rise") == ({"A"} if holds else set())


@pytest.mark.parametrize(
    ("now", "before", "days_now", "days_before", "holds"),
    [
        (4, 3, 4, 4, True),
        (4.3, 3.3, 4, 4, True),
        (4.1, 3.1, 4, 4, True),
        (3.9, 3, 4, 4, False),
        (6, 3, 3, 4, False),
        (6, 3, 4, 3, False),
        (3, 6, 4, 4, False),
    ],
)
def test_resting_pain_up_takes_1_point_and_4_days_in_each(listed, now, before, days_now, days_before, holds):
    window = week("A", *[0] * days_now, before=now, first="2026-03-26")
    baseline = week("A", *[0] * days_before, before=before, first="2026-03-19")
    made = listed(*window[:days_now], *baseline)
    assert made.holding("resting_pain_up") == ({"A"} if holds else set())


def test_resting_pain_is_a_mean_of_daily_means_over_28_days(listed):
    many_low_rows = [("A", f"2026-03-29 {hour:02}:00", 1, 1) for hour in range(7, 22)]
    window = week("A", 0, 0, 0, before=5, first="2026-03-26")
    baseline = week("A", 0, 0, 0, 0, before=3, first="2026-03-02")
    too_early = week("A", 0, before=10, first="2026-03-01")
    assert listed(*many_low_rows, *window, *baseline, *too_early).holding("resting_pain_up") == {"A"}


def test_resting_pain_in_a_diary_alone_gives_no_reason(clinic):
    days = [*range(2, 6), *range(24, 28)]
    diary = "".join(f"A,2026-03-{day:02},,,{3 if day < 9 else 8},,,,\n" for day in days)
    made = clinic(LOG + diary)
    assert "resting_pain_up" not in made.column("reasons")["A"]
    made.take(LOG + "A,2026-03-29,pelvic_tilt,5,,,,,\n")
    assert made.holding("resting_pain_up") == {"A"}


def test_severe_and_exercising_takes_an_open_session(listed):
    made = listed(
        ("A", "2026-03-22 08:00", 1, 1), ("B", "2026-03-23 08:00", 1, 1), roster="A,severe,,,,\nB,severe,,,,\n"
    )
    assert made.holding("severe_and_exercising") == {"B"}


def test_the_window_is_the_seven_days_that_end_with_the_day(listed):
    made = listed(("In", "2026-03-23 00:00:01", 1, 3), ("Out", "2026-03-22 23:59:59", 1, 3))
    assert made.holding("rise") == {"In"}
    assert made.column("sessions") == {"In": 1, "Out": 0}


# 10 to 14


@pytest.mark.parametrize("exercise", ["squat", "bridge", "heel_raise", "swimming"])
def test_off_programme_is_any_other_exercise_in_the_window(clinic, exercise):
    made = clinic(LOG + f"A,2026-03-23,{exercise},10,1,1,1,,\nB,2026-03-22,{exercise},10,1,1,1,,\n")
    assert made.column("review_group") == {"A": "off_programme", "B": "silent"}


def test_silent_takes_seven_days_without_a_session(listed):
    made = listed(("Seven", "2026-03-22", 1, 1), ("Six", "2026-03-23", 1, 1))
    assert made.holding("silent") == {"Seven"}


def test_without_any_session_nobody_is_silent(clinic):
    made = clinic(LOG + "A,2026-03-10,,,3,,,,\n")
    assert made.holding("silent") == set()


def test_after_the_last_upload_silence_means_no_upload(listed):
    made = listed(("A", "2026-03-20", 1, 1), uploaded="2026-03-22")
    assert made.column("reasons") == {"A": ["no_recent_upload"]}


@pytest.mark.parametrize(("uploaded", "holds"), [("2026-03-22", True), ("2026-03-23", False)])
def test_no_recent_upload_takes_seven_days(listed, uploaded, holds):
    made = listed(("A", "2026-03-21", 1, 1), uploaded=uploaded)
    assert made.holding("no_recent_upload") == ({"A"} if holds else set())


def test_a_roster_without_logs_was_never_uploaded(clinic):
    made = clinic(None, ROSTER + "A,severe,,,2026-03-01,\n")
    line = made.review()["A"]
    assert list(line["reasons"]) == ["no_recent_upload"]
    assert (line["severity"], line["sessions"]) == ("severe", 0)
    assert made.column("adherence") == {"A": None}
    assert made.column("last_session") == {"A": None}


def test_not_assessable_is_open_sessions_of_which_none_can_be_judged(listed):
    made = listed(*week("None", None, None), *week("One", None, 0))
    assert made.holding("not_assessable") == {"None"}


@pytest.mark.parametrize(("done", "holds"), [(7, False), (6, True)])
def test_low_adherence_is_below_half_of_the_last_14_days(clinic, done, holds):
    exercises = (("pelvic_tilt", 5), ("knee_to_chest", 10), ("hip_joint", 10), ("ankle_flexion", 10))
    log = "".join(
        f"A,2026-03-{29 - back},{exercise},{reps},1,1,1,,\n" for back in range(done) for exercise, reps in exercises
    )
    earlier = "".join(
        f"A,2026-03-{day:02},{exercise},{reps},1,1,1,,\n" for day in range(1, 16) for exercise, reps in exercises
    )
    made = clinic(LOG + log + earlier)
    assert made.holding("low_adherence") == ({"A"} if holds else set())
    assert made.column("review_group") == {"A": "low_adherence" if holds else "on_track"}


# Groups, order, counts


def test_reasons_stand_in_the_order_of_the_definitions_and_the_first_one_decides(clinic):
    log = """
        A,2026-03-24 08:00,squat,10,6,9,,no,
        A,2026-03-25 08:00,hip_joint,10,6,9,,no,
        A,2026-03-26 08:00,hip_joint,10,6,7,,no,
        A,2026-03-27 08:00,hip_joint,10,6,7,,no,
    """
    made = clinic(LOG + "\n".join(map(str.strip, log.strip().splitlines())), ROSTER + "A,severe,,,2026-03-01,\n")
    assert made.column("reasons")["A"] == [
        *("repeated_rise", "rise_to_severe", "severe_and_rise", "exercised_after_rise", "rise", "median_rise"),
        *("severe_and_exercising", "small_rise", "off_programme", "low_adherence"),
    ]
    assert made.column("review_group") == {"A": "first"}


def test_inside_a_group_the_order_is_rise_then_count_then_waiting_then_id(listed):
    made = listed(
        *week("F", 1.5),
        *week("A", 1, first="2026-03-25"),
        *week("B", 1, first="2026-03-24"),
        *week("D", 1, first="2026-03-24"),
        *week("C", 0.5, 1, first="2026-03-26"),
        *week("E", 0.1, 0.1, 0.1),
    )
    assert set(made.column("review_group").values()) == {"look"}
    assert list(made.review()) == ["F", "C", "B", "D", "A", "E"]


def test_the_groups_stand_in_the_order_of_the_definitions(clinic):
    log = """
        first,2026-03-28 08:00,hip_joint,10,5,8,,,
        soon,2026-03-29 08:00,hip_joint,10,1,3,,,
        look,2026-03-29 08:00,hip_joint,10,1,2,,,
        off_programme,2026-03-29 08:00,squat,10,1,1,,,
        silent,2026-03-20 08:00,hip_joint,10,1,1,,,
        not_assessable,2026-03-29 08:00,hip_joint,10,1,,,,
        on_track,2026-03-29 08:00,hip_joint,10,1,1,,,
        low_adherence,2026-03-24 08:00,hip_joint,10,1,1,,,
    """
    made = clinic(LOG + log, ROSTER + "no_recent_upload,mild,,,,\n")
    assert list(made.column("review_group").items()) == [
        (group, group)
        for group in (
            *("first", "soon", "look", "off_programme", "silent", "no_recent_upload", "not_assessable"),
            *("low_adherence", "on_track"),
        )
    ]


def test_counts_are_over_open_sessions(listed):
    made = listed(*week("A", 2, 0, None, -1, 0.5), ("A", "2026-03-20 08:00", 1, 9))
    line = made.review()["A"]
    counts = [line[name] for name in ("max_rise", "sessions_with_rise", "sessions_assessable", "sessions")]
    assert counts == [2, 2, 4, 5]


def test_a_patient_who_only_improves_has_a_negative_largest_rise(listed):
    assert listed(*week("A", -1, -2, before=5)).column("max_rise") == {"A": -1}


def test_days_waiting_count_from_the_first_open_session_that_gave_a_reason(listed):
    made = listed(
        *week("Rise", 0, 0.1, 0, 2),
        *week("Severe", 0, 0, 0, 2),
        *week("Unclear", None, None),
        *week("None", 0, 0),
        roster="Severe,severe,,,,\n",
    )
    assert made.column("days_waiting") == {"Rise": 5, "Severe": 6, "Unclear": 6, "None": None}


def test_last_session_is_the_last_day_with_a_session(clinic):
    made = clinic(LOG + "A,2026-03-10 08:00,hip_joint,10,1,1,,,\nA,2026-03-12,,,4,,,,\n")
    assert str(made.review()["A"]["last_session"])[:10] == "2026-03-10"


# Severity


def severity_of(clinic, roster):
    made = clinic(None, ROSTER + roster)
    return made.column("severity_entered")


def test_severity_by_word_by_zcq_and_by_oswestry(clinic):
    roster = """
        Word,mild,5,100,,
        None,none,,,,
        ZCQ 1.9,,1.9,,,
        ZCQ 2.0,,2.0,,,
        ZCQ 2.9,,2.9,100,,
        ZCQ 3.0,,3.0,0,,
        ODI 20,,,20,,
        ODI 21,,,21,,
        ODI 40,,,40,,
        ODI 41,,,41,,
        Unknown,,,,2026-03-01,
    """
    assert severity_of(clinic, roster) == {
        "Word": "mild",
        "None": "none",
        "ZCQ 1.9": "mild",
        "ZCQ 2.0": "moderate",
        "ZCQ 2.9": "moderate",
        "ZCQ 3.0": "severe",
        "ODI 20": "mild",
        "ODI 21": "moderate",
        "ODI 40": "moderate",
        "ODI 41": "severe",
        "Unknown": None,
    }


@pytest.mark.parametrize(
    ("scores", "band"),
    [
        ((7, 7, 7, 7), "severe"),
        ((7, 7, 7), None),
        ((6.9, 6.9, 7, 7), "moderate"),
        ((6.9, 6.9, 7.1, 7.1), "severe"),
        ((3.9, 4, 4, 10), "moderate"),
        ((3.9, 3.9, 4, 4), "mild"),
        ((0.9, 1, 1, 1), "mild"),
        ((0, 0.9, 0.9, 10), "none"),
        ((0, 0, 0, 0), "none"),
    ],
)
def test_severity_logged_is_the_band_of_the_median_day_from_4_days(listed, scores, band):
    made = listed(*(("A", f"2026-03-{10 + number} 08:00", score, "") for number, score in enumerate(scores)))
    assert made.column("severity_logged") == {"A": band}
    assert made.column("severity") == {"A": band}


def test_severity_logged_reaches_back_28_days(listed):
    assert listed(*week("A", 0, 0, 0, 0, before=8, first="2026-03-02")).column("severity_logged") == {"A": "severe"}
    assert listed(*week("A", 0, 0, 0, 0, before=8, first="2026-03-01")).column("severity_logged") == {"A": None}


def test_severity_entered_comes_before_logged_and_a_chip_says_that_they_differ(listed):
    made = listed(
        *week("Differs", 0, 0, 0, 0, before=8),
        *week("Same", 0, 0, 0, 0, before=8),
        *week("Not logged", 0, 0, 0, before=8),
        *week("Not entered", 0, 0, 0, 0, before=8),
        roster="Differs,mild,,,,\nSame,severe,,,,\nNot logged,mild,,,,\n",
    )
    assert made.column("severity") == {
        "Differs": "mild",
        "Same": "severe",
        "Not logged": "mild",
        "Not entered": "severe",
    }
    assert made.holding("severity_differs", column="chips") == {"Differs"}


# Chips


def test_kept_going_and_stopped_for_pain(clinic):
    log = """
        Stopped,2026-03-29 08:00,hip_joint,10,1,3,,yes,
        Kept going,2026-03-29 08:00,hip_joint,10,1,3,,no,
        Unknown,2026-03-29 08:00,hip_joint,10,1,3,,,
        Small rise,2026-03-29 08:00,hip_joint,10,1,2.9,,yes,
        Both,2026-03-29 08:00,hip_joint,10,1,3,,yes,
        Both,2026-03-27 08:00,hip_joint,10,1,3,,no,
    """
    assert clinic(LOG + log).column("chips") == {
        "Both": ["kept_going", "stopped_for_pain"],
        "Kept going": ["kept_going"],
        "Stopped": ["stopped_for_pain"],
        "Unknown": [],
        "Small rise": [],
    }


def test_over_limit_is_a_day_of_the_window(clinic):
    log = """
        Over,2026-03-23,knee_to_chest,21,1,1,,,
        At the limit,2026-03-23,knee_to_chest,20,1,1,,,
        Earlier,2026-03-22,knee_to_chest,21,1,1,,,
    """
    assert clinic(LOG + log).holding("over_limit", column="chips") == {"Over"}


@pytest.mark.parametrize(
    ("note", "holds"),
    [
        ("left leg felt numb", True),
        ("NUMB!", True),
        ("not numb at all", True),
        ("numbers went up", False),
        ("오른쪽 다리가 저림", True),
        ("다리에 힘이 빠졌다", True),
        ("felt fine", False),
    ],
)
def test_notes_mention_a_listed_word(clinic, note, holds):
    made = clinic(LOG + f"A,2026-03-29,hip_joint,10,1,1,,,{note}\nB,2026-03-20,hip_joint,10,1,1,,,{note}\n")
    assert made.holding("notes_mention", column="chips") == ({"A"} if holds else set())


def test_after_a_rise_stands_beside_silent(listed):
    made = listed(
        ("Rise", "2026-03-10 08:00", 1, 1.1),
        ("Unclear since", "2026-03-10 08:00", 1, 2),
        ("Unclear since", "2026-03-12 08:00", 1, ""),
        ("Better since", "2026-03-10 08:00", 1, 2),
        ("Better since", "2026-03-12 08:00", 1, 1),
        ("Not silent", "2026-03-28 08:00", 1, 1.1),
    )
    assert made.holding("after_a_rise", column="chips") == {"Rise", "Unclear since"}


def test_chips_stand_in_one_order(clinic):
    log = """
        A,2026-03-29 08:00,knee_to_chest,21,1,3,,no,felt numb
        A,2026-03-28 08:00,knee_to_chest,21,1,3,,yes,
        A,2026-03-27 08:00,knee_to_chest,21,1,3,,yes,
        A,2026-03-26 08:00,knee_to_chest,21,1,3,,yes,
    """
    made = clinic(LOG + log, ROSTER + "A,severe,,,,\n")
    assert made.column("chips") == {
        "A": ["kept_going", "stopped_for_pain", "over_limit", "notes_mention", "severity_differs"]
    }


# A day in the past


def test_a_past_day_counts_only_what_was_performed_by_then(listed):
    made = listed(*week("A", 0, 2, 0, 0, 2), ("B", "2026-03-28 08:00", 1, 1))
    assert made.column("reasons", as_of="2026-03-23") == {"A": []}
    assert made.column("reasons", as_of="2026-03-24") == {"A": ["rise", "small_rise"]}
    assert made.holding("exercised_after_rise", as_of="2026-03-25") == {"A"}
    assert made.holding("repeated_rise", as_of="2026-03-27") == {"A"}
    assert set(made.review("2026-03-28")) == {"A", "B"}


def test_a_patient_of_the_roster_exists_on_every_day(listed):
    made = listed(("A", "2026-03-28 08:00", 1, 1), roster="A,mild,,,,\n")
    assert made.column("reasons", as_of="2026-03-01") == {"A": ["no_recent_upload"]}


def test_on_a_past_day_the_last_session_is_the_one_by_then(listed):
    made = listed(("A", "2026-03-01 08:00", 1, 2), ("A", "2026-03-20 08:00", 1, 1))
    assert made.holding("after_a_rise", "2026-03-08", "chips") == {"A"}
    assert str(made.review("2026-03-08")["A"]["last_session"])[:10] == "2026-03-01"


def test_a_session_across_midnight_is_cut_at_the_end_of_the_day(listed):
    made = listed(("A", "2026-03-28 23:30", 1, 1), ("A", "2026-03-29 00:10", 1, 4))
    assert made.column("max_rise", as_of="2026-03-28") == {"A": 0}
    assert made.column("max_rise", as_of="2026-03-29") == {"A": 3}
    assert str(made.review()["A"]["last_session"])[:10] == "2026-03-28"


# Reviews


def test_a_review_leaves_only_later_sessions_open(listed):
    made = listed(*week("A", 2, 2, 0, 0.5))
    made.reviewed("A", "2026-03-24 08:00")
    line = made.review()["A"]
    assert other_reasons(made) == {"A": ["small_rise"]}
    assert (line["sessions"], line["sessions_with_rise"], line["days_waiting"]) == (2, 1, 3)


def test_a_review_of_everything_leaves_nothing_open(listed):
    made = listed(*week("A", 2, 2), roster="A,severe,,,,\n")
    made.reviewed("A", "2026-03-24 08:00")
    assert other_reasons(made) == {"A": []}
    assert made.column("sessions") == {"A": 0}


def test_a_later_session_with_a_reason_brings_the_patient_back(listed):
    made = listed(*week("A", 2, 2))
    made.reviewed("A", "2026-03-24 08:00", made="2026-03-25")
    made.take(LOG + "A,2026-03-26 08:00,hip_joint,10,1,3,,,\n")
    assert other_reasons(made) == {"A": ["rise", "small_rise"]}


def test_an_undone_review_does_not_count_and_the_one_before_does(listed):
    made = listed(*week("A", 2, 2))
    made.reviewed("A", "2026-03-23 08:00", review_id=1)
    made.reviewed("A", "2026-03-24 08:00", review_id=2)
    assert made.column("sessions") == {"A": 0}
    made.reviewed("A", None, review_id=3, undoes=2)
    assert made.column("sessions") == {"A": 1}
    made.reviewed("A", None, review_id=4, undoes=1)
    assert made.column("sessions") == {"A": 2}


def test_on_a_past_day_only_reviews_made_by_then_count(listed):
    made = listed(*week("A", 2, 2))
    made.reviewed("A", "2026-03-24 08:00", made="2026-03-26")
    assert made.column("sessions", as_of="2026-03-25") == {"A": 2}
    assert made.column("sessions", as_of="2026-03-26") == {"A": 0}


def test_a_review_covers_off_programme_exercise_and_days_over_the_limit(clinic):
    made = clinic(LOG + "A,2026-03-25 08:00,squat,10,1,1,,,\nA,2026-03-25 08:20,knee_to_chest,30,1,1,,,\n")
    made.reviewed("A", "2026-03-25 08:00")
    assert (other_reasons(made), made.column("chips")) == ({"A": []}, {"A": []})
    made.take(LOG + "A,2026-03-27 08:00,knee_to_chest,21,1,1,,,\nA,2026-03-27 08:00,bridge,10,1,1,,,\n")
    assert other_reasons(made) == {"A": ["off_programme"]}
    assert made.column("chips") == {"A": ["over_limit"]}


def test_a_review_does_not_end_silence_or_a_missing_upload(listed):
    made = listed(("A", "2026-03-10 08:00", 1, 1))
    made.reviewed("A", "2026-03-10 08:00")
    assert other_reasons(made) == {"A": ["silent"]}


# Uploads that were undone


def test_an_undone_upload_is_out_of_every_answer(listed):
    made = listed(*week("A", 2, 2))
    undo(made, 1)
    assert made.review() == {}
    made.take(LOG + "A,2026-03-29 08:00,hip_joint,10,1,1,,,\n")
    assert other_reasons(made) == {"A": []}


def test_what_an_undone_upload_replaced_counts_again(listed):
    made = listed(("A", "2026-03-29 08:00", 1, 1), uploaded="2026-03-29")
    made.take(LOG + "A,2026-03-29 08:00,hip_joint,10,1,8,,,\n")
    assert made.column("max_rise") == {"A": 7}
    undo(made, 2, revived=1)
    assert made.column("max_rise") == {"A": 0}


def test_covered_through_falls_back_to_the_upload_that_stands(listed):
    made = listed(("A", "2026-03-15 08:00", 1, 1), uploaded="2026-03-20")
    made.take(LOG + "A,2026-03-15 09:30,hip_joint,10,1,1,,,\n", "2026-03-29")
    assert other_reasons(made) == {"A": ["silent"]}
    undo(made, 2)
    assert other_reasons(made) == {"A": ["no_recent_upload"]}


def undo(made, upload, revived=None):
    """What data/ writes when an upload is undone; `revived` is the upload whose rows come back."""
    made.write("INSERT INTO clinic.upload_event VALUES ($upload, 'undone', '2026-03-29', 'Kim')", upload=upload)
    made.write(
        "DELETE FROM clinic.uncounted_row "
        "WHERE row_id IN (SELECT row_id FROM clinic.log_row WHERE upload_id = $revived)",
        revived=revived,
    )
    made.write(
        "INSERT INTO clinic.uncounted_row SELECT row_id FROM clinic.log_row WHERE upload_id = $upload", upload=upload
    )
    made.write(
        "INSERT INTO clinic.stale_patient SELECT patient_id FROM clinic.upload_patient WHERE upload_id = $upload",
        upload=upload,
    )
