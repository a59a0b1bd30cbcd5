"""The store's file: opened, migrated, shared, and explained when it cannot be."""

import json
import shutil
import sqlite3
import threading

import duckdb
import pytest

from data import export
from data import store as stores
from data.store import StoreError, open_store


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "clinic.duckdb"
    open_store(path).close()
    return path


def refused(path):
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as refusal:
        open_store(path)
    assert before is None or path.read_bytes() == before
    return str(refusal.value)


DAMAGED = "{} cannot be read as a database: it is damaged or something else; nothing was changed in it."


@pytest.mark.parametrize("content", [b"", b"hi", b"patient,date\n" * 5000])
def test_a_text_file(tmp_path, content):
    path = tmp_path / "notes.duckdb"
    path.write_bytes(content)
    assert refused(path) == DAMAGED.format(path)


@pytest.mark.parametrize("kept", [0.001, 0.01])
def test_a_truncated_file(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert refused(path) == DAMAGED.format(path)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8])
def test_a_truncated_file_is_refused_where_a_question_looks_at_what_is_lost(path, kept):
    question = "SELECT count(patient_id), max(patient_id) FROM clinic.review_event"
    store = open_store(path)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO clinic.review_event (patient_id) SELECT md5(CAST(n AS VARCHAR)) FROM range(200_000) AS r (n)"
        )
    store.close()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(StoreError) as refusal:
        store = open_store(path)
        with store.read() as cursor:
            cursor.execute(question).fetchall()
    assert str(refusal.value) == DAMAGED.format(path)


def wrong_rows(path, statement):
    with duckdb.connect(path) as connection:
        connection.execute("INSERT INTO upload BY NAME SELECT 1 AS upload_id, 'log' AS kind, 5 AS lines")
        connection.execute("INSERT INTO log_row BY NAME SELECT 1 AS upload_id, range + 2 AS line_no FROM range(2)")
        connection.execute("INSERT INTO other_line BY NAME SELECT 1 AS upload_id, 4 AS line_no")
        connection.execute("INSERT INTO rejected_line BY NAME SELECT 1 AS upload_id, 5 AS line_no")
        connection.execute("INSERT INTO roster_row BY NAME SELECT 1 AS upload_id, 6 AS line_no")
        connection.execute(statement)


@pytest.mark.parametrize("table", ["log_row", "other_line", "rejected_line", "roster_row"])
@pytest.mark.parametrize(
    ("change", "uploads"),
    [
        ("UPDATE {} SET upload_id = 0 WHERE line_no >= 3", 2),
        ("UPDATE {} SET upload_id = NULL", 2),
        ("DELETE FROM {}", 1),
        ("INSERT INTO {} BY NAME SELECT 7 AS upload_id", 1),
    ],
)
def test_lines_that_are_lost_or_of_no_upload(path, table, change, uploads):
    wrong_rows(path, change.format(table))
    found = {
        1: "1 upload lacks lines, or is not known though lines of it are there",
        2: "2 uploads lack lines, or are not known though lines of them are there",
    }
    assert refused(path) == f"{path} is damaged: {found[uploads]}. Restore a backup."


@pytest.mark.parametrize("table", ["upload_patient", "upload_part", "upload_event"])
def test_what_belongs_to_no_upload(path, table):
    wrong_rows(path, f"INSERT INTO {table} BY NAME SELECT 7 AS upload_id")
    assert "1 upload lacks lines, or is not known" in refused(path)


def test_a_line_may_be_two_rows(path):
    wrong_rows(path, "INSERT INTO log_row BY NAME SELECT 1 AS upload_id, 2 AS line_no")
    open_store(path).close()


def test_a_store_of_the_first_schema_keeps_its_repeated_rows(tmp_path):
    path = tmp_path / "old.duckdb"
    old = duckdb.connect()
    old.execute(f"ATTACH '{path}' AS clinic")
    old.execute((stores.SCHEMA / "001_first.sql").read_text())
    old.execute("CREATE TABLE clinic.schema_version AS SELECT 1 AS version, now()::TIMESTAMP AS applied_at")
    old.execute("INSERT INTO clinic.upload BY NAME SELECT 1 AS upload_id, 2 AS lines")
    old.execute(
        "INSERT INTO clinic.log_row BY NAME SELECT 1 AS upload_id, * "
        "FROM (VALUES (5, 1), (7, 2)) AS r (row_id, occurrence)"
    )
    old.close()
    store = open_store(path)
    with store.read() as cursor:
        assert cursor.execute("FROM clinic.repeated_row").fetchall() == [(7, 2)]
        assert cursor.execute("SELECT count(*) FROM clinic.log_row").fetchall() == [(2,)]
    store.close()


