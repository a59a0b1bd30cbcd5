"""What holds of every page, whatever the clinic's data."""

import csv
import io
import re
import tomllib

import pytest
from pyarrow import parquet
from streamlit.testing.v1 import AppTest

from pages.ui import wording
from tests.pages.screen import PAGES, TODAY, values, words

SCRIPTS = sorted(path.name for path in PAGES.glob("*.py") if path.name not in ("__init__.py", "router.py"))
FORBIDDEN = re.compile(r"!|high.risk|deteriorat|evidence.based", re.IGNORECASE)
HOSTILE_IDS = [
    "<script>alert(1)</script>",
    '=HYPERLINK("https://example.org","open")',
    "**bold** [link](https://example.org) $x$ :red[x]",
    "가나다 🙂 \u202eabc",
    "x" * 200,
]
ADDRESSES = [("review.py", {}), *((script, {"patient": "P1"}) for script in SCRIPTS)]
HOSTILE_NOTE = "<img src=x onerror=alert(1)> =1+1 " + "n" * 10_000


@pytest.fixture
def hostile_clinic(take_all):
    header = "patient_id,performed_at,exercise,pain_before,pain_during,pain_after,notes\n"
    cells = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in HOSTILE_IDS]
    lines = [f'{cell},2026-03-2{day} 08:00,"<b>bike</b>",3,6,4,"{HOSTILE_NOTE}"\n' for cell in cells for day in (5, 7)]
    take_all((header + "".join(lines), "<b>log</b> =1+1.csv"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_demo_has_its_banner_and_the_standing_line(visit, script):
    shown = visit(script)
    assert shown.markdown[0].value.startswith(":blue-badge[:material/science: These patients are simulated.]")
    assert values(shown.caption)[-1] == wording.DISCLAIMER


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_clinic_with_data_has_no_banner_and_the_standing_line(small_clinic, visit, script):
    shown = visit(script)
    assert not any("simulated" in text for text in words(shown))
    assert values(shown.caption)[-1] == wording.DISCLAIMER
    assert len(shown.title) == 1


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_shouts_or_predicts(small_clinic, visit, script):
    for shown in (visit(script), visit(script, patient="P1"), visit(script, as_of="1995-01-01")):
        assert [text for text in words(shown) if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_demo_neither_shouts_nor_predicts(visit, script):
    assert [text for text in words(visit(script, patient="P039")) if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_page_that_is_reached_around_the_router_shows_nothing(small_clinic, script):
    shown = AppTest.from_file(str(PAGES / script), default_timeout=60)
    shown.query_params["patient"] = "P1"
    shown.run()
    assert words(shown) == ["Open Supine from its first page."]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_database_that_cannot_be_opened_is_explained(tmp_path, visit, script):
    (tmp_path / "clinic.duckdb").write_bytes(b"not a database" * 1000)
    shown = visit()
    assert values(shown.title) == ["Supine cannot open the clinic's data"]
    assert "nothing was changed in it" in shown.error[0].value
    assert not shown.dataframe


@pytest.mark.parametrize(("script", "address"), ADDRESSES)
def test_every_table_can_be_taken_away_as_csv_and_parquet(small_clinic, visit, files, script, address):
    shown = visit(script, **address)
    tables = [frame for frame in shown.dataframe if not frame.proto.alt.startswith("The columns of a ")]
    assert len(tables) == len([fold for fold in shown.get("popover") if fold.proto.popover.label == "Download"]) > 0
    parquets = [name for name in files if name.endswith(".parquet")]
    assert parquets
    for name in parquets:
        rows = parquet.read_table(io.BytesIO(files[name]())).num_rows
        assert len(read_csv(files[name.replace(".parquet", ".csv")]())) == rows + 1 > 1
    assert not [name for name in files if "P1" in name]


@pytest.mark.parametrize("script", ["review.py", "patient.py", "cohort.py"])
def test_what_is_taken_away_runs_no_formula(hostile_clinic, visit, files, script):
    visit(script, patient=HOSTILE_IDS[1])
    cells = [cell for name in files if name.endswith(".csv") for row in read_csv(files[name]()) for cell in row]
    assert f"'{HOSTILE_IDS[1]}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_streamlits_own_download_and_copy_are_off():
    options = tomllib.loads((PAGES.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert options["client"]["disableDataExport"] is True


@pytest.mark.parametrize("patient", HOSTILE_IDS)
@pytest.mark.parametrize("script", ["review.py", "patient.py"])
def test_hostile_text_is_shown_as_it_is(hostile_clinic, visit, script, patient):
    shown = visit(script, patient=patient)
    names = values(shown.title) + values(shown.subheader)
    assert wording.plain(patient) in names
    everything = words(shown)
    assert "<b>bike</b>" in everything
    assert any("n" * 10_000 in text for text in everything)
    markup = [text for kind in (shown.markdown, shown.caption, shown.info) for text in values(kind)]
    assert not [text for text in markup if "<b>" in text or "<img" in text or "<script" in text]


@pytest.mark.parametrize("script", ["cohort.py", "imports.py", "programme.py"])
def test_hostile_text_in_the_clinic_harms_no_page(hostile_clinic, visit, script):
    shown = visit(script)
    markup = [text for kind in (shown.markdown, shown.caption, shown.info) for text in values(kind)]
    assert not [text for text in markup if "<b>" in text or "<script" in text]


@pytest.mark.parametrize("script", ["review.py", "cohort.py", "patient.py"])
def test_a_past_day_is_said_to_be_one(small_clinic, visit, script):
    shown = visit(script, as_of="2026-03-27", **({"patient": "P1"} if script == "patient.py" else {}))
    assert values(shown.warning) == [
        "As of Friday 27 March 2026: only rows performed, and reviews made, by the end of that day count."
    ]


@pytest.mark.parametrize("script", ["review.py", "cohort.py", "patient.py"])
def test_today_has_no_such_warning(small_clinic, visit, script):
    assert not visit(script, as_of=str(TODAY), **({"patient": "P1"} if script == "patient.py" else {})).warning
