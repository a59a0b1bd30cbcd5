"""The dashboard as a person meets it: a real server, and Debian's Chromium in front of it."""

import os
import re
import shutil
from dataclasses import dataclass, field

import pytest

from tests.server import CHROMIUM_ARGUMENTS, running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium; in CI its absence is a failure, so that nothing is silently left out there."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "There is no Chromium for the browser tests; install Debian's package chromium."
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A server on an empty database, which shows the demo cohort; nothing may be imported into it."""
    with running(tmp_path_factory.mktemp("demo") / "clinic.duckdb") as address:
        yield address


@pytest.fixture
def fresh(tmp_path):
    """A server that nobody has visited."""
    with running(tmp_path / "clinic.duckdb") as address:
        yield address


@dataclass
class Visitor:
    """A person's browser; `complaints` are the console's errors and every request to a foreign host."""

    page: object
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path):
        self.page.goto(self.address + path)

    def see(self, text, **options):
        """Wait until a text is on the screen."""
        self.page.get_by_text(text, **options).first.wait_for(timeout=30_000)

    def not_see(self, text):
        """Wait until a text is no longer on the screen."""
        self.page.get_by_text(text).first.wait_for(state="detached", timeout=30_000)

    def settle(self):
        """Wait until Streamlit has drawn everything."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=30_000)

    def tab(self, page):
        """Click on the tab of a page."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=page).click()

    def drop(self, files):
        """Drop files, name → bytes or text, on the Imports page, which is open already or is opened."""
        if not self.page.url.endswith("/imports"):
            self.open("/imports")
        self.see("Logs and rosters as CSV files")
        contents = {name: file if isinstance(file, bytes) else file.encode() for name, file in files.items()}
        self.page.locator("input[type=file]").set_input_files(
            [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in contents.items()]
        )

    def choose(self, label, choice):
        """Choose in a select box by its keyboard, as somebody without a mouse does."""
        box = self.page.get_by_role("combobox", name=label, exact=True)
        box.focus()
        box.press("ArrowDown")
        self.page.get_by_role("option", name=choice, exact=True).click()
        self.settle()

    def titles(self):
        self.settle()
        return self.page.locator("h3").all_inner_texts()

    def table(self, alt):
        """The table whose alternative text begins so."""
        return self.page.get_by_role("region", name=re.compile(f"^{re.escape(alt)}"))

    def column(self, alt, name):
        """A column of a table, as a screen reader has it."""
        self.settle()
        table = self.table(alt).locator("table")
        table.locator("tbody tr").first.wait_for(state="attached", timeout=30_000)
        position = table.locator("th").all_inner_texts().index(name) + 1
        return table.locator(f"tbody td:nth-child({position})").all_inner_texts()

    def ticked(self, alt):
        """The first cells of the rows of a table that are ticked, as a screen reader has them."""
        self.settle()
        rows = self.table(alt).locator("tbody tr")
        rows.first.wait_for(state="attached", timeout=30_000)
        return [
            row.locator("td").first.inner_text() for row in rows.all() if row.get_attribute("aria-selected") == "true"
        ]

    def select(self, alt, row):
        """Click on a row's box; the table is a canvas, so by its place: header and rows are about equally high."""
        self.settle()
        rows = self.table(alt).locator("tbody tr")
        # Before its rows are there, the place of one of them cannot be known.
        rows.first.wait_for(state="attached", timeout=30_000)
        drawn = self.table(alt).locator(".dvn-scroller").first
        drawn.scroll_into_view_if_needed()
        height = drawn.bounding_box()["height"] / (rows.count() + 1)
        drawn.click(position={"x": 14, "y": height * (row + 1.5)})


@pytest.fixture
def visitor(new_context):
    """Open a browser on a server; at the end nothing may have gone wrong or been asked of another host."""
    visitors = []

    def visitor(address, width=1440, height=900, scheme="light"):
        context = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        found = Visitor(page, address)
        own = (address, address.replace("http:", "ws:"), "data:", "blob:")
        page.on("console", lambda said: found.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(own) else found.complaints.append(asked.url))
        visitors.append(found)
        return found

    yield visitor
    assert [complaint for found in visitors for complaint in found.complaints] == []
