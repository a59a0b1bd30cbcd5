"""Every file of queries/ says what it answers, and runs on an empty store."""

import re
from pathlib import Path

import duckdb
import pytest

import queries
from data.store import open_store

QUESTIONS = queries.names()
VIEWS = sorted(path.name for path in (queries.FOLDER / "views").glob("*.sql"))
MACRO = re.compile(r"CREATE OR REPLACE MACRO (\w+)\(([^)]*)\) AS (TABLE)?")
VALUES = {"limit": 10, "offset": 0, "page_rows": 10, "first_row": [0] * 12, "upload_id": 1}
VALUES |= {name: [] for name in ("severity", "site", "clinician", "patients")}
VALUES |= dict.fromkeys(["as_of", "since"], "2026-03-29")


@pytest.fixture(scope="module")
def empty():
    store = open_store(None)
    queries.define(store)
    yield store
    store.close()


def text(*parts):
    return queries.FOLDER.joinpath(*parts).read_text(encoding="utf-8")


def header(sql):
    """The comment lines right at the top, as one line."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_says_what_a_row_is_and_what_it_answers(name):
    said = header(text(f"{name}.sql"))
    assert said.startswith("One row")
    assert "Answers: " in said
    assert "?" in said


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_names_its_parameters(name):
    said = header(text(f"{name}.sql"))
    named = set(re.findall(r"\$(\w+)", said.partition("Parameters: ")[2]))
    assert named == queries.parameters_of(name)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_one_statement_that_runs_on_an_empty_store(empty, name):
    assert len(duckdb.extract_statements(text(f"{name}.sql"))) == 1
    given = {key: VALUES.get(key, "anyone") for key in queries.parameters_of(name)}
    assert list(queries.ask(empty, name, **given).columns)


def test_the_whole_answer_to_every_question_is_compared_with_one_worked_out_by_hand():
    """`Clinic.answers` compares every column of every row, and refuses to compare an answer without rows."""
    tests = Path(__file__).parent.glob("test_*.py")
    compared = [name for path in tests for name in re.findall(r'\.answers\(\s*"(\w+)"', path.read_text("utf-8"))]
    assert sorted(set(compared)) == QUESTIONS


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_says_what_it_defines_and_by_which_parameters(name):
    sql = text("views", name)
    for macro in MACRO.finditer(sql):
        above = sql[: macro.start()].rstrip("\n").splitlines()
        comment = []
        while above and above[-1].startswith("--"):
            comment.insert(0, above.pop().removeprefix("--").strip())
        said = " ".join(comment)
        if macro[3]:
            assert said.startswith("One row"), macro[1]
            parameters = [word.strip() for word in macro[2].split(",") if word.strip()]
            assert all(parameter in said.partition("Parameters: ")[2] for parameter in parameters), macro[1]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_opens_with_a_comment(name):
    assert header(text("views", name))


def test_the_derived_tables_say_which_parameters_they_take():
    sql = text("derived", "refresh.sql")
    named = set(re.findall(r"\$(\w+)", header(sql)))
    assert named == set().union(*(statement.named_parameters for statement in duckdb.extract_statements(sql)))


def test_no_python_file_holds_a_definition():
    assert {path.name for path in Path(queries.FOLDER).glob("*.py")} == {"__init__.py", "__main__.py"}


def test_a_question_that_lacks_a_parameter_is_not_asked(empty):
    with pytest.raises(KeyError, match="as_of"):
        queries.ask(empty, "review")
