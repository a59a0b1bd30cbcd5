"""What is derived is always what the facts say: after each import, after a crash, under a new rule set, all at once."""

import contextlib
import datetime
import io
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

import queries
from data import history
from data.importing import import_file
from data.store import StoreError, open_store
from tests.disk import fill
from tests.queries.cohort import Cohort
from tests.queries.conftest import AS_OF

REPOSITORY = Path(__file__).parents[2]
TABLES = ("uncounted_row", "session", "patient_day", "patient_history")
LINE = "patient_id,performed_at,exercise,pain_before,pain_after\n{},2026-03-{},hip_joint,1,9\n"


def derived(clinic):
    return {table: clinic.rows(f"FROM derived.{table} ORDER BY ALL") for table in TABLES}


def recomputed(clinic):
    queries._make_empty(clinic.store)
    return derived(clinic)


def mark(store):
    with store.read() as cursor:
        return cursor.execute("FROM derived.mark").fetchall()


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_file_by_file_gives_the_same_as_all_at_once(clinic, seed):
    exports = Cohort(random.Random(seed), patients=8).exports  # noqa: S311
    made = clinic()
    for happens, *values in exports.steps:
        happens(made, *values)
        queries.refresh(made.store)
    first, second, *_ = [number for number, upload in exports.facts.uploads.items() if not upload["undone"]]
    history.undo(made.store, second)
    history.undo(made.store, first)
    history.redo(made.store, second)
    step_by_step = derived(made)
    assert all(step_by_step.values())
    assert step_by_step == recomputed(made)


def test_in_small_lots_of_patients_it_is_the_same(clinic, monkeypatch):
    made = clinic()
    for happens, *values in Cohort(random.Random(6), patients=8).exports.steps:  # noqa: S311
        happens(made, *values)
    whole = derived(made)
    monkeypatch.setattr(queries, "PATIENTS_AT_ONCE", 1)
    assert recomputed(made) == whole


@pytest.mark.parametrize(("first", "second"), [(1, 3), (3, 1)])
def test_of_two_sessions_that_start_together_the_later_one_is_the_last(clinic, first, second):
    made = clinic(
        "patient_id,performed_at,session_id,exercise,pain_before,pain_after\n"
        f"A,2026-03-29 08:00,1,hip_joint,2,{2 + first}\nA,2026-03-29 08:00,2,hip_joint,2,{2 + second}\n"
    )
    assert made.rows("SELECT last_rise FROM derived.patient_history") == [(second,)]


def test_a_patient_whose_rows_are_all_taken_out_leaves_nothing_behind(clinic):
    made = clinic(LINE.format("A", "29"))
    made.take(LINE.format("B", "29"))
    history.undo(made.store, 1)
    assert made.rows("SELECT patient_id FROM derived.uncounted_row") == [("A",)]
    others = {row[0] for table, rows in derived(made).items() for row in rows if table != "uncounted_row"}
    assert others == {"B"}


def test_who_waits_is_told_how_far_it_is(clinic, monkeypatch):
    made = clinic("patient_id,performed_at,exercise\n" + "".join(f"P{n},2026-03-29,squat\n" for n in range(5)))
    queries._make_empty(made.store)
    monkeypatch.setattr(queries, "PATIENTS_AT_ONCE", 2)
    assert not queries.is_made(made.store)
    heard = []
    queries.refresh(made.store, lambda done, of: heard.append((done, of)))
    assert heard == [(0, 5), (2, 5), (4, 5)]
    assert queries.is_made(made.store)


# What breaks off: before the first question after the import, or in the middle of what that question writes.
KILLED = {
    "before": """
os.kill(os.getpid(), signal.SIGKILL)
""",
    "amid": """
def killed(cursor, text, parameters, execute=queries.execute_each):
    execute(cursor, text, parameters)
    if "patients" in parameters:
        os.kill(os.getpid(), signal.SIGKILL)

queries.execute_each = killed
queries.refresh(store)
""",
}
IMPORTS = """
import datetime, io, os, signal, sys
from pathlib import Path
import queries
from data import history
from data.importing import import_file
from data.store import open_store

store = open_store(Path(sys.argv[1]))
queries.define(store)
line = "patient_id,performed_at,exercise,pain_before,pain_after\\nA,2026-03-{},hip_joint,1,{}\\n"
for day, after in ((28, 3), (29, 9)):
    queries.refresh(store)
    import_file(store, io.BytesIO(line.format(day, after).encode()), "log.csv")
"""


