"""What the Cohort page asks: the whole answers, from a few patients of whom each differs in one thing.

Most are asked as of 28 March for the ten days from 19 March on. The log holds a day more on either side.
"""

import datetime

import pytest

EVERYONE = {"as_of": "2026-03-28", "since": "2026-03-19", "severity": [], "site": [], "clinician": []}
SOME = EVERYONE | {"severity": ["severe", "moderate"], "site": ["North"], "clinician": ["Lee"]}
HEADER = "patient_id,performed_at,exercise,reps,pain_before,pain_during,pain_after,stopped_early\n"

# F stands before A, so that only an order by id brings A first. E has no log, D is on no roster, and nobody said how
# severe C is: the log does, with a median of 0.7 and a mean of 2.7.
ROSTER = """
    patient_id,severity,programme_start,site,clinician
    F,moderate,2026-03-20,North,Kim
    A,moderate,2026-03-01,North,Lee
    B,severe,2026-03-23,South,Lee
    C,,,North,Lee
    E,mild,2026-03-01,South,Kim
    H,moderate,2026-03-25,South,Lee
"""
# A pelvic tilt of 5 is a whole target, so a quarter of its day. G's only row is later than 28 March.
LOG = f"""{HEADER}
    A,2026-03-18 08:00,pelvic_tilt,5,1,9,,yes
    A,2026-03-19 08:00,pelvic_tilt,5,3,5,4,
    A,2026-03-21 08:00,pelvic_tilt,5,3,3,2,no
    A,2026-03-28 23:59,pelvic_tilt,5,3,4.5,4,yes
    A,2026-03-29 08:00,pelvic_tilt,5,1,10,,yes
    B,2026-03-23 08:00,pelvic_tilt,5,6,7,6,no
    B,2026-03-24 08:00,pelvic_tilt,5,6,7,6,no
    C,2026-03-20,,,0.5,,,
    C,2026-03-21,,,0.5,,,
    C,2026-03-22,,,0.9,,,
    C,2026-03-23,,,9,,,
    F,2026-03-20 08:00,pelvic_tilt,5,,3,,
    G,2026-03-29 08:00,pelvic_tilt,5,1,2,1,
    H,2026-03-26 08:00,pelvic_tilt,5,4,8,4,no
"""
OTHER_THREE = ("knee_to_chest", "hip_joint", "ankle_flexion")
# B does all four on five days of six, H on one of four.
LOG += "".join(f"B,2026-03-{day},pelvic_tilt,5,,,,\n" for day in (25, 26, 27))
WHOLE_DAYS = [("B", day) for day in range(23, 28)] + [("H", 26)]
LOG += "".join(f"{who},2026-03-{day} 08:10,{what},10,,,,\n" for who, day in WHOLE_DAYS[:2] for what in OTHER_THREE)
LOG += "".join(f"{who},2026-03-{day},{what},10,,,,\n" for who, day in WHOLE_DAYS[2:5] for what in OTHER_THREE)
LOG += "".join(f"{who},2026-03-{day} 08:10,{what},10,,,,\n" for who, day in WHOLE_DAYS[5:] for what in OTHER_THREE)
# Uploaded on the 25th: later nothing is known of D.
LOG_OF_D = f"{HEADER}D,2026-03-24 08:00,pelvic_tilt,5,4,3,,\nD,2026-03-25 08:00,pelvic_tilt,5,,8,,\n"


@pytest.fixture(scope="module")
def cohort(lasting_clinic):
    made = lasting_clinic(LOG_OF_D, uploaded="2026-03-25")
    made.take(LOG)
    made.take(ROSTER)
    return made


NUMBERS = "patients exercising sessions assessable with_rise patients_with_rise stopped adherence"
NUMBERS += " patients_with_adherence adherent"


def test_the_numbers_of_the_cohort(cohort):
    # Adherence: C 0, F 0.25 ÷ 9, A 0.75 ÷ 10, H 1 ÷ 4, B 5 ÷ 6 (D has two exposure days, E none).
    cohort.answers("cohort_numbers", NUMBERS, (7, 5, 12, 7, 5, 3, 1, 0.075, 5, 1), **EVERYONE)


def test_the_numbers_of_some_of_the_cohort(cohort):
    cohort.answers("cohort_numbers", NUMBERS, (1, 1, 3, 3, 2, 1, 1, 0.075, 1, 0), **SOME)


def test_the_numbers_of_nobody(cohort):
    nobody = EVERYONE | {"site": ["Nowhere"]}
    cohort.answers("cohort_numbers", NUMBERS, (0, 0, 0, 0, 0, 0, 0, None, 0, 0), **nobody)


POINTS = "patient_id severity adherence median_peak with_rise assessable"


