"""The review list: who is on it, in which section, why, and what opens beside it."""

import datetime
import io
import re

import pandas
import pytest
from pyarrow import parquet

from data import history
from data.demo import COURSES
from data.importing import import_file
from pages.ui import charts, clinic, wording
from tests.pages.screen import TODAY, button, run, table, values


def column(shown, section, name):
    return table(shown, f"{section}:")[name].tolist()


def test_every_patient_stands_in_the_section_of_their_first_reason(small_clinic, visit):
    shown = visit()
    assert values(shown.subheader) == [
        "Review first · 2",
        "Review soon · 1",
        "Look · 1",
        "Off programme · 1",
        "Silent · 1",
        "No recent upload · 1",
        "Cannot be judged · 1",
    ]
    assert [fold.label for fold in shown.expander] == ["On track · 1"]
    assert [patient for frame in shown.dataframe for patient in frame.value["Patient"]] == [
        *("P1", "P2", "P3", "P4", "P8", "P5", "P6", "P7", "P9"),
    ]


def test_a_line_says_what_happened_and_when(small_clinic, visit):
    first = table(visit(), "Review first:").to_dict("records")
    assert {name: value for name, value in first[0].items() if name != "Also"} == {
        "Patient": "P1",
        "Severity": "Moderate",
        "What happened": (
            "2 of 2 sessions rose, by 3 at most, 3 → 6 on 27 Mar (knee-to-chest); too few to compare. Stopped early on "
            "27 Mar."
        ),
        "Days waiting": 5,
        "Last rises": charts.strip((2.0, 3.0), 0.4),
        "Last session": "27 Mar 2026",
    }
    assert list(first[0]["Also"]) == ["Little done", "repeated", "kept going", "see notes"]


def test_the_sentence_of_every_group(small_clinic, visit):
    shown = visit()
    said = {row["Patient"]: row["What happened"] for frame in shown.dataframe for row in frame.value.to_dict("records")}
    assert {patient: said[patient] for patient in said if patient != "P1"} == {
        "P2": "1 of 1 session rose by 2, 2 → 4 on 28 Mar (hip joint); too few to compare.",
        "P3": "1 of 1 session rose by 1, 6 → 7 on 28 Mar (pelvic tilts); too few to compare. Severe symptoms, and no "
        "session reviewed yet.",
        "P4": "1 of 1 session rose by 1, 2 → 3 on 26 Mar (ankle flexion); too few to compare.",
        "P5": "No session for 19 days, though data came. No rise in 1 session; too few to compare.",
        "P6": "No data of this patient were ever uploaded.",
        "P7": "The session has no score before, or none during and after.",
        "P8": "An exercise off the programme on 27 Mar. No rise in 1 session; too few to compare.",
        "P9": "No rise in 1 session; too few to compare.",
    }


# Five sessions with rises of 0, 1, 0, 0 and 0: usual are (4 × 0.4 + 1) ÷ 9. Then 2, 3, 1 and 0 in a week: 1.5.
USUAL = "patient_id,performed_at,exercise,pain_before,pain_after\n" + "".join(
    f"U,2026-03-{day} 08:00,knee_to_chest,2,{2 + rise}\n"
    for day, rise in (("08", 0), ("09", 1), ("10", 0), ("11", 0), ("12", 0), ("25", 2), ("26", 3), ("27", 1), ("28", 0))
)


def test_recent_sessions_are_compared_with_what_is_usual_for_the_patient(take, visit):
    take(USUAL)
    shown = visit()
    [line] = table(shown, "Review first:").to_dict("records")
    assert line["What happened"] == (
        "Pain rose by 1.5 on average, in 3 of 4 sessions, worst 2 → 5 on 26 Mar (knee-to-chest); usual 0.3 (5 "
        "sessions)."
    )
    assert line["Last rises"] == charts.strip((0, 1, 0, 0, 0, 2, 3, 1, 0), 2.6 / 9)
    [alt] = [frame.proto.alt for frame in shown.dataframe]
    assert alt == (
        "Review first: 1 of 1 patients, each with what happened. Last rises: U 0, +1, 0, 0, 0, +2, +3, +1, 0 (usual "
        "0.3)"
    )


LEFT = """\
patient_id,performed_at,exercise,pain_before,pain_during,stopped_early
V,2026-02-08 08:00,hip_joint,3,6,yes
V,2026-02-09 08:00,pelvic_tilt,2,4,no
"""


