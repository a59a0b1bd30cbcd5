"""`python -m queries`: any question from a terminal, in three forms."""

import csv
import datetime
import io
import json
import subprocess
import sys

import pytest

from data.store import open_store
from queries import __main__ as terminal
from tests.queries.conftest import take

LOG = """
    patient_id,performed_at,exercise,pain_before,pain_after
    A,2026-03-28 08:00,hip_joint,1,3
    A,2026-03-29 08:00,hip_joint,1,1
    007,2026-03-29 08:00,hip_joint,1,1
"""
ROSTER = "patient_id,severity,site\nQ,mild,North"
COLUMNS = [
    *("patient_id", "review_group", "reasons", "chips", "max_rise", "sessions_with_rise", "sessions_assessable"),
    *("sessions", "days_waiting", "severity", "severity_entered", "severity_logged", "adherence", "last_session"),
    *("excess", "usual_rise", "section"),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("terminal") / "clinic.duckdb"
    store = open_store(path)
    take(store, LOG, "2026-03-29")
    take(store, ROSTER, "2026-03-29")
    store.close()
    return path


@pytest.fixture
def ask(database, capsys):
    """Arguments → exit code, standard output, standard error."""

    def run(*arguments, on=database):
        code = terminal.main([*arguments, "--database", str(on)])
        return code, *capsys.readouterr()

    return run


def test_csv_has_lists_as_json_and_days_as_days(ask):
    code, out, _ = ask("review", "--as-of", "2026-03-29", "--format", "csv")
    first, second, third = csv.DictReader(io.StringIO(out))
    assert code == 0
    assert list(first) == COLUMNS
    assert json.loads(first["reasons"]) == ["rise_in_few", "any_rise"]
    assert json.loads(first["chips"]) == ["exercised_after_rise"]
    assert (first["patient_id"], first["max_rise"], first["last_session"]) == ("A", "2.0", "2026-03-29")
    assert (second["patient_id"], second["severity"], second["last_session"]) == ("Q", "mild", "")
    assert (third["patient_id"], third["adherence"], third["days_waiting"]) == ("007", "", "")


def test_json_has_lists_and_nothing_as_null(ask):
    code, out, _ = ask("review", "--as-of", "2026-03-29", "--format", "json")
    first, second, third = json.loads(out)
    assert code == 0
    assert list(first) == COLUMNS
    assert first["reasons"] == ["rise_in_few", "any_rise"]
    assert first["last_session"] == "2026-03-29"
    assert (second["adherence"], second["last_session"], third["max_rise"]) == (None, None, 0)


def test_table_is_for_reading(ask):
    code, out, _ = ask("review", "--as-of", "2026-03-29")
    assert code == 0
    assert out.splitlines()[0].split() == COLUMNS
    assert "NaN" not in out
    assert "None" not in out


def test_without_a_day_the_question_is_asked_for_today(ask, monkeypatch):
    monkeypatch.setattr(type(terminal.settings()), "today", lambda settings: datetime.date(2026, 3, 28))
    _, out, _ = ask("review", "--format", "json")
    assert [line["patient_id"] for line in json.loads(out)] == ["A", "Q"]


@pytest.mark.parametrize(("form", "expected"), [("table", "no rows\n"), ("json", "[]\n"), ("csv", "patient_id\n")])
def test_an_answer_without_rows(ask, form, expected):
    assert ask("patients", "--param", "search=nobody", "--param", "limit=5", "--format", form)[:2] == (0, expected)


def test_a_parameter_stays_text(ask):
    _, out, _ = ask(
        "patients", "--param", "search=007", "--param", "limit=5", "--as-of", "2026-03-29", "--format", "csv"
    )
    assert out == "patient_id\n007\n"


def test_a_list_is_written_as_json(ask):
    filters = ["--param", 'severity=["mild"]', "--param", "site=[]", "--param", "clinician=[]"]
    code, out, err = ask("cohort_numbers", *filters, "--param", "since=2026-03-01", "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)[0]["patients"] == 1


def test_a_moment_is_written_in_iso_8601(ask):
    _, out, _ = ask("uploads", "--param", "limit=1", "--param", "offset=1", "--format", "json")
    assert json.loads(out)[0]["uploaded_at"] == "2026-03-29T23:59:00"


def test_a_missing_parameter_is_named(ask):
    code, out, err = ask("patients", "--param", "search=7")
    assert (code, out) == (1, "")
    assert err == "patients also needs --param limit=…\n"


def test_a_parameter_of_the_wrong_kind_is_explained(ask):
    code, out, err = ask("patients", "--param", "search=7", "--param", "limit=many")
    assert (code, out) == (1, "")
    assert "many" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["everything"],
        ["review", "--as-of", "29.3.2026"],
        ["patients", "--param", "limit"],
        ["review", "--param", "a=[1"],
    ],
)
def test_a_wrong_argument_ends_with_2(ask, arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        ask(*arguments)
    assert ended.value.code == 2
    assert "python -m queries" in capsys.readouterr().err


def test_a_database_that_is_not_there_is_not_made(ask, tmp_path):
    code, _, err = ask("review", on=tmp_path / "typo.duckdb")
    assert code == 1
    assert "There is no database at" in err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_explained(ask, tmp_path):
    path = tmp_path / "log.duckdb"
    path.write_text("patient_id,performed_at\n" * 1000)
    code, _, err = ask("review", on=path)
    assert code == 1
    assert str(path) in err


def test_from_a_shell(database):
    command = [sys.executable, "-m", "queries", "review", "--database", str(database), "--as-of", "2026-03-29"]
    done = subprocess.run([*command, "--format", "csv"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == ",".join(COLUMNS)
