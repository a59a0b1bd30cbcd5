"""What is kept beside the log is always what the log says: after each import, after a crash, and all at once."""

import io
import random

import pytest

import queries
from data.importing import import_file
from data.store import StoreError, open_store
from tests.disk import fill
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


LINE = "patient_id,performed_at,exercise,pain_before,pain_after\n{},2026-03-{},hip_joint,1,9\n"


@pytest.fixture
def on_a_small_disk(small_disk):
    store = open_store(small_disk / "clinic.duckdb")
    queries.define(store)
    yield store
    store.close()


def test_what_is_stored_is_told_where_the_lists_cannot_follow_on_a_full_disk(on_a_small_disk, small_disk):
    store = on_a_small_disk
    patients = "".join(LINE.format(f"P{number}", "29").partition("\n")[2] for number in range(4000))
    header = LINE.partition("\n")[0] + "\n"
    assert import_file(store, io.BytesIO((header + patients).encode()), "log.csv").status == "imported"
    filler = fill(small_disk, left=16_384)
    with pytest.raises(queries.RefreshError) as failure:
        queries.ask(store, "review", as_of=AS_OF)
    assert failure.value.message.code == "refresh_disk_full"
    assert str(failure.value) == (
        "Everything that was imported or undone is stored, but the lists do not show it yet, because the disk is full. "
        "Make room, then reload the page."
    )
    [upload] = queries.ask(store, "uploads", limit=5, offset=0).to_dict("records")
    assert (upload["new"], upload["stands"]) == (4000, True)
    filler.unlink()
    assert set(queries.ask(store, "review", as_of=AS_OF)["max_rise"]) == {8}


def test_another_reason_for_which_the_lists_cannot_follow_is_passed_on(clinic, monkeypatch):
    made = clinic()
    made.take(LINE.format("A", "29"), AS_OF)
    with monkeypatch.context() as broken:
        broken.setattr(made.store, "write", fails_with(StoreError("memory_short", limit="1MB")))
        with pytest.raises(queries.RefreshError) as failure:
            made.review()
    assert (failure.value.message.code, failure.value.message.values) == (
        "refresh_fails",
        {"reason": "This takes more memory than Supine may use (1MB); raise SUPINE_MEMORY_LIMIT."},
    )
    assert made.column("max_rise") == {"A": 8}


def fails_with(error):
    def write():
        raise error

    return write


def test_questions_of_facts_need_nothing_derived(clinic):
    """They are answered while the derived tables cannot be written, so they must not read them."""
    made = clinic(LINE.format("A", "29"))
    for table in (*TABLES, "stale_patient"):
        made.write(f"DROP TABLE clinic.{table}")
    asked = {"limit": 5, "offset": 0, "upload_id": 1, "as_of": AS_OF, "sha256": ""}
    assert {len(queries.ask(made.store, name, **asked)) for name in queries.OF_FACTS} == {0, 1, 4}


def test_sessions_of_a_store_from_before_they_had_their_two_scores_get_them(tmp_path):
    path = tmp_path / "clinic.duckdb"
    store = open_store(path)
    queries.define(store)
    take(store, "patient_id,performed_at,exercise,pain_before,pain_during\nA,2026-03-29,squat,2,5\n")
    queries.refresh(store)
    with store.write() as cursor:
        cursor.execute("ALTER TABLE clinic.session DROP COLUMN rise_from")
        cursor.execute("ALTER TABLE clinic.session DROP COLUMN rise_to")
        cursor.execute("ALTER TABLE clinic.rejected_line DROP COLUMN code")
        cursor.execute("ALTER TABLE clinic.rejected_line DROP COLUMN details")
        cursor.execute("ALTER TABLE clinic.rejected_line DROP COLUMN utc_offset_minutes")
        cursor.execute("ALTER TABLE clinic.log_row DROP COLUMN utc_offset_minutes")
        cursor.execute("DROP TABLE clinic.time_zone")
        cursor.execute("DELETE FROM clinic.schema_version WHERE version >= 4")
    store.close()
    store = open_store(path)
    queries.define(store)
    queries.refresh(store)
    with store.read() as cursor:
        assert cursor.execute("SELECT rise_from::INT, rise_to::INT FROM clinic.session").fetchall() == [(2, 5)]
    store.close()