def test_a_rise_that_nobody_reviewed_is_said_when_it_is_older_than_the_list(take, visit):
    arrived = datetime.datetime(2026, 2, 10, 12)
    import_file(clinic.own_store(), io.BytesIO(LEFT.encode()), "old.csv", by="Lee", uploaded_at=arrived)
    take("patient_id,performed_at,exercise,pain_before,pain_during\nV,2026-03-28 08:00,pelvic_tilt,2,2\n")
    assert column(visit(), "Look", "What happened") == [
        "No rise in 1 session; too few to compare. Never reviewed: 3 → 6 on 8 Feb (hip joint), stopped early."
    ]
    shown = visit(patient="V")
    assert [fold.label for fold in shown.expander if "2026" in fold.label] == [
        "08 Feb 2026, 08:00 · ✕ stopped early · 3 → 6 → – · Hip joint exercise",
        "09 Feb 2026, 08:00 · ▲ rise · 2 → 4 → – · Pelvic tilts",
    ]
    assert [frame.value["File"].item() for frame in shown.dataframe if frame.proto.alt.startswith("Logged rows")] == [
        *("old.csv", "old.csv"),
    ]
    assert [chart.proto.alt[:43] for chart in shown.get("plotly_chart")] == [
        "Pain before, peak and after of 1 sessions i"
    ]


def test_missing_is_neither_zero_nor_no_rise(small_clinic, visit):
    shown = visit()
    assert column(shown, "Cannot be judged", "Last rises") == [None]
    assert column(shown, "On track", "Last rises") == [charts.strip((0.0,), 0.4)]
    assert column(shown, "No recent upload", "Last session") == ["–"]
    assert pandas.isna(column(shown, "No recent upload", "Days waiting")[0])


def test_each_section_prints_its_rule(small_clinic, visit):
    rules = values(visit().caption)
    assert (
        "Recent sessions well above the patient's usual, a rise of 2 or more where there are few, a session stopped "
        "for pain, or no session since a rise of 2 or more."
    ) in rules
    assert (
        "Any other rise or session stopped early that nobody has reviewed; older ones too, from a rise of 2 on."
        in rules
    )
    assert "No session for 7 days or more, though their data were uploaded since." in rules
    assert "No upload of their data for 7 days or more, or never. What they did is not known." in rules
    assert "None of these rules applies." in rules


# G's pain at rest was 5 in the days 15 to 21 before, and is 3 now. R and L had a rise of 2, which was reviewed.
_GOOD_NEWS = dict.fromkeys(range(8, 12), 5) | dict.fromkeys(range(16, 23), 4) | dict.fromkeys(range(24, 28), 3)
LATER = "patient_id,performed_at,exercise,pain_before,pain_during\n" + "".join(
    f"G,2026-03-{day:02} 08:00,{exercise},{pain},{pain}\n"
    for day, pain in _GOOD_NEWS.items()
    for exercise in ("pelvic_tilt", "knee_to_chest", "hip_joint", "ankle_flexion")
)
LATER += "R,2026-03-28 08:00,pelvic_tilt,2,4\nL,2026-03-28 08:00,pelvic_tilt,2,4\n"
REVIEW = """
    INSERT INTO clinic.review_event BY NAME
    SELECT
        $1 AS review_id, $2 AS patient_id, 'Kim' AS reviewer, TIMESTAMP '2026-03-29 13:00' AS made_at, $3 AS outcome,
        CAST($4 AS DATE) AS look_again_on, TIMESTAMP '2026-03-29' AS reviewed_through, 1 AS rule_set
"""


def test_reviewed_patients_and_good_news_have_sections_of_their_own(take, visit):
    take(LATER)
    with clinic.own_store().write() as cursor:
        cursor.execute(REVIEW, [1, "R", "contacted", None])
        cursor.execute(REVIEW, [2, "L", "referred", "2026-04-03"])
    shown = visit()
    assert [fold.label for fold in shown.expander] == ["Look again later · 1", "Reviewed · 1"]
    assert values(shown.subheader) == ["Good news · 1"]
    assert column(shown, "Look again later", "What happened") == [
        "Look again on 3 Apr 2026; reviewed by Kim on 29 Mar: referred."
    ]
    assert column(shown, "Reviewed", "What happened") == ["Reviewed by Kim on 29 Mar: contacted."]
    assert column(shown, "Good news", "What happened") == [
        "Resting pain fell from 5 to 3. No rise in 6 recent sessions."
    ]


def test_the_page_says_how_old_the_data_are(small_clinic, visit):
    assert "Last upload Sun 29 Mar 2026, 12:00 · last logged day 28 Mar 2026 · 9 patients" in values(visit().caption)


