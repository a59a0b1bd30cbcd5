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
    First,2026-03-22 08:00,hip_joint,10,3,,4.5,
    First,2026-03-27 20:00,hip_joint,10,2,4,,no
    First,2026-03-27 08:00,hip_joint,10,3,,,
    First,2026-03-28 08:00,hip_joint,10,2,3,,
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


REVIEW = "patient_id review_group reasons chips max_rise sessions_with_rise sessions_assessable sessions days_waiting"
REVIEW += " severity severity_entered severity_logged adherence last_session excess usual_rise section"
# Of a hip exercise of 10 a whole target is done, a quarter of its day.
FIRST = ["severe_more_than_usual", "above_usual", "severe_and_exercising", "any_rise", "left_unreviewed"]
FIRST += ["low_adherence"]
CHIPS = ["repeated_rise", "exercised_after_rise", "kept_going", "severity_differs"]


def test_the_whole_list(listed):
    """First exercised on four days of fourteen, in the period of adherence; its daily means before are 1, 3, 2.5, 2.

    Its recent rises are 1.5, 2 and 1, the other is 3: usual are (1.6 + 3) ÷ 5, and 1.5 - 0.92 is more. The rise of
    February is left.
    """
    look = ("look", ["any_rise", "low_adherence"], [])
    off, silent = ["off_programme", "low_adherence"], ["silent", "low_adherence"]
    mild, unknown, alone = ("mild", "mild", None), (None, None, None), (0.4, "look")
    severe = ("severe", "severe", "mild")
    listed.answers(
        "review",
        REVIEW,
        ("First", "first", FIRST, CHIPS, 3, 4, 4, 5, 28, *severe, 1 / 14, march(28), 0.58, 0.92, "first"),
        ("Look 2", *look, 1.5, 1, 1, 1, 3, *mild, 0.25 / 4, march(25), 1.1, *alone),
        ("Look 1", *look, 1, 1, 1, 1, 3, *mild, 0.25 / 4, march(25), 0.6, *alone),
        ("Look 3", *look, 1, 1, 1, 1, 3, "moderate", "moderate", None, 0.25 / 4, march(25), 0.6, *alone),
        ("Off", "off_programme", off, [], -1, 0, 1, 1, 4, *unknown, 0, march(24), -1.4, 0.4, "off_programme"),
        ("Silent", "silent", silent, [], None, 0, 0, 0, None, *unknown, 0.25 / 8, march(21), -1.4, 0.4, "silent"),
        (
            *("No upload", "no_recent_upload", ["no_recent_upload"], [], None, 0, 0, 0, None, *mild, None, None),
            *(None, None, "no_recent_upload"),
        ),
        ("On track", "on_track", [], [], 0, 0, 1, 1, None, *unknown, None, march(28), -0.4, 0.4, "on_track"),
        as_of=AS_OF,
    )


LIST = "patient_id reasons review_group chips max_rise sessions_with_rise sessions_assessable sessions sessions_stopped"
LIST += " days_waiting severity severity_entered severity_logged severity_from adherence last_session covered_through"
LIST += " site clinician excess usual_rise recent_sessions recent_with_rise recent_rise other_sessions has_own_usual"
LIST += " can_be_compared reviewed_at reviewer outcome look_again_on resting_lately resting_before resting_in_window"
LIST += " resting_in_baseline section section_rows reasons_shown worst_day worst_from worst_to worst_exercise"
LIST += " worst_is_climb worst_is_carried rises"
EVERYONE = {"as_of": AS_OF, "severity": [], "site": [], "clinician": [], "first_row": [0] * 12, "page_rows": 25}
# What a patient has of whom nothing is known but that they exist.
NOTHING = dict.fromkeys(LIST.split()) | {"reasons": [], "chips": [], "reasons_shown": []}
NOTHING |= dict.fromkeys(["sessions", "sessions_with_rise", "sessions_assessable", "sessions_stopped"], 0)
NOTHING |= dict.fromkeys(["recent_sessions", "recent_with_rise", "other_sessions"], 0)
NOTHING |= {"has_own_usual": False, "can_be_compared": False, "section_rows": 1}


def line(name, group, reasons, **said):
    """A row of the list, as the group's only one."""
    same = {"patient_id": name, "review_group": group, "section": group, "reasons": reasons, "reasons_shown": reasons}
    row = NOTHING | same | said
    assert list(row) == LIST.split()
    return tuple(row.values())


