"""Every column of every table, compared with numbers worked out by hand, each of which differs from the others.

K rises by 7 on the 21st, counted from the score before the first row, falls by 1 on the 23rd, and rises by 4 on the
28th; the last two are recent, and 1 is the most that counts as usual before a review. Two whole exercises on ten days
that data cover are 2 × ¼ ÷ 10 of the programme. N rises by 1 from 6 to 7 on the 27th, and did two exercises on eight
days.
"""

import base64
import hashlib
import json

import numpy
import pytest

from pages.ui import charts, clinic
from tests.pages.screen import TODAY, run, table

ROSTER = """\
patient_id,severity,zcq_symptom,programme_start,birth_year,sex,site,clinician
K,moderate,,2026-03-20,1951,f,North,Lee
N,,4,2026-03-22,,,South,Kim
O,mild,,2026-03-25,,,South,Park
"""
HEADER = (
    "patient_id,performed_at,exercise,side,sets,reps,duration_s,pain_before,pain_during,pain_after,stopped_early,notes"
)
LOG = f"""{HEADER}
K,2026-03-21 08:00,pelvic_tilt,,2,5,,1,2,3,no,
K,2026-03-21 08:10,ankle_flexion,left,,7,,,8,,,
K,2026-03-23 08:00,Plank,both,1,12,30,5,3,4,,
K,2026-03-24,,,,,,2,,,,diary
K,2026-03-28 09:30,hip_joint,both,3,10,45,5,9,8,yes,sharp
N,2026-03-27 07:15,pelvic_tilt,,1,6,,6,7,6,no,
N,2026-03-27 07:20,hip_joint,,1,11,,,,,,
"""


@pytest.fixture
def two_patients(take_all):
    take_all((ROSTER, "roster.csv"), (LOG, "log.csv"))