@pytest.mark.parametrize(
    ("address", "patients"),
    [
        ({"severity": ["Severe"]}, ["P3"]),
        ({"severity": ["Mild", "Severe"]}, ["P3", "P4", "P5"]),
        ({"severity": ["Unknown"]}, ["P8", "P6", "P7", "P9"]),
        ({"site": ["South"]}, ["P3", "P4"]),
        ({"site": ["North"], "clinician": ["Kim"]}, ["P2"]),
        ({"severity": ["nonsense"], "site": ["Nowhere"]}, ["P1", "P2", "P3", "P4", "P8", "P5", "P6", "P7", "P9"]),
    ],
)
def test_the_address_bar_filters_the_list(small_clinic, visit, address, patients):
    shown = visit(**address)
    assert [patient for frame in shown.dataframe for patient in frame.value["Patient"]] == patients


def test_choosing_a_severity_filters_the_list(small_clinic, visit):
    shown = visit()
    shown.pills(key="severity").set_value(["severe"])
    run(shown)
    assert column(shown, "Review soon", "Patient") == ["P3"]
    assert values(shown.subheader) == ["Review soon · 1"]


def test_filters_that_match_nobody_say_what_to_do(small_clinic, visit):
    shown = visit(severity=["None"])
    assert values(shown.info) == ["No patient matches these filters. Clear one of them to see more."]
    assert not shown.dataframe


def test_a_day_before_any_data_says_what_to_do(take, visit):
    take("patient_id,performed_at,exercise,pain_before,pain_during\nP1,2026-03-24 08:00,pelvic_tilt,3,5\n")
    shown = visit(as_of="2020-01-01")
    assert values(shown.info) == ["There are no patients by this day. Choose a later day, or import an export."]


def test_a_past_day_shows_the_list_of_that_day(small_clinic, visit):
    shown = visit(as_of="2026-03-25")
    assert column(shown, "Review first", "Patient") == ["P1"]
    assert column(shown, "Review first", "What happened") == [
        "1 of 1 session rose by 2, 3 → 5 on 24 Mar (pelvic tilts); too few to compare."
    ]
    assert column(shown, "Review first", "Days waiting") == [1]


def test_the_evidence_opens_beside_the_list(small_clinic, visit):
    shown = visit(patient="P1")
    assert values(shown.subheader)[-1] == "P1"
    assert next(text for text in values(shown.markdown) if text.startswith("**2 of 2")) == (
        "**2 of 2 sessions rose, by 3 at most, 3 → 6 on 27 Mar \\(knee\\-to\\-chest\\); too few to compare\\. Stopped "
        "early on 27 Mar\\.**"
    )
    assert [fold.label for fold in shown.expander if "2026" in fold.label] == [
        "27 Mar 2026, 08:00 · ✕ stopped early · 3 → 6 → 4 · Knee\\-to\\-chest stretch",
        "24 Mar 2026, 08:00 · ▲ rise · 3 → 5 → 4 · Pelvic tilts",
    ]
    evidence = [frame.value for frame in shown.dataframe if frame.proto.alt.startswith("Logged rows")]
    assert [(rows["File"].item(), rows["Line"].item(), rows["Rise"].item()) for rows in evidence] == [
        ("log.csv", "3", "+3"),
        ("log.csv", "2", "+2"),
    ]
    assert "Notes: numbness in the left foot" in values(shown.text)
    assert [link.proto.query_string for link in shown.get("page_link")] == ["patient=P1"]


def test_the_line_of_the_export_is_shown_word_for_word(small_clinic, visit):
    shown = visit(patient="P1")
    shown.toggle[0].set_value(True)
    assert values(run(shown).code) == [
        "3: P1,2026-03-27 08:00,knee_to_chest,both,1,10,3,6,4,yes,numbness in the left foot"
    ]


def test_next_patient_goes_down_the_list_and_ends_there(small_clinic, visit):
    shown = visit(patient="P1")
    seen = []
    for _ in range(8):
        button(shown, "Next").click()
        run(shown)
        seen.append(shown.query_params["patient"])
    assert seen == ["P2", "P3", "P4", "P8", "P5", "P6", "P7", "P9"]
    assert button(shown, "Next").disabled
    for _ in range(8):
        assert not button(shown, "Previous").disabled
        button(shown, "Previous").click()
        seen.append(run(shown).query_params["patient"])
    assert seen[8:] == ["P7", "P6", "P5", "P8", "P4", "P3", "P2", "P1"]
    assert button(shown, "Previous").disabled


def test_next_patient_keeps_to_the_filters(small_clinic, visit):
    shown = visit(patient="P1", site=["North"])
    button(shown, "Next").click()
    assert run(shown).query_params["patient"] == "P2"


