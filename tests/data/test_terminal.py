"""The import, the export and the lists from a terminal."""

import json

import pytest

from data.__main__ import main
from data.store import open_store
from tests.data.lines import log

LINE = "P1,2026-01-02 08:00,squat,,1,10,3,,4,,"


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command on a database of its own: the exit code, and what it says and complains."""

    def ran(command, *arguments):
        arguments = [str(argument) for argument in arguments]
        if command in ("import", "export"):
            arguments = ["--database", str(tmp_path / "clinic.duckdb"), *arguments]
        code = main([command, *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def file(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_text(content)
        return path

    return written


def test_what_became_of_each_file_as_json(run, file):
    good = file("good.csv", log(LINE, "P1,bad,squat,,,,,,,,"))
    code, out, _ = run("import", "--json", good, good, file("bad.csv", "x\n1\n"))
    counted = {"lines": 2, "new": 1, "changed": 0, "duplicate": 0, "rejected": 1, "patients": 1, "upload_id": 1}
    rejects = [{"line": 3, "column": "performed_at", "value": "bad", "code": "no_date", "values": {}}]
    rejects[0]["reason"] = "is not a date that exists"
    first, again, refused = json.loads(out)["files"]
    assert code == 1
    assert first.pop("notes") == []
    assert first == {
        "file": "good.csv",
        "status": "imported",
        "kind": "log",
        "reason": None,
        "mapping": "contract",
        "code": None,
        "values": {},
        "dialect": {"encoding": "utf-8", "line_end": "\n", "delimiter": ",", "quote": '"', "escape": ""},
        "header_line": 1,
        **counted,
        "rejects": rejects,
    }
    assert (again["status"], again["duplicate"], again["rejects"]) == ("already_imported", 1, rejects)
    assert (refused["status"], refused["lines"]) == ("refused", 0)
    assert refused["reason"].startswith("No column holds the day of the exercise.")


def test_what_became_of_each_file_in_words(run, file):
    bad = [f"P1,bad{number},squat,,,,,,,," for number in range(22)]
    code, out, _ = run("import", file("log.csv", log(LINE, *bad, "P1,2026-01-02,squat")), file("none.csv", ""))
    first, second, *_, last, refused = out.splitlines()
    assert code == 1
    assert first.strip() == "log.csv: 24 lines: 1 new, 0 changed, 0 duplicate, 23 rejected."
    assert second.strip() == "line 3: performed_at is not a date that exists"
    assert last.strip() == "and 3 more"
    assert refused == "none.csv: refused. The file is empty."


def test_the_patient_the_mapping_and_the_date_order_can_be_said(run, file):
    diary = file("diary.csv", "date,pain level\n1/2/2026,3\n")
    assert run("import", "--patient", "P1", "--date-order", "dmy", diary)[0] == 0
    workout = file("w.csv", "title,start_time,exercise_title,set_type\nPT,2026-01-02,Squat,normal\n")
    assert run("import", "--patient", "P1", "--mapping", "hevy", workout)[0] == 0
    assert "There is no mapping called x" in run("import", "--mapping", "x", workout)[1]


def test_a_file_that_is_not_there(run, tmp_path):
    assert run("import", tmp_path / "none.csv")[:2] == (
        1,
        "none.csv: refused. The file cannot be read: No such file or directory.\n",
    )


def test_a_database_that_cannot_be_opened(run, tmp_path, file):
    (tmp_path / "clinic.duckdb").write_text("no database")
    code, out, complaint = run("import", file("log.csv", log(LINE)))
    assert (code, out) == (1, "")
    assert "cannot be read as a database" in complaint


def test_the_log_comes_out_as_it_can_go_in(run, file, tmp_path):
    run("import", file("log.csv", log(LINE)))
    assert run("export", tmp_path / "out.csv")[0] == 0
    assert run("import", tmp_path / "out.csv")[1].startswith(
        "out.csv: 1 line: 0 new, 0 changed, 1 duplicate, 0 rejected."
    )
    assert run("export", tmp_path / "out.parquet")[0] == 0
    assert run("export", tmp_path / "out.xlsx")[::2] == (
        1,
        f"{tmp_path / 'out.xlsx'} ends in neither .csv nor .parquet.\n",
    )


def test_the_mappings_are_listed(run):
    code, out, _ = run("mappings")
    assert code == 0
    assert "hevy: log, for files with title, start_time, exercise_title, set_type" in out.splitlines()


def test_the_demo_is_written_to_practise_with(run, tmp_path):
    assert run("demo", tmp_path / "practice")[0] == 0
    assert any((tmp_path / "practice").glob("*.csv"))


def test_a_file_that_was_imported_before_says_whose_it_was_by_whom_and_when(run, file, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "Lee")
    diary = file("diary.csv", "date,pain\n2026-01-02,3\n")
    run("import", "--patient", "P7", diary)
    store = open_store(tmp_path / "clinic.duckdb")
    with store.read() as cursor:
        (at,) = cursor.execute("SELECT strftime(uploaded_at, '%Y-%m-%d at %H:%M') FROM clinic.upload").fetchone()
    store.close()
    again = (
        f"Already imported on {at} by Lee as diary.csv, for the patient P7. "
        "To read it in another way, undo that upload first."
    )
    monkeypatch.setenv("LOGNAME", "Kim")
    assert again in run("import", "--patient", "P7", diary)[1]
    assert "1 new" in run("import", "--patient", "P8", diary)[1]


def test_a_folder_to_watch_has_to_be_one(run, tmp_path):
    assert run("import", "--watch", tmp_path / "none")[::2] == (1, f"{tmp_path / 'none'} is no folder.\n")


def test_how_a_file_is_written_can_be_said(run, file):
    path = file("log.csv", "a,b\npatient_id|date|exercise|notes\nP1|2026-01-02|squat|'a | b'\n")
    code, out, _ = run("import", "--delimiter", "|", "--quote", "'", "--header-line", "2", path)
    assert (code, "1 new" in out) == (0, True)


def test_the_patient_can_be_the_name_of_the_file(run, file, tmp_path):
    code, out, _ = run("import", "--json", "--patient-from-name", file("P 7.csv", "date,pain\n2026-01-02,3\n"))
    assert (code, json.loads(out)["files"][0]["patients"]) == (0, 1)
    store = open_store(tmp_path / "clinic.duckdb")
    with store.read() as cursor:
        assert cursor.execute("SELECT patient_id FROM clinic.log_row").fetchall() == [("P 7",)]
    store.close()


def test_a_file_name_that_is_no_text(tmp_path, capsys):
    path = tmp_path / "bad\udcff.csv"
    path.write_text(log("P1,2026-01-02,squat,,,,1,,2,,"))
    nameless = tmp_path / "worse\udcff.csv"
    nameless.write_text("performed_at,pain_before\n2026-01-02,1\n")
    arguments = ["import", "--database", str(tmp_path / "clinic.duckdb"), "--json", "--patient-from-name"]
    assert main([*arguments, str(path), str(nameless)]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(file["file"], file["status"]) for file in files] == [("bad?.csv", "imported"), ("worse?.csv", "refused")]
    assert files[1]["reason"].startswith("The patient's id 'worse\\udcff' holds characters that cannot be written")


def test_the_name_of_a_file_is_one_patients_however_its_letters_are_put_together(tmp_path, capsys):
    path = tmp_path / "\u1100\u1175\u11b7.csv"
    path.write_text("performed_at,pain_before\n2026-01-02,1\n")
    database = tmp_path / "clinic.duckdb"
    assert main(["import", "--database", str(database), "--patient-from-name", str(path)]) == 0
    store = open_store(database)
    with store.read() as cursor:
        assert cursor.execute("SELECT patient_id FROM clinic.log_row").fetchall() == [("김",)]
    store.close()


def test_an_export_that_cannot_be_written(run, tmp_path):
    assert run("export", tmp_path / "nowhere" / "log.csv")[0] == 1


def test_a_file_name_that_no_file_system_takes_is_a_sentence(run):
    code, out, _ = run("import", "a\0b.csv")
    assert (code, out) == (
        1,
        "a?b.csv: refused. The name of this file holds characters that cannot be written; give it another name.\n",
    )


def test_a_name_or_a_cell_cannot_give_orders_to_the_terminal(run, file):
    name = "a\x1b[2J\u202eb.csv"
    _, out, _ = run("import", file(name, log(LINE, "P1\x9b2J,2026-13-45,squat,,,,,,,,")))
    assert out.startswith("a[U+001B][2J[U+202E]b.csv: ")
    assert [character for character in out if not character.isprintable()] == ["\n"] * out.count("\n")
