"""`python -m data`: what each command does, says, and answers as its exit code."""

import json
import os
import signal
import threading

import pytest

from data.__main__ import main

LOG = "patient_id,performed_at,exercise,pain_before,pain_after\nA,2026-03-02 08:00,squat,2,3\nA,2026-13-02,squat,2,3\n"


@pytest.fixture
def database(tmp_path):
    return str(tmp_path / "clinic.duckdb")


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return str(path)


def test_what_became_of_each_file_is_said_in_words(database, log, capsys):
    assert main(["import", "--database", database, log]) == 0
    assert capsys.readouterr().out == (
        "log.csv: 2 lines: 1 new, 0 changed, 0 duplicate, 1 rejected. "
        "\n  line 3: performed_at is not a date that exists\n"
    )


def test_one_refused_file_makes_the_exit_code_1_and_keeps_no_other_from_its_import(database, log, tmp_path, capsys):
    missing = str(tmp_path / "missing.csv")
    assert main(["import", "--json", "--database", database, missing, log]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(file["file"], file["status"], file["new"]) for file in files] == [
        ("missing.csv", "refused", 0),
        ("log.csv", "imported", 1),
    ]
    assert files[0]["reason"] == "The file cannot be read: No such file or directory."


def test_the_whole_log_is_written(database, log, tmp_path):
    main(["import", "--database", database, log])
    for name, starts in (("out.csv", b"\xef\xbb\xbfpatient_id,"), ("out.parquet", b"PAR1")):
        assert main(["export", "--database", database, str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(starts)


def test_another_ending_is_refused(database, tmp_path, capsys):
    assert main(["export", "--database", database, str(tmp_path / "out.xlsx")]) == 1
    assert "neither .csv nor .parquet" in capsys.readouterr().err
    assert not (tmp_path / "out.xlsx").exists()


def test_the_mappings_are_listed(capsys):
    assert main(["mappings"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert "hevy: log, for files with title, start_time, exercise_title, set_type" in listed


def test_the_demos_exports_can_be_practised_with(database, tmp_path):
    assert main(["demo", str(tmp_path / "practice")]) == 0
    files = sorted(str(path) for path in (tmp_path / "practice").glob("r*.csv"))
    assert len(files) == 3
    assert main(["import", "--database", database, *files]) == 0


def test_a_watched_folder_is_emptied_until_the_process_is_told_to_end(database, tmp_path, capsys):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "week.csv").write_text(LOG)
    before = {told: signal.getsignal(told) for told in (signal.SIGINT, signal.SIGTERM)}

    def end_when_done():
        while not (folder / "done" / "week.csv").exists():
            threading.Event().wait(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    waiting = threading.Thread(target=end_when_done, daemon=True)
    waiting.start()
    try:
        assert main(["import", "--database", database, "--watch", str(folder)]) == 0
    finally:
        for told, handler in before.items():
            signal.signal(told, handler)
    assert capsys.readouterr().out == "week.csv: imported\n"


def test_a_folder_that_does_not_exist_cannot_be_watched(database, tmp_path, capsys):
    assert main(["import", "--database", database, "--watch", str(tmp_path / "nowhere")]) == 1
    assert "is no folder" in capsys.readouterr().err


def test_a_damaged_store_is_said(tmp_path, log, capsys):
    database = tmp_path / "clinic.duckdb"
    database.write_text("This is no database at all, but a letter.")
    assert main(["import", "--database", str(database), log]) == 1
    assert "cannot be read as a database" in capsys.readouterr().err
