"""Files that are dropped, imported, and looked at on the other pages."""

import datetime


def days_ago(days):
    return f"{datetime.date.today() - datetime.timedelta(days)}"


def log():
    """A log of the last days: P1 rises twice, P2 rises once, P3 not at all."""
    return (
        "patient_id,performed_at,exercise,pain_before,pain_during,pain_after\n"
        f"P1,{days_ago(5)} 08:00,pelvic_tilt,3,5,4\nP1,{days_ago(2)} 08:00,hip_joint,3,6,4\n"
        f"P2,{days_ago(1)} 08:00,hip_joint,2,4,2\nP3,{days_ago(1)} 08:00,pelvic_tilt,2,2,2\n"
    ).encode()


ROSTER = b"patient_id,severity\nP1,moderate\nP2,severe\nP3,mild\n"


def test_a_file_that_waits_on_imports_does_not_disturb_the_other_pages(visitor, demo):
    someone = visitor(demo)
    someone.drop({"week.csv": log()})
    someone.page.get_by_role("button", name="Import 1 file").wait_for()
    someone.settle()
    someone.tab("Cohort")
    patient = someone.column("Patients 1 to", "Patient")[1]
    someone.select("Patients 1 to", 1)
    someone.page.wait_for_url(f"**/patient?patient={patient}")
    someone.page.get_by_role("heading", name=patient, exact=True, level=1).wait_for()
    someone.settle()
    someone.tab("Imports")
    someone.page.get_by_role("button", name="Import 1 file").wait_for()


def test_two_files_are_dropped_imported_and_listed(visitor, fresh):
    someone = visitor(fresh)
    someone.drop({"week.csv": log(), "roster.csv": ROSTER})
    someone.click("Import 2 files")
    someone.see("2 files are imported.")
    someone.not_see("These patients are simulated")
    assert sorted(someone.column("Uploads, the newest first", "File")) == ["roster.csv", "week.csv"]
    someone.click("See the review list", "link")
    someone.see("Review first · 2")
    assert someone.column("Review first:", "Patient") == ["P1", "P2"]
    assert someone.column("Review first:", "Severity") == ["Moderate", "Severe"]
    first, second = someone.column("Review first:", "What happened")
    assert first.startswith("2 of 2 sessions rose, by 3 at most, 3 → 6 on ")
    assert second.startswith("1 of 1 session rose by 2, 2 → 4 on ")
    someone.open("/?patient=P1")
    someone.see("Sessions that count, the largest rise first · 2")
    assert someone.column("Logged rows", "Line") == ["3"]
    someone.drop({"again.csv": log()})
    someone.see("There is nothing to import. Nothing was stored.")
    assert someone.column("What each file holds", "State") == ["Already imported"]


def test_a_file_of_another_kind_is_not_taken(visitor, demo):
    someone = visitor(demo)
    someone.open("/imports")
    someone.see("Logs and rosters as CSV files")
    someone.page.locator("input[type=file]").set_input_files(
        {"name": "book.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04"}
    )
    someone.see("files are not allowed")


DIARY = b"Who,Day,Move,Ache at first,Ache at worst\nP4,2026-11-02,Pelvic tilts,3,5\nP4,2026-11-03,Pelvic tilts,3,4\n"


def test_of_several_files_one_is_mapped_by_hand_and_a_broken_one_stops_none(visitor, fresh):
    someone = visitor(fresh)
    someone.drop({"week.csv": log(), "week (1).csv": log(), "broken.csv": b"%PDF-1.4", "diary.csv": DIARY})
    someone.see("4 files: 1 needs you, 1 cannot be imported, 1 ready, 1 dropped twice.")
    assert someone.column("What each file holds", "File") == ["diary.csv", "broken.csv", "week.csv", "week (1).csv"]
    someone.page.get_by_test_id("stAlert").get_by_text("No column holds the day").wait_for()
    someone.settle()
    someone.see("What is this file?")
    someone.settle()
    answers = {"Patient": "Who", "Exercise": "Move", "Pain before": "Ache at first", "Pain during": "Ache at worst"}
    for label, choice in answers.items():
        someone.choose(label, choice)
    someone.page.get_by_text("0 to 10", exact=True).click()
    someone.click("Read the file this way")
    someone.see("4 files: 1 cannot be imported, 2 ready, 1 dropped twice.")
    someone.settle()
    someone.page.get_by_role("button", name="Import 2 files").dblclick()
    someone.see("2 files are imported.")
    assert someone.column("What became of each file", "State") == ["Imported", "Imported"]
    assert sorted(someone.column("Uploads, the newest first", "File")) == ["diary.csv", "week.csv"]
    someone.see("2 files: 1 cannot be imported, 1 already imported.")
