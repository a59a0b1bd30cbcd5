"""Every file of data/sql says what it does, in which order the steps run, and what they hand on."""

import re

import duckdb
import pytest

from data import store as stores

FILES = sorted(str(path.relative_to(stores.SQL).with_suffix("")) for path in stores.SQL.rglob("*.sql"))
STEPS = [name for name in FILES if re.search(r"/\d\d_", name)]
# What a statement reads that no statement makes: the file's own lines, and where the sides have columns of their own.
GIVEN = {"incoming", "part"}
# The parameters of a macro are named in its header, as there is no $ before them.
MACROS = {*stores.MACROS, "log/01_line"}


def header(name):
    """The comment lines right at the top, as one line."""
    lines = []
    for line in stores.sql(name).splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def parameters_of(name):
    return set().union(*(statement.named_parameters for statement in duckdb.extract_statements(stores.sql(name))))


@pytest.mark.parametrize("name", FILES)
def test_each_file_says_what_it_does(name):
    assert len(header(name).split()) >= 5


@pytest.mark.parametrize("name", [name for name in FILES if name not in MACROS])
def test_each_file_names_its_parameters(name):
    said = header(name)
    named = set(re.findall(r"\$(\w+)", said))
    taken = parameters_of(name)
    if "Parameters: as there" in said:
        taken -= {"written", "place", "meaning", "bounds", "missing"}
        taken -= {"exercise_words", "side_words", "yes_no_words", "score_times"}
    assert named == taken


@pytest.mark.parametrize("folder", ["log", "roster", "undo"])
def test_the_steps_of_a_folder_are_numbered_without_a_gap(folder):
    numbers = [int(name[len(folder) + 1 :][:2]) for name in STEPS if name.startswith(folder)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.mark.parametrize("table", ["checked", "repeated", "stored", "fate"])
def test_the_beginning_says_of_each_table_that_passes_between_steps_who_makes_and_who_reads_it(table):
    users = re.search(rf"-- {table}: ([^.]*)\.", stores.sql("log/00_begin"))[1]
    in_a_statement = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE|TABLE) {table}\b")
    using = [name for name in STEPS if name.startswith("log/") and in_a_statement.search(stores.sql(name))]
    using = {name.removeprefix("log/") for name in using} - {"00_begin"}
    assert set(re.findall(r"\d\d_\w+", users)) == using
