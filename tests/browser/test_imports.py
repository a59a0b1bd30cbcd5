"""The Imports page in a browser: questions are answered where they stand, and the second row is the second file."""

import pytest

LOG = "patient_id,date,exercise,pain before exercise,pain during exercise\n"
FILES = {
    "ready.csv": f"{LOG}P1,2026-03-27,Pelvic tilts,3,5\nP1,someday,Pelvic tilts,3,4\n",
    "dates.csv": f"{LOG}P2,03/02/2026,Pelvic tilts,3,5\n",
    "diary.csv": "date,exercise,pain before exercise\n2026-03-27,Pelvic tilts,3\n",
    "wrong.csv": "%PDF-1.4",
}


def opened(visitor, name, state):
    """Wait until this file is open below the table."""
    visitor.page.get_by_text(f"{name} · {state}", exact=True).wait_for(timeout=30_000)
    visitor.settle()


def test_each_question_is_answered_where_it_stands_and_the_second_row_opens_the_second_file(visitor, fresh):
    someone = visitor(fresh)
    someone.drop(FILES)
    someone.see("4 files: 2 need you, 1 cannot be imported, 1 ready.")
    assert someone.column("What each file holds", "File") == ["dates.csv", "diary.csv", "wrong.csv", "ready.csv"]
    opened(someone, "dates.csv", "needs you")
    someone.select("What each file holds", 1)
    opened(someone, "diary.csv", "needs you")
    someone.type("Whose log is this?", "P7")
    opened(someone, "diary.csv", "ready")
    someone.click("Next file that needs you")
    opened(someone, "dates.csv", "needs you")
    someone.choose("Dates are written", "Day first")
    opened(someone, "dates.csv", "ready")
    assert someone.column("The first rows as they will be stored", "When") == ["2026-02-03"]
    someone.click("Import 3 files")
    someone.see("3 files are imported.")
    someone.see("1 file: 1 cannot be imported.")
    someone.settle()
    names = someone.column("Uploads, the newest first", "File")
    assert sorted(names) == ["dates.csv", "diary.csv", "ready.csv"]
    someone.select("Uploads, the newest first", 1)
    someone.page.locator("strong").get_by_text(names[1], exact=True).wait_for(timeout=30_000)
    someone.page.get_by_role("button", name="Undo this upload").wait_for(timeout=30_000)


# As only a program can name a file.
NUL_IN_A_NAME = """() => {
    const files = new DataTransfer(), place = document.querySelector("input[type=file]");
    files.items.add(new File(["patient_id,date\\n1,2"], "a\\u0000b.csv", {type: "text/csv"}));
    place.files = files.files;
    place.dispatchEvent(new Event("change", {bubbles: true}));
}"""


def test_a_file_whose_name_holds_a_nul_is_refused_with_a_sentence(visitor, demo):
    someone = visitor(demo)
    someone.open("/imports")
    someone.see("Logs and rosters as CSV files")
    someone.settle()
    someone.page.evaluate(NUL_IN_A_NAME)
    someone.see(
        "The name of a file holds characters that cannot be written; give it another name. Reload the page to go on."
    )
    someone.open("/imports")
    someone.see("No export has been imported yet")


@pytest.mark.parametrize("path", ["/", "/cohort", "/patient", "/programme"])
def test_files_wait_while_another_page_is_open(visitor, demo, path):
    someone = visitor(demo)
    someone.drop(FILES)
    opened(someone, "dates.csv", "needs you")
    someone.page.locator(f"a[href$='{path}']").first.click()
    someone.page.wait_for_url(f"**{path}")
    someone.see("Supine supports a professional's judgement")
    someone.settle()
    someone.tab("Imports")
    opened(someone, "dates.csv", "needs you")
    someone.see("4 files from earlier in this visit, not imported yet.")
    someone.click("Clear all files")
    someone.not_see("What was understood")
