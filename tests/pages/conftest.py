"""A clinic on a fixed day, and its pages as Streamlit's own test runner draws them."""

import io
import shutil

import pytest
import streamlit as st
import streamlit.config
from streamlit.testing.v1 import AppTest

from data.importing import import_file
from data.settings import Settings, settings
from pages.ui import clinic
from tests.pages.screen import NOON, PAGES, run

ROSTER = """\
patient_id,severity,programme_start,site,clinician
P1,moderate,2026-03-01,North,Lee
P2,moderate,2026-03-01,North,Kim
P3,severe,2026-03-01,South,Lee
P4,mild,2026-03-01,South,Kim
P5,mild,2026-03-01,North,Lee
P6,,2026-03-01,North,Lee
"""

# P1: rises of 2 and 3 on two days. P2: one rise of 2. P3: severe, a rise of 1. P4: a rise of 1. P5: nothing for
# nineteen days. P6: on the roster only. P7: no score before. P8: a squat. P9: nothing to say.
LOG = """\
patient_id,performed_at,exercise,side,sets,reps,pain_before,pain_during,pain_after,stopped_early,notes
P1,2026-03-24 08:00,pelvic_tilt,,1,5,3,5,4,no,
P1,2026-03-27 08:00,knee_to_chest,both,1,10,3,6,4,yes,numbness in the left foot
P2,2026-03-28 08:00,hip_joint,both,1,10,2,4,2,no,
P3,2026-03-28 09:00,pelvic_tilt,,1,5,6,7,6,no,
P4,2026-03-26 09:00,ankle_flexion,both,1,10,2,3,2,no,
P5,2026-03-10 09:00,pelvic_tilt,,1,5,2,2,2,no,
P7,2026-03-27 09:00,pelvic_tilt,,1,5,,3,2,no,
P8,2026-03-27 09:00,squat,,1,10,2,2,2,no,
P9,2026-03-27 09:00,pelvic_tilt,,1,5,2,2,2,no,
"""


@pytest.fixture(autouse=True)
def _clinic_on_a_fixed_day(tmp_path, monkeypatch):
    """A database of the test's own, and a clock that stands still; the demo cohort is made once for all tests."""
    monkeypatch.setenv("SUPINE_DATABASE", str(tmp_path / "clinic.duckdb"))
    monkeypatch.setattr(Settings, "now", lambda self: NOON)
    settings.cache_clear()
    streamlit.config.set_option("client.showErrorDetails", "full")
    yield
    clinic.own_store.clear()
    st.cache_data.clear()
    settings.cache_clear()


@pytest.fixture
def take():
    """Import a file into the clinic's store."""

    def take(text, name="log.csv", patient=None):
        result = import_file(
            clinic.own_store(), io.BytesIO(text.encode()), name, patient=patient, by="Lee", uploaded_at=NOON
        )
        assert result.status == "imported", result
        return result

    return take


@pytest.fixture(scope="session")
def copies(tmp_path_factory):
    """Of the files of a clinic, with their names: a copy of the store that they made."""
    folder = tmp_path_factory.mktemp("copies")
    return lambda files: folder / f"{hash(files)}.duckdb"


@pytest.fixture
def take_all(take, copies):
    """Import files, with their names; when a test before has imported the same ones, by a copy of its store."""

    def take_all(*files):
        copy, database = copies(files), settings().database
        if copy.exists():
            shutil.copy(copy, database)
            return
        for text, name in files:
            take(text, name)
        clinic.own_store.clear()
        shutil.copy(database, copy)

    return take_all


@pytest.fixture
def files(monkeypatch):
    """The files that the page offers, by name: functions that make what is in them."""
    offered = {}
    draw = st.download_button

    def offer(label, content, file_name, **options):
        offered[file_name] = content
        return draw(label, content, file_name, **options)

    monkeypatch.setattr(st, "download_button", offer)
    return offered


@pytest.fixture
def small_clinic(take_all):
    """Nine patients, one for every kind of reason."""
    take_all((ROSTER, "roster.csv"), (LOG, "log.csv"))


@pytest.fixture
def visit():
    """Open a page by its file name, with what stands in the address bar."""

    def visit(page="review.py", **address):
        shown = AppTest.from_file(str(PAGES / "router.py"), default_timeout=60)
        shown.switch_page(page)
        shown.query_params.update(address)
        return run(shown)

    return visit
