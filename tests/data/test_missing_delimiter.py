"""A header that lacks one delimiter: no value is stored below a wrong name without a question or a note."""

import pytest

HEADERS = [
    ["patient_id", "performed_at", "exercise", "sets", "reps", "pain_before", "pain_during", "pain_after", "notes"],
    ["Notes", "Date", "Patient", "Pain before", "Pain during", "Pain after", "Exercise", "Sets", "Reps"],
    [
        "환자번호",
        "날짜",
        "운동",
        "세트",
        "횟수",
        "운동 전 통증(0-10)",
        "운동 중 통증(0-10)",
        "운동 후 통증(0-10)",
        "메모",
    ],
    ["PATIENT_ID", "DATE", "WEATHER", "EXERCISE", "REPS", "PAIN_BEFORE", "STEPS", "PAIN_AFTER", "NOTES"],
]
CELLS = {
    "patientid": "P1",
    "patient": "P1",
    "환자번호": "P1",
    "exercise": "squat",
    "운동": "squat",
    "notes": "",
    "메모": "",
    "weather": "sun",
    "steps": "8",
}
NUMBERS = ("3", "10", "2", "4", "6")


def line(header, note):
    """One line of numbers that would all pass as each other."""
    numbers = iter(NUMBERS)
    cells = []
    for name in header:
        bare = name.lower().replace("_", "")
        if bare in ("performedat", "date", "날짜"):
            cells.append("2026-11-20")
        elif bare in CELLS:
            cells.append(note if bare in ("notes", "메모") else CELLS[bare])
        else:
            cells.append(next(numbers))
    return cells


STORED = "patient_id, CAST(performed_at AS VARCHAR), exercise, sets, reps, pain_before, pain_during, pain_after, notes"


@pytest.mark.parametrize("header", HEADERS, ids=["contract", "notes first", "Korean", "capitals"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(("note", "at_end"), [("", ""), ("hurt", ""), ("", "delimiter"), ("hurt", "delimiter")])
def test_one_delimiter_too_few(take, rows, header, delimiter, quote, note, at_end):
    def text(head, end=delimiter if at_end else ""):
        body = delimiter.join(f"{quote}{cell}{quote}" for cell in line(header, note)) + end
        return f"{head}\n{body}\n{body.replace('2026-11-20', '2026-11-21')}\n"

    whole = delimiter.join(f"{quote}{name}{quote}" for name in header)
    assert take(text(whole, end=""), patient="P1").new == 2
    right = rows(STORED)
    for place in range(1, len(header)):
        names = [f"{quote}{name}{quote}" for name in header]
        joined = delimiter.join(names[:place]) + delimiter.join(names[place:])
        result = take(text(joined), patient="P1")
        wrong = set(rows(STORED)) - set(right)
        is_said = result.status == "refused" or any(note.code == "delimiter_at_end" for note in result.notes)
        assert not wrong or is_said, (joined, result.notes, wrong)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_last_cells_that_are_left_out_do_not_hide_it(take, delimiter):
    header = HEADERS[0]
    cells = delimiter.join(line(header, "")[:-1])
    for place in range(3, len(header)):
        joined = delimiter.join(header[:place]) + delimiter.join(header[place:])
        result = take(f"{joined}\n{cells}\n")
        assert result.status == "refused" or result.new == 0, joined
        assert result.rejected or result.message.code == "header_joined", joined


def test_delimiters_at_the_end_of_each_line_are_noted(take, rows):
    result = take("date;exercise;pain_before\n2026-11-20;squat;3;\n2026-11-21;bridge;4;\n", patient="P1")
    assert rows("exercise, pain_before") == [("squat", 3), ("bridge", 4)]
    assert [note.code for note in result.notes] == ["delimiter_at_end"]


def test_an_unknown_column_left_of_the_day_may_stand_there(take, rows):
    result = take("weather;date;exercise;pain_before\nsun;2026-11-20;squat;3;\n", patient="P1")
    assert rows("exercise, pain_before") == [("squat", 3)]
    assert [note.code for note in result.notes] == ["delimiter_at_end", "unused_columns"]


@pytest.mark.parametrize("header", ["date;exercise;pain_before;weather", "weather;exercise;date;pain_beforenotes"])
def test_an_unknown_column_right_of_the_day_is_asked_about(take, header):
    result = take(f"{header}\n2026-11-20;squat;3;sun;\n", patient="P1")
    assert (result.status, result.message.code) == ("refused", "header_joined")


def test_a_cell_beyond_the_header_far_down_is_not_lost(take):
    lines = "2026-11-20;squat;3;\n" * 400
    result = take(f"date;exercise;pain_before\n{lines}2026-11-21;squat;3;hurt\n", patient="P1")
    assert (result.status, result.message.code) == ("refused", "cells_beyond_header")
    assert result.message.values == {"cells": "hurt"}


def test_columns_by_hand_answer_the_question(take, rows):
    columns = {"performed_at": "date", "exercise": "exercise", "pain_before": "pain_before"}
    text = "date;exercise;pain_before;weather\n2026-11-20;squat;3;sun;\n"
    assert take(text, patient="P1", mapping={"columns": columns}).new == 1
    assert rows("exercise, pain_before") == [("squat", 3)]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_nameless_last_column_that_no_line_has_costs_no_line(take, rows, end):
    result = take(f"date,exercise,pain_before,,\n2026-11-20,squat,3\n2026-11-21,bridge,4{end}", patient="P1")
    assert (result.new, result.rejected) == (2, 0)
    assert rows("exercise, pain_before") == [("squat", 3), ("bridge", 4)]


def test_a_nameless_last_column_that_lines_have_stays(take):
    assert take("date,exercise,pain_before,\n2026-11-20,squat,3,\n2026-11-21,squat,4,x\n", patient="P1").new == 2
