"""Exports with one score on a line: which lines make one row together, and what becomes of those that do not."""

import io

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import import_file
from data.mapping import MappingError, from_dict
from data.store import open_store
from tests.data.lines import counts

HEADER = "patient,date,exercise,reps,when scored,score,note\n"
COLUMNS = {"patient_id": "patient", "performed_at": "date", "exercise": "exercise"}
LONG = {"columns": COLUMNS | {"reps": "reps", "notes": "note"}, "score": "score", "score_time": "when scored"}
SCORES = "line_no, pain_before, pain_during, pain_after"


@pytest.fixture
def take_long(take):
    return lambda *lines, **mapping: take(HEADER + "\n".join(lines) + "\n", mapping=LONG | mapping)


def scored(when, score, day="2026-01-02 08:00", rest="squat,10", note=""):
    return f"P1,{day},{rest},{when},{score},{note}"


def reasons(result):
    return [(reject["line"], reject["column"], reject["reason"]) for reject in result.rejects]


def test_the_scores_of_one_exercise_become_one_row(take_long, rows, ask):
    result = take_long(scored("Before", 3), scored("after", 4), scored("During exercise", 6))
    assert counts(result) == (3, 0, 0, 0)
    assert rows(SCORES) == [(2, 3, 6, 4)]
    assert ask("SELECT line_no FROM clinic.other_line ORDER BY line_no") == [(3,), (4,)]


def test_a_score_that_is_missing_stays_missing(take_long, rows):
    assert counts(take_long(scored("before", 3), scored("after", ""))) == (2, 0, 0, 0)
    assert rows(SCORES) == [(2, 3, None, None)]


def test_other_days_exercises_and_patients_are_other_rows(take_long, rows):
    take_long(
        scored("before", 1),
        scored("before", 2, day="2026-01-03 08:00"),
        scored("before", 3, rest="bridge,10"),
        "P2,2026-01-02 08:00,squat,10,before,4,",
        scored("after", 5),
    )
    assert rows(SCORES) == [(2, 1, None, 5), (3, 2, None, None), (4, 3, None, None), (5, 4, None, None)]


def test_the_second_score_of_a_kind_belongs_to_the_second_set(take_long, rows):
    lines = [scored("before", 1), scored("after", 2), scored("before", 3), scored("after", 4)]
    assert counts(take_long(*lines)) == (4, 0, 0, 0)
    assert rows(SCORES) == [(2, 1, None, 2), (4, 3, None, 4)]


def test_scores_that_cannot_be_paired_are_all_rejected(take_long, rows):
    result = take_long(
        scored("before", 1), scored("before", 3), scored("after", 4), scored("before", 2, rest="bridge,1")
    )
    assert counts(result) == (1, 0, 0, 3)
    why = "one score of this time and exercise occurs more often than another, so it is not clear which belong together"
    assert reasons(result) == [(line, None, why) for line in (2, 3, 4)]
    assert rows("exercise") == [("bridge",)]


def test_lines_that_contradict_one_another_are_all_rejected(take_long):
    result = take_long(scored("before", 1), scored("after", 3, rest="squat,12"), scored("before", 2, day="2026-01-03"))
    assert counts(result) == (1, 0, 0, 2)
    assert reasons(result) == [(line, None, "line 2 of the same row has another value") for line in (2, 3)]


def test_a_fault_rejects_the_other_scores_of_its_row_word_for_word(take_long, ask):
    lines = [scored("before", 1, note="a"), scored("after", 11), scored("before", 2, day="2026-01-03")]
    result = take_long(*lines)
    assert counts(result) == (1, 0, 0, 2)
    assert reasons(result) == [
        (2, None, "line 3, with another score of the same row, was rejected"),
        (3, "pain_after", "is above 10"),
    ]
    assert ask("SELECT line FROM clinic.rejected_line ORDER BY line_no") == [(line,) for line in lines[:2]]


@pytest.mark.parametrize(
    ("word", "reason"),
    [("", "is missing")] + [(word, "is not before, during or after") for word in ("later", "-")],
)
def test_a_line_that_does_not_say_when_its_score_was_taken(take_long, word, reason):
    result = take_long(scored(word, 3), scored("before", 2, day="2026-01-03"))
    assert counts(result) == (1, 0, 0, 1)
    assert reasons(result) == [(2, "score_time", reason)]


def test_the_words_for_the_times_can_be_said(take_long, rows):
    result = take_long(scored("T0", 3), scored("T1", 6), score_times={"T0": "pain_before", "T1": "pain_during"})
    assert counts(result) == (2, 0, 0, 0)
    assert rows(SCORES) == [(2, 3, 6, None)]


