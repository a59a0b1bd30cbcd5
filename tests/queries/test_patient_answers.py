"""What the page of one patient asks: the whole answers.

The log of A has a day more on either side of what is asked, and B does what A does not.
"""

import datetime

import pytest

OF_A = {"patient": "A", "as_of": "2026-03-28", "since": "2026-03-20"}
HEADER = "patient_id,performed_at,session_id,exercise,side,sets,reps,duration_s"
HEADER += ",pain_before,pain_during,pain_after,stopped_early,notes"
ROSTER = "patient_id,severity,programme_start,birth_year,sex,site,clinician\nA,severe,2026-03-19,1950,f,North,Lee\n"
# The lines of the file are numbered from 2; the log is uploaded in the evening of the 29th.
LOG = f"""{HEADER}
    A,2026-03-29 08:00,,hip_joint,,1,10,,1,9,9,yes,
    A,2026-03-20 08:00,,pelvic_tilt,,,5,,3,5,4,no,first
    A,2026-03-20 08:20,,knee_to_chest,left,2,11,90,2,2.5,3,yes,second
    A,2026-03-20 08:20,,knee_to_chest,right,2,9,,2,,,,
    A,2026-03-19 08:00,,pelvic_tilt,,1,5,,0,10,10,yes,
    A,2026-03-22,,Swimming,,,,,4,,2,,
    A,2026-03-22,,,,,,,6,,,,diary
    A,2026-03-24 08:00,s,pelvic_tilt,,1,4,,2,,,,
    A,2026-03-28 23:50,,pelvic_tilt,,1,5,,2,3,,no,
    A,2026-03-29 00:10,,hip_joint,,1,10,,2,7,,,
    B,2026-03-24 08:00,,squat,,1,10,,1,9,9,yes,
    A,2026-03-22,,squat,,,,,1,1,,,
"""


@pytest.fixture(scope="module")
def clinic_of_a(lasting_clinic):
    made = lasting_clinic(LOG, ROSTER)
    made.reviewed("A", "2026-03-22", made="2026-03-23")
    return made


def march(day, *clock):
    return datetime.datetime(2026, 3, day, *clock) if clock else datetime.date(2026, 3, day)


EXERCISES = "exercise_label rows days assessable with_rise median_rise max_rise"


def test_the_exercises_with_the_largest_median_rise_first(clinic_of_a):
    clinic_of_a.answers(
        "patient_exercises",
        EXERCISES,
        # Rises of 2 and 1, and a row that cannot be judged.
        ("pelvic_tilt", 3, 3, 2, 2, 1.5, 2),
        ("knee_to_chest", 2, 1, 1, 1, 1, 1),
        ("squat", 1, 1, 1, 0, 0, 0),
        ("Swimming", 1, 1, 1, 0, -2, -2),
        **OF_A,
    )


def test_of_exercises_with_the_same_rise_the_name_decides_and_what_cannot_be_judged_comes_last(clinic):
    made = clinic(f"""{HEADER}
        A,2026-03-28 00:00:00,,squat,,,,,1,2,,,
        A,2026-03-28 09:00,,bridge,,,,,1,2,,,
        A,2026-03-28 10:00,,hip_joint,,,,,1,,,,
        A,2026-03-28 11:00,,heel_raise,,,,,1,1,,,
        A,2026-03-28 12:00,,heel_raise,,,,,1,1.5,,,
        A,2026-03-28 13:00,,heel_raise,,,,,1,9,,,
    """)
    made.answers(
        "patient_exercises",
        EXERCISES,
        ("bridge", 1, 1, 1, 1, 1, 1),
        ("squat", 1, 1, 1, 1, 1, 1),
        ("heel_raise", 3, 1, 3, 2, 0.5, 8),
        ("hip_joint", 1, 1, 0, 0, None, None),
        **OF_A | {"since": "2026-03-28"},
    )


ROWS = "row_id session_key performed_at has_time exercise exercise_label side sets reps duration_s pain_before"
ROWS += " pain_during pain_after rise stopped_early notes upload_id file_name line_no line_nos"


def test_the_rows_newest_first_with_their_lines(clinic_of_a):
    ids = clinic_of_a.rows("SELECT line_no, row_id FROM clinic.log_row")
    row = dict(ids)
    source = (1, "export.csv")
    clinic_of_a.answers(
        "patient_rows",
        ROWS,
        (
            *(row[10], row[10], march(28, 23, 50), True, "pelvic_tilt", "pelvic_tilt", None, 1, 5, None),
            *(2, 3, None, 1, False, None, *source, 10, [10]),
        ),
        (
            *(row[9], row[9], march(24, 8), True, "pelvic_tilt", "pelvic_tilt", None, 1, 4, None),
            *(2, None, None, None, None, None, *source, 9, [9]),
        ),
        (
            *(row[13], row[7], march(22, 0), False, "squat", "squat", None, None, None, None),
            *(1, 1, None, 0, None, None, *source, 13, [13]),
        ),
        (
            *(row[8], None, march(22, 0), False, None, None, None, None, None, None),
            *(6, None, None, None, None, "diary", *source, 8, [8]),
        ),
        (
            *(row[7], row[7], march(22, 0), False, "other", "Swimming", None, None, None, None),
            *(4, None, 2, -2, None, None, *source, 7, [7]),
        ),
        (
            *(row[5], row[3], march(20, 8, 20), True, "knee_to_chest", "knee_to_chest", "right", 2, 9, None),
            *(2, None, None, None, None, None, *source, 5, [5]),
        ),
        (
            *(row[4], row[3], march(20, 8, 20), True, "knee_to_chest", "knee_to_chest", "left", 2, 11, 90),
            *(2, 2.5, 3, 1, True, "second", *source, 4, [4]),
        ),
        (
            *(row[3], row[3], march(20, 8), True, "pelvic_tilt", "pelvic_tilt", None, None, 5, None),
            *(3, 5, 4, 2, False, "first", *source, 3, [3]),
        ),
        **OF_A,
    )


