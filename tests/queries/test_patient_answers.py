"""What the page of one patient asks: the whole answers.

The log of A has a day more on either side of what is asked, and B does what A does not.
"""

import datetime

import pytest

OF_A = {"patient": "A", "as_of": "2026-03-28", "since": "2026-03-20"}
HEADER = "patient_id,performed_at,session_id,exercise,side,sets,reps,duration_s"
HEADER += ",pain_before,pain_during,pain_after,stopped_early,notes"
ROSTER = "patient_id,severity,programme_start,birth_year,sex,site,clinician\nA,severe,2026-03-19,1950,f,North,Lee\n"
# Two files, the lines of each numbered from 2: uploaded in the evenings of the 22nd and of the 29th.
FIRST_LOG = f"""{HEADER}
    A,2026-03-20 08:00,,pelvic_tilt,,,5,,3,5,4,no,first
    A,2026-03-20 08:20,,knee_to_chest,left,2,11,90,2,2.5,3,yes,second
    A,2026-03-20 08:20,,knee_to_chest,right,2,9,,2,,,,
    A,2026-03-19 08:00,,pelvic_tilt,,1,5,,0,10,10,yes,
    A,2026-03-22,,Swimming,,,,,4,,2,,
    A,2026-03-22,,,,,,,6,,,,diary
    A,2026-03-22,,squat,,,,,1,1,,,
"""
LAST_LOG = f"""{HEADER}
    A,2026-03-29 08:00,,hip_joint,,1,10,,1,9,9,yes,
    A,2026-03-24 08:00,s,pelvic_tilt,,1,4,,2,,,,
    A,2026-03-28 23:50,,pelvic_tilt,,1,5,,2,3,,no,
    A,2026-03-28 23:58,,pelvic_tilt,,1,5,,,2,,,
    A,2026-03-29 00:10,,hip_joint,,1,10,,2,7,,,
    B,2026-03-24 08:00,,squat,,1,10,,1,9,9,yes,
"""


@pytest.fixture(scope="module")
def clinic_of_a(lasting_clinic):
    made = lasting_clinic(FIRST_LOG, ROSTER, uploaded="2026-03-22")
    made.take(LAST_LOG, "2026-03-29")
    made.reviewed("A", "2026-03-22", made="2026-03-23")
    return made


def march(day, *clock):
    return datetime.datetime(2026, 3, day, *clock) if clock else datetime.date(2026, 3, day)


EXERCISES = "exercise_label rows days assessable with_rise median_rise max_rise is_most_often"


def test_the_four_exercises_and_then_the_others_by_name(clinic_of_a):
    clinic_of_a.answers(
        "patient_exercises",
        EXERCISES,
        # Rises of 2 and 1, and a session that cannot be judged; in the last one a second row fell by nothing.
        ("pelvic_tilt", 4, 3, 2, 2, 1.5, 2, False),
        ("knee_to_chest", 2, 1, 1, 1, 1, 1, False),
        ("hip_joint", 0, 0, 0, 0, None, None, False),
        ("ankle_flexion", 0, 0, 0, 0, None, None, False),
        ("Swimming", 1, 1, 1, 0, -2, -2, False),
        ("squat", 1, 1, 1, 0, 0, 0, False),
        **OF_A,
    )


def test_most_often_takes_three_sessions_and_60_percent_of_them(clinic):
    """Rises of 1 and of 0: three of five, two of two, four of seven, and two of three in the rows of several."""
    log = ""
    for exercise, rises in (("pelvic_tilt", "11100"), ("hip_joint", "1111000"), ("squat; bridge", "110")):
        log += "".join(f"A,2026-03-{20 + day},,{exercise},,,,,1,{1 + int(rise)},,,\n" for day, rise in enumerate(rises))
    log += "A,2026-03-20,,ankle_flexion,,,,,1,2,,,\nA,2026-03-21,,ankle_flexion,,,,,1,2,,,\n"
    clinic(f"{HEADER}\n{log}").answers(
        "patient_exercises",
        EXERCISES,
        ("pelvic_tilt", 5, 5, 5, 3, 1, 1, True),
        ("knee_to_chest", 0, 0, 0, 0, None, None, False),
        ("hip_joint", 7, 7, 7, 4, 1, 1, False),
        ("ankle_flexion", 2, 2, 2, 2, 1, 1, False),
        ("bridge", 3, 3, 3, 2, 1, 1, True),
        ("squat", 3, 3, 3, 2, 1, 1, True),
        **OF_A,
    )