def test_a_line_that_was_rejected_before_there_were_codes_keeps_its_reason(tmp_path):
    path = tmp_path / "old.duckdb"
    old = duckdb.connect()
    old.execute(f"ATTACH '{path}' AS clinic")
    for name in ("001_first.sql", "002_repeated_row.sql", "003_rejected_key.sql"):
        old.execute((stores.SCHEMA / name).read_text())
    old.execute("CREATE TABLE clinic.schema_version AS SELECT 3 AS version, now()::TIMESTAMP AS applied_at")
    old.execute(
        "INSERT INTO clinic.upload BY NAME SELECT 1 AS upload_id, $reading AS reading",
        {
            "reading": json.dumps(
                {"form": {"encoding": "utf-8"}, "header_line": 1, "header_text": "patient_id,sets", "width": 2}
            )
        },
    )
    old.execute(
        "INSERT INTO clinic.rejected_line BY NAME SELECT 1 AS upload_id, 2 AS line_no, 'P1,-1' AS line, "
        "'sets' AS column_name, '-1' AS value, 'is below nothing' AS reason"
    )
    old.close()
    store = open_store(path)
    assert export.rejected(store, 1).decode("utf-8-sig").splitlines() == [
        'patient_id,sets,"Why it was rejected"',
        'P1,-1,"sets is below nothing"',
    ]
    store.close()


def test_a_damaged_file(path):
    content = bytearray(path.read_bytes())
    content[20_000:20_100] = b"x" * 100
    path.write_bytes(content)
    assert refused(path) == DAMAGED.format(path)


def test_another_programs_databases(tmp_path):
    path = tmp_path / "other.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (i INTEGER)")
    assert refused(path) == f"{path} is a DuckDB file of another program; choose another file for Supine's data."
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (i INTEGER)")
    connection.close()
    assert refused(path) == DAMAGED.format(path)


def test_a_file_of_a_later_format_is_opened_and_a_new_one_has_the_format_of_the_locked_duckdb(tmp_path, path):
    later = tmp_path / "later.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{later}' AS clinic (STORAGE_VERSION 'latest')")
    open_store(later).close()
    formats = [int.from_bytes(file.read_bytes()[12:20], "little") for file in (path, later)]
    assert formats[0] == 64 < formats[1]


def test_a_newer_schema(path):
    with duckdb.connect(path) as connection:
        connection.execute("INSERT INTO schema_version VALUES (99, TIMESTAMP '2030-01-01')")
    known = len(list(stores.SCHEMA.glob("*.sql")))
    assert refused(path) == f"{path} was made by a newer Supine (schema 99; this one knows {known}); update Supine."


def test_places_where_no_file_can_be(tmp_path, path):
    assert refused(tmp_path) == f"{tmp_path} is a folder; choose a file in it for Supine's data."
    assert refused(path / "x.duckdb") == f"The folder of {path / 'x.duckdb'} cannot be made: File exists."
    nowhere = path.__class__("/proc/clinic.duckdb")
    assert refused(nowhere) == f"{nowhere} cannot be opened or written: permission denied, or the folder is read-only."


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("IO Error: Could not set lock on file", "is in use by another program; if that is the dashboard"),
        ("Could not set lock on file: held in python (PID 41)", "is in use by another program (process 41)"),
        ("Trying to read a database file with version number 99, storage version", "written by a newer DuckDB"),
        ("Could not write file: No space left on device", "The disk is full: nothing of this was stored."),
        ("failed to offload: max_temp_directory_size exceeded", "The disk is full"),
        ('Database "clinic" has been invalidated: No space left', "is being opened again after an error; try"),
        ('does not exist because schema "clinic" does not exist.', "is being opened again after an error"),
        ('Failure while replaying WAL file "x": no', "clinic.duckdb.wal, the log of the newest changes, is damaged"),
        ("Could not write: Read-only file system", "permission denied, or the folder is read-only"),
        ("Input/output error\nmore", "cannot be read or written: Input/output error."),
    ],
)
def test_duckdbs_errors_are_explained(tmp_path, message, said):
    with (
        pytest.raises(StoreError) as refusal,
        stores.storage_errors_explained(tmp_path / "clinic.duckdb"),
    ):
        raise duckdb.IOException(message)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_errors_that_are_not_of_the_file_stay_as_they_are(store):
    with pytest.raises(duckdb.CatalogException), store.write() as cursor:
        cursor.execute("FROM nothing_of_this_name")
    with pytest.raises(duckdb.Error), store.write() as cursor:
        cursor.execute("COMMIT")
        cursor.execute("FROM nothing_of_this_name")


