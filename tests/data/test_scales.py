"""From which share of scores above 10 on a file is taken for one of another scale, and refused as a whole."""

import pytest

from tests.data.lines import log


def file_of(scores):
    """A log with a score before on each line, one a minute."""
    return log(*(f"P1,2026-01-02 08:{minute:02},squat,,,,{score},,,," for minute, score in enumerate(scores)))


@pytest.mark.parametrize(
    ("scores", "status", "rejected"),
    [
        # Three scores above 10 in thirty lines are a tenth, in thirty-one they are less.
        ([10.5, 99, 100, *[5] * 27], "refused", 0),
        ([10.5, 99, 100, *[5] * 28], "imported", 3),
        # Two are too few, however large a share they are.
        ([50, 60, 5], "imported", 2),
        ([50, 60, 70, 5], "refused", 0),
        # What no scale of 100 has is a wrong cell, and so is no number at all; 10 itself is no sign.
        ([101, 102, 103, 5], "imported", 3),
        ([50, 60, "ten", 10, 10, 10], "imported", 3),
    ],
)
def test_a_tenth_of_all_lines_and_at_least_three(both_ways, take, rows, scores, status, rejected):
    result = take(file_of(scores))
    assert (result.status, result.rejected) == (status, rejected)
    assert len(rows("row_id")) == (0 if status == "refused" else len(scores) - rejected)


@pytest.mark.parametrize("column", ["pain_before", "pain_during", "pain_after"])
def test_every_score_counts_for_the_scale(take, column):
    places = ("pain_before", "pain_during", "pain_after")
    lines = [",".join("40" if place == column else "" for place in places) for _ in range(3)]
    result = take(log(*(f"P1,2026-01-0{n},squat,,,,{cells},," for n, cells in enumerate(lines, 1))))
    assert result.status == "refused"


def test_a_number_that_is_no_score_says_nothing_of_the_scale(take):
    result = take(log(*(f"P1,2026-01-0{n},squat,,1001,,5,,,," for n in range(1, 4)), "P1,2026-01-04,squat,,,,5,,,,"))
    assert (result.status, result.rejected) == ("imported", 3)


def test_a_scale_of_100_that_was_chosen_takes_100_and_no_more(take, rows):
    chosen = {"columns": {"performed_at": "date", "pain_before": "pain"}, "pain_scale": "0-100"}
    result = take("date,pain\n2026-01-02,100\n2026-01-03,7\n2026-01-04,101\n", mapping=chosen, patient="P1")
    assert (result.new, result.rejected) == (2, 1)
    assert rows("CAST(pain_before AS DOUBLE)") == [(10.0,), (0.7,)]