def test_the_rows_of_one_exercise_in_a_session_count_once(clinic):
    made = clinic(f"""{HEADER}
        A,2026-03-28 11:00,,heel_raise,,,,,1,1,,,
        A,2026-03-28 12:00,,heel_raise,,,,,1,1.5,,,
        A,2026-03-28 13:00,,heel_raise,,,,,1,9,,,
        A,2026-03-28 13:10,,hip_joint,,,,,,,,,
    """)
    nothing = (0, 0, 0, 0, None, None, False)
    made.answers(
        "patient_exercises",
        EXERCISES,
        ("pelvic_tilt", *nothing),
        ("knee_to_chest", *nothing),
        ("hip_joint", 1, 1, 0, 0, None, None, False),
        ("ankle_flexion", *nothing),
        ("heel_raise", 3, 1, 1, 1, 8, 8, False),
        **OF_A,
    )


def test_a_rise_has_settled_where_the_next_days_first_score_is_no_higher_than_its_start(clinic):
    """Of the 20th back at 2, of the 21st not, of the 23rd in the diary; the 25th has no score on the next day."""
    clinic(f"""{HEADER}
        A,2026-03-19 08:00,,squat,,,,,1,9,,,
        A,2026-03-20 08:00,,squat,,,,,2,4,,,
        A,2026-03-21 08:00,,squat,,,,,2,5,,,
        A,2026-03-22 08:00,,squat,,,,,3,3,,,
        A,2026-03-22 20:00,,,,,,,0,,,,
        A,2026-03-23 08:00,,squat,,,,,1,2,,,
        A,2026-03-24,,,,,,,1,,,,
        A,2026-03-25 08:00,,squat,,,,,1,2,,,
        A,2026-03-28 08:00,,squat,,,,,1,2,,,
        A,2026-03-29 08:00,,squat,,,,,1,1,,,
        B,2026-03-26 08:00,,squat,,,,,1,1,,,
    """).answers("patient_settled", "rises settled", (3, 2), **OF_A)


ROWS = "row_id session_key performed_at has_time exercise exercise_label side sets reps duration_s pain_before"
ROWS += " pain_during pain_after before is_carried rise stopped_early notes upload_id file_name line_no line_nos"


def test_the_rows_newest_first_with_their_lines(clinic_of_a):
    row = {(upload, line): number for upload, line, number in clinic_of_a.rows(LINES)}
    tilt, knee = ("pelvic_tilt", "pelvic_tilt", None), ("knee_to_chest", "knee_to_chest")
    first, last = (1, "export.csv"), (3, "export.csv")
    clinic_of_a.answers(
        "patient_rows",
        ROWS,
        # Without a score before, so that of the row before it is carried.
        (
            *(row[3, 5], row[3, 4], march(28, 23, 58), True, *tilt, 1, 5, None),
            *(None, 2, None, 2, True, 0, None, None, *last, 5, [5]),
        ),
        (
            *(row[3, 4], row[3, 4], march(28, 23, 50), True, *tilt, 1, 5, None),
            *(2, 3, None, 2, False, 1, False, None, *last, 4, [4]),
        ),
        (
            *(row[3, 3], row[3, 3], march(24, 8), True, *tilt, 1, 4, None),
            *(2, None, None, 2, False, None, None, None, *last, 3, [3]),
        ),
        (
            *(row[1, 8], row[1, 6], march(22, 0), False, "squat", "squat", None, None, None, None),
            *(1, 1, None, 1, False, 0, None, None, *first, 8, [8]),
        ),
        (
            *(row[1, 7], None, march(22, 0), False, None, None, None, None, None, None),
            *(6, None, None, None, False, None, None, "diary", *first, 7, [7]),
        ),
        (
            *(row[1, 6], row[1, 6], march(22, 0), False, "other", "Swimming", None, None, None, None),
            *(4, None, 2, 4, False, -2, None, None, *first, 6, [6]),
        ),
        (
            *(row[1, 4], row[1, 2], march(20, 8, 20), True, *knee, "right", 2, 9, None),
            *(2, None, None, 2, False, None, None, None, *first, 4, [4]),
        ),
        (
            *(row[1, 3], row[1, 2], march(20, 8, 20), True, *knee, "left", 2, 11, 90),
            *(2, 2.5, 3, 2, False, 1, True, "second", *first, 3, [3]),
        ),
        (
            *(row[1, 2], row[1, 2], march(20, 8), True, *tilt, None, 5, None),
            *(3, 5, 4, 3, False, 2, False, "first", *first, 2, [2]),
        ),
        **OF_A,
    )


