"""Adherence and pain on the Cohort page: a mark opens its patients, and nobody else."""

import datetime

import pytest

from tests.browser.conftest import NOTHING_CHANGES

YESTERDAY = datetime.date.today() - datetime.timedelta(1)
# Long enough ago for a share of the programme to be known.
BEFORE_THAT = YESTERDAY - datetime.timedelta(6)


def log(patients):
    """All have a peak of 2 and no rise, but for P0001 and P0002 with a rise to 7, P0002 only after twice the days."""
    lines = [f"P{number:04},{BEFORE_THAT},pelvic_tilt,5,2,2\n" for number in range(3, patients + 1)]
    lines += [f"{patient},{BEFORE_THAT},pelvic_tilt,5,3,7\n" for patient in ("P0001", "P0002")]
    lines += [f"P0002,{YESTERDAY},{exercise},20,3,7\n" for exercise in ("pelvic_tilt", "hip_joint", "ankle_flexion")]
    return ("patient_id,performed_at,exercise,reps,pain_before,pain_during\n" + "".join(lines)).encode()


@pytest.mark.parametrize("patients", [8, 1001])
def test_a_mark_opens_its_patient(visitor, fresh, patients):
    someone = visitor(fresh)
    someone.drop({"log.csv": log(patients)})
    someone.click("Import 1 file")
    someone.see("See the review list")
    someone.open("/cohort")
    someone.see("Adherence and pain")
    someone.settle()
    chart = someone.page.get_by_label(f"{patients:,} patients by adherence and median peak pain")
    marks = chart.locator(".trace.scatter").nth(1).locator(".point")
    marks.first.wait_for()
    chart.evaluate(NOTHING_CHANGES)
    assert marks.count() == 2
    # Of the two with a rise, P0002 is farther to the right.
    boxes = [mark.bounding_box() for mark in marks.all()]
    place = max(boxes, key=lambda box: box["x"])
    someone.page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    links = someone.page.get_by_test_id("stPageLink")
    links.first.wait_for()
    assert links.all_inner_texts() == ["P0002"]
    links.first.click()
    someone.page.get_by_role("heading", name="P0002", exact=True).wait_for()
