"""Scores and sessions: what one session is, and what its numbers are. Definitions, sections 2 and 3."""

import datetime
import io

import pytest

import queries
from data.importing import import_file
from data.mapping import Mapping
from tests.queries.conftest import AS_OF

HEADER = "patient_id,performed_at,session_id,exercise,pain_before,pain_during,pain_after,stopped_early,notes\n"


@pytest.fixture
def sessions(clinic):
    """CSV lines → the sessions as (start, columns …) tuples, by patient and start."""

    def ask(lines, columns, as_of="2026-03-29"):
        made = clinic(HEADER + "\n".join(line.strip() for line in lines.strip().splitlines()))
        question = f"SELECT {columns} FROM session($as_of::DATE) ORDER BY patient_id, started_at"  # noqa: S608
        return made.rows(question, as_of=as_of)

    return ask


def floats(rows):
    return [tuple(None if value is None else float(value) for value in row) for row in rows]


@pytest.mark.parametrize(
    ("before", "during", "after", "rise", "peak"),
    [
        ("3", "5", "4", 2, 5),
        ("3", "4", "5", 2, 5),
        ("3", "4.9", "4", 1.9, 4.9),
        ("0.1", "2.1", "", 2, 2.1),
        ("0.3", "", "0.1", -0.2, 0.1),
        ("5", "3", "2", -2, 3),
        ("", "9", "9", None, 9),
        ("3", "", "", None, None),
        ("", "", "", None, None),
    ],
)
def test_a_rise_is_the_worst_later_score_minus_the_one_before(sessions, before, during, after, rise, peak):
    answer = sessions(f"A,2026-03-29 08:00,,hip_joint,{before},{during},{after},,", "rise, peak")
    assert floats(answer) == [(rise, peak)]