LINES = "SELECT upload_id, line_no, row_id FROM clinic.log_row"
SESSIONS = "patient_id session_key started_at last_at day has_time rise peak pain_before pain_after rise_from rise_to"
SESSIONS += " is_climb is_carried stopped_early provoked_by row_count is_off_programme notes shown_before shown_peak"
SESSIONS += " is_open is_recent reasons mark"


def test_the_sessions_in_time(clinic_of_a):
    """The review covers those to the 22nd; the one across midnight is known to the end of the day only.

    On the 22nd the squat, from 1 to 1, has the largest rise, but not the first score nor the highest.
    """
    key = {(upload, line): number for upload, line, number in clinic_of_a.rows(LINES)}
    clinic_of_a.answers(
        "patient_sessions",
        SESSIONS,
        (
            *("A", key[1, 2], march(20, 8, 0), march(20, 8, 20), march(20), True, 2, 5, 3, 3, 3, 5, False, False, True),
            *("pelvic_tilt", 3, False, "first · second", 3, 5, False, False, [], "stopped"),
        ),
        (
            *("A", key[1, 6], march(22, 0), march(22, 0), march(22), False, 0, 2, 4, 2, 1, 1, False, False, None),
            *("squat", 2, True, None, 1, 1, False, False, [], "no_rise"),
        ),
        (
            *("A", key[3, 3], march(24, 8), march(24, 8), march(24), True, None, None, 2, None, None, None),
            *(False, False, None, None, 1, False, None, 2, None, True, False, [], "not_assessable"),
        ),
        (
            *("A", key[3, 4], march(28, 23, 50), march(28, 23, 58), march(28), True, 1, 3, 2, None, 2, 3),
            *(False, False, False, "pelvic_tilt", 2, False, None, 2, 3, True, True, ["any_rise"], "rise"),
        ),
        **OF_A,
    )


def test_a_session_has_a_time_where_one_of_its_rows_has(clinic):
    made = clinic(
        f"{HEADER}\nA,2026-03-24,s,squat,,,,,,,,,\nA,2026-03-24 08:00,s,bridge,,,,,,,,,\nA,2026-03-25,,squat,,,,,,,,,\n"
    )
    sessions = made.ask("patient_sessions", **OF_A)[["day", "has_time", "row_count"]]
    assert [(f"{day:%d}", has_time, rows) for day, has_time, rows in sessions.itertuples(index=False)] == [
        ("24", True, 2),
        ("25", False, 1),
    ]


def test_every_reason_of_a_session_stands_in_its_place(clinic):
    """A: rises of 2, 2, 0.5 and 3 with squats, the first of them stopped; the baseline's mean resting pain is 2 on four
    days, the window's 5. B: nothing that can be judged. C: a rise that nobody looked at in 28 days.
    """
    squats = ((24, "7,,yes"), (25, "7,,"), (26, "5.5,,"), (27, "8,,"))
    made = clinic(
        f"{HEADER}\n"
        + "".join(f"A,2026-03-{day},,,,,,,2,,,,\n" for day in range(15, 19))
        + "".join(f"A,2026-03-{day} 08:00,,squat,,,,,5,{later},\n" for day, later in squats)
        + "B,2026-03-25 08:00,,hip_joint,,,,,5,,,,\nC,2026-02-20 08:00,,hip_joint,,,,,1,4,,,\n",
        "patient_id,severity\nA,severe\nB,mild\n",
    )
    asked = {"as_of": "2026-03-28", "since": "2026-02-01"}
    open_ones = ["resting_pain_up", "severe_and_exercising", "any_rise", "off_programme"]
    assert reasons(made, "A", asked) == [
        ["more_than_usual", "severe_more_than_usual", "stopped_for_pain", "stopped_early", "above_usual", *open_ones],
        ["more_than_usual", "severe_more_than_usual", "above_usual", *open_ones],
        open_ones,
        ["more_than_usual", "severe_more_than_usual", "rise", "above_usual", *open_ones],
    ]
    assert reasons(made, "B", asked) == [["not_assessable"]]
    assert reasons(made, "C", asked) == [["left_unreviewed"]]


def reasons(made, patient, asked):
    found = made.ask("patient_sessions", patient=patient, **asked)
    return [list(codes) for codes in found["reasons"]]