def logged(day, before, peak, exercise="hip_joint"):
    """What one open session on a day gives a patient's row."""
    rise = peak - before
    rose = int(rise > 0)
    return {
        "max_rise": rise,
        "sessions": 1,
        "sessions_assessable": 1,
        "sessions_with_rise": rose,
        "recent_sessions": 1,
        "recent_with_rise": rose,
        "recent_rise": rise,
        "usual_rise": 0.4,
        "excess": rise - 0.4,
        "last_session": march(day),
        "covered_through": march(28),
        "rises": [rise],
        "resting_lately": before,
        "resting_in_window": before,
        "worst_day": march(day),
        "worst_from": before,
        "worst_to": peak,
        "worst_exercise": exercise,
        "worst_is_climb": False,
        "worst_is_carried": False,
    }


def look(name, peak, section_rows, severity="mild", site="North", clinician="Lee"):
    known = {"severity": severity, "severity_entered": severity, "severity_from": "clinician", "adherence": 0.25 / 4}
    known |= {"site": site, "clinician": clinician, "days_waiting": 3, "section_rows": section_rows}
    return line(name, "look", ["any_rise", "low_adherence"], **logged(25, 1, peak), **known)


def test_a_page_of_each_section_with_the_rises_of_28_days(listed):
    listed.answers(
        "review_list",
        LIST,
        line(
            *("First", "first", FIRST),
            chips=CHIPS,
            max_rise=3,
            sessions=5,
            sessions_assessable=4,
            sessions_with_rise=4,
            days_waiting=28,
            severity="severe",
            severity_entered="severe",
            severity_logged="mild",
            severity_from="clinician",
            adherence=1 / 14,
            last_session=march(28),
            covered_through=march(28),
            site="North",
            clinician="Lee",
            excess=0.58,
            usual_rise=0.92,
            recent_sessions=3,
            recent_with_rise=3,
            recent_rise=1.5,
            other_sessions=1,
            can_be_compared=True,
            resting_lately=2.5,
            resting_in_window=2.5,
            resting_in_baseline=1,
            worst_day=march(15),
            worst_from=1,
            worst_to=4,
            worst_exercise="hip_joint",
            worst_is_climb=False,
            worst_is_carried=False,
            rises=[3, 1.5, 2, 1],
        ),
        look("Look 3", 2, 3, "moderate", clinician="Kim"),
        line(
            *("Off", "off_programme", ["off_programme", "low_adherence"]),
            **logged(24, 2, 1, "bridge") | {"days_waiting": 4, "adherence": 0},
        ),
        line(
            *("Silent", "silent", ["silent", "low_adherence"]),
            adherence=0.25 / 8,
            last_session=march(21),
            covered_through=march(28),
            excess=-1.4,
            usual_rise=0.4,
            recent_sessions=1,
            recent_rise=-1,
            resting_in_baseline=2,
            rises=[-1],
        ),
        line(
            *("No upload", "no_recent_upload", ["no_recent_upload"]),
            severity="mild",
            severity_entered="mild",
            severity_from="clinician",
            site="South",
            clinician="Kim",
        ),
        line("On track", "on_track", [], **logged(28, 2, 2)),
        # Two rows a page: the second of Look, and of Silent one past its end, for which the last page stands.
        **EVERYONE | {"first_row": [0, 0, 2, 0, 2, *[0] * 7], "page_rows": 2},
    )


@pytest.mark.parametrize(
    ("kept", "row"),
    [
        ({"severity": ["mild", "none"], "site": ["North"]}, look("Look 1", 2, 1)),
        ({"site": ["North"], "clinician": ["Kim", "Park"]}, look("Look 3", 2, 1, "moderate", clinician="Kim")),
        ({"severity": ["mild"], "clinician": ["Lee"], "site": ["South"]}, look("Look 2", 2.5, 1, site="South")),
    ],
)
def test_the_filters_keep_who_matches_all_of_them(listed, kept, row):
    listed.answers("review_list", LIST, row, **EVERYONE | kept)


