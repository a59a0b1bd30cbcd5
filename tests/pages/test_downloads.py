"""What a download holds: the patients whom the filters keep and nobody else, and all of their rows."""

import csv
import io

import pytest

from pages.ui import tables
from tests.pages.screen import run, select, table

HEADER = "patient_id,performed_at,exercise,pain_before,pain_after\n"
NORTH = [f"N{number:03}" for number in range(520)]
SOUTH = [f"S{number:03}" for number in range(30)]


@pytest.fixture
def two_sites(take_all):
    """Two sites, all of whose patients rise by 2, but for one in each who does not."""
    patients = [(patient, "North" if patient in NORTH else "South") for patient in (*SOUTH, *NORTH)]
    roster = "patient_id,severity,site\n" + "".join(f"{patient},mild,{site}\n" for patient, site in patients)
    rises = {"N000": 0, "S000": 0}
    log = HEADER + "".join(f"{who},2026-03-28 08:00,hip_joint,1,{1 + rises.get(who, 2)}\n" for who, _ in patients)
    take_all((roster, "roster.csv"), (log, "log.csv"))


def ids(content, column="patient_id"):
    return [row[column] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def test_a_section_under_a_filter_holds_its_patients_all_of_them_and_nobody_else(two_sites, visit, files):
    visit(site=["North"])
    assert ids(files["supine-review-first.csv"]()) == NORTH[1:]
    assert ids(files["supine-review-on-track.csv"]()) == NORTH[:1]


def test_the_cohort_under_a_filter_holds_its_patients_all_of_them_and_nobody_else(two_sites, visit, files):
    visit("cohort.py", site=["North"])
    assert ids(files["supine-cohort.csv"]()) == NORTH
    assert ids(files["supine-severity.csv"](), "patients") == ["520"]
    assert set(ids(files["supine-weeks.csv"](), "patients")) == {"520"}


def test_a_patients_rows_are_those_of_the_period_all_of_them_and_nobody_elses(take, visit, files):
    lines = [f"A,2026-03-28 08:00:{n % 60:02},hip_joint,{n % 10},{n // 60}\n" for n in range(540)]
    take(HEADER + "".join(lines) + "A,2026-03-01 08:00,squat,1,1\nB,2026-03-28 08:00,bridge,1,1\n")
    shown = visit("patient.py", patient="A", period="7 days")
    assert len(table(shown, "Logged rows")) == 540
    assert sorted(map(int, ids(files["supine-logged-rows.csv"](), "line_no"))) == list(range(2, 542))
    assert ids(files["supine-sessions.csv"](), "row_count") == ["540"]


def test_all_rejected_lines_of_an_upload_are_taken_away(take, visit, files):
    take(HEADER + "A,2026-03-28 08:00,hip_joint,1,2\n" + "A,2026-03-28,hip_joint,x,2\n" * 510, "faulty.csv")
    take(HEADER + "B,2026-03-28,hip_joint,y,2\nB,2026-03-28,hip_joint,1,2\n", "other.csv")
    shown = visit("imports.py")
    select(shown, "Uploads, the newest first", 1)
    assert len(table(run(shown), "Rejected lines with the reason for each")) < 511
    assert ids(files["supine-rejected-lines.csv"](), "line_no") == [str(line) for line in range(3, 513)]
    corrected = files["rejected-1.csv"]().decode("utf-8-sig").splitlines()
    assert [line.startswith("A,2026-03-28,hip_joint,x,2") for line in corrected] == [False, *[True] * 510]


def test_all_rejected_lines_of_a_dropped_file_are_taken_away(visit, files):
    lines = "A,2026-03-28 08:00,hip_joint,1,2\n" + "A,2026-03-28,hip_joint,x,2\n" * 510
    shown = visit("imports.py")
    shown.file_uploader[0].upload("faulty.csv", (HEADER + lines).encode())
    assert len(table(run(shown), "Rejected lines with column, value and reason")) < 511
    assert ids(files["supine-rejected-lines.csv"](), "line") == [str(line) for line in range(3, 513)]


def test_all_changed_lines_of_a_dropped_file_are_taken_away(take, visit, files):
    lines = [f"A,2026-03-28 {n // 60:02}:{n % 60:02},hip_joint,1,{{}}\n" for n in range(510)]
    take(HEADER + "".join(line.format(2) for line in lines))
    shown = visit("imports.py")
    shown.file_uploader[0].upload("changed.csv", (HEADER + "".join(line.format(3) for line in lines)).encode())
    assert len(table(run(shown), "Old and new values")) < 510
    assert ids(files["supine-changed-lines.csv"](), "line") == [str(line) for line in range(2, 512)]


def test_the_log_is_taken_away_whole_and_in_its_order(take, visit, files, monkeypatch):
    monkeypatch.setattr(tables.export, "ROWS_AT_ONCE", 100)
    take(HEADER + "".join(f"P{n:03},2026-03-28,hip_joint,1,2\n" for n in range(610, 0, -1)))
    visit("imports.py")
    assert ids(files["supine-log.csv"]()) == [f"P{n:03}" for n in range(610, 0, -1)]
