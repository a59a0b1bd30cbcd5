"""A cell that names several exercises, or says that there was none."""

import io
import time

import pytest

from data import export
from data.importing import import_file
from data.store import open_store
from tests.data.lines import counts

HEADER = "patient_id,performed_at,exercise,pain_before,pain_during,pain_after\n"


@pytest.mark.parametrize(
    ("written", "exercise", "name"),
    [
        ("Knee to chest, Pelvic tilt", "several", "pelvic_tilt; knee_to_chest"),
        ("골반 기울이기, 무릎 당기기", "several", "pelvic_tilt; knee_to_chest"),
        ("Pelvic tilt and ankle pumps", "several", "pelvic_tilt; ankle_flexion"),
        ("Pelvic tilt + Squat / Bridge", "several", "pelvic_tilt; squat; bridge"),
        ("Pelvic tilt; Walking, slowly", "several", "pelvic_tilt; Walking, slowly"),
        ("Pelvic tilt\nKnee to chest", "several", "pelvic_tilt; knee_to_chest"),
        ("Pelvic tilt, Knee to chest, Walking", "several", "pelvic_tilt; knee_to_chest; Walking"),
        ("Knee to chest, left", "other", "Knee to chest, left"),
        ("Walking, slowly", "other", "Walking, slowly"),
        ("Walking; Swimming", "other", "Walking; Swimming"),
        ("Pelvic tilt, none", "pelvic_tilt", None),
        ("Pelvic tilt, Pelvic tilts", "pelvic_tilt", None),
    ],
)
def test_a_cell_of_several_exercises(both_ways, take, rows, written, exercise, name):
    assert counts(take(f'{HEADER}P1,2026-11-02,"{written}",3,5,4\n')) == (1, 0, 0, 0)
    assert rows("exercise, exercise_name, pain_before, pain_during, pain_after") == [(exercise, name, 3, 5, 4)]


@pytest.mark.parametrize("word", ["None", "rest", "Rest day", "-", "–", "없음", "휴식", "쉼", "운동 안 함"])
def test_no_exercise(both_ways, take, rows, word):
    result = take(f"{HEADER}P1,2026-11-02,{word},3,,\nP1,2026-11-03,{word},,,\nP1,2026-11-04,,,,\n")
    assert rows("exercise, exercise_name, pain_before") == [(None, None, 3), (None, None, None)]
    assert [(reject["line"], reject["code"]) for reject in result.rejects] == [(4, "nothing_logged")]


def test_a_day_without_exercise_comes_back_from_an_export(store, take):
    take(f"{HEADER}P1,2026-11-02,none,,,\nP1,2026-11-03,squat,,,\n")
    out = io.BytesIO()
    export.log(store, out, "csv")
    assert counts(take(out.getvalue())) == (0, 0, 2, 0)


def test_the_order_of_the_names_makes_no_other_row(take):
    take(f'{HEADER}P1,2026-11-02 08:00,"Knee to chest, Pelvic tilt",3,5,4\n')
    assert counts(take(f"{HEADER}P1,2026-11-02 08:00,Pelvic tilt;Knee to chest,3,5,4\n")) == (0, 0, 1, 0)
    assert counts(take(f"{HEADER}P1,2026-11-02 08:00,Pelvic tilt|Knee to chest,3,6,4\n")) == (0, 1, 0, 0)


def test_a_file_of_them_takes_no_more_than_a_few_times_as_long_as_one_of_single_exercises(take):
    """Looking for every name that exercises have in every cell took eighty times as long."""
    seconds = []
    for exercise in ("squat", '"Pelvic tilt; Knee to chest; Hip; Ankle"'):
        lines = "".join(f"P{number},2026-11-02,{exercise},3,5,4\n" for number in range(400))
        start = time.process_time()
        assert counts(take(HEADER + lines)) == (400, 0, 0, 0)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 8 * seconds[0]


def test_an_export_of_them_is_imported_as_the_same_rows(store, take, rows):
    take(f'{HEADER}P1,2026-11-02,"Knee to chest, Pelvic tilt",3,5,4\nP1,2026-11-03,"Pelvic tilt; A, b",3,5,4\n')
    out = io.BytesIO()
    export.log(store, out, "csv")
    other = open_store(None)
    import_file(other, io.BytesIO(out.getvalue()), "again.csv")
    with other.read() as cursor:
        again = cursor.execute("SELECT exercise, exercise_name FROM clinic.log_row ORDER BY row_id").fetchall()
    assert again == rows("exercise, exercise_name")
    other.close()


@pytest.mark.parametrize(
    ("cell", "score"), [("3/10", 3), ("3 / 10", 3), ("0 (no pain)", 0), ("2.5 (약간)", 2.5), ("10/10", 10)]
)
def test_a_score_with_its_scale_or_its_words(both_ways, take, rows, cell, score):
    take(f"{HEADER}P1,2026-11-02,squat,{cell},,\n")
    assert rows("pain_before") == [(score,)]


@pytest.mark.parametrize("cell", ["3/5", "3 (of 5)", "(3)", "3-4", "3/100"])
def test_a_score_that_could_be_another(both_ways, take, cell):
    result = take(f"{HEADER}P1,2026-11-02,squat,{cell},,\nP1,2026-11-03,squat,1,,\n")
    assert [(reject["value"], reject["code"]) for reject in result.rejects] == [(cell, "not_a_number")]
