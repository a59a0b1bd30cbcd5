"""What is kept beside the log is always what the log says: after each import, after a crash, and all at once."""

import random

import pytest

import queries
from data.store import open_store
from tests.queries.conftest import AS_OF, take
from tests.queries.test_review_oracle import Cohort

TABLES = ("session", "patient_day", "patient_history")


def derived(clinic):
    return {table: clinic.rows(f"FROM clinic.{table} ORDER BY ALL") for table in TABLES}


def recomputed(clinic):
    clinic.write("INSERT INTO clinic.stale_patient SELECT DISTINCT patient_id FROM clinic.log_row")
    for table in TABLES:
        clinic.write(f"DELETE FROM clinic.{table}")  # noqa: S608
    return derived(clinic)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_file_by_file_gives_the_same_as_all_at_once(clinic, seed):
    cohort = Cohort(random.Random(seed))  # noqa: S311
    made = clinic()
    for text, day in cohort.files:
        made.take(text, day)
        queries.refresh(made.store)
    step_by_step = derived(made)
    assert all(step_by_step.values())
    assert step_by_step == recomputed(made)


def test_in_small_lots_of_patients_it_is_the_same(clinic, monkeypatch):
    cohort = Cohort(random.Random(6))  # noqa: S311
    made = clinic(*[text for text, _ in cohort.files[:1]])
    whole = derived(made)
    monkeypatch.setattr(queries, "PATIENTS_AT_ONCE", 1)
    assert recomputed(made) == whole


def test_a_patient_whose_rows_are_all_taken_out_leaves_nothing_behind(clinic):
    made = clinic("patient_id,performed_at,exercise\nA,2026-03-29,squat\nB,2026-03-29,squat\n")
    assert len(made.rows("FROM clinic.session")) == 2
    made.write("INSERT INTO clinic.uncounted_row SELECT row_id FROM clinic.log_row WHERE patient_id = 'A'")
    made.write("INSERT INTO clinic.stale_patient VALUES ('A')")
    assert {row[0] for table in derived(made).values() for row in table} == {"B"}


def test_after_a_crash_between_import_and_refresh_the_next_question_catches_up(clinic, monkeypatch):
    made = clinic("patient_id,performed_at,exercise,pain_before,pain_after\nA,2026-03-29,hip_joint,1,1\n")
    made.review()
    monkeypatch.setattr(queries, "refresh", lambda store: None)
    made.take("patient_id,performed_at,exercise,pain_before,pain_after\nA,2026-03-28,hip_joint,1,9\n")
    assert made.column("max_rise") == {"A": 0}
    monkeypatch.undo()
    assert made.column("max_rise") == {"A": 8}


def test_a_refresh_that_breaks_off_changes_nothing_and_is_done_again(clinic, monkeypatch):
    made = clinic("patient_id,performed_at,exercise\nA,2026-03-29,squat\n")
    breaking_off = queries.duckdb.extract_statements(
        "DELETE FROM clinic.stale_patient WHERE patient_id IN $patients; SELECT error($patients[1] || ': power cut')"
    )
    with monkeypatch.context() as broken:
        broken.setattr(queries.duckdb, "extract_statements", lambda text: breaking_off)
        with pytest.raises(queries.duckdb.Error, match="power cut"):
            queries.refresh(made.store)
    assert list(made.column("sessions", AS_OF).values()) == [1]


def test_without_new_data_nothing_is_written(clinic):
    made = clinic("patient_id,performed_at,exercise\nA,2026-03-29,squat\n")
    made.review()
    version = made.store.version
    made.review()
    assert made.store.version == version


def test_sessions_of_a_store_from_before_they_had_their_two_scores_get_them(tmp_path):
    path = tmp_path / "clinic.duckdb"
    store = open_store(path)
    queries.define(store)
    take(store, "patient_id,performed_at,exercise,pain_before,pain_during\nA,2026-03-29,squat,2,5\n")
    queries.refresh(store)
    with store.write() as cursor:
        cursor.execute("ALTER TABLE clinic.session DROP COLUMN rise_from")
        cursor.execute("ALTER TABLE clinic.session DROP COLUMN rise_to")
        cursor.execute("DELETE FROM clinic.schema_version WHERE version >= 4")
    store.close()
    store = open_store(path)
    queries.define(store)
    queries.refresh(store)
    with store.read() as cursor:
        assert cursor.execute("SELECT rise_from::INT, rise_to::INT FROM clinic.session").fetchall() == [(2, 5)]
    store.close()
