"""What the Review page asks: the whole answers, from one patient a group and three of one.

The list is asked for 28 March: its window is 22 to 28 March, and its 28 days begin on the 1st.
"""

import datetime

import pytest

AS_OF = "2026-03-28"
HEADER = "patient_id,performed_at,exercise,reps,pain_before,pain_during,pain_after,stopped_early\n"
ROSTER = """
    patient_id,severity,programme_start,site,clinician
    First,severe,2026-03-15,North,Lee
    Look 1,mild,2026-03-25,North,Lee
    Look 2,mild,2026-03-25,South,Lee
    Look 3,moderate,2026-03-25,North,Kim
    No upload,mild,2026-03-01,South,Kim
"""
# The row of the 29th is later than the day, those of February are earlier than the 28 days.
LOG = f"""{HEADER}
    First,2026-02-28 08:00,hip_joint,10,1,9,,
    First,2026-03-15 08:00,hip_joint,10,1,4,,
    First,2026-03-22 08:00,hip_joint,10,3,,3.5,
    First,2026-03-27 20:00,hip_joint,10,2,4,,no
    First,2026-03-27 08:00,hip_joint,10,3,,,
    First,2026-03-28 08:00,hip_joint,10,2,1,,
    First,2026-03-29 08:00,hip_joint,10,0,10,,
    Look 1,2026-03-25 08:00,hip_joint,10,1,2,,
    Look 2,2026-03-25 08:00,hip_joint,10,1,2.5,,
    Look 3,2026-03-25 08:00,hip_joint,10,1,2,,
    On track,2026-03-28 08:00,hip_joint,10,2,2,,
    Off,2026-03-24 08:00,bridge,10,2,1,,
    Silent,2026-03-21 08:00,hip_joint,10,2,1,,
"""


@pytest.fixture(scope="module")
def listed(lasting_clinic):
    made = lasting_clinic(LOG)
    made.take(ROSTER)
    return made


def march(day):
    return datetime.date(2026, 3, day)


# Of a hip exercise of 10 a whole target is done, a quarter of its day.
FIRST = ("First", "first", ["severe_and_rise", "exercised_after_rise", "rise", "severe_and_exercising", "small_rise"])
KEPT_GOING = ["kept_going", "severity_differs"]
REVIEW = "patient_id review_group reasons chips max_rise sessions_with_rise sessions_assessable sessions days_waiting"
REVIEW += " severity severity_entered severity_logged adherence last_session"


def test_the_whole_list(listed):
    """First exercised on five days of fourteen, in the period of adherence; its daily means before are 1, 3, 2.5, 2."""
    low = [*FIRST[2], "low_adherence"]
    look = ("look", ["small_rise", "low_adherence"], [])
    mild = ("mild", "mild", None)
    listed.answers(
        "review",
        REVIEW,
        ("First", "first", low, KEPT_GOING, 2, 2, 3, 4, 6, "severe", "severe", "mild", 1 / 14, march(28)),
        ("Look 2", *look, 1.5, 1, 1, 1, 3, *mild, 0.25 / 4, march(25)),
        ("Look 1", *look, 1, 1, 1, 1, 3, *mild, 0.25 / 4, march(25)),
        ("Look 3", *look, 1, 1, 1, 1, 3, "moderate", "moderate", None, 0.25 / 4, march(25)),
        (
            "Off",
            "off_programme",
            ["off_programme", "low_adherence"],
            [],
            -1,
            0,
            1,
            1,
            4,
            None,
            None,
            None,
            0,
            march(24),
        ),
        (
            "Silent",
            "silent",
            ["silent", "low_adherence"],
            [],
            None,
            0,
            0,
            0,
            None,
            None,
            None,
            None,
            0.25 / 8,
            march(21),
        ),
        ("No upload", "no_recent_upload", ["no_recent_upload"], [], None, 0, 0, 0, None, *mild, None, None),
        ("On track", "on_track", [], [], 0, 0, 1, 1, None, None, None, None, None, march(28)),
        as_of=AS_OF,
    )


LIST = "patient_id reasons chips max_rise sessions_with_rise sessions_assessable sessions days_waiting severity"
LIST += " severity_entered severity_logged severity_from adherence last_session covered_through site clinician"
LIST += " review_group group_rows place rises"
EVERYONE = {"as_of": AS_OF, "severity": [], "site": [], "clinician": [], "first_row": [0] * 9, "page_rows": 25}


def look(name, rise, place, group_rows, severity="mild", site="North", clinician="Lee"):
    counts = (rise, 1, 1, 1, 3, severity, severity, None, "clinician", 0.25 / 4, march(25), march(28))
    return (name, ["small_rise", "low_adherence"], [], *counts, site, clinician, "look", group_rows, place, [rise])


def test_a_page_of_each_group_with_the_rises_of_28_days(listed):
    listed.answers(
        "review_list",
        LIST,
        (
            *("First", [*FIRST[2], "low_adherence"], KEPT_GOING, 2, 2, 3, 4, 6, "severe", "severe", "mild"),
            *("clinician", 1 / 14, march(28), march(28), "North", "Lee", "first", 1, 1, [3, 0.5, 2, -1]),
        ),
        look("Look 3", 1, 4, 3, "moderate", clinician="Kim"),
        (
            *("Off", ["off_programme", "low_adherence"], [], -1, 0, 1, 1, 4, None, None, None, None, 0),
            *(march(24), march(28), None, None, "off_programme", 1, 5, [-1]),
        ),
        (
            *("Silent", ["silent", "low_adherence"], [], None, 0, 0, 0, None, None, None, None, None, 0.25 / 8),
            *(march(21), march(28), None, None, "silent", 1, 6, [-1]),
        ),
        (
            *("No upload", ["no_recent_upload"], [], None, 0, 0, 0, None, "mild", "mild", None, "clinician"),
            *(None, None, None, "South", "Kim", "no_recent_upload", 1, 7, None),
        ),
        (
            *("On track", [], [], 0, 0, 1, 1, None, None, None, None, None, None),
            *(march(28), march(28), None, None, "on_track", 1, 8, [0]),
        ),
        # Two rows a page: the second of Look, and of Silent one past its end, for which the last page stands.
        **EVERYONE | {"first_row": [0, 0, 2, 0, 2, 0, 0, 0, 0], "page_rows": 2},
    )