SESSIONS = "patient_id session_key started_at last_at day has_time rise peak pain_before pain_after stopped_early"
SESSIONS += " provoked_by row_count is_off_programme notes rise_from rise_to shown_before shown_peak is_open reasons"
SESSIONS += " mark"


def test_the_sessions_in_time(clinic_of_a):
    """The review covers those to the 22nd; the one across midnight is known to the end of the day only.

    On the 22nd the squat, from 1 to 1, has the largest rise, but not the first score nor the highest.
    """
    key = dict(clinic_of_a.rows("SELECT line_no, row_id FROM clinic.log_row"))
    severe = ["severe_and_rise", "severe_and_exercising", "small_rise"]
    clinic_of_a.answers(
        "patient_sessions",
        SESSIONS,
        (
            *("A", key[3], march(20, 8, 0), march(20, 8, 20), march(20), True, 2, 5, 3, 3, True, "pelvic_tilt", 3),
            *(False, "first · second", 3, 5, 3, 5, False, [], "stopped"),
        ),
        (
            *("A", key[7], march(22, 0), march(22, 0), march(22), False, 0, 2, 4, 2, None, "squat", 2, True),
            *(None, 1, 1, 1, 1, False, [], "no_rise"),
        ),
        (
            *("A", key[9], march(24, 8), march(24, 8), march(24), True, None, None, 2, None, None, None, 1),
            *(False, None, None, None, 2, None, True, ["severe_and_exercising"], "not_assessable"),
        ),
        (
            *("A", key[10], march(28, 23, 50), march(28, 23, 50), march(28), True, 1, 3, 2, None, False, "pelvic_tilt"),
            *(1, False, None, 2, 3, 2, 3, True, severe, "rise"),
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
    """A: two rises to severe on following days, and a squat beside them. B: nothing that can be judged.

    The baseline's mean resting pain is 2 on four days, the window's 5.
    """
    made = clinic(
        f"{HEADER}\n"
        + "".join(f"A,2026-03-{day},,,,,,,2,,,,\n" for day in range(15, 19))
        + "".join(
            f"A,2026-03-{day} 08:00,,squat,,,,,5,{peak},,,\n" for day, peak in ((24, 7), (25, 7), (26, 6), (27, 6))
        )
        + "B,2026-03-25 08:00,,hip_joint,,,,,5,,,,\n",
        "patient_id,severity\nA,severe\nB,mild\n",
    )
    every = ["severe_and_rise", "exercised_after_rise", "rise", "median_rise", "resting_pain_up"]
    every += ["severe_and_exercising", "small_rise", "off_programme"]
    risen = ["repeated_rise", "rise_to_severe", *every]
    small = [code for code in every if code not in ("exercised_after_rise", "rise")]
    asked = {"as_of": "2026-03-28", "since": "2026-03-20"}
    assert reasons(made, "A", asked) == [risen, risen, small, small]
    assert reasons(made, "B", asked) == [["not_assessable"]]


def reasons(made, patient, asked):
    found = made.ask("patient_sessions", patient=patient, **asked)
    return [list(codes) for codes in found["reasons"]]


SUMMARY = "patient_id reasons chips days_waiting severity severity_entered severity_logged severity_from last_session"
SUMMARY += " covered_through site clinician review_group list_order programme_start birth_year sex adherence"
SUMMARY += " adherence_label days_logged exposure_days over_limit_days sessions assessable with_rise max_rise stopped"


def test_the_summary_of_a_patient(clinic_of_a):
    """Reasons and waiting are those of the list, counts and adherence those of the period from the 20th on.

    Adherence: 20th: tilts whole, knee the lower side 18 of 10; 24th: tilts 4 of 5; 28th: tilts whole; nine days.
    Severity by the log: mild, as the daily means before exercise are 0, 7 ÷ 3, 5, 2 and 2. B, who rises to 9, is first.
    """
    clinic_of_a.answers(
        "patient_summary",
        SUMMARY,
        (
            *("A", ["severe_and_rise", "severe_and_exercising", "small_rise", "low_adherence"]),
            *(["severity_differs"], 4, "severe", "severe", "mild", "clinician", march(28), march(28), "North", "Lee"),
            *("first", 2, march(19), 1950, "female", (0.25 + 0.25 + 0.2 + 0.25) / 9, "low", 4, 9, 1),
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
