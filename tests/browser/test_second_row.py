"""Whoever ticks the second row of a table sees the second patient, upload or file, and no other."""


def test_the_second_row_of_each_section_opens_its_second_patient(visitor, demo):
    someone = visitor(demo)
    someone.open("/")
    someone.see("Review first")
    for section in ("Review first", "Review soon", "Look"):
        second = someone.column(f"{section}:", "Patient")[1]
        someone.select(f"{section}:", 1)
        someone.page.wait_for_url(f"**/?*patient={second}*")
        someone.page.get_by_role("heading", name=second, exact=True).wait_for(timeout=30_000)
        someone.settle()
        link = someone.page.get_by_role("link", name="Open the patient's page")
        assert link.get_attribute("href").endswith(f"patient={second}")


def test_the_second_row_of_the_cohort_opens_the_second_patient(visitor, demo):
    someone = visitor(demo)
    someone.open("/cohort")
    someone.see("Sessions that can be judged")
    second = someone.column("Patients 1 to", "Patient")[1]
    someone.select("Patients 1 to", 1)
    someone.page.wait_for_url(f"**/patient?*patient={second}*")
    someone.page.get_by_role("heading", name=second, exact=True, level=1).wait_for(timeout=30_000)
    someone.settle()
    assert someone.page.title() == f"{second} · Patient · Supine"


HEADER = "patient_id,performed_at,exercise,pain_before,pain_after\n"
FILES = {
    f"{who}.csv": f"{HEADER}{who},2026-03-2{n} 08:00,squat,1,{n}\n{who},someday,squat,1,{n}\n"
    for n, who in enumerate("ABC")
}


def test_the_second_row_of_dropped_files_and_of_the_history_opens_the_second(visitor, fresh):
    someone = visitor(fresh)
    someone.drop(FILES)
    someone.see("Import 3 files")
    for row in (1, 2):
        name = someone.column("What each file holds", "File")[row]
        someone.select("What each file holds", row)
        someone.page.get_by_text(f"{name} · ready").wait_for(timeout=30_000)
        assert someone.column("The first rows as they will be stored", "Patient") == [name[0]]
    someone.click("Import 3 files")
    someone.see("3 files are imported.")
    for row in (1, 2):
        name = someone.column("Uploads, the newest first", "File")[row]
        someone.select("Uploads, the newest first", row)
        someone.see("Rejected lines · 1")
        assert someone.column("Rejected lines with the reason", "As written") == [FILES[name].splitlines()[2]]