@pytest.mark.parametrize(
    ("kept", "row"),
    [
        ({"severity": ["mild", "none"], "site": ["North"]}, look("Look 1", 1, 3, 1)),
        ({"site": ["North"], "clinician": ["Kim", "Park"]}, look("Look 3", 1, 4, 1, "moderate", clinician="Kim")),
        ({"severity": ["mild"], "clinician": ["Lee"], "site": ["South"]}, look("Look 2", 1.5, 2, 1, site="South")),
    ],
)
def test_the_filters_keep_who_matches_all_of_them(listed, kept, row):
    listed.answers("review_list", LIST, row, **EVERYONE | kept)


def test_an_unknown_severity_can_be_asked_for(listed):
    found = listed.ask("review_list", **EVERYONE | {"severity": ["unknown"]})
    assert found["patient_id"].tolist() == ["Off", "Silent", "On track"]


def test_a_page_has_as_many_rows_of_a_group_as_are_asked_for(listed):
    first = EVERYONE | {"page_rows": 2}
    assert listed.ask("review_list", **first)["patient_id"].tolist()[:3] == ["First", "Look 2", "Look 1"]
    second = first | {"first_row": [25, 0, 2, 0, 0, 0, 0, 0, 0]}
    assert listed.ask("review_list", **second)["patient_id"].tolist()[:3] == ["First", "Look 3", "Off"]


ORDER = "patient_id review_group row_in_group group_rows previous_patient next_patient"


def test_the_order_of_all_patients_with_who_comes_before_and_after(listed):
    everyone = {"as_of": AS_OF, "severity": [], "site": [], "clinician": []}
    listed.answers(
        "review_order",
        ORDER,
        ("First", "first", 0, 1, None, "Look 2"),
        ("Look 2", "look", 0, 3, "First", "Look 1"),
        ("Look 1", "look", 1, 3, "Look 2", "Look 3"),
        ("Look 3", "look", 2, 3, "Look 1", "Off"),
        ("Off", "off_programme", 0, 1, "Look 3", "Silent"),
        ("Silent", "silent", 0, 1, "Off", "No upload"),
        ("No upload", "no_recent_upload", 0, 1, "Silent", "On track"),
        ("On track", "on_track", 0, 1, "No upload", None),
        **everyone,
    )
    listed.answers(
        "review_order",
        ORDER,
        ("Look 2", "look", 0, 2, None, "Look 1"),
        ("Look 1", "look", 1, 2, "Look 2", None),
        **everyone | {"severity": ["mild"], "clinician": ["Lee"]},
    )
    listed.answers(
        "review_order",
        ORDER,
        ("Look 2", "look", 0, 1, None, "No upload"),
        ("No upload", "no_recent_upload", 0, 1, "Look 2", None),
        **everyone | {"site": ["South"]},
    )


def test_the_trend_is_the_last_14_rises_in_time(clinic):
    """One session a day from the 1st of March on, the nth with a rise of n ÷ 10, the newest first in the file."""
    days = [f"T,2026-03-{day:02} 08:00,hip_joint,10,0,{day / 10},," for day in range(16, 0, -1)]
    made = clinic(HEADER + "\n".join([*days, "T,2026-03-10 20:00,hip_joint,10,,4,,", "T,2026-02-28,squat,5,0,9,,"]))
    [rises] = made.ask("review_list", **EVERYONE)["rises"]
    assert [float(rise) for rise in rises] == [day / 10 for day in range(3, 17)]


def test_the_rules_that_supine_comes_with(clinic):
    columns = "version made_at author reason window_days baseline_days list_days session_gap_minutes session_id_hours"
    columns += " rise_points repeated_sessions mild_from moderate_from severe_from severity_days zcq_mild_below"
    columns += " zcq_moderate_below odi_mild_to odi_moderate_to median_rise_points median_rise_sessions"
    columns += " resting_pain_points resting_pain_days silent_days upload_days exposure_days adherent_from partial_from"
    columns += " low_adherence_days note_words"
    words = "numb numbness weak weakness tingling bladder bowel incontinence saddle fell shooting radiating worse 저림"
    words = [*words.split(), "저리", "마비", "힘이 빠", "대소변", "소변", "대변", "넘어", "악화"]
    first = (1, datetime.datetime(1900, 1, 1), "Supine", "The rules that Supine comes with.", 7, 21, 28, 60, 12, 2, 2)
    made = clinic()
    rule = (*first, 1, 4, 7, 4, 2, 3, 20, 40, 1, 4, 1, 4, 7, 7, 4, 0.8, 0.5, 14, words)
    made.answers("rule", columns, rule, as_of=AS_OF)
    made.write("INSERT INTO clinic.rule_set FROM (SELECT * REPLACE (2 AS version, $at AS made_at, 'Lee' AS author) "
               "FROM clinic.rule_set)", at="2026-03-28 23:59")  # fmt: skip
    assert made.ask("rule", as_of="2026-03-27")["author"].tolist() == ["Supine"]
    assert made.ask("rule", as_of="2026-03-28")["author"].tolist() == ["Lee"]