def test_a_session_has_the_largest_rise_and_the_largest_peak_of_its_rows(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,6,7,,,
        A,2026-03-29 08:10,,hip_joint,1,3,,,
        A,2026-03-29 08:20,,ankle_flexion,5,2,,,
    """
    assert floats(sessions(lines, "rise, peak")) == [(2, 7)]


def test_before_is_the_first_score_before_and_after_the_last_score_after(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,,3,,,
        A,2026-03-29 08:10,,hip_joint,2,3,4,,
        A,2026-03-29 08:20,,ankle_flexion,5,6,1,,
        A,2026-03-29 08:30,,ankle_flexion,6,6,,,
    """
    assert floats(sessions(lines, "pain_before, pain_after")) == [(2, 1)]


@pytest.mark.parametrize(
    ("first", "second", "stopped"), [("yes", "no", True), ("no", "", False), ("", "", None), ("no", "no", False)]
)
def test_a_session_was_stopped_if_any_row_says_so(sessions, first, second, stopped):
    lines = f"""
        A,2026-03-29 08:00,,pelvic_tilt,1,1,1,{first},
        A,2026-03-29 08:10,,hip_joint,1,1,1,{second},
    """
    assert sessions(lines, "stopped_early") == [(stopped,)]


def test_what_provoked_a_climb_is_the_first_row_with_its_peak(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,,9,,,
        A,2026-03-29 08:10,,knee_to_chest,2,3,,,
        A,2026-03-29 08:20,,hip_joint,3,5,,,
        A,2026-03-29 08:30,,ankle_flexion,4,5,,,
    """
    columns = "provoked_by, is_climb, is_carried, rise::INT, rise_from::INT, rise_to::INT"
    assert sessions(lines, columns) == [("hip_joint", True, False, 3, 2, 5)]


def test_a_climb_no_larger_than_a_rows_rise_provokes_nothing(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,2,4,,,
        A,2026-03-29 08:10,,hip_joint,2,4,,,
        A,2026-03-29 08:20,,ankle_flexion,,4,,,
    """
    assert sessions(lines, "provoked_by, is_climb, is_carried") == [("pelvic_tilt", False, False)]


def test_a_rise_from_a_carried_score_is_said_to_be_one(sessions):
    lines = """
        A,2026-03-28 08:00,,pelvic_tilt,,3,4,,
        A,2026-03-28 08:10,,hip_joint,,7,,,
        A,2026-03-29 08:00,,pelvic_tilt,5,5,,,
        A,2026-03-29 08:10,,hip_joint,2,2,,,
        A,2026-03-29 08:20,,ankle_flexion,,6,,,
    """
    columns = "provoked_by, is_climb, is_carried, rise::INT, rise_from::INT, rise_to::INT, pain_before::INT"
    assert sessions(lines, columns) == [
        ("hip_joint", False, True, 3, 4, 7, None),
        ("ankle_flexion", False, True, 4, 2, 6, 5),
    ]


def test_the_row_with_the_largest_rise_provoked_it_and_the_first_one_on_a_tie(sessions):
    lines = """
        A,2026-03-29 08:10,,hip_joint,1,3,,,
        A,2026-03-29 08:20,,ankle_flexion,1,3,,,
        A,2026-03-29 08:00,,pelvic_tilt,1,2,,,
    """
    assert sessions(lines, "provoked_by") == [("hip_joint",)]


def test_the_rise_lies_between_the_scores_of_the_row_that_provoked_it(sessions):
    lines = """
        A,2026-03-26 08:00,,pelvic_tilt,3,4,3,,
        A,2026-03-26 08:10,,hip_joint,1,2,4,,
        A,2026-03-26 08:20,,ankle_flexion,,9,,,
        A,2026-03-27 08:00,,pelvic_tilt,6,4,5,,
        A,2026-03-27 08:10,,hip_joint,8,8,8,,
        A,2026-03-28 08:00,,pelvic_tilt,2,5,2,,
        A,2026-03-28 08:10,,hip_joint,1,4,1,,
        A,2026-03-29 08:00,,pelvic_tilt,3,,,,
        A,2026-03-29 08:10,,hip_joint,,7,,,
    """
    assert floats(sessions(lines, "pain_before, peak, rise, rise_from, rise_to")) == [
        # The last row has no score before, so that of the row before it counts.
        (3, 9, 8, 1, 9),
        # From the first score before to the highest.
        (6, 8, 2, 6, 8),
        (2, 5, 3, 2, 5),
        (3, 7, 4, 3, 7),
    ]


def test_a_session_is_shown_with_the_scores_that_its_rise_lies_between(clinic):
    made = clinic(
        HEADER + "A,2026-03-28 08:00,,pelvic_tilt,3,4,3,,\nA,2026-03-28 08:10,,hip_joint,1,2,4,,\n"
        "A,2026-03-29 08:00,,pelvic_tilt,3,,,,\nA,2026-03-29 08:10,,hip_joint,,7,,,\n"
    )
    answer = queries.ask(made.store, "patient_sessions", patient="A", as_of=AS_OF, since=datetime.date(2026, 3, 1))
    assert floats(answer[["shown_before", "shown_peak"]].to_numpy()) == [(1, 4), (3, 7)]


def test_a_session_that_went_on_past_midnight_is_shown_as_it_stood_on_the_day(sessions):
    lines = """
        A,2026-03-28 23:40,,pelvic_tilt,1,2,,,
        A,2026-03-29 00:20,,hip_joint,3,8,,,
    """
    assert floats(sessions(lines, "rise, rise_from, rise_to")) == [(7, 1, 8)]
    assert floats(sessions(lines, "rise, rise_from, rise_to", as_of="2026-03-28")) == [(1, 1, 2)]


def test_rows_at_the_same_time_stand_in_the_order_of_the_file(sessions):
    lines = "\n".join(f"A,2026-03-29,,swim {number},{number},10,{number},," for number in (3, 1, 4, 1, 5, 9, 2, 6))
    assert sessions(lines, "provoked_by, pain_before::INT, pain_after::INT") == [("swim 1", 3, 6)]


def test_sixty_minutes_after_the_row_before_is_the_same_session_and_sixty_one_is_not(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,1,1,,,
        A,2026-03-29 09:00,,hip_joint,1,1,,,
        A,2026-03-29 10:00,,hip_joint,1,1,,,
        A,2026-03-29 11:01,,ankle_flexion,1,1,,,
    """
    assert sessions(lines, "strftime(started_at, '%H:%M'), row_count") == [("08:00", 3), ("11:01", 1)]


def test_rows_with_a_session_id_are_one_session_however_far_apart(sessions):
    lines = """
        A,2026-03-29 08:00,s1,pelvic_tilt,1,1,,,
        A,2026-03-29 08:10,s2,pelvic_tilt,1,1,,,
        A,2026-03-29 12:00,s1,hip_joint,1,1,,,
        B,2026-03-29 12:00,s1,hip_joint,1,1,,,
    """
    assert sessions(lines, "patient_id, row_count") == [("A", 2), ("A", 1), ("B", 1)]


def test_an_id_that_comes_again_after_more_than_12_hours_is_a_new_session(sessions):
    lines = """
        A,2026-03-28 08:00,1,pelvic_tilt,1,1,,,
        A,2026-03-28 20:00,1,hip_joint,1,1,,,
        A,2026-03-29 08:01,1,hip_joint,1,7,,,
        B,2026-03-28,1,hip_joint,1,1,,,
        B,2026-03-28,1,squat,1,1,,,
        B,2026-03-29,1,hip_joint,1,7,,,
        C,2026-03-28 23:50,1,hip_joint,1,1,,,
        C,2026-03-29 00:05,1,hip_joint,1,7,,,
    """
    assert sessions(lines, "patient_id, day::VARCHAR, row_count, rise") == [
        ("A", "2026-03-28", 2, 0),
        ("A", "2026-03-29", 1, 6),
        ("B", "2026-03-28", 2, 0),
        ("B", "2026-03-29", 1, 6),
        ("C", "2026-03-28", 2, 6),
    ]


def test_a_row_with_a_session_id_does_not_join_rows_without_one(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,1,1,,,
        A,2026-03-29 08:50,s1,hip_joint,1,1,,,
        A,2026-03-29 09:30,,hip_joint,1,1,,,
    """
    assert sessions(lines, "strftime(started_at, '%H:%M'), row_count") == [("08:00", 1), ("08:50", 1), ("09:30", 1)]


def test_rows_that_carry_only_a_date_are_one_session_a_date(sessions):
    lines = """
        A,2026-03-28,,pelvic_tilt,1,1,,,
        A,2026-03-28,,hip_joint,1,1,,,
        A,2026-03-29,,hip_joint,1,1,,,
        A,2026-03-29 00:30,,hip_joint,1,1,,,
    """
    assert sessions(lines, "day::VARCHAR, row_count") == [("2026-03-28", 2), ("2026-03-29", 1), ("2026-03-29", 1)]


def test_a_session_across_midnight_belongs_to_the_day_on_which_it_starts(sessions):
    lines = """
        A,2026-03-28 23:40,,pelvic_tilt,1,1,,,
        A,2026-03-29 00:20,,hip_joint,1,4,,,
    """
    assert sessions(lines, "day::VARCHAR, rise::INT") == [("2026-03-28", 3)]
    assert sessions(lines, "day::VARCHAR, rise::INT", as_of="2026-03-28") == [("2026-03-28", 0)]


def test_a_pain_entry_is_no_session_and_joins_none(sessions):
    lines = """
        A,2026-03-29 08:00,,pelvic_tilt,1,1,,,
        A,2026-03-29 08:40,,,9,,,,
        A,2026-03-29 09:20,,hip_joint,1,1,,,
        B,2026-03-29 08:40,,,9,,,,
    """
    assert sessions(lines, "patient_id, row_count") == [("A", 1), ("A", 1)]


def test_a_row_names_every_line_of_its_file_that_says_it(clinic):
    made = clinic("patient_id,performed_at,exercise,pain_before\nP1,2026-03-26,squat,3\n")
    lines = b"who,when,what,taken,pain\n"
    lines += b"P1,2026-03-27,squat,before,3\nP2,2026-03-27,squat,before,3\nP1,2026-03-27,squat,after,5\n"
    columns = {"patient_id": "who", "performed_at": "when", "exercise": "what"}
    mapping = Mapping("own", "log", columns, score="pain", score_time="taken")
    for name in ("one.csv", "again.csv"):
        import_file(made.store, io.BytesIO(lines + b"\n" * len(name)), name, mapping=mapping)
    rows = queries.ask(made.store, "patient_rows", patient="P1", as_of=AS_OF, since=datetime.date(2026, 3, 1))
    assert [(name, list(numbers)) for name, numbers in zip(rows["file_name"], rows["line_nos"], strict=True)] == [
        ("one.csv", [2, 4]),
        ("export.csv", [2]),
    ]


def test_a_row_without_an_exercise_that_has_a_later_score_is_a_session_of_unstated_exercise(clinic):
    made = clinic(HEADER + "A,2026-03-29 08:00,,,2,8,4,,\nA,2026-03-28 08:00,,,3,,,,\n")
    assert made.rows("SELECT day, rise, provoked_by, is_off_programme FROM session('2026-03-29'::DATE)") == [
        (datetime.date(2026, 3, 29), 6, "unstated", False)
    ]
    days = "SELECT day, resting, adherence FROM derived.patient_day ORDER BY day"
    assert made.rows(days) == [(datetime.date(2026, 3, 28), 3, 0), (datetime.date(2026, 3, 29), 2, 0)]
    shown = queries.ask(made.store, "patient_rows", patient="A", as_of=AS_OF, since=AS_OF - datetime.timedelta(days=6))
    assert [None if label != label else label for label in shown["exercise_label"]] == ["unstated", None]


def test_a_row_of_several_exercises_counts_for_each_and_its_scores_are_the_rows(clinic):
    made = clinic(HEADER + 'A,2026-03-29 08:00,,"Knee to chest, Pelvic tilt",2,5,4,,\n')
    assert made.rows("SELECT rise, provoked_by, is_off_programme, row_count FROM session('2026-03-29'::DATE)") == [
        (3, "pelvic_tilt; knee_to_chest", False, 1)
    ]
    assert made.rows("SELECT exercise, done, score FROM exercise_day_of(['A']) ORDER BY exercise") == [
        ("knee_to_chest", 10, 1),
        ("pelvic_tilt", 5, 1),
    ]
    assert made.rows("SELECT adherence, over_limit FROM derived.patient_day") == [(0.5, False)]


@pytest.mark.parametrize("other", ["Squat", "Knee to chest; Walking"])
def test_any_exercise_of_several_can_be_off_the_programme(clinic, other):
    made = clinic(HEADER + f'A,2026-03-29 08:00,,"Pelvic tilt; {other}",2,5,4,,\n')
    assert made.rows("SELECT is_off_programme FROM session('2026-03-29'::DATE)") == [(True,)]
