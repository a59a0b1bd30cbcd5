"""What a clinician does with the dashboard, in a browser."""

import re

from tests.browser.conftest import PAGES


def test_the_demo_opens_with_its_sections(visitor, demo):
    someone = visitor(demo)
    someone.open("/")
    someone.see("Review first")
    sections = [title.split(" · ")[0] for title in someone.titles()]
    assert sections[:3] == ["Review first", "Review soon", "Look"]
    assert "P019" in someone.column("Review first:", "Patient")
    assert sections[-1] == "Good news"


def test_a_severity_in_the_address_bar_filters_the_list(visitor, demo):
    someone = visitor(demo)
    someone.open("/?severity=Severe")
    someone.see("Review first")
    assert {cell.split(" ")[0] for cell in someone.column("Review first:", "Severity")} == {"Severe"}


def test_a_click_on_a_severity_filters_the_list_and_the_next_page(visitor, demo):
    someone = visitor(demo)
    someone.open("/")
    someone.see("Review first")
    someone.click("Severe")
    someone.page.wait_for_url("**/?severity=Severe")
    assert set(someone.column("Review first:", "Severity")) <= {"Severe"}
    someone.click("Cohort", "link")
    someone.page.wait_for_url("**/cohort?severity=Severe")
    someone.see("Sessions that can be judged")
    someone.settle()
    assert someone.page.locator("[data-testid=stMetric]").first.inner_text().split() == ["Patients", "3"]


def test_filters_that_match_nobody_say_so(visitor, demo):
    someone = visitor(demo)
    someone.open("/?severity=None")
    someone.see("No patient matches these filters")


def test_selecting_a_row_opens_the_evidence_and_next_goes_on(visitor, demo):
    someone = visitor(demo)
    someone.open("/")
    someone.see("Review first")
    someone.settle()
    first, second = someone.column("Review first:", "Patient")[:2]
    someone.select("Review first:", 0)
    someone.page.wait_for_url(f"**/?patient={first}")
    someone.see("Why this patient is listed, and by which rules")
    someone.page.get_by_role("button").filter(has_text=re.compile("Next$")).click()
    someone.page.wait_for_url(f"**/?patient={second}")
    someone.page.get_by_role("heading", name=second, exact=True).wait_for()
    someone.click("Close")
    someone.page.get_by_role("heading", name=second, exact=True).wait_for(state="detached")


def test_after_a_filter_nobody_is_ticked_beside_the_evidence_of_another(visitor, demo):
    someone = visitor(demo)
    someone.open("/")
    someone.see("Review first")
    someone.settle()
    patients = someone.column("Review first:", "Patient")
    severities = [cell.split(" ")[0] for cell in someone.column("Review first:", "Severity")]
    row = next(number for number, severity in enumerate(severities) if severity != "Severe")
    assert "Severe" in severities
    someone.select("Review first:", row)
    someone.page.get_by_role("heading", name=patients[row], exact=True).wait_for()
    someone.settle()
    assert someone.ticked("Review first:") == [patients[row]]
    someone.click("Severe")
    someone.see(f"{patients[row]} is not in this view: the filters above leave them out.")
    someone.settle()
    left = [patient for patient, severity in zip(patients, severities, strict=True) if severity == "Severe"]
    assert someone.column("Review first:", "Patient") == left
    assert someone.ticked("Review first:") == []
    someone.select("Review first:", 0)
    someone.page.get_by_role("heading", name=left[0], exact=True).wait_for()
    someone.settle()
    assert someone.ticked("Review first:") == left[:1]


def test_every_tab_is_titled_by_its_page_and_the_patient_who_is_open(visitor, demo):
    someone = visitor(demo)
    for path, title in {
        **{path: f"{page} · Supine" for path, page in PAGES.items()},
        "/?patient=P019": "P019 · Review · Supine",
        "/patient?patient=P019": "P019 · Patient · Supine",
        "/cohort?patient=P019": "Cohort · Supine",
    }.items():
        someone.open(path)
        someone.see("Supine supports a professional's judgement")
        someone.settle()
        assert someone.page.title() == title