def test_the_points_are_the_patients_with_adherence_and_a_peak(cohort):
    cohort.answers(
        "cohort_points",
        POINTS,
        ("A", "moderate", 0.075, 4.5, 2, 3),
        ("B", "severe", 5 / 6, 7, 2, 2),
        ("F", "moderate", 0.25 / 9, 3, 0, 0),
        ("H", "moderate", 0.25, 8, 1, 1),
        **EVERYONE,
    )
    cohort.answers("cohort_points", POINTS, ("A", "moderate", 0.075, 4.5, 2, 3), **SOME)


def test_the_density_has_the_patients_of_each_step_of_adherence_and_pain(cohort):
    columns = "adherence_from median_peak rises patients patient_ids"
    of_a = (0.05, 4.5, True, 1, ["A"])
    steps = [(0, 3, False, 1, ["F"]), of_a, (0.25, 8, True, 1, ["H"]), (0.8, 7, True, 1, ["B"])]
    cohort.answers("cohort_density", columns, *steps, **EVERYONE)
    cohort.answers("cohort_density", columns, of_a, **SOME)


SEVERITY = "severity patients assessable with_rise adherence median_peak"


def test_the_severities_from_severe_to_unknown(cohort):
    cohort.answers(
        "cohort_severity",
        SEVERITY,
        ("severe", 1, 2, 2, 5 / 6, 7),
        ("moderate", 3, 4, 3, 0.075, 4.5),
        ("mild", 1, 0, 0, None, None),
        ("none", 1, 0, 0, 0, None),
        ("unknown", 1, 1, 0, None, 5.5),
        **EVERYONE,
    )
    cohort.answers("cohort_severity", SEVERITY, ("moderate", 1, 3, 2, 0.075, 4.5), **SOME)


TABLE = "patient_id severity severity_from site clinician programme_start covered_through last_session adherence"
TABLE += " adherence_label days_logged exposure_days sessions assessable with_rise stopped max_rise median_peak"
TABLE += " patients rises"


def march(day):
    return datetime.date(2026, 3, day)


def line_of_a(patients):
    known = ("A", "moderate", "clinician", "North", "Lee", march(1), march(28), march(28))
    return (*known, 0.075, "low", 3, 10, 3, 3, 2, 1, 2, 4.5, patients, [2, 0, 1.5])


def test_the_table_has_the_most_severe_first_and_then_goes_by_id(cohort):
    cohort.answers(
        "cohort_table",
        TABLE,
        (
            *("B", "severe", "clinician", "South", "Lee", march(23), march(28), march(27)),
            *(5 / 6, "adherent", 5, 6, 5, 2, 2, 0, 1, 7, 7, [1, 1]),
        ),
        line_of_a(patients=7),
        (
            *("F", "moderate", "clinician", "North", "Kim", march(20), march(28), march(20)),
            *(0.25 / 9, "low", 1, 9, 1, 0, 0, 0, None, 3, 7, None),
        ),
        (
            *("H", "moderate", "clinician", "South", "Lee", march(25), march(28), march(26)),
            *(0.25, "low", 1, 4, 1, 1, 1, 0, 4, 8, 7, [4]),
        ),
        (
            *("E", "mild", "clinician", "South", "Kim", march(1), None, None),
            *(None, None, 0, 0, 0, 0, 0, 0, None, None, 7, None),
        ),
        (
            *("C", "none", "log", "North", "Lee", march(20), march(28), None),
            *(0, "low", 4, 9, 0, 0, 0, 0, None, None, 7, None),
        ),
        (
            *("D", None, None, None, None, march(24), march(25), march(25)),
            *(None, None, 2, 2, 2, 1, 0, 0, -1, 5.5, 7, [-1]),
        ),
        **EVERYONE,
        limit=50,
        offset=0,
    )


def test_a_page_of_the_table_goes_on_where_the_one_before_ended(cohort):
    cohort.answers("cohort_table", TABLE, line_of_a(patients=7), **EVERYONE, limit=1, offset=1)
    cohort.answers("cohort_table", TABLE, line_of_a(patients=1), **SOME, limit=50, offset=0)


def test_the_trend_is_the_last_14_rises_of_the_period_in_time(clinic):
    # One session a day from the 2nd on, the nth with a rise of n ÷ 10; the newest stand first in the file. On the 10th
    # the evening cannot be judged, and the day before the period has a rise of 9.
    days = [f"T,2026-03-{day + 1:02} 08:00,pelvic_tilt,5,0,{day / 10},," for day in range(16, 0, -1)]
    made = clinic(HEADER + "\n".join([*days, "T,2026-03-10 20:00,pelvic_tilt,5,,4,,", "T,2026-03-01,squat,5,0,9,,"]))
    made.take(f"{HEADER}T,2026-03-18 07:00,pelvic_tilt,5,0,8,,")
    asked = EVERYONE | {"as_of": "2026-03-17", "since": "2026-03-02"}
    counts = (17, 16, 16, 0, 1.6, 0.9, 1)
    known = ("T", None, None, None, None, march(1), march(17), march(17), 16 * 0.25 / 16, "low", 16, 16)
    rises = [day / 10 for day in range(3, 17)]
    # The log says how severe: sixteen days with a score of 0 before.
    line = ("T", "none", "log", *known[3:], *counts, rises)
    made.answers("cohort_table", TABLE, line, **asked, limit=5, offset=0)


