"""Undo and redo of uploads as a person presses them, and what the review list says then."""

import pytest

from data import history
from data.history import Change

HEADER = "patient_id,performed_at,exercise,pain_before,pain_after\n"
FIRST = f"{HEADER}A,2026-03-20 08:00,hip_joint,1,4\n"
# The same row in another file.
AGAIN = f"{FIRST}# a week later\n"


def lines(made, *columns, as_of="2026-03-29"):
    """Patient → these columns of the review list, without low adherence, which short logs always have."""
    listed = made.ask("review", as_of=as_of)
    return {
        row["patient_id"]: tuple(
            [code for code in row[name] if code != "low_adherence"] if name == "reasons" else row[name]
            for name in columns
        )
        for row in listed.to_dict("records")
    }


def test_an_undo_whose_rows_all_stay_still_takes_back_how_far_the_data_reach(clinic):
    """The undone upload brought no row, but it was the only sign that nothing was logged after the 20th."""
    made = clinic(FIRST, uploaded="2026-03-20")
    made.take(AGAIN, "2026-03-29")
    silent = ["rise_in_few", "stopped_after_a_rise", "rise", "any_rise", "silent"]
    assert lines(made, "reasons") == {"A": (silent,)}
    assert history.undo(made.store, 2) == Change(rows_leaving=0, rows_coming_back=0, patients=0)
    assert lines(made, "reasons") == {"A": (["rise_in_few", "rise", "any_rise", "no_recent_upload"],)}
    history.redo(made.store, 2)
    assert lines(made, "reasons") == {"A": (silent,)}


def test_an_undo_of_the_first_of_two_uploads_that_say_the_same_changes_no_answer(clinic):
    made = clinic(FIRST, uploaded="2026-03-20")
    made.take(AGAIN, "2026-03-21")
    before = lines(made, "reasons", "max_rise", "sessions", as_of="2026-03-21")
    assert before == {"A": (["rise_in_few", "rise", "any_rise"], 3, 1)}
    assert history.undo(made.store, 1) == Change(rows_leaving=0, rows_coming_back=0, patients=0)
    assert lines(made, "reasons", "max_rise", "sessions", as_of="2026-03-21") == before
    history.undo(made.store, 2)
    assert lines(made, "reasons") == {}


def test_an_undone_correction_gives_the_list_its_old_rise_back(clinic):
    made = clinic(f"{HEADER}A,2026-03-28 08:00,hip_joint,1,4\nB,2026-03-28 08:00,hip_joint,1,1\n")
    made.take(f"{HEADER}A,2026-03-28 08:00,hip_joint,1,1\nB,2026-03-28 09:30,hip_joint,1,2.5\n")
    assert lines(made, "max_rise", "sessions") == {"B": (1.5, 2), "A": (0, 1)}
    assert history.undo(made.store, 2) == Change(rows_leaving=2, rows_coming_back=1, patients=2)
    assert lines(made, "max_rise", "sessions") == {"A": (3, 1), "B": (0, 1)}
    history.redo(made.store, 2)
    assert lines(made, "max_rise", "sessions") == {"B": (1.5, 2), "A": (0, 1)}


@pytest.mark.parametrize("turn", [history.undo, history.redo])
def test_a_rehearsal_leaves_the_list_as_it_is(clinic, turn):
    made = clinic(FIRST, uploaded="2026-03-20")
    made.take(f"{HEADER}A,2026-03-20 08:00,hip_joint,1,9\n", "2026-03-20")
    if turn is history.redo:
        history.undo(made.store, 2)
    before = lines(made, "max_rise", as_of="2026-03-20")
    change = turn(made.store, 2, rehearse=True)
    assert (change.rows_leaving, change.rows_coming_back, change.patients) == (1, 1, 1)
    assert lines(made, "max_rise", as_of="2026-03-20") == before


def test_an_undone_roster_gives_severity_and_site_back(clinic):
    made = clinic(FIRST, "patient_id,severity,site\nA,mild,North\nC,mild,North\n", uploaded="2026-03-29")
    made.take("patient_id,severity,site\nA,severe,South\nD,severe,South\n")
    assert lines(made, "severity") == {"A": ("severe",), "C": ("mild",), "D": ("severe",)}
    history.undo(made.store, 3)
    assert lines(made, "severity") == {"A": ("mild",), "C": ("mild",)}
    assert made.ask("filter_choices")["site"].tolist() == ["North"]