def test_the_open_patient_is_still_open_when_one_comes_back(visitor, demo):
    someone = visitor(demo)
    someone.open("/patient?patient=P019")
    for path in ("/cohort", "/imports", "/programme", "/"):
        someone.page.get_by_role("heading", name="P019", exact=True, level=1).wait_for(timeout=30_000)
        someone.settle()
        someone.tab(PAGES[path])
        someone.page.wait_for_url(f"**{path}")
        someone.page.get_by_role("heading", name=PAGES[path], exact=True, level=1).wait_for()
        someone.settle()
        assert someone.page.title() == f"{PAGES[path]} · Supine"
        someone.tab("Patient")
    someone.page.wait_for_url("**/patient?patient=P019")
    someone.open("/?patient=P026&severity=Moderate")
    someone.see("in Review first")
    someone.settle()
    someone.tab("Cohort")
    someone.see("Sessions that can be judged")
    someone.settle()
    someone.tab("Review")
    someone.page.wait_for_url("**patient=P026")
    someone.settle()
    assert someone.ticked("Review first:") == ["P026"]


def test_back_in_the_history_leads_out_of_a_patient_who_was_brought_back(visitor, demo):
    someone = visitor(demo)
    someone.open("/cohort")
    someone.see("Sessions that can be judged")
    someone.settle()
    someone.tab("Patient")
    someone.click("P019")
    someone.page.wait_for_url("**/patient?patient=P019")
    someone.settle()
    someone.page.go_back()
    someone.page.get_by_role("button", name="P019").wait_for()
    someone.settle()
    someone.page.go_back()
    someone.see("Sessions that can be judged")


def test_paper_begins_with_what_it_lacks(visitor, demo):
    someone = visitor(demo)
    someone.open("/patient?patient=P019")
    someone.see("Pain by session")
    someone.settle()
    someone.page.emulate_media(media="print")
    lines = someone.page.locator("[data-testid=stMain]").inner_text().splitlines()
    lines = [line for line in lines if line.strip() and "simulated" not in line and line != "science"]
    assert lines[0].startswith("A printed copy of this page is not complete")


def test_the_evidence_is_a_link_and_leads_to_the_line_and_the_patient(visitor, demo):
    someone = visitor(demo)
    someone.open("/?patient=P019")
    someone.see("Sessions that count, the largest rise first")
    assert someone.column("Logged rows", "File")[0].startswith("river-")
    someone.page.get_by_text("Show the lines as they were written").first.click()
    someone.page.locator("[data-testid=stCode]").first.wait_for()
    assert "P019;" in someone.page.locator("[data-testid=stCode]").first.inner_text()
    someone.click("Open the patient's page", "link")
    someone.page.wait_for_url("**/patient?patient=P019")
    someone.page.get_by_role("heading", name="P019", exact=True, level=1).wait_for()


def test_a_link_to_a_patient_works_on_a_server_that_nobody_has_visited(visitor, fresh):
    someone = visitor(fresh)
    someone.open("/patient?patient=P019")
    someone.see("These patients are simulated", exact=False)
    someone.page.get_by_role("heading", name="P019", exact=True, level=1).wait_for(timeout=30_000)
    someone.settle()
    assert someone.page.get_by_role("link", name="Review").count() == 1
    assert someone.page.get_by_text("Open Supine from its first page.").count() == 0


def test_a_search_opens_the_patient(visitor, demo):
    someone = visitor(demo)
    someone.open("/patient")
    someone.page.get_by_label("Find a patient by id").fill("04")
    someone.page.get_by_label("Find a patient by id").press("Enter")
    someone.page.get_by_role("button", name="P001").wait_for(state="detached")
    someone.click("P040")
    someone.page.get_by_role("heading", name="P040", exact=True, level=1).wait_for()
