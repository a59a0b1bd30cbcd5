"""The review list page by page: who comes after whom, and a page that no longer exists."""

import pytest

import queries
from tests.queries.conftest import AS_OF

LOG = "patient_id,performed_at,exercise,pain_before,pain_during\n"
EVERYONE = {"as_of": AS_OF, "severity": [], "site": [], "clinician": []}


@pytest.fixture
def made(clinic):
    """A and B rise by 2, C by 3, D and E by 1; all but B are at the site North."""
    rises = {"A": 2, "B": 2, "C": 3, "D": 1, "E": 1}
    lines = "".join(f"{who},2026-03-29 08:00,hip_joint,1,{1 + rise}\n" for who, rise in rises.items())
    return clinic(LOG + lines, "patient_id,site\nA,North\nB,South\nC,North\nD,North\nE,North\n")


def order(made, **filters):
    answer = queries.answer(made.store, "review_order", **EVERYONE | filters)
    assert answer[0] == ["patient_id", "section", "row_in_section", "section_rows", "previous_patient", "next_patient"]
    return answer[1]


def page(made, number, **filters):
    """Section and its length → the patients on a page of two rows."""
    asked = EVERYONE | filters | {"first_row": [(number - 1) * 2] * 12, "page_rows": 2}
    sections = {}
    for row in queries.ask(made.store, "review_list", **asked).to_dict("records"):
        sections.setdefault((row["section"], row["section_rows"]), []).append(row["patient_id"])
    return sections


def test_the_order_crosses_the_sections(made):
    assert order(made) == [
        ("C", "first", 0, 3, None, "A"),
        ("A", "first", 1, 3, "C", "B"),
        ("B", "first", 2, 3, "A", "D"),
        ("D", "look", 0, 2, "B", "E"),
        ("E", "look", 1, 2, "D", None),
    ]


def test_the_order_leaves_out_whom_the_filters_leave_out(made):
    assert order(made, site=["North"]) == [
        ("C", "first", 0, 2, None, "A"),
        ("A", "first", 1, 2, "C", "D"),
        ("D", "look", 0, 2, "A", "E"),
        ("E", "look", 1, 2, "D", None),
    ]
    assert order(made, site=["Nowhere"]) == []


def test_a_page_past_the_end_of_its_group_is_its_last_one(made):
    assert page(made, 1) == {("first", 3): ["C", "A"], ("look", 2): ["D", "E"]}
    assert page(made, 2) == {("first", 3): ["B"], ("look", 2): ["D", "E"]}
    assert page(made, 9) == {("first", 3): ["B"], ("look", 2): ["D", "E"]}
    assert page(made, 9, site=["North"]) == {("first", 2): ["C", "A"], ("look", 2): ["D", "E"]}
