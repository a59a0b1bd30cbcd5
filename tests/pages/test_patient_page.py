"""One patient on one page, and how to find them."""

import base64
import json

import numpy
import pytest

from pages.ui import tables
from tests.pages.conftest import LOG
from tests.pages.screen import button, run, table, values, words


def metrics(shown):
    return {metric.label: metric.value for metric in shown.metric}


def test_the_numbers_of_a_patient(small_clinic, visit):
    shown = visit("patient.py", patient="P1")
    assert values(shown.title) == ["P1"]
    assert metrics(shown) == {
        "Sessions with a rise": "2 of 2",
        "Largest rise": "+3",
        "Sessions": "2",
        "Stopped early": "1 of 2",
        # Two of four exercises on two of 28 days that data cover, each done in full: 2 × ¼ ÷ 28.
        "Adherence": "2%, low",
        "Days with a log": "2 of 28",
    }


def test_what_is_known_of_a_patient(small_clinic, visit):
    shown = visit("patient.py", patient="P1")
    assert values(shown.markdown)[0] == (
        "**2 of 2 sessions rose, by 3 at most, 3 → 6 on 27 Mar \\(knee\\-to\\-chest\\); too few to compare\\. Stopped "
        "early on 27 Mar\\.**"
    )
    assert (
        "**Review first** · severity: Moderate \\(entered\\) · last session 27 Mar 2026 · data through 29 Mar 2026"
    ) in values(shown.markdown)
    assert "programme since 1 Mar 2026 · North · Lee" in values(shown.caption)


def test_the_sessions_newest_first(small_clinic, visit):
    sessions = table(visit("patient.py", patient="P1"), "Sessions, the newest first")
    assert sessions[["When", "Before", "Peak", "After", "Rise", "How", "Provoked by"]].to_dict("split")["data"] == [
        ["27 Mar 2026, 08:00", "3", "6", "4", "+3", "✕ stopped early", "Knee-to-chest stretch"],
        ["24 Mar 2026, 08:00", "3", "5", "4", "+2", "▲ rise", "Pelvic tilts"],
    ]


def test_every_row_has_its_file_and_line(small_clinic, visit):
    rows = table(visit("patient.py", patient="P1"), "Logged rows")
    assert list(zip(rows["File"], rows["Line"], strict=True)) == [("log.csv", "3"), ("log.csv", "2")]


def test_the_lines_are_shown_as_they_were_written_file_by_file(small_clinic, take, visit):
    header, first, *_ = LOG.splitlines()
    take(f"{header}\n\n{first.replace('03-24', '03-28')}\n", "week [2].csv")
    shown = visit("patient.py", patient="P1")
    assert not shown.code
    shown.toggle[0].set_value(True)
    assert values(run(shown).code) == [
        "3: P1,2026-03-28 08:00,pelvic_tilt,,1,5,3,5,4,no,",
        "2: P1,2026-03-24 08:00,pelvic_tilt,,1,5,3,5,4,no,\n"
        "3: P1,2026-03-27 08:00,knee_to_chest,both,1,10,3,6,4,yes,numbness in the left foot",
    ]
    assert values(shown.text) == ["week [2].csv", "log.csv"]


def test_of_many_rows_the_newest_lines_are_shown(take, visit, monkeypatch):
    monkeypatch.setattr(tables, "LINES_SHOWN", 2)
    take(LOG.replace("P2,", "P1,").replace("P3,", "P1,"))
    shown = visit("patient.py", patient="P1")
    shown.toggle[0].set_value(True)
    assert [line[:2] for line in run(shown).code[0].value.splitlines()] == ["4:", "5:"]
    assert "The lines of the newest 2 rows. Choose a shorter period to see older ones." in values(shown.caption)


def test_the_charts_have_an_alternative_text_and_a_word_for_each_mark(small_clinic, visit):
    charts = visit("patient.py", patient="P1").get("plotly_chart")
    assert [chart.proto.alt for chart in charts] == [
        "Pain before, peak and after of 2 sessions",
        "Share of the daily target done, by day and exercise; empty where nothing is known",
        "Median and largest rise of each exercise",
    ]
    marks = [trace.get("name") for trace in json.loads(charts[0].proto.spec)["data"]]
    assert marks == [None, "peak: ▲ rise", "peak: ✕ stopped early", "after", "before"]


# The first row has the highest score and rises by 1 from 7, the second by 3 from 1.
THREE_ROWS = """\
patient_id,performed_at,exercise,pain_before,pain_during,pain_after
P1,2026-03-28 08:00,pelvic_tilt,7,8,7
P1,2026-03-28 08:10,hip_joint,1,2,4
P1,2026-03-28 08:20,ankle_flexion,6,7,5
"""


def test_chart_table_evidence_and_list_show_the_same_rise(take, visit):
    take(THREE_ROWS)
    shown = visit("patient.py", patient="P1")
    sessions = table(shown, "Sessions, the newest first")
    assert sessions[["Before", "Peak", "After", "Rise", "Highest", "How", "Provoked by"]].to_numpy().tolist() == [
        ["1", "4", "5", "+3", "8", "▲ rise", "Hip joint exercise"],
    ]
    traces = json.loads(shown.get("plotly_chart")[0].proto.spec)["data"]
    line, *marks = [(trace.get("name"), plotted(trace["y"])) for trace in traces]
    assert line == (None, [1, 4, None])
    assert dict(marks) == {"peak: ▲ rise": [4], "◇ higher in another row": [8], "after": [5], "before": [1]}
    listed = visit("review.py", patient="P1")
    assert table(listed, "Review first:")["What happened"].tolist() == [
        "1 of 1 session rose by 3, 1 → 4 on 28 Mar (hip joint); too few to compare."
    ]
    assert [fold.label for fold in listed.expander if "2026" in fold.label] == [
        "28 Mar 2026, 08:00 · ▲ rise · 1 → 4 → 5 · Hip joint exercise"
    ]


