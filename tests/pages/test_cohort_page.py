"""The cohort: numbers as k of n, severity first, and the way to a patient."""

import io
import json

import pytest
from pyarrow import parquet

from data import history
from pages.ui import clinic
from tests.pages.screen import run, table, values


def metrics(shown):
    return {metric.label: metric.value for metric in shown.metric}


def test_the_numbers_at_the_top(small_clinic, visit):
    assert metrics(visit("cohort.py")) == {
        "Patients": "9",
        "Sessions that can be judged": "8 of 9",
        "Sessions with a rise": "5 of 8",
        "Patients with a rise": "4 of 9",
        # P1 2 × ¼, P2 and P3 and P4 and P5 ¼ of 28 days; P7, P8 and P9 began three days ago: not enough data.
        "Median adherence": "1%",
    }


def test_severity_comes_first_and_its_table_adds_up(small_clinic, visit):
    severities = table(visit("cohort.py"), "Patients, sessions with a rise")
    assert dict(zip(severities["Severity"], severities["Patients"], strict=True)) == {
        "Severe": 1,
        "Moderate": 2,
        "Mild": 2,
        "Unknown": 4,
    }
    assert dict(zip(severities["Severity"], severities["Sessions with a rise"], strict=True)) == {
        "Severe": "1 of 1",
        "Moderate": "3 of 3",
        "Mild": "1 of 2",
        "Unknown": "0 of 2",
    }


def test_the_table_of_patients(small_clinic, visit):
    patients = table(visit("cohort.py"), "Patients 1 to 9 of 9").set_index("Patient")
    assert list(patients.index) == ["P3", "P1", "P2", "P4", "P5", "P6", "P7", "P8", "P9"]
    assert patients.loc["P1", ["Sessions with a rise", "Largest rise", "Days with a log"]].tolist() == [
        *("2 of 2", "+3", "2 of 28"),
    ]
    assert patients.loc["P7", ["Sessions with a rise", "Largest rise"]].tolist() == ["0 of 0", "–"]


@pytest.mark.parametrize(
    ("address", "patients"),
    [
        ({"severity": ["Severe", "Mild"]}, "3"),
        ({"site": ["North"]}, "4"),
        ({"clinician": ["Kim"], "site": ["South"]}, "1"),
    ],
)
def test_the_address_bar_filters_the_cohort(small_clinic, visit, address, patients):
    assert metrics(visit("cohort.py", **address))["Patients"] == patients


def test_filters_that_match_nobody(small_clinic, visit):
    shown = visit("cohort.py", severity=["None"])
    assert values(shown.info) == ["No patient matches these filters. Clear one of them to see more."]
    assert not shown.metric


def test_a_day_before_any_data(take, visit):
    take("patient_id,performed_at,exercise,pain_before,pain_during\nP1,2026-03-24 08:00,pelvic_tilt,3,5\n")
    shown = visit("cohort.py", as_of="2020-01-01")
    assert values(shown.info) == ["There are no patients by this day. Choose a later day, or import an export."]


def test_the_period_counts_only_its_sessions(small_clinic, visit):
    assert metrics(visit("cohort.py", period="7 days"))["Sessions that can be judged"] == "7 of 8"
    assert metrics(visit("cohort.py", period="All"))["Sessions that can be judged"] == "8 of 9"


def test_the_table_of_patients_is_taken_away_whole(take, visit, files):
    header = "patient_id,performed_at,exercise,pain_before,pain_during\n"
    take(header + "".join(f"P{n:02},2026-03-28 08:00,pelvic_tilt,2,4\n" for n in range(60)))
    assert len(table(visit("cohort.py"), "Patients 1 to 50 of 60")) == 50
    taken = parquet.read_table(io.BytesIO(files["supine-cohort.parquet"]()))
    assert taken["patient_id"].to_pylist() == [f"P{n:02}" for n in range(60)]


MANY = "patient_id,performed_at,exercise,pain_before,pain_during\n" + "".join(
    f"P{n:03},2026-03-28 08:00,pelvic_tilt,2,4\n" for n in range(120)
)
MANY_ON_THE_ROSTER = "patient_id,site\n" + "".join(f"P{n:03},{'South' if n % 2 else 'North'}\n" for n in range(120))


def test_the_table_is_turned_page_by_page_and_begins_anew_with_other_filters(take, visit):
    take(MANY)
    take(MANY_ON_THE_ROSTER, "roster.csv")
    shown = visit("cohort.py")
    shown.pagination[0].set_value(3)
    assert table(run(shown), "Patients 101 to 120 of 120")["Patient"].tolist() == [f"P{n}" for n in range(100, 120)]
    shown.multiselect(key="site").set_value(["North"])
    assert table(run(shown), "Patients 1 to 50 of 60")["Patient"].tolist() == [f"P{2 * n:03}" for n in range(50)]
    assert shown.pagination[0].value == 1


def test_a_page_past_the_last_one_is_the_last_one(take, visit):
    header, *lines = MANY.splitlines(keepends=True)
    take(header + "".join(lines[:70]), "first.csv")
    upload = take(header + "".join(lines[70:]), "second.csv").upload_id
    shown = visit("cohort.py")
    shown.pagination[0].set_value(3)
    run(shown)
    history.undo(clinic.own_store(), upload, by="Lee")
    assert table(run(shown), "Patients 51 to 70 of 70")["Patient"].tolist() == [f"P{n:03}" for n in range(50, 70)]
    assert (shown.pagination[0].value, shown.pagination[0].num_pages) == (2, 2)


def test_another_page_is_another_table_so_that_no_tick_passes_to_its_rows(take, visit):
    take(MANY)
    shown = visit("cohort.py")
    first = next(frame.key for frame in shown.dataframe if frame.proto.alt.startswith("Patients 1 to"))
    shown.pagination[0].set_value(2)
    second = next(frame.key for frame in run(shown).dataframe if frame.proto.alt.startswith("Patients 51 to"))
    assert first != second


def test_the_demo_puts_every_patient_with_enough_data_on_the_chart(visit):
    shown = visit("cohort.py")
    points, pain, adherence = shown.get("plotly_chart")
    traces = json.loads(points.proto.spec)["data"]
    assert points.proto.alt.startswith(f"{sum(len(trace['customdata']) for trace in traces)} patients")
    assert pain.proto.alt.startswith("Peak pain over")
    assert adherence.proto.alt.startswith("Adherence over")
    assert metrics(shown)["Patients"] == "48"