def test_within_a_session_each_score_may_have_its_own_time(take, rows):
    lines = "patient,date,session,exercise,when scored,score\n"
    lines += "P1,2026-01-02 08:00,1,squat,before,3\nP1,2026-01-02 08:20,1,squat,after,5\n"
    lines += "P1,2026-01-03 08:00,1,squat,before,2\n"
    take(lines, mapping=LONG | {"columns": COLUMNS | {"session_id": "session"}})
    assert rows(f"{SCORES}, strftime(performed_at, '%H:%M')") == [(2, 3, None, 5, "08:00"), (4, 2, None, None, "08:00")]


def test_notes_of_all_lines_are_kept(take_long, rows):
    take_long(scored("before", 3, note="one"), scored("during", 3), scored("after", 4, note="two"))
    take_long(scored("before", 3, note="same", day="2026-01-04"), scored("after", 4, note="same", day="2026-01-04"))
    assert rows("notes") == [("one\ntwo",), ("same",)]


def test_the_four_fates_count_lines(take_long, rows, ask):
    old = [scored("before", 3), scored("after", 4), scored("before", 3, day="2026-01-03 08:00")]
    assert counts(take_long(*old)) == (3, 0, 0, 0)
    new = [*old, scored("after", 6, day="2026-01-03 08:00"), scored("before", 1, day="2026-01-04")]
    assert counts(take_long(*new)) == (1, 2, 2, 0)
    assert rows(SCORES) == [(2, 3, None, 4), (4, 3, None, 6), (6, 1, None, None)]
    assert ask("SELECT count(DISTINCT row_id) FROM clinic.other_line WHERE upload_id = 2") == [(2,)]


def test_scores_of_one_set_in_two_files_are_not_stored_one_without_the_other(take_long, rows):
    assert counts(take_long(scored("before", 3))) == (1, 0, 0, 0)
    result = take_long(scored("after", 8), scored("before", 1, day="2026-01-04 08:00"))
    assert counts(result) == (1, 0, 0, 1)
    why = "the stored row of this time has a score that these lines lack; upload all scores of it in one file"
    assert reasons(result) == [(2, None, why)]
    assert rows(SCORES) == [(2, 3, None, None), (3, 1, None, None)]
    assert counts(take_long(scored("before", 3), scored("after", 8))) == (0, 2, 0, 0)
    assert rows(SCORES) == [(3, 1, None, None), (2, 3, None, 8)]


def test_a_pain_diary_with_one_score_a_line(take, rows):
    columns = {"patient_id": "patient", "performed_at": "date"}
    lines = "patient,date,when scored,score\nP1,2026-01-02,before,3\nP1,2026-01-03,before,4\n"
    assert counts(take(lines, mapping=LONG | {"columns": columns})) == (2, 0, 0, 0)
    assert rows("exercise, pain_before") == [(None, 3), (None, 4)]


sets = st.tuples(
    st.sampled_from(["P1", "P2"]),
    st.sampled_from(["2026-01-02", "2026-01-02 08:00", "2026-01-03 08:00"]),
    st.sampled_from(["squat", "bridge"]),
    st.tuples(*[st.integers(0, 10)] * 3),
)


@hypothesis.settings(max_examples=30, deadline=None)
@given(st.lists(sets, max_size=8), st.randoms(use_true_random=False))
def test_the_same_log_in_both_forms_is_the_same_log(logged, random):
    times = ("before", "during", "after")
    wide = [",".join([*key, *map(str, scores)]) for *key, scores in logged]
    long = []
    for *key, scores in logged:
        lines = [",".join([*key, when, str(score)]) for when, score in zip(times, scores, strict=True)]
        random.shuffle(lines)
        long += lines
    header = "patient,date,exercise"
    assert stored([f"{header},when scored,score", *long], LONG | {"columns": COLUMNS}) == stored(
        [f"{header},pain before,pain during,pain after", *wide], None
    )


def stored(lines, mapping):
    """The scores of an export of these lines, in the log's order."""
    store = open_store()
    chosen = from_dict({"name": "own", "kind": "log"} | mapping) if mapping else None
    result = import_file(store, io.BytesIO("\n".join([*lines, ""]).encode()), "log.csv", mapping=chosen)
    assert (result.status, result.new) == (("imported", len(lines) - 1) if lines[1:] else ("refused", 0))
    with store.read() as cursor:
        kept = cursor.execute(
            "SELECT patient_id, performed_at, exercise, pain_before, pain_during, pain_after, occurrence "
            "FROM clinic.log_row LEFT JOIN clinic.repeated_row ON log_row.row_id = repeated_row.row_id "
            "ORDER BY log_row.row_id"
        ).fetchall()
    store.close()
    return kept


@pytest.mark.parametrize(
    "entry",
    [
        {"score": "score"},
        {"score_time": "when scored"},
        LONG | {"columns": LONG["columns"] | {"pain_before": "score"}},
        LONG | {"left": {"reps": "reps"}},
        LONG | {"score_times": {"T0": "pain"}},
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(entry):
    with pytest.raises(MappingError):
        from_dict({"name": "own", "kind": "log", "columns": {}} | entry)