# The weeks of the programme. P, Q and V have a programme of the roster, R begins with the first logged day; S's
# programme begins after everything that is known of S, and U has no log.
WEEKS_ROSTER = """
    patient_id,programme_start,severity,site,clinician
    P,2026-03-10,mild,North,Lee
    V,2026-03-10,severe,North,Lee
    Q,2026-02-20,mild,South,Lee
    S,2026-03-28,mild,North,Kim
    U,2026-03-01,mild,North,Lee
"""
WEEKS_LOG = f"""{HEADER}
    P,2026-03-16 08:00,pelvic_tilt,5,1,4,,
    P,2026-03-17 08:00,pelvic_tilt,5,1,8,,
    P,2026-03-18 08:00,pelvic_tilt,5,1,2,,
    P,2026-03-23 08:00,pelvic_tilt,5,1,2,,
    P,2026-03-24 08:00,pelvic_tilt,5,1,3,,
    P,2026-03-29 08:00,pelvic_tilt,5,1,10,,
    R,2026-03-20 08:00,pelvic_tilt,5,1,9,,
    R,2026-03-27 08:00,pelvic_tilt,5,1,,,
    V,2026-03-12,,,4,,,
    V,2026-03-24 08:00,pelvic_tilt,5,1,9,,
"""
# Q's data end on 12 March, which is the last day of the third week.
LOG_OF_Q = f"""{HEADER}
    Q,2026-03-01 08:00,pelvic_tilt,5,1,10,,
    Q,2026-03-02 08:00,pelvic_tilt,5,1,1,,
    Q,2026-03-06 08:00,pelvic_tilt,5,1,6,,
    Q,2026-03-12 08:00,pelvic_tilt,5,1,7,,
"""
LOG_OF_S = f"{HEADER}S,2026-03-10 08:00,pelvic_tilt,5,1,10,,\n"
WEEKS = "week patients pain_q1 pain_median pain_q3 adherence_q1 adherence_median adherence_q3"


@pytest.fixture(scope="module")
def weeks(lasting_clinic):
    made = lasting_clinic(LOG_OF_Q, uploaded="2026-03-12")
    made.take(LOG_OF_S, "2026-03-15")
    made.take(WEEKS_LOG)
    made.take(WEEKS_ROSTER)
    return made


def test_the_weeks_of_the_programme(weeks):
    """Per patient, the share done of the days that data cover, and the mean peak; Q's first day is one in week 2.

    week 1: P ¼ of 7 days and 4; R ¼ of 7 and 9; V 0 and no peak
    week 2: P ¾ of 7 and 4; Q ¼ of 4 and 1; R ¼ of 2 and no peak; V 0 and no peak
    week 3: P ¼ of 5 and 3; Q ½ of 7 and 6.5; V ¼ of 5 and 9
    """
    weeks.answers(
        "cohort_weeks",
        WEEKS,
        (1, 3, 5.25, 6.5, 7.75, 0.125 / 7, 0.25 / 7, 0.25 / 7),
        (2, 4, 1.75, 2.5, 3.25, 0.046875, (0.0625 + 0.75 / 7) / 2, 0.75 / 7 + (0.125 - 0.75 / 7) / 4),
        (3, 3, 4.75, 6.5, 7.75, 0.05, 0.05, (0.05 + 0.5 / 7) / 2),
        **EVERYONE | {"since": "2026-03-02"},
    )


def test_the_weeks_of_some_patients(weeks):
    asked = EVERYONE | {"since": "2026-03-02", "severity": ["mild", "none"], "site": ["North"], "clinician": ["Lee"]}
    weeks.answers(
        "cohort_weeks",
        WEEKS,
        (1, 1, 4, 4, 4, 0.25 / 7, 0.25 / 7, 0.25 / 7),
        (2, 1, 4, 4, 4, 0.75 / 7, 0.75 / 7, 0.75 / 7),
        (3, 1, 3, 3, 3, 0.05, 0.05, 0.05),
        **asked,
    )


def test_a_period_that_begins_inside_a_week_counts_the_rest_of_it(weeks):
    """Q's data end before the 18th. Week 1: R. Week 2: P ½ of 6 days and 2; R ¼ of 2; V 0. Week 3: P and V."""
    weeks.answers(
        "cohort_weeks",
        WEEKS,
        (1, 1, 9, 9, 9, 0.25 / 7, 0.25 / 7, 0.25 / 7),
        (2, 3, 2, 2, 2, 0.25 / 6, 0.5 / 6, (0.5 / 6 + 0.125) / 2),
        (3, 2, 4.5, 6, 7.5, 0.05, 0.05, 0.05),
        **EVERYONE | {"since": "2026-03-18"},
    )