def test_a_write_is_whole_or_nothing(store, ask):
    with store.write() as cursor:
        cursor.execute("INSERT INTO clinic.review_event (patient_id) VALUES ('P1')")
    with pytest.raises(KeyError), store.write() as cursor:
        cursor.execute("INSERT INTO clinic.review_event (patient_id) VALUES ('P2')")
        raise KeyError
    with store.rehearse() as cursor:
        cursor.execute("INSERT INTO clinic.review_event (patient_id) VALUES ('P3')")
        assert cursor.execute("SELECT count(*) FROM clinic.review_event").fetchall() == [(2,)]
    assert ask("SELECT patient_id FROM clinic.review_event") == [("P1",)]


def test_one_writer_at_a_time(store, ask):
    def write(number):
        for _ in range(5):
            with store.write() as cursor:
                most = cursor.execute("SELECT coalesce(max(row_id), 0) FROM clinic.repeated_row").fetchall()[0][0]
                cursor.execute("INSERT INTO clinic.repeated_row (row_id) VALUES ($next)", {"next": most + 1})

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ask("SELECT count(DISTINCT row_id), max(row_id) FROM clinic.repeated_row") == [(20, 20)]


def test_a_rehearsal_waits_for_the_writer_and_a_writer_for_the_rehearsal(store):
    order = []

    def waiting(what, turn):
        with turn() as cursor:
            order.append((what, cursor.execute("SELECT count(*) FROM clinic.review_event").fetchall()[0][0]))

    for holder, waiter in ((store.write, store.rehearse), (store.rehearse, store.write)):
        with holder() as cursor:
            cursor.execute("INSERT INTO clinic.review_event (patient_id) VALUES ('P1')")
            thread = threading.Thread(target=waiting, args=("waited", waiter))
            thread.start()
            thread.join(timeout=0.3)
            assert thread.is_alive()
            order.append(("held", 0))
        thread.join()
    assert order == [("held", 0), ("waited", 1), ("held", 0), ("waited", 1)]


def test_what_is_written_is_there_after_opening_again(path, monkeypatch):
    store = open_store(path)
    with store.write() as cursor:
        cursor.execute("INSERT INTO clinic.review_event (patient_id) VALUES ('환자')")
    store.close()
    monkeypatch.delenv("SUPINE_TIME_ZONE")
    again = open_store(path)
    with again.read() as cursor:
        assert cursor.execute("SELECT patient_id FROM clinic.review_event").fetchall() == [("환자",)]
        versions = cursor.execute("SELECT version FROM clinic.schema_version ORDER BY version").fetchall()
        assert versions == [(number,) for number in range(1, len(list(stores.SCHEMA.glob("*.sql"))) + 1)]
    again.close()


def test_a_schema_step_that_was_not_applied_is(path, tmp_path, monkeypatch):
    steps = tmp_path / "schema"
    shutil.copytree(stores.SCHEMA, steps)
    (steps / "999_next.sql").write_text("CREATE TABLE clinic.later (i INTEGER);")
    monkeypatch.setattr(stores, "SCHEMA", steps)
    store = open_store(path)
    with store.read() as cursor:
        assert cursor.execute("FROM clinic.later").fetchall() == []
    store.close()


def test_duckdb_may_open_nothing_else_and_nothing_can_change_that(path, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    store = open_store(path)
    with store.read() as cursor:
        for statement in (
            f"FROM read_csv('{tmp_path / 'secret.csv'}')",
            f"ATTACH '{tmp_path / 'more.duckdb'}' AS more",
            f"COPY clinic.upload TO '{tmp_path / 'out.csv'}'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                cursor.execute(statement)
        for statement in ("SET memory_limit = '1GB'", "RESET memory_limit", "SET lock_configuration = false"):
            with pytest.raises(duckdb.InvalidInputException, match="the configuration has been locked"):
                cursor.execute(statement)
    store.close()
    assert not (tmp_path / "out.csv").exists()


def test_a_path_with_a_quotation_mark(tmp_path):
    path = tmp_path / "o'clock" / "환자.duckdb"
    open_store(path).close()
    assert path.is_file()