SUMMARY = (
    "patient_id reasons review_group chips sessions_stopped days_waiting severity severity_entered severity_logged"
)
SUMMARY += " severity_from last_session covered_through site clinician excess usual_rise recent_sessions"
SUMMARY += " recent_with_rise recent_rise other_sessions has_own_usual can_be_compared reviewed_at reviewer outcome"
SUMMARY += " look_again_on resting_lately resting_before resting_in_window resting_in_baseline section list_order"
SUMMARY += " programme_start birth_year sex adherence adherence_label days_logged exposure_days over_limit_days"
SUMMARY += " sessions assessable with_rise max_rise stopped"


def test_the_summary_of_a_patient(clinic_of_a):
    """Reasons and waiting are those of the list, counts and adherence those of the period from the 20th on.

    Adherence: 20th: tilts whole, knee the lower side 18 of 10; 24th: tilts 4 of 5; 28th: tilts whole; nine days.
    Severity by the log: mild, as the daily means before exercise are 0, 7 ÷ 3, 11 ÷ 3, 2 and 2. Usual: of 10, 2 and 0
    the most that counts once there is a review. B, who rises to 9, is first.
    """
    clinic_of_a.answers(
        "patient_summary",
        SUMMARY,
        (
            *("A", ["any_rise", "low_adherence"], "look", ["severity_differs"], 0, 0, "severe", "severe", "mild"),
            *("clinician", march(28), march(28), "North", "Lee", -0.5, 1.5, 1, 1, 1, 3, False, False),
            *(march(23, 12), "Kim", "contacted", None, 23 / 9, None, 23 / 9, 7 / 6, "look", 2),
            *(march(19), 1950, "female", (0.25 + 0.25 + 0.2 + 0.25) / 9, "low", 4, 9, 1),
            *(4, 3, 2, 2, 1),
        ),
        **OF_A,
    )


DAYS = "day exercise position done target score over_limit state"


def test_the_days_of_a_patient_exercise_by_exercise(clinic):
    """The programme begins on the 27th; the data end on the 28th, on which the knee's right side is over its limit."""
    made = clinic(
        f"""{HEADER}
            A,2026-03-26,,pelvic_tilt,,,5,,,,,,
            A,2026-03-27,,pelvic_tilt,,,4,,,,,,
            A,2026-03-28,,knee_to_chest,left,,7,,,,,,
            A,2026-03-28,,knee_to_chest,right,3,7,,,,,,
            A,2026-03-28,,squat,,,7,,,,,,
            B,2026-03-27,,hip_joint,,,7,,,,,,
        """,
        "patient_id,programme_start,site\nA,2026-03-27,North\n",
        uploaded="2026-03-28",
    )
    nothing = (None, None, None, False)
    four = ("pelvic_tilt", 1), ("knee_to_chest", 2), ("hip_joint", 3), ("ankle_flexion", 4)
    made.answers(
        "patient_days",
        DAYS,
        (march(27), "pelvic_tilt", 1, 4, 5, 0.8, False, "done"),
        *((march(27), *exercise, *nothing, "no log") for exercise in four[1:]),
        (march(28), "pelvic_tilt", 1, *nothing, "no log"),
        (march(28), "knee_to_chest", 2, 7, 10, 0.7, True, "done"),
        *((march(28), *exercise, *nothing, "no log") for exercise in four[2:]),
        *((march(29), *exercise, *nothing, "not covered") for exercise in four),
        patient="A",
        as_of="2026-03-29",
        since="2026-03-20",
    )
    later = made.ask("patient_days", patient="A", as_of="2026-03-28", since="2026-03-28")
    assert later["exercise"].tolist() == [code for code, _ in four]


def test_patients_are_found_by_a_part_of_their_id(clinic):
    made = clinic(f"""{HEADER}
        b-7a,2026-03-28,,squat,,,,,,,,,
        B-7,2026-03-28,,squat,,,,,,,,,
        a-b-70,2026-03-28,,squat,,,,,,,,,
        B_7,2026-03-28,,squat,,,,,,,,,
        b-79,2026-03-29,,squat,,,,,,,,,
    """)
    found = {"as_of": "2026-03-28", "search": "B-7"}
    made.answers("patients", "patient_id", ("B-7",), ("a-b-70",), ("b-7a",), **found, limit=10)
    made.answers("patients", "patient_id", ("B-7",), ("a-b-70",), **found, limit=2)
