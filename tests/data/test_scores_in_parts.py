"""Scores that stand in parts: one a line, in two files, or for one side; none is lost and none is made up."""

import pytest

from tests.data.lines import counts

COLUMNS = {"patient_id": "patient", "performed_at": "date", "exercise": "exercise", "sets": "sets", "reps": "reps"}
COLUMNS |= {"duration_s": "seconds", "stopped_early": "stopped"}
MAPPING = {"columns": COLUMNS, "score": "score", "score_time": "when"}
HEADER = "patient,date,exercise,sets,reps,seconds,stopped,when,score\n"
SCORES = "CAST(pain_before AS DOUBLE), CAST(pain_during AS DOUBLE), CAST(pain_after AS DOUBLE)"
TIMES = ("before", "during", "after")


@pytest.fixture
def take_scores(take):
    """Import one set of P1, a line a score: when it was scored → the score."""

    def take_set(scores, **mapping):
        lines = (f"P1,2026-01-02 08:00,squat,,,,,{when},{score}\n" for when, score in scores.items())
        return take(HEADER + "".join(lines), mapping=MAPPING | mapping)

    return take_set


@pytest.mark.parametrize("lacking", TIMES)
def test_a_file_with_some_of_the_scores_does_not_take_the_others_away(take_scores, rows, lacking):
    take_scores({"before": 3, "during": 7, "after": 4})
    others = {when: 5 for when in TIMES if when != lacking}
    result = take_scores(others)
    assert (result.status, counts(result)) == ("refused", (0, 0, 0, 0))
    assert result.reason == (
        "None of the 2 lines below the header can be read: 2 × the stored row of this time has a score that these "
        "lines lack; upload all scores of it in one file. Nothing was stored."
    )
    assert rows(SCORES) == [(3, 7, 4)]


@pytest.mark.parametrize("lacking", TIMES)
def test_a_file_that_has_a_score_more_completes_the_stored_row(take_scores, rows, lacking):
    stored = {when: 3 for when in TIMES if when != lacking}
    take_scores(stored)
    assert counts(take_scores(stored | {lacking: 8})) == (0, 3, 0, 0)
    assert rows(SCORES) == [tuple(8 if when == lacking else 3 for when in TIMES)]


PARTS = {"sets": 3, "reps": 4, "seconds": 5, "stopped": 6}


def two_lines(column, first, second):
    """The lines of a score before and after, which say this of one column."""
    lines = []
    for when, score, cell in (("before", 3, first), ("after", 5, second)):
        cells = ["P1", "2026-01-02 08:00", "squat", "", "", "", "", when, str(score)]
        cells[PARTS[column]] = cell
        lines.append(",".join(cells))
    return HEADER + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [("sets", "1", "2"), ("reps", "10", "9"), ("seconds", "60", "90"), ("stopped", "yes", "no")],
)
def test_lines_of_one_set_that_contradict_one_another_are_all_rejected(take, rows, column, first, second):
    # A second set, of another day, shows that only the contradicting lines are.
    other = "P1,2026-01-03 08:00,squat,,,,,before,1\n"
    for lines in (two_lines(column, first, second), two_lines(column, second, first)):
        result = take(lines + other, name=f"{first}-{second}.csv", mapping=MAPPING)
        assert result.rejected == 2
        assert [reject["line"] for reject in result.rejects] == [2, 3]
    assert rows("CAST(performed_at AS DATE)::VARCHAR") == [("2026-01-03",)]


@pytest.mark.parametrize(
    ("column", "said", "stored"), [("sets", "2", 2), ("reps", "9", 9), ("seconds", "90", 90), ("stopped", "yes", True)]
)
def test_what_only_one_line_of_a_set_says_holds_of_the_set(take, rows, column, said, stored):
    kept = {"seconds": "duration_s", "stopped": "stopped_early"}.get(column, column)
    for number, (first, second) in enumerate(((said, ""), ("", said), (said, said)), start=1):
        lines = two_lines(column, first, second).replace("2026-01-02", f"2026-01-1{number}")
        assert counts(take(lines, mapping=MAPPING)) == (2, 0, 0, 0)
    assert rows(f'"{kept}", {SCORES}') == [(stored, 3, None, 5)] * 3


SIDES = "patient,date,exercise,reps,reps left,reps right,pain after,pain after left,pain after right,pain before\n"


@pytest.mark.parametrize(
    ("cells", "stored"),
    [
        # The cell for both sides holds where neither side has one of its own.
        ("8,,,,4,5,2", [("left", 8, 4, 2), ("right", 8, 5, 2)]),
        # A side that says nothing is not given what stands for both, once the other side has said its own.
        ("8,10,,,,5,2", [("left", 10, None, 2), ("right", None, 5, 2)]),
        ("8,,10,6,5,,2", [("left", None, 5, 2), ("right", 10, None, 2)]),
        # One side alone is one row, and what stands for both is this side's.
        ("8,,,,5,,2", [("left", 8, 5, 2)]),
        (",,9,6,,,2", [("right", 9, 6, 2)]),
    ],
)
def test_a_cell_for_both_sides_beside_those_of_one(take, rows, cells, stored):
    assert counts(take(f"{SIDES}P1,2026-01-02 08:00,squat,{cells}\n")) == (1, 0, 0, 0)
    assert rows("side, reps, CAST(pain_after AS DOUBLE), CAST(pain_before AS DOUBLE)") == stored
