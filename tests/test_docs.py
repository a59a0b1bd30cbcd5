"""The documentation stays true: every setting, command, question and file that it names exists."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import queries
from data.settings import Settings
from pages.ui import wording

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEFINITIONS = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/definitions.md")]
INSTALLED = {found.name.lower(): found for found in distributions()}
COMMANDS = re.findall(r"^    python -m (?:data|queries) .*$", README, re.MULTILINE)


def shown(*command):
    """What a command says of itself."""
    ran = subprocess.run([sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_settings_are_all_there_and_no_other():
    assert set(re.findall(r"`SUPINE_([A-Z_]+)`", README)) == {name.upper() for name in Settings.model_fields}


def test_their_defaults_are_told():
    for name in ("database", "memory_limit", "max_upload_mb"):
        line = next(line for line in README.splitlines() if f"`SUPINE_{name.upper()}`" in line)
        assert f"`{Settings.model_fields[name].default}`" in line


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_exists_with_its_options(line):
    _, _, room, *words = shlex.split(line, comments=True)
    help_text = shown("-m", room, words[0]) if room == "data" else shown("-m", room)
    assert [word for word in words if word.startswith("--") and word not in help_text] == []
    if room == "queries":
        assert words[0] in queries.names()
        parameters = {word.partition("=")[0] for word in words if re.fullmatch(r"\w+=.*", word)}
        assert parameters | {"as_of"} >= queries.parameters_of(words[0])


def test_the_readme_starts_and_tests_supine_in_one_line_each():
    start, tests = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    environment = "python3 -m venv .venv && .venv/bin/pip install -r"
    assert start == f"{environment} requirements.txt && .venv/bin/streamlit run app.py"
    assert tests == f"{environment} requirements-dev.txt && .venv/bin/pytest"


@pytest.mark.parametrize("locked", ["requirements.txt", "requirements-dev.txt"])
def test_a_locked_package_names_the_extras_that_others_ask_of_it(locked):
    """Pip 23 refuses a hashed file whose line lacks an extra, as soon as a newer version of the package is out."""
    pins = dict(re.findall(r"^([\w.-]+)(\[[\w,-]+\])?==", (ROOT / locked).read_text(encoding="utf-8"), re.MULTILINE))
    asked = [
        requirement
        for name in pins
        if name in INSTALLED
        for requirement in map(Requirement, INSTALLED[name].requires or [])
        if requirement.extras and (requirement.marker is None or requirement.marker.evaluate({"extra": ""}))
    ]
    lacking = [str(one) for one in asked if not one.extras <= set(re.findall(r"[\w-]+", pins[one.name.lower()]))]
    assert lacking == []
    if locked == "requirements-dev.txt":
        assert "coverage" in {one.name for one in asked}


def test_every_command_of_data_is_shown():
    known = re.search(r"\{([a-z,-]+)\}", shown("-m", "data"))[1].split(",")
    assert {shlex.split(line, comments=True)[3] for line in COMMANDS if " data " in line} == set(known)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_every_named_file_exists(document):
    text = document.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    named = re.findall(r"`((?:\.ci|data|docs|pages|queries|tests)/[\w./-]*)`", text)
    named = [name for name in named if name != str(Settings.model_fields["database"].default)]
    assert [link for link in links if not (document.parent / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_reason_and_chip_is_defined():
    assert [code for code in (*wording.REASONS, *wording.CHIPS) if f"`{code}`" not in DEFINITIONS] == []


def test_the_reasons_stand_in_their_order():
    assert re.findall(r"^\| \d+ \| `(\w+)`", DEFINITIONS, re.MULTILINE) == list(wording.REASONS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_documents_neither_shout_nor_predict(document):
    text = re.sub(r"!\[", "[", document.read_text(encoding="utf-8"))
    assert not re.search(r"!|high.risk|deteriorat|evidence.based", text, re.IGNORECASE)


def test_the_picture_is_there_and_small():
    assert 10_000 < (ROOT / "docs" / "review.png").stat().st_size < 400_000