MANY = "patient_id,performed_at,exercise,pain_before,pain_during\n" + "".join(
    f"P{n:02},2026-03-28 08:00,pelvic_tilt,2,{4 if n < 88 else 3}\n" for n in range(90)
)
MANY_ON_THE_ROSTER = "patient_id,site\n" + "".join(f"P{n:02},{'South' if n % 3 else 'North'}\n" for n in range(90))


def ticked(shown):
    """The patients whose rows are ticked in the list."""
    lists = [frame for frame in shown.dataframe if "each with what happened" in frame.proto.alt]
    return [
        frame.value["Patient"].iloc[row]
        for frame in lists
        for row in shown.session_state[frame.key]["selection"]["rows"]
    ]


def place(shown):
    """Which of how many the open patient is, as the evidence has it."""
    return next((text for text in values(shown.caption) if re.match(r"[\d,]+ of [\d,]+ in ", text)), None)


def test_the_open_patient_is_ticked_and_nobody_else_whatever_the_filters(small_clinic, visit):
    shown = visit(patient="P2")
    assert ticked(shown) == ["P2"]
    for severity, expected in (["severe"], []), (["moderate"], ["P2"]), (["mild", "severe"], []), ([], ["P2"]):
        shown.pills(key="severity").set_value(severity)
        assert ticked(run(shown)) == expected
        assert values(shown.subheader)[-1] == "P2"
        left_out = "P2 is not in this view: the filters above leave them out."
        assert (left_out in values(shown.info)) == (expected == [])


def test_a_tick_never_passes_to_the_row_that_takes_its_place(take, visit):
    take(MANY)
    take(MANY_ON_THE_ROSTER, "roster.csv")
    shown = visit(patient="P01")
    assert ticked(shown) == ["P01"]
    shown.multiselect(key="site").set_value(["North"])
    assert column(run(shown), "Review first", "Patient")[:3] == ["P00", "P03", "P06"]
    assert ticked(shown) == []
    shown.multiselect(key="site").set_value(["South"])
    assert column(run(shown), "Review first", "Patient")[:3] == ["P01", "P02", "P04"]
    assert ticked(shown) == ["P01"]


def test_filters_that_match_nobody_leave_the_evidence_open_and_say_so(small_clinic, visit):
    shown = visit(patient="P2", severity=["None"])
    assert values(shown.info) == [
        "No patient matches these filters. Clear one of them to see more.",
        "P2 is not in this view: the filters above leave them out.",
    ]
    assert "Next" not in [found.label for found in shown.button]
    assert values(shown.subheader) == ["P2"]


def test_next_and_previous_cross_the_pages_and_the_list_follows(take, visit):
    take(MANY)
    shown = visit(patient="P24")
    assert place(shown) == "25 of 88 in Review first, page 1 of 4"
    button(shown, "Next").click()
    run(shown)
    assert (place(shown), ticked(shown)) == ("26 of 88 in Review first, page 2 of 4", ["P25"])
    assert column(shown, "Review first", "Patient") == [f"P{n:02}" for n in range(25, 50)]
    assert shown.pagination[0].value == 2
    button(shown, "Previous").click()
    run(shown)
    assert (place(shown), ticked(shown), shown.pagination[0].value) == (
        *("25 of 88 in Review first, page 1 of 4", ["P24"], 1),
    )


def test_next_goes_on_to_the_next_section_only_from_the_last_patient(take, visit):
    take(MANY)
    shown = visit(patient="P87")
    assert (place(shown), ticked(shown)) == ("88 of 88 in Review first, page 4 of 4", ["P87"])
    button(shown, "Next").click()
    run(shown)
    assert (place(shown), ticked(shown)) == ("1 of 2 in Look", ["P88"])


def test_a_section_can_be_turned_while_a_patient_of_it_is_open(take, visit):
    take(MANY)
    shown = visit(patient="P30")
    assert shown.pagination[0].value == 2
    shown.pagination[0].set_value(4)
    assert column(run(shown), "Review first", "Patient") == [f"P{n:02}" for n in range(75, 88)]
    assert (ticked(shown), place(shown)) == ([], "31 of 88 in Review first, page 2 of 4")
    button(shown, "Next").click()
    assert (ticked(run(shown)), shown.pagination[0].value) == (["P31"], 2)
    button(shown, "Close").click()
    assert (run(shown).pagination[0].value, ticked(shown)) == (2, [])


def test_a_page_number_begins_anew_with_other_filters(take, visit):
    take(MANY)
    take(MANY_ON_THE_ROSTER, "roster.csv")
    shown = visit()
    shown.pagination[0].set_value(4)
    assert len(column(run(shown), "Review first", "Patient")) == 13
    shown.multiselect(key="site").set_value(["North"])
    assert values(run(shown).subheader) == ["Review first · 30"]
    assert (column(shown, "Review first", "Patient")[0], shown.pagination[0].value) == ("P00", 1)
    shown.multiselect(key="site").set_value([])
    assert (column(run(shown), "Review first", "Patient")[0], shown.pagination[0].value) == ("P00", 1)