# A climb of 1 at each exercise, and no score before the last one of the next day.
CLIMB = """\
patient_id,performed_at,exercise,pain_before,pain_during,pain_after
P1,2026-03-27 08:00,pelvic_tilt,2,3,3
P1,2026-03-27 08:10,hip_joint,3,4,4
P1,2026-03-27 08:20,ankle_flexion,4,5,5
P1,2026-03-28 08:00,pelvic_tilt,2,2,2
P1,2026-03-28 08:10,hip_joint,,4,3
"""


def test_a_climb_and_a_carried_score_are_said_in_words(take, visit):
    take(CLIMB)
    shown = visit("patient.py", patient="P1")
    sessions = table(shown, "Sessions, the newest first")
    assert sessions[["Before", "Peak", "Rise", "Rise from", "Provoked by"]].to_numpy().tolist() == [
        ["2", "4", "+2", "the score before it", "Hip joint exercise"],
        ["2", "5", "+3", "the session's first score", "Ankle flexion"],
    ]
    assert table(shown, "Logged rows")["Before"].tolist() == ["2, carried", "2", "4", "3", "2"]
    assert values(shown.markdown)[0] == (
        "**2 of 2 sessions rose, by 3 at most, 2 → 5 on 27 Mar \\(ankle flexion, from the session\\'s first score\\); "
        "too few to compare\\.**"
    )
    listed = visit("review.py", patient="P1")
    assert [fold.label for fold in listed.expander if "2026" in fold.label] == [
        "27 Mar 2026, 08:00 · ▲ rise · 2 → 5 → 5 · Ankle flexion · from the session's first score",
        "28 Mar 2026, 08:00 · ▲ rise · 2 → 4 → 3 · Hip joint exercise · from the score before it",
    ]


def plotted(values):
    """The numbers of a trace, which Plotly may have packed."""
    if isinstance(values, dict):
        values = numpy.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist()
    return values


def test_a_patient_who_cannot_be_judged_has_no_rise_of_zero(small_clinic, visit):
    shown = visit("patient.py", patient="P7")
    assert metrics(shown)["Sessions with a rise"] == "0 of 0"
    assert metrics(shown)["Largest rise"] == "–"
    assert "No row in this period can be judged." in values(shown.info)


def test_a_patient_without_a_log(small_clinic, visit):
    shown = visit("patient.py", patient="P6")
    assert "No session in this period. Choose a longer one." in values(shown.info)
    assert metrics(shown)["Adherence"] == "not enough data"


def test_nothing_invites_to_print_and_the_first_line_says_that_paper_is_not_whole(small_clinic, visit):
    shown = visit("patient.py", patient="P1")
    assert words(shown)[0] == (
        "A printed copy of this page is not complete: charts and tables are cut off at the paper's edge."
    )
    assert not [text for text in words(shown)[1:] if "print" in text.lower()]


def test_close_gives_the_choice_back(small_clinic, visit):
    shown = visit("patient.py", patient="P1")
    button(shown, "Close").click()
    assert values(run(shown).title) == ["Patient"]
    assert [found.label for found in shown.button] == [f"P{n}" for n in range(1, 10)]


def test_a_patient_who_does_not_exist(small_clinic, visit):
    shown = visit("patient.py", patient="nobody")
    assert values(shown.info) == ["There is no patient with this id by this day. Check the id, or choose a later day."]


def test_a_patient_before_any_data(small_clinic, visit):
    shown = visit("patient.py", patient="P9", as_of="2020-01-01")
    assert values(shown.info) == ["There is no patient with this id by this day. Check the id, or choose a later day."]


def test_without_a_patient_there_is_a_choice(small_clinic, visit):
    shown = visit("patient.py")
    assert [found.label for found in shown.button] == [f"P{n}" for n in range(1, 10)]


def test_the_search_finds_part_of_an_id_and_opens_the_patient(small_clinic, visit):
    shown = visit("patient.py", patient="P1")
    shown.text_input[0].set_value("p4")
    run(shown)
    assert [found.label for found in shown.button] == ["P4"]
    button(shown, "P4").click()
    assert values(run(shown).title) == ["P4"]


@pytest.mark.parametrize("searched", ["nobody", "<script>", "%", "'; DROP TABLE patient"])
def test_a_search_without_a_match(small_clinic, visit, searched):
    shown = visit("patient.py")
    shown.text_input[0].set_value(searched)
    assert values(run(shown).info) == ["No patient's id holds this text."]


def test_the_period_is_chosen(small_clinic, visit):
    assert metrics(visit("patient.py", patient="P5", period="7 days"))["Sessions"] == "0"
    assert metrics(visit("patient.py", patient="P5", period="28 days"))["Sessions"] == "1"
    assert metrics(visit("patient.py", patient="P5", period="All"))["Sessions"] == "1"