def test_reviewed_patients_and_good_news_have_sections_of_their_own_at_the_end(clinic):
    """R rose and was reviewed, A is to be looked at again tomorrow, G has less pain than two weeks before."""
    days = "".join(f"G,2026-03-{day:02},,,{5 if day < 15 else 4},,,\n" for day in (8, 9, 10, 11, 25, 26, 27, 28))
    log = "R,2026-03-26 08:00,hip_joint,10,1,4,,\nA,2026-03-26 08:00,hip_joint,10,1,4,,\n"
    log += "S,2026-03-27 08:00,hip_joint,10,1,1.5,,\n"
    made = clinic(f"{HEADER}{log}{days}", "patient_id,programme_start\nG,2026-03-28\n", uploaded=AS_OF)
    made.reviewed("R", "2026-03-26 08:00", made="2026-03-29", review_id=1)
    made.reviewed("A", "2026-03-26 08:00", made="2026-03-29", review_id=2, look_again_on="2026-03-30")
    found = made.ask("review_list", **EVERYONE | {"as_of": "2026-03-29"})
    assert list(zip(found["patient_id"], found["section"], found["outcome"].fillna("-"), strict=True)) == [
        ("S", "look", "-"),
        ("A", "look_again", "contacted"),
        ("R", "reviewed", "contacted"),
        ("G", "good_news", "-"),
    ]
    [good] = found[["resting_before", "resting_lately"]].to_numpy()[-1:].tolist()
    assert good == [5, 4]


def test_an_unknown_severity_can_be_asked_for(listed):
    found = listed.ask("review_list", **EVERYONE | {"severity": ["unknown"]})
    assert found["patient_id"].tolist() == ["Off", "Silent", "On track"]


def test_a_page_has_as_many_rows_of_a_section_as_are_asked_for(listed):
    first = EVERYONE | {"page_rows": 2}
    assert listed.ask("review_list", **first)["patient_id"].tolist()[:3] == ["First", "Look 2", "Look 1"]
    second = first | {"first_row": [25, 0, 2, *[0] * 9]}
    assert listed.ask("review_list", **second)["patient_id"].tolist()[:3] == ["First", "Look 3", "Off"]


ORDER = "patient_id section row_in_section section_rows previous_patient next_patient"


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


RULE = "version made_at author reason window_days baseline_days list_days recent_days session_gap_minutes"
RULE += " session_id_hours mild_from moderate_from severe_from severity_days zcq_mild_below zcq_moderate_below"
RULE += " odi_mild_to odi_moderate_to important_rise small_rise imagined_sessions imagined_rise least_usual_rise"
RULE += " most_usual_rise most_usual_rise_reviewed sessions_for_own_usual sessions_to_compare last_sessions"
RULE += " sessions_with_small_rise first_excess first_excess_of_last severe_excess soon_excess soon_excess_of_last"
RULE += " rise_above_usual last_rise_above_usual excess_if_unknown stopped_after_days resting_pain_points"
RULE += " resting_pain_deviations resting_pain_days left_from_days left_to_days left_arrival_days silent_days"
RULE += " upload_days repeated_sessions exposure_days adherent_from partial_from low_adherence_days reviewed_days"
RULE += " good_news_points good_news_days good_news_window_days good_news_from_days good_news_to_days"
RULE += " provoking_share provoking_sessions note_words"


def test_the_rules_that_supine_comes_with(clinic):
    words = "numb numbness weak weakness tingling bladder bowel incontinence saddle fell shooting radiating worse 저림"
    words = [*words.split(), "저리", "마비", "힘이 빠", "대소변", "소변", "대변", "넘어", "악화"]
    first = (1, datetime.datetime(1900, 1, 1), "Supine", "The rules that Supine comes with.")
    days, severity = (7, 21, 28, 7, 60, 12), (1, 4, 7, 4, 2, 3, 20, 40)
    usual, above = (2, 1, 4, 0.4, -1, 1, 1.5, 4), (3, 3, 2, 0.65, 1.5, 0.5, 0.5, 0.8, 2.5, 1.5, 2)
    other = (3, 1, 1, 4, 28, 90, 28, 7, 7, 2)
    adherence, sections, provoking = (4, 0.8, 0.5, 14), (28, 1, 4, 7, 21, 15), (0.6, 3)
    made = clinic()
    rule = (*first, *days, *severity, *usual, *above, *other, *adherence, *sections, *provoking, words)
    made.answers("rule", RULE, rule, as_of=AS_OF)
    made.write("INSERT INTO clinic.rule_set FROM (SELECT * REPLACE (2 AS version, $at AS made_at, 'Lee' AS author) "
               "FROM clinic.rule_set)", at="2026-03-28 23:59")  # fmt: skip
    assert made.ask("rule", as_of="2026-03-27")["author"].tolist() == ["Supine"]
    assert made.ask("rule", as_of="2026-03-28")["author"].tolist() == ["Lee"]
