"""Proposals for the columns of an unknown file: what is proposed, and why."""

import io

import pytest

from data import proposing
from data.reading import inspect_file


def proposed(text, kind="log"):
    seen = inspect_file(io.BytesIO(text.encode()))
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


@pytest.mark.parametrize("score", ["pain", "score", "Punkte (score)"])
def test_one_score_on_a_line_is_seen_by_words_for_when_it_was_taken(score):
    seen = inspect_file(io.BytesIO(f"date,move,time point,{score}\n2026-03-01,a,Pre,3\n2026-03-01,a,Post,4\n".encode()))
    assert proposing.one_score(seen) == (score, "time point")


@pytest.mark.parametrize("cells", ["Pre,3\n2026-03-01,Pre,3", "Pre,3\n2026-03-01,other,3"])
def test_words_that_do_not_tell_scores_apart_propose_nothing(cells):
    assert proposing.one_score(inspect_file(io.BytesIO(f"date,when,pain\n2026-03-01,{cells}\n".encode()))) is None