def test_a_page_number_is_never_past_the_last_page(take, visit):
    header, *lines = MANY.splitlines(keepends=True)
    take(header + "".join(lines[:30]), "first.csv")
    upload = take(header + "".join(lines[30:88]), "second.csv").upload_id
    shown = visit()
    shown.pagination[0].set_value(4)
    run(shown)
    history.undo(clinic.own_store(), upload, by="Lee")
    assert column(run(shown), "Review first", "Patient") == [f"P{n}" for n in range(25, 30)]
    assert (shown.pagination[0].value, shown.pagination[0].num_pages) == (2, 2)


def test_close_gives_the_list_back(small_clinic, visit):
    shown = visit(patient="P1")
    button(shown, "Close").click()
    assert "patient" not in run(shown).query_params
    assert "Severity" in table(shown, "Review first:")


def test_a_patient_without_a_reason_is_said_to_have_none(small_clinic, visit):
    assert "No rule lists this patient today." in values(visit(patient="P9").markdown)


def test_a_patient_who_does_not_exist_is_said_not_to(small_clinic, visit):
    shown = visit(patient="nobody")
    assert values(shown.info) == ["There is no patient with this id by this day."]


def test_long_sections_are_paged_and_counted_whole(take, visit):
    header = "patient_id,performed_at,exercise,pain_before,pain_during\n"
    take(header + "".join(f"P{n:02},2026-03-28 08:00,pelvic_tilt,2,4\n" for n in range(60)))
    shown = visit()
    assert values(shown.subheader) == ["Review first · 60"]
    assert column(shown, "Review first", "Patient") == [f"P{n:02}" for n in range(25)]
    shown.pagination[0].set_value(3)
    assert column(run(shown), "Review first", "Patient") == [f"P{n:02}" for n in range(50, 60)]


def test_a_section_is_taken_away_whole(take, visit, files):
    header = "patient_id,performed_at,exercise,pain_before,pain_during\n"
    take(header + "".join(f"P{n:02},2026-03-28 08:00,pelvic_tilt,2,4\n" for n in range(60)))
    take(header + "Q1,2026-03-28 08:00,pelvic_tilt,2,2\n")
    visit()
    taken = parquet.read_table(io.BytesIO(files["supine-review-first.parquet"]())).to_pylist()
    assert [row["patient_id"] for row in taken] == [f"P{n:02}" for n in range(60)]
    assert {(row["max_rise"], *row["reasons"]) for row in taken} == {(2, "rise_in_few", "rise", "any_rise")}


def test_the_demo_lists_its_planted_courses(visit):
    shown = visit()
    sections = {frame.proto.alt.split(":")[0]: set(frame.value["Patient"]) for frame in shown.dataframe}
    courses = {
        course: {patient for patient, of_patient in COURSES.items() if of_patient == course}
        for course in COURSES.values()
    }
    first = courses["aggravated"] | courses["silent_after_rise"] | courses["newcomer"] | courses["severe_with_rise"]
    assert first <= sections["Review first"]
    assert courses["one_spike"] <= sections["Review first"] | sections["Review soon"]
    assert courses["drifting"] <= sections["Review soon"] | sections["Look"]
    assert courses["severe"] <= sections["Review soon"]
    assert courses["left_unreviewed"] <= sections["Look"]
    assert courses["silent"] <= sections["Silent"] | sections["Look"]
    assert courses["no_after_score"] <= sections["Cannot be judged"]
    assert courses["without_log"] | courses["no_recent_upload"] == sections["No recent upload"]
    assert courses["relieved"] <= sections["Good news"]
    assert sum(len(patients) for patients in sections.values()) == len(COURSES)


def test_somebody_of_the_demo_is_listed_for_every_reason(visit):
    visit()
    listed = clinic.ask("review", as_of=TODAY)
    assert {reason for reasons in listed["reasons"] for reason in reasons} == wording.REASONS.keys()
    assert set(listed["review_group"]) == wording.GROUPS.keys()


def test_the_counts_in_the_titles_are_those_of_the_tables(visit):
    shown = visit()
    titles = values(shown.subheader) + [fold.label for fold in shown.expander]
    tables = [f"{frame.proto.alt.split(':')[0]} · {len(frame.value)}" for frame in shown.dataframe]
    assert sorted(titles) == sorted(tables)