def lines(frame):
    """The rows of a table by their columns, as the screen shows them."""
    return [{name: _shown(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _shown(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, list | tuple) else None if value != value else value


def test_the_columns_of_the_review_list(two_patients, visit):
    shown = visit()
    [first], [second] = lines(table(shown, "Review first:")), lines(table(shown, "Review soon:"))
    assert first == {
        "Patient": "K",
        "Severity": "Moderate",
        "What happened": (
            "1 of 2 sessions rose by 4, 5 → 9 on 28 Mar (hip joint); too few to compare. Earlier and not reviewed: 1 "
            "→ 8 on 21 Mar (ankle flexion, from the score before it). Stopped early on 28 Mar."
        ),
        "Also": [
            *("Exercise off programme", "Little done"),
            *("repeated", "to severe pain", "kept going", "severity differs"),
        ],
        "Days waiting": 8,
        "Last rises": charts.strip((7.0, -1.0, 4.0), 1.0),
        "Last session": "28 Mar 2026",
    }
    assert second == {
        "Patient": "N",
        "Severity": "Severe",
        "What happened": (
            "1 of 1 session rose by 1, 6 → 7 on 27 Mar (pelvic tilts); too few to compare. Severe symptoms, and no "
            "session reviewed yet."
        ),
        "Also": ["Little done"],
        "Days waiting": 2,
        "Last rises": charts.strip((1.0,), 0.4),
        "Last session": "27 Mar 2026",
    }


def test_the_columns_of_the_cohort(two_patients, visit):
    shown = visit("cohort.py")
    assert lines(table(shown, "Patients 1 to 3 of 3")) == [
        {
            "Patient": "N",
            "Severity": "Severe (entered, from ZCQ)",
            "Sessions with a rise": "1 of 1",
            "Largest rise": "+1",
            "Median peak": "7",
            "Rise by session": [1],
            "Adherence": 0.06,
            "Days with a log": "1 of 8",
            "Last session": "27 Mar 2026",
            "Site": "South",
            "Clinician": "Kim",
        },
        {
            "Patient": "K",
            "Severity": "Moderate (entered)",
            "Sessions with a rise": "2 of 3",
            "Largest rise": "+7",
            "Median peak": "8",
            "Rise by session": [7, -1, 4],
            "Adherence": 0.05,
            "Days with a log": "4 of 10",
            "Last session": "28 Mar 2026",
            "Site": "North",
            "Clinician": "Lee",
        },
        {
            "Patient": "O",
            "Severity": "Mild (entered)",
            "Sessions with a rise": "0 of 0",
            "Largest rise": "–",
            "Median peak": "–",
            "Rise by session": None,
            "Adherence": None,
            "Days with a log": "0 of 0",
            "Last session": "–",
            "Site": "South",
            "Clinician": "Park",
        },
    ]
    assert lines(table(shown, "Patients, sessions with a rise"))[:2] == [
        {
            "Severity": "Severe",
            "Patients": 1,
            "Sessions with a rise": "1 of 1",
            "Median peak pain": "7",
            "Median adherence": 0.06,
        },
        {
            "Severity": "Moderate",
            "Patients": 1,
            "Sessions with a rise": "2 of 3",
            "Median peak pain": "8",
            "Median adherence": 0.05,
        },
    ]
    assert {metric.label: metric.value for metric in shown.metric} == {
        "Patients": "3",
        "Sessions that can be judged": "4 of 4",
        "Sessions with a rise": "3 of 4",
        "Patients with a rise": "2 of 3",
        "Median adherence": "6%",
    }
    assert [metric.help for metric in shown.metric if metric.help] == [
        "2 with a session",
        "Over 2 patients with at least four days that data cover",
    ]


def test_each_chart_over_the_weeks_shows_its_own_measure(two_patients, visit):
    """Week 1: K 8 and 4 (mean 6), N 7; ¼ of 7 days and ½ of 7. Week 2: K 9; ¼ of 3 days, N none of 1."""
    shown = visit("cohort.py")
    weeks = {"pain": (6.5, 9), "adherence": (0.375 / 7, 0.25 / 6)}
    for chart, measure in zip(shown.get("plotly_chart")[1:], weeks, strict=True):
        median = next(trace for trace in json.loads(chart.proto.spec)["data"] if trace.get("name") == "median")
        assert drawn(median["y"]) == [pytest.approx(value) for value in weeks[measure]]
    answer = clinic.ask("cohort_weeks", as_of=TODAY, since="2026-03-02", severity=[], site=[], clinician=[])
    as_table = table(shown, "Median and quartiles")
    assert lines(as_table) == lines(answer)
    assert as_table["pain_median"].tolist() == [6.5, 9]


def traces(shown, place):
    """The named traces of a chart on the page: where each of their points stands, across and up."""
    spec = json.loads(shown.get("plotly_chart")[place].proto.spec)["data"]
    return {
        trace["name"]: list(zip(drawn(trace["x"]), drawn(trace["y"]), strict=True)) for trace in spec if "name" in trace
    }


def drawn(values):
    """The numbers of a trace, which Plotly may have packed."""
    if isinstance(values, dict):
        return numpy.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return values


def test_the_columns_of_a_patient(two_patients, visit):
    shown = visit("patient.py", patient="K")
    sessions = table(shown, "Sessions, the newest first")
    assert list(sessions.columns) == [
        *("When", "Before", "Peak", "After", "Rise", "Highest", "How", "Rise from", "Provoked by", "Rows"),
    ]
    assert [tuple(row.values()) for row in lines(sessions)] == [
        ("28 Mar 2026, 09:30", "5", "9", "8", "+4", "9", "✕ stopped early", "", "Hip joint exercise", 1),
        ("23 Mar 2026, 08:00", "5", "4", "4", "−1", "4", "● no rise", "", "–", 1),
        ("21 Mar 2026, 08:00", "1", "8", "3", "+7", "8", "▲ rise", "the score before it", "Ankle flexion", 2),
    ]
    assert [tuple(row.values()) for row in lines(table(shown, "Logged rows"))] == [
        (
            *("28 Mar 2026, 09:30", "Hip joint exercise", "both", "5", "9", "8", "+4", "log.csv", "6"),
            *("3 × 10", "yes", "sharp"),
        ),
        ("24 Mar 2026", "Pain entry", "–", "2", "–", "–", "–", "log.csv", "5", "–", "–", "diary"),
        ("23 Mar 2026, 08:00", "Plank", "both", "5", "3", "4", "−1", "log.csv", "4", "1 × 12", "–", ""),
        ("21 Mar 2026, 08:10", "Ankle flexion", "left", "1, carried", "8", "–", "+7", "log.csv", "3", "7", "–", ""),
        ("21 Mar 2026, 08:00", "Pelvic tilts", "–", "1", "2", "3", "+2", "log.csv", "2", "2 × 5", "no", ""),
    ]
    assert list(table(shown, "Logged rows").columns) == [
        *("When", "Exercise", "Side", "Before", "During", "After", "Rise", "File", "Line", "Sets × reps"),
        *("Stopped", "Notes"),
    ]
    assert {metric.label: metric.value for metric in shown.metric} == {
        "Sessions with a rise": "2 of 3",
        "Largest rise": "+7",
        "Sessions": "3",
        "Stopped early": "1 of 3",
        "Adherence": "5%, low",
        "Days with a log": "4 of 10",
    }
    facts = [caption.value for caption in shown.caption]
    assert "programme since 20 Mar 2026 · born 1951 · female · North · Lee" in facts
    assert (
        "**Review first** · severity: Moderate \\(entered moderate, logged mild\\: they differ\\) · last session 28 "
        "Mar 2026 · data through 29 Mar 2026"
    ) in [text.value for text in shown.markdown]


def test_the_charts_of_a_patient_and_of_the_cohort(two_patients, visit):
    shown = visit("patient.py", patient="K")
    first, second, third = "2026-03-21T08:00:00", "2026-03-23T08:00:00", "2026-03-28T09:30:00"
    pain = {name: [(moment[:19], score) for moment, score in points] for name, points in traces(shown, 0).items()}
    assert pain == {
        "peak: ▲ rise": [(first, 8)],
        "peak: ● no rise": [(second, 4)],
        "peak: ✕ stopped early": [(third, 9)],
        "after": [(first, 3), (second, 4), (third, 8)],
        "before": [(first, 1), (second, 5), (third, 5)],
    }
    rises = [(-1, "Plank"), (7, "Ankle flexion"), (4, "Hip joint exercise"), (2, "Pelvic tilts")]
    assert traces(shown, 2) == {"median rise": rises, "largest rise": rises}
    points = traces(visit("cohort.py"), 0)
    assert points["▲ a session with a rise"] == [(pytest.approx(0.05), 8), (0.0625, 7)]
    assert points.get("● no rise", []) == []


def test_a_past_day_and_a_shorter_period_reach_every_part_of_a_page(two_patients, visit):
    """By the 24th, in the seven days from the 18th: K's first two sessions and the diary, on five days of programme."""
    asked = {"as_of": "2026-03-24", "period": "7 days"}
    shown = visit("patient.py", patient="K", **asked)
    assert table(shown, "Sessions, the newest first")["When"].tolist() == ["23 Mar 2026, 08:00", "21 Mar 2026, 08:00"]
    assert table(shown, "Logged rows")["Line"].tolist() == ["5", "4", "3", "2"]
    assert traces(shown, 2)["median rise"] == [(-1, "Plank"), (7, "Ankle flexion"), (2, "Pelvic tilts")]
    days = json.loads(shown.get("plotly_chart")[1].proto.spec)["data"][0]["x"]
    assert (len(days), days[0][:10], days[-1][:10]) == (5, "2026-03-20", "2026-03-24")
    assert {metric.label: metric.value for metric in shown.metric} == {
        "Sessions with a rise": "1 of 2",
        "Largest rise": "+7",
        "Sessions": "2",
        "Stopped early": "0 of 2",
        "Adherence": "5%, low",
        "Days with a log": "3 of 5",
    }
    shown = visit("cohort.py", **asked)
    assert {metric.label: metric.value for metric in shown.metric}["Sessions that can be judged"] == "2 of 2"
    [line] = [line for line in lines(table(shown, "Patients 1 to 3 of 3")) if line["Patient"] == "K"]
    assert (line["Sessions with a rise"], line["Days with a log"], line["Rise by session"]) == (
        "1 of 2",
        "3 of 5",
        [7, -1],
    )
    assert traces(shown, 0)["▲ a session with a rise"] == [(pytest.approx(0.05), 6)]
    assert table(shown, "Median and quartiles")["pain_median"].tolist()[:1] == [6]


def test_the_columns_of_the_programme(visit):
    shown = lines(table(visit("programme.py"), "The exercises"))
    assert [(row["Exercise"], row["How"]) for row in shown] == [
        ("Pelvic tilts", "Knees bent, rock the pelvis from side to side like a pendulum"),
        ("Knee-to-chest stretch", "Pull one knee to the chest, extend it back down, then the other"),
        ("Hip joint exercise", "Raise one leg slightly, and lower it slowly"),
        ("Ankle flexion", "Pull the toes toward the body, then extend"),
    ]


WEEK = ["date,exercise,pain_before,pain_after", *(f"2026-03-2{day} 08:00,squat,1,{day}" for day in range(5))]
# One line is new, two change a stored row, three are known, and four cannot be read.
NEXT = [*WEEK[:4], "2026-03-23 08:00,squat,1,9", "2026-03-24 08:00,squat,1,9", "2026-03-25 08:00,squat,1,9"]
NEXT += [f"2026-03-26 08:0{minute},squat,1,x" for minute in range(4)]


def test_the_columns_of_the_imports(take, visit):
    texts = ["\n".join([*lines, ""]) for lines in (WEEK, NEXT)]
    take(texts[0], "week.csv", patient="Z")
    take(texts[1], "next.csv", patient="Z")
    newest, first = lines(table(visit("imports.py"), "Uploads, the newest first"))
    common = {"When": "2026-03-29 12:00", "What": "Log", "Patient": "Z", "Read as": "Known columns", "By": "Lee"}
    common |= {"State": first["State"]}
    digests = [hashlib.sha256(text.encode()).hexdigest()[:12] for text in texts]
    counts = ["Lines", "New", "Changed", "Duplicate", "Rejected"]
    assert newest == common | dict(zip(counts, (10, 1, 2, 3, 4), strict=True)) | {
        "File": "next.csv",
        "SHA-256": digests[1],
    }
    assert first == common | dict(zip(counts, (5, 5, 0, 0, 0), strict=True)) | {
        "File": "week.csv",
        "SHA-256": digests[0],
    }


def test_the_columns_of_a_dropped_file(take, visit):
    header = "patient_id,performed_at,exercise,pain_before,pain_after\n"
    line = "{},2026-03-2{} 08:00,squat,1,{}\n"
    take(header + "".join(line.format("A", day, 5) for day in range(5)), "week.csv")
    again = [line.format("A", day, 5 if day < 3 else 6) for day in range(5)] + [line.format("B", 5, 7)]
    wrong = [
        "C,2026-03-26 08:00,squat,11,12\n",
        "C,someday,squat,1,2\n",
        "C,2026-03-26 08:00,squat,1,x\n",
        ",,,,\n,,,1,1\n",
    ]
    shown = visit("imports.py")
    shown.file_uploader[0].upload("next.csv", (header + "".join(again + wrong)).encode())
    [row] = lines(table(run(shown), "What each file holds"))
    numbers = {name: row[name] for name in ("Lines", "New", "Changed", "Duplicate", "Rejected", "Patients")}
    assert numbers == {"Lines": 10, "New": 1, "Changed": 2, "Duplicate": 3, "Rejected": 4, "Patients": 2}
    assert (row["File"], row["What"], row["Read as"]) == ("next.csv", "Log", "Known columns")
    changes = table(shown, "Old and new values")
    assert changes[["Line", "Patient", "When", "Exercise", "Was", "Becomes"]].to_numpy().tolist() == [
        [5, "A", "2026-03-23 08:00", "Squat", "after 5", "after 6"],
        [6, "A", "2026-03-24 08:00", "Squat", "after 5", "after 6"],
    ]
    rejects = table(shown, "Rejected lines")
    assert [(row["Line"], row["Column"], row["Value"]) for row in lines(rejects)] == [
        (8, "Pain before", "11"),
        (9, "Day, or day and time", "someday"),
        (10, "Pain after", "x"),
        (12, "Patient", None),
    ]
    sample = table(shown, "The first rows as they will be stored")
    assert sample[["Line", "Patient", "When", "Exercise", "Pain before", "Pain after"]].to_numpy().tolist() == [
        [5, "A", "2026-03-23 08:00", "Squat", 1, 6],
        [6, "A", "2026-03-24 08:00", "Squat", 1, 6],
        [7, "B", "2026-03-25 08:00", "Squat", 1, 7],
    ]
