"""Whatever was done on one page, every other page is as it is for somebody who opens it afresh."""

import re

import pytest

from tests.pages.screen import button, run, values, words

SCRIPTS = ["review.py", "cohort.py", "patient.py", "imports.py", "programme.py"]
LOG = "patient_id,performed_at,exercise,pain_before,pain_during\n" + "".join(
    f"P{n:02},2026-03-28 08:00,pelvic_tilt,2,4\n" for n in range(80)
)
ROSTER = "patient_id,severity,site\n" + "".join(
    f"P{n:02},moderate,{'South' if n % 5 == 0 else 'North'}\n" for n in range(80)
)
DROPPED = b"patient_id,performed_at,exercise,pain_before,pain_during\nQ1,2026-03-28 08:00,squat,2,4\n"


@pytest.fixture
def full(take_all):
    """A clinic with more than one page of patients, of uploads, and of a section of the review list."""
    header = LOG.splitlines()[0]
    weeks = [
        (f"{header}\nP00,2026-02-{number + 1:02} 08:00,pelvic_tilt,2,2\n", f"week {number}.csv") for number in range(20)
    ]
    take_all((LOG, "log.csv"), (ROSTER, "roster.csv"), *weeks)


def leave_in_the_middle(shown, script):
    """Do something on a page that it keeps: turn its page, open a patient, show lines, drop a file."""
    if shown.pagination:
        shown.pagination[0].set_value(2)
        run(shown)
    if script in ("review.py", "patient.py"):
        shown.query_params["patient"] = "P07"
        shown = run(shown)
        shown.toggle[0].set_value(True)
    if script == "imports.py":
        shown.file_uploader[0].upload("dropped.csv", DROPPED)
    return run(shown)


def go(shown, script):
    """Open another page by its tab, which does not take the address's patient along."""
    shown.query_params.pop("patient", None)
    shown.switch_page(script)
    return run(shown)


def on_screen(shown):
    """The words on a page, without the names that downloads have for a moment."""
    return [text for text in words(shown) if not re.fullmatch("[0-9a-f]{32}", text)]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_page_after_every_page_with_state(full, visit, script):
    fresh = {other: on_screen(visit(other)) for other in SCRIPTS}
    shown = leave_in_the_middle(visit(script), script)
    assert on_screen(shown) != fresh[script] or script == "programme.py"
    for other in SCRIPTS:
        if other == script:
            continue
        go(shown, other)
        if (script, other) == ("review.py", "patient.py"):
            assert values(shown.title) == ["P07"]
        else:
            assert on_screen(shown) == fresh[other], f"{other} after {script}"
        go(shown, script)
        if script == "review.py":
            assert values(shown.subheader) == ["Review first · 80", "P07"]
        elif script == "patient.py":
            assert values(shown.title) == ["P07"]
        elif script != "imports.py":
            assert on_screen(shown) == fresh[script]


def test_a_patient_who_was_closed_stays_closed(full, visit):
    for script in ("review.py", "patient.py"):
        shown = visit(script, patient="P07")
        button(shown, "Close").click()
        run(shown)
        go(shown, "programme.py")
        go(shown, script)
        assert "P07" not in values(shown.title) + values(shown.subheader)


def test_whoever_is_opened_on_the_list_is_open_on_the_patient_page_and_not_the_other_way_round(full, visit):
    shown = visit("patient.py", patient="P07")
    go(shown, "review.py")
    shown.query_params["patient"] = "P08"
    run(shown)
    assert values(go(shown, "patient.py").title) == ["P08"]
    shown.query_params["patient"] = "P09"
    run(shown)
    assert values(go(shown, "review.py").subheader)[-1] == "P08"
    assert values(go(shown, "patient.py").title) == ["P09"]
