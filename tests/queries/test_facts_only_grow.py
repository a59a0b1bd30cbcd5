"""Nothing that was committed is updated or deleted, by anything that writes."""

import io

import pytest

import queries
from data import backup, export, history
from data.importing import import_file
from data.store import open_store
from tests.queries.conftest import AS_OF

HEADER = "patient_id,performed_at,exercise,side,pain_before,pain_during,pain_after,notes\n"
LOG = HEADER + "A,2026-03-01 08:00,hip_joint,left,1,2,3,\nA,2026-03-01 08:00,hip_joint,right,1,2,3,fine\n"
LOG += "B,soon,squat,,1,2,3,\n"
CORRECTED = HEADER + "A,2026-03-01 08:00,hip_joint,left,1,2,9,\nA,2026-03-02 08:00,squat,,1,2,3,\n"
TWICE = HEADER + "C,2026-03-03,hip_joint,,1,2,3,\n" * 2
ROSTER = "patient_id,severity,site\nA,mild,North\nB,severe,North\n"
REVIEW = (
    "INSERT INTO clinic.review_event BY NAME SELECT 1 AS review_id, 'A' AS patient_id, 'Kim' AS reviewer, "
    "TIMESTAMP '2026-03-05 12:00' AS made_at, TIMESTAMP '2026-03-02 08:00' AS reviewed_through, 1 AS rule_set"
)
REVIEW_UNDONE = (
    "INSERT INTO clinic.review_event BY NAME SELECT 2 AS review_id, 1 AS undoes, 'A' AS patient_id, 'Kim' AS reviewer, "
    "TIMESTAMP '2026-03-05 13:00' AS made_at"
)
RULES = "INSERT INTO clinic.rule_set SELECT * REPLACE (2 AS version, 30 AS session_gap_minutes) FROM clinic.rule_set"


class Facts:
    """A store that compares, after each step, what each table of facts had before with what it has in its place."""

    def __init__(self, path):
        self.path = path
        self.open()
        self.before = self.rows()
        self.grown = set()

    def open(self):
        self.store = open_store(self.path)
        queries.define(self.store)

    def rows(self):
        """Table → its rows in the order in which they are stored, every value as its bytes say."""
        with self.store.read() as cursor:
            names = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'clinic'").fetchall()
            return {name: list(map(repr, cursor.table(f"clinic.{name}").fetchall())) for (name,) in names}

    def step(self, act):
        act()
        now = self.rows()
        assert now.keys() == self.before.keys()
        for table, rows in self.before.items():
            assert now[table][: len(rows)] == rows, table
            if len(now[table]) > len(rows):
                self.grown.add(table)
        self.before = now

    def take(self, text, name="log.csv", status="imported"):
        result = import_file(self.store, io.BytesIO(text.encode()), name)
        assert result.status == status, result
        return result

    def write(self, statement):
        with self.store.write() as cursor:
            cursor.execute(statement)

    def open_again(self):
        self.store.close()
        self.open()


@pytest.fixture
def facts(tmp_path):
    facts = Facts(tmp_path / "clinic.duckdb")
    yield facts
    facts.store.close()


def test_the_rows_of_every_table_stay_whatever_is_done(facts, tmp_path):
    lines = (f"P{n % 300},2026-02-{n // 300 % 28 + 1:02} 09:{n % 60:02},squat,,1,2,3,\n" for n in range(30_000))
    large = HEADER + "".join(lines)
    steps = [
        lambda: facts.take(LOG),
        lambda: facts.take(LOG, "again.csv", "already_imported"),
        lambda: facts.take(CORRECTED),
        lambda: facts.take(TWICE),
        lambda: facts.take(TWICE + "C,2026-03-04,squat,,1,2,3,\n"),
        lambda: facts.take(large),
        lambda: facts.take("# again\n" + large),
        lambda: facts.take(ROSTER, "roster.csv"),
        lambda: facts.take(ROSTER.replace("mild", "severe"), "roster.csv"),
        lambda: facts.take("order,customer\n1,Kim\n", "other.csv", "refused"),
        lambda: import_file(facts.store, io.BytesIO(LOG.replace("08", "10").encode()), "rehearsed.csv", rehearse=True),
        lambda: queries.refresh(facts.store),
        lambda: history.undo(facts.store, 2, by="Kim"),
        lambda: queries.ask(facts.store, "review", as_of=AS_OF),
        lambda: facts.take(HEADER + "A,2026-03-01 08:00,hip_joint,left,1,2,5,\n"),
        lambda: history.redo(facts.store, 2, by="Lee"),
        lambda: history.undo(facts.store, 1, rehearse=True),
        lambda: history.undo(facts.store, 1),
        lambda: facts.take("# once more\n" + LOG),
        lambda: facts.write(REVIEW),
        lambda: facts.write(REVIEW_UNDONE),
        lambda: facts.write(RULES),
        lambda: queries.ask(facts.store, "review", as_of=AS_OF),
        lambda: export.log(facts.store, io.BytesIO(), "csv"),
        lambda: export.rejected(facts.store, 1),
        lambda: backup.make_dated(facts.store, facts.path),
        lambda: facts.store.mend_derived(in_memory=True),
        facts.open_again,
        lambda: queries.ask(facts.store, "review", as_of=AS_OF),
        lambda: facts.take(HEADER + "D,2026-03-09 08:00,squat,,1,2,3,\n"),
    ]
    for step in steps:
        facts.step(step)
    # What only a later version of the schema fills is not among them; and the programme is Supine's own.
    assert facts.before.keys() - facts.grown == {"programme_exercise", "schema_version"}


def test_the_ids_of_facts_rise_with_the_commits(facts):
    """Whoever follows asks for what is greater than the last that it has."""
    seen = {"upload": 0, "log_row": 0, "roster_row": 0, "upload_event": 0}
    ids = {"upload": "upload_id", "log_row": "row_id", "roster_row": "row_id", "upload_event": "event_id"}
    for act in (
        lambda: facts.take(LOG),
        lambda: facts.take(CORRECTED),
        lambda: facts.take(ROSTER, "roster.csv"),
        lambda: history.undo(facts.store, 2),
        lambda: facts.take("# again\n" + CORRECTED),
        lambda: facts.take(ROSTER.replace("mild", "severe"), "roster.csv"),
        lambda: history.redo(facts.store, 2),
        lambda: facts.take(TWICE),
    ):
        before = {table: len(rows) for table, rows in facts.rows().items()}
        act()
        with facts.store.read() as cursor:
            for table, name in ids.items():
                new = [row[0] for row in cursor.table(f"clinic.{table}").project(name).fetchall()][before[table] :]
                assert all(one > seen[table] for one in new), table
                assert len(set(new)) == len(new), table
                seen[table] = max([seen[table], *new])
    assert min(seen.values()) > 0


def test_no_sql_asks_for_the_place_where_a_row_is_stored():
    """It is another on another machine. The step that gave events their ids had nothing else to go by."""
    folders = [queries.FOLDER, queries.FOLDER.parent / "data"]
    files = [file for folder in folders for pattern in ("*.sql", "*.py") for file in folder.rglob(pattern)]
    assert [file.name for file in files if "rowid" in file.read_text(encoding="utf-8")] == ["007_facts.sql"]
