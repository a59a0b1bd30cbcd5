"""The dashboard as its visitors have it: in Chromium, and as many sessions at once. Everything in seconds."""

import asyncio
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks import make
from tests.benchmarks.visitors import crowd, warm_reruns
from tests.server import CHROMIUM_ARGUMENTS, ROOT, started

# The large stores end on a fixed day.
AS_OF = f"as_of={make.LAST_DAY}"
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
LAST_WORDS = "Supine supports a professional"
HELLO = "Hello, world"
PATIENT = "patient=P00007&" + AS_OF
PLACES = {
    "Review": ("review", AS_OF),
    "Review, a patient open": ("review", PATIENT),
    "Cohort": ("cohort", AS_OF),
    "Patient": ("patient", PATIENT),
    "Imports": ("imports", ""),
    "Programme": ("programme", ""),
}
# What has to be on each page for it to be drawn, beside the words at its end.
DRAWN = {
    "Cohort": ".js-plotly-plot .points path",
    "Patient": "[data-testid=stButton]",
    "Imports": "[data-testid=stFileUploader]",
    "Programme": "[data-testid=stDataFrame]",
    "Review": "[data-testid=stDataFrame]",
}


def first_pages(folder: Path, times: int) -> dict[str, float]:
    """From the start of the server to the first page, and another visit to it, of the demo and of a hello-world."""
    got: dict[str, list[float]] = {}
    with _chromium() as browser:
        for _ in range(times):
            for name, words, application in (("hello", HELLO, _hello(folder)), ("demo", LAST_WORDS, ROOT)):
                first, second = _first_and_second(browser, folder, application, words)
                got.setdefault(f"{name} first", []).append(first)
                got.setdefault(f"{name} second", []).append(second)
    return {name: min(seconds) for name, seconds in got.items()}


def _first_and_second(browser: Browser, folder: Path, application: Path, words: str) -> tuple[float, float]:
    begun = time.perf_counter()
    with started(_fresh(folder), folder=application) as (_, address):
        context = browser.new_context()
        _open(context.new_page(), address, words)
        first = time.perf_counter() - begun
        second = min(_seconds_to_open(context.new_page(), address, words) for _ in range(4))
        context.close()
    return first, second


def clicks(folder: Path, store: Path, times: int) -> dict[str, float]:
    """From a click on a page's name to the page, once all are warm, and another visit to a hello-world."""
    got: dict[str, list[float]] = {}
    with _chromium() as browser:
        with started(_fresh(folder), folder=_hello(folder)) as (_, address):
            context = browser.new_context()
            _open(context.new_page(), address, HELLO)
            got["hello"] = [_seconds_to_open(context.new_page(), address, HELLO) for _ in range(4)]
        with started(_fresh(folder, store)) as (_, address):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            _open(page, f"{address}/?{AS_OF}", LAST_WORDS)
            for turn in range(times + 1):
                for name in DRAWN:
                    seconds = _seconds_to_click(page, name)
                    if turn:
                        got.setdefault(name, []).append(seconds)
    return {name: min(seconds) for name, seconds in got.items()}


def reruns(folder: Path, store: Path) -> dict[str, float]:
    """A warm rerun of each page in one session, seen from the network."""
    with started(_fresh(folder, store)) as (_, address):
        return {name: asyncio.run(warm_reruns(address, *place, 20)) for name, place in PLACES.items()}


def crowds(folder: Path, store: Path, export: Path, sessions: int, think_s: float) -> dict[str, float]:
    """The 95th percentile of the runs of many sessions, by themselves and while one more imports a file."""
    with started(_fresh(folder, store)) as (_, address):
        over = threading.Timer(30, lambda: None)
        over.start()
        alone = asyncio.run(
            crowd(address, [*PLACES.values()], sessions=sessions, think_s=think_s, enough=over.finished.is_set)
        )
        imported = threading.Event()
        importing = threading.Thread(target=_import, args=(address, export, imported))
        importing.start()
        meanwhile = asyncio.run(
            crowd(address, [*PLACES.values()], sessions=sessions, think_s=think_s, enough=imported.is_set)
        )
        importing.join()
    return {name: statistics.quantiles(runs, n=20)[18] for name, runs in (("alone", alone), ("import", meanwhile))}


def _import(address: str, export: Path, imported: threading.Event) -> None:
    try:
        with _chromium() as browser:
            page = browser.new_page()
            page.goto(f"{address}/imports")
            page.locator("input[type=file]").set_input_files(export)
            page.get_by_role("button", name="Import 1 file").click(timeout=300_000)
            page.get_by_role("link", name="See the review list").wait_for(timeout=300_000)
    finally:
        imported.set()


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS)


def _open(page: Page, address: str, words: str) -> None:
    page.goto(address)
    page.get_by_text(words).first.wait_for(timeout=120_000)
    page.locator(SETTLED).wait_for(timeout=120_000)


def _seconds_to_open(page: Page, address: str, words: str) -> float:
    begun = time.perf_counter()
    _open(page, address, words)
    return time.perf_counter() - begun


def _seconds_to_click(page: Page, name: str) -> float:
    begun = time.perf_counter()
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("heading", name=name, exact=True, level=1).wait_for(timeout=120_000)
    page.get_by_text(LAST_WORDS).wait_for(timeout=120_000)
    page.locator(SETTLED).wait_for(timeout=120_000)
    page.locator(DRAWN[name]).first.wait_for(timeout=120_000)
    return time.perf_counter() - begun


def _hello(folder: Path) -> Path:
    """A page of one line, served as Supine is."""
    hello = folder / "hello"
    (hello / ".streamlit").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / ".streamlit" / "config.toml", hello / ".streamlit")
    (hello / "hello.py").write_text(f'import streamlit as st\n\nst.write("{HELLO}")\n')
    (hello / "app.py").write_text('import streamlit as st\n\napp = st.App("hello.py")\n')
    return hello


def _fresh(folder: Path, store: Path | None = None) -> Path:
    """A database of the server's own: a copy of a store, or none yet."""
    path = folder / "served.duckdb"
    for old in (path, path.with_name(path.name + ".wal")):
        old.unlink(missing_ok=True)
    if store:
        make.copy(store, path)
    return path
