"""Proposals for the columns of an unknown file: what is proposed, and why."""

import io

from data import proposing
from data.reading import look


def proposed(text, kind="log"):
    seen = look(io.BytesIO(text.encode()))
    return {column: proposal.header for column, proposal in proposing.propose(seen, kind).items()}


def test_a_diary_with_a_pain_column_of_its_own_name():
    text = "date,knee_pain,leg_fatigue,nsaids\n25-3-2021,3,2,False\n26-3-2021,4,1,True\n"
    assert proposed(text) == {"performed_at": "date", "pain_before": "knee_pain"}


def test_columns_are_proposed_by_what_their_cells_are():
    text = "Wer,Wann,Was,Seite\nA1,1.3.2026,Squats,left\nA1,2.3.2026,Pelvic tilts,R\n"
    assert proposed(text) == {"performed_at": "Wann", "exercise": "Was", "side": "Seite"}


def test_an_id_is_a_word_of_its_own_in_the_header():
    assert proposed("study_id,valid,date,pain\n007,1,2026-03-01,3\n")["patient_id"] == "study_id"


def test_a_header_is_proposed_once():
    text = "record id,start,other date\n7,2026-03-01,2026-03-02\n"
    assert proposed(text, "roster") == {"patient_id": "record id", "programme_start": "start"}


def test_exercise_names_that_are_not_known_the_commonest_first():
    seen = look(io.BytesIO(b"date,exercise\n2026-03-01,Plank\n2026-03-02,Squat\n2026-03-03,Row\n2026-03-04,Plank\n"))
    assert proposing.unknown_exercises(seen, "exercise") == ["Plank", "Row"]
