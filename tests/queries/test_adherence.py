"""Adherence: exercise-days, exposure days and the label. Definitions, section 4."""

import datetime

import pytest

LOG = "patient_id,performed_at,exercise,side,sets,reps,pain_before,pain_during\n"
TODAY = datetime.date(2026, 3, 29)
ALL_FOUR = (("pelvic_tilt", 5), ("knee_to_chest", 10), ("hip_joint", 10), ("ankle_flexion", 10))


def days_back(*numbers):
    return [TODAY - datetime.timedelta(days=number) for number in numbers]


def full_days(patient, days, exercises=ALL_FOUR):
    return "".join(f"{patient},{day},{exercise},,1,{reps},1,1\n" for day in days for exercise, reps in exercises)


@pytest.fixture
def exercise_day(clinic):
    """One exercise on one day → what was done, the score, and whether it is over the limit."""

    def ask(lines):
        made = clinic(LOG + lines.strip())
        answer = made.rows("SELECT done, score, over_limit FROM exercise_day_of(['A'])")
        return [(int(done), float(score), over) for done, score, over in answer]

    return ask


@pytest.mark.parametrize(
    ("sets", "reps", "done", "score"),
    [("1", "5", 5, 1), ("1", "4", 4, 0.8), ("2", "2", 4, 0.8), ("", "4", 4, 0.8), ("3", "", 5, 1), ("2", "9", 18, 1)],
)
def test_done_is_reps_times_sets(exercise_day, sets, reps, done, score):
    assert exercise_day(f"A,2026-03-29,pelvic_tilt,,{sets},{reps},,") == [(done, score, False)]


@pytest.mark.parametrize(
    ("rows", "done", "score"),
    [
        ([("left", 10), ("right", 10)], 10, 1),
        ([("left", 10), ("right", 4)], 4, 0.4),
        ([("left", 10)], 0, 0),
        ([("", 7)], 7, 0.7),
        ([("both", 7)], 7, 0.7),
        ([("left", 3), ("right", 2), ("", 4)], 6, 0.6),
        ([("left", 6), ("left", 6), ("right", 5)], 5, 0.5),
    ],
)
def test_the_lower_side_counts_and_a_row_without_a_side_counts_for_both(exercise_day, rows, done, score):
    lines = "\n".join(f"A,2026-03-29,hip_joint,{side},1,{reps},," for side, reps in rows)
    assert exercise_day(lines) == [(done, score, False)]


def test_sides_do_not_matter_for_an_exercise_that_is_not_done_per_side(exercise_day):
    lines = "A,2026-03-29,pelvic_tilt,left,1,3,,\nA,2026-03-29,pelvic_tilt,right,1,1,,"
    assert exercise_day(lines) == [(4, 0.8, False)]


@pytest.mark.parametrize(
    ("left", "right", "over"), [(20, 20, False), (21, 1, True), (1, 21, True), (21, 21, True), (0, 20, False)]
)
def test_knee_to_chest_is_over_the_limit_above_20_on_either_side(exercise_day, left, right, over):
    lines = f"A,2026-03-29,knee_to_chest,left,1,{left},,\nA,2026-03-29,knee_to_chest,right,1,{right},,"
    [(_, _, is_over)] = exercise_day(lines)
    assert is_over is over


def test_above_the_limit_the_score_is_still_1(exercise_day):
    assert exercise_day("A,2026-03-29,knee_to_chest,,3,10,,") == [(30, 1, True)]


def test_an_exercise_without_an_upper_limit_is_never_over_it(exercise_day):
    assert exercise_day("A,2026-03-29,hip_joint,,9,90,,") == [(810, 1, False)]


def test_a_day_is_the_mean_over_the_four_exercises(clinic):
    made = clinic(LOG + full_days("A", days_back(0), ALL_FOUR[:1]) + "A,2026-03-29,squat,,1,10,1,1\n")
    assert made.rows("SELECT adherence FROM derived.patient_day") == [(0.25,)]


@pytest.mark.parametrize(("back", "expected"), [(3, 1.0), (2, None)])
def test_fewer_than_four_exposure_days_are_not_enough_data(clinic, back, expected):
    made = clinic(LOG + full_days("A", days_back(*range(back + 1))))
    assert made.column("adherence") == {"A": expected}


def test_a_day_without_a_log_counts_0(clinic):
    made = clinic(LOG + full_days("A", days_back(0, 1, 4)))
    assert made.column("adherence") == {"A": pytest.approx(3 / 5)}
    assert made.rows("SELECT days_logged, exposure_days FROM adherence($d::DATE, $d::DATE - 27)", d=TODAY) == [(3, 5)]


def test_exposure_starts_with_the_programme_of_the_roster(clinic):
    roster = f"patient_id,programme_start,site\nA,{days_back(9)[0]},North\nB,{days_back(3)[0]},North"
    made = clinic(LOG + full_days("A", days_back(0, 1, 2, 3, 4)) + full_days("B", days_back(0, 3, 20)), roster)
    assert made.column("adherence") == {"A": 0.5, "B": 0.5}


def test_exposure_ends_with_the_day_of_the_last_upload(clinic):
    made = clinic(LOG + full_days("A", days_back(10, 11, 12, 13)), uploaded=days_back(10)[0])
    assert made.column("adherence") == {"A": 1.0}


def test_a_diary_entry_is_a_log_and_no_exercise(clinic):
    made = clinic(LOG + full_days("A", days_back(2, 3)) + "A,2026-03-29,,,,,4,\nA,2026-03-28,,,,,4,\n")
    assert made.rows("SELECT days_logged, adherence FROM adherence($d::DATE, $d::DATE - 27)", d=TODAY) == [(4, 0.5)]


@pytest.mark.parametrize(
    ("done", "days", "label"), [(4, 5, "adherent"), (7, 9, "partial"), (2, 4, "partial"), (3, 7, "low"), (0, 4, "low")]
)
def test_the_label_changes_at_exactly_80_and_50_percent(clinic, done, days, label):
    start = days_back(days - 1)[0]
    log = LOG + full_days("A", days_back(*range(done))) + f"A,{start},,,,,3,\n"
    made = clinic(log, f"patient_id,programme_start,site\nA,{start},North")
    assert made.rows("SELECT adherence_label FROM adherence($d::DATE, $d::DATE - 27)", d=TODAY) == [(label,)]