@pytest.mark.parametrize("moment", KILLED)
def test_after_a_crash_between_the_two_commits_the_next_question_catches_up(tmp_path, moment):
    path = tmp_path / "clinic.duckdb"
    program = [sys.executable, "-c", IMPORTS + KILLED[moment], str(path)]
    killed = subprocess.run(program, cwd=REPOSITORY, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    store = open_store(path)
    queries.define(store)
    assert [row[:2] for row in mark(store)] == [(1, 0)]
    [patient] = queries.ask(store, "review", as_of=AS_OF).to_dict("records")
    assert (patient["max_rise"], patient["sessions"]) == (8, 2)
    assert [row[:2] for row in mark(store)] == [(2, 0)]
    store.close()


def test_a_refresh_that_breaks_off_changes_nothing_and_is_done_again(clinic, monkeypatch):
    made = clinic(LINE.format("A", "28"))
    before = derived(made), mark(made.store)
    made.take(LINE.format("A", "29"))

    def power_cut(cursor, text, parameters, execute=queries.execute_each):
        execute(cursor, text, parameters)
        if "patients" in parameters:
            raise duckdb.IOException("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(queries, "execute_each", power_cut)
        with pytest.raises(queries.RefreshError, match="power cut"):
            made.review()
        broken.setattr(queries, "refresh", lambda store: None)
        assert (derived(made), mark(made.store)) == before
        assert len(queries.ask(made.store, "patient_rows", patient="A", as_of=AS_OF, since=AS_OF.replace(day=1))) == 1
        assert queries.ask(made.store, "data_age", as_of=AS_OF)["uploads"].tolist() == [1]
    assert list(made.column("sessions", AS_OF).values()) == [2]


def test_without_new_data_nothing_is_written(clinic, monkeypatch):
    made = clinic(LINE.format("A", "29"))
    made.review()
    version = queries.version(made.store)
    monkeypatch.setattr(made.store, "derive", fails_with(AssertionError()))
    made.review()
    assert queries.version(made.store) == version


WHOLE = """
SELECT
    (SELECT count(*) FROM known_upload()) AS uploads,
    (SELECT count(*) FROM logged(['A'])) AS logged_rows,
    (SELECT coalesce(sum(row_count), 0) FROM derived.session WHERE patient_id = 'A') AS session_rows,
    (SELECT count(*) FROM derived.patient_history WHERE patient_id <> 'A') AS others
"""


def test_no_row_is_counted_in_one_part_of_an_answer_and_not_in_another(clinic, monkeypatch):
    """Each upload has one row of A and one of somebody else; four threads ask while uploads come, go and come back."""
    made = clinic()
    monkeypatch.setattr(queries, "parameters_of", lambda name: set())
    monkeypatch.setattr(queries, "_text", lambda name: WHOLE)
    answers, done = set(), threading.Event()

    def ask():
        while not done.wait(0.005):
            answers.add(queries.answer(made.store, "whole")[1][0])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    chance = random.Random(2)  # noqa: S311
    standing, undone = [], []
    try:
        for step in range(200):
            what = chance.random()
            if what < 0.3 and standing:
                undone.append(standing.pop(chance.randrange(len(standing))))
                history.undo(made.store, undone[-1])
            elif what < 0.5 and undone:
                standing.append(undone.pop(chance.randrange(len(undone))))
                history.redo(made.store, standing[-1])
            else:
                moment = datetime.datetime(2026, 3, 1) + datetime.timedelta(minutes=step)
                text = f"patient_id,performed_at,exercise\nA,{moment},squat\nP{step},{moment},squat\n"
                standing.append(import_file(made.store, io.BytesIO(text.encode()), "log.csv").upload_id)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert len(answers) > 20
    assert {answer for answer in answers if len(set(answer)) > 1} == set()
    assert queries.answer(made.store, "whole")[1][0] == (len(standing),) * 4


def test_a_question_does_not_wait_for_what_another_session_does(clinic):
    """It is answered as of the last moment that was followed, in all its parts, and who imported waits."""
    made = clinic(LINE.format("A", "28"))
    made.review()
    made.take(LINE.format("A", "29"))
    with made.store.derive():
        assert made.column("sessions") == {"A": 1}
        assert made.ask("data_age", as_of=AS_OF)["uploads"].tolist() == [1]
        before = queries.version(made.store)
        importer = threading.Thread(target=queries.refresh, args=[made.store])
        importer.start()
        importer.join(timeout=0.2)
        assert importer.is_alive()
    importer.join()
    assert queries.version(made.store) != before
    with made.store.derive():
        assert made.column("sessions") == {"A": 2}


def test_a_question_does_not_wait_while_the_next_file_is_imported(clinic):
    made = clinic(LINE.format("A", "28"))
    made.review()
    made.take(LINE.format("A", "29"))
    with made.store.write():
        assert made.column("sessions") == {"A": 1}
    assert made.column("sessions") == {"A": 2}


def test_the_first_question_waits_until_there_is_anything_to_ask(clinic):
    made = clinic(LINE.format("A", "29"))
    answers = []
    with made.store.derive():
        asking = threading.Thread(target=lambda: answers.append(made.column("sessions")))
        asking.start()
        asking.join(timeout=0.2)
        assert asking.is_alive()
    asking.join()
    assert answers == [{"A": 1}]


HALF_HOURS = "patient_id,performed_at,exercise\n" + "".join(
    f"{patient},2026-03-{day} {time},squat\n"
    for patient, day in (("A", 10), ("A", 20), ("B", 10), ("C", 21))
    for time in ("08:00", "08:40", "11:00")
)


def test_a_new_rule_set_cuts_the_sessions_from_its_day_on_and_leaves_the_past(clinic):
    made = clinic(HALF_HOURS, uploaded="2026-03-29")
    cut = """
        SELECT patient_id, day(day), list(row_count ORDER BY started_at) FROM derived.session GROUP BY ALL ORDER BY ALL
    """
    assert made.rows(cut) == [("A", 10, [2, 1]), ("A", 20, [2, 1]), ("B", 10, [2, 1]), ("C", 21, [2, 1])]
    made.write(
        "INSERT INTO clinic.rule_set SELECT * REPLACE (2 AS version, TIMESTAMP '2026-03-20 15:00' AS made_at, "
        "30 AS session_gap_minutes) FROM clinic.rule_set"
    )
    with made.store.read() as cursor:
        assert cursor.execute(queries._derived("stale")).fetchall() == [("A",), ("C",)]
    assert made.rows(cut) == [("A", 10, [2, 1]), ("A", 20, [1, 1, 1]), ("B", 10, [2, 1]), ("C", 21, [1, 1, 1])]
    assert derived(made) == recomputed(made)


def test_a_threshold_of_a_rule_set_that_is_not_followed_yet_is_not_used(clinic):
    made = clinic(LINE.format("A", "29"))
    made.review()
    made.write("INSERT INTO clinic.rule_set SELECT * REPLACE (2 AS version, 3 AS window_days) FROM clinic.rule_set")
    with made.store.derive():
        assert made.ask("rule", as_of=AS_OF)[["version", "window_days"]].values.tolist() == [[1, 7]]
    assert made.ask("rule", as_of=AS_OF)[["version", "window_days"]].values.tolist() == [[2, 3]]


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
        broken.setattr(made.store, "derive", fails_with(StoreError("memory_short", limit="1MB")))
        with pytest.raises(queries.RefreshError) as failure:
            made.review()
    assert (failure.value.message.code, failure.value.message.values) == (
        "refresh_fails",
        {"reason": "This takes more memory than Supine may use (1MB); raise SUPINE_MEMORY_LIMIT."},
    )
    assert made.column("max_rise") == {"A": 8}


def fails_with(error):
    @contextlib.contextmanager
    def fails():
        raise error
        yield

    return fails


def test_questions_of_facts_need_nothing_derived(clinic):
    """They are answered while the derived tables cannot be written, so they must not read them."""
    made = clinic(LINE.format("A", "29"))
    for table in TABLES:
        made.write(f"DROP TABLE derived.{table}")
    asked = {"limit": 5, "offset": 0, "upload_id": 1, "as_of": AS_OF, "sha256": ""}
    assert {len(queries.ask(made.store, name, **asked)) for name in queries.OF_FACTS} == {0, 1, 4}
