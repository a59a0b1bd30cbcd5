"""What all tests share: no test ever opens the clinic's own database."""

import os
import subprocess
from collections import Counter

import pytest
from hypothesis import settings

# A push is judged by the same examples every time; at home each run looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("home", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "home")


@pytest.fixture(scope="session", autouse=True)
def _never_the_clinics_own_database(tmp_path_factory):
    os.environ["SUPINE_DATABASE"] = str(tmp_path_factory.mktemp("nobodys") / "clinic.duckdb")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", folder], check=True)


def pytest_configure(config):
    """A plugin that pytest-playwright brings along still defines a fixture in a way that pytest 10 will refuse."""
    told = "ignore:Session-scoped fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
    config.addinivalue_line("filterwarnings", told)


def pytest_collection_modifyitems(items):
    """Browser tests last: while they run, an event loop runs in this thread, and other tests want their own.

    Of these the files with most tests come first, so that neither worker is left alone with a long one at the end.
    """
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (1, -tests[item.path]) if "browser" in item.path.parts else (0, 0))
