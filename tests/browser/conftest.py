"""The dashboard as a person meets it: a real server, and Debian's Chromium in front of it."""

import os
import re
import shutil
from dataclasses import dataclass, field

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.server import CHROMIUM_ARGUMENTS, running

PAGES = {"/": "Review", "/cohort": "Cohort", "/patient": "Patient", "/imports": "Imports", "/programme": "Programme"}
PATIENCE_MS = 30_000
# What a click changed is sent, what the server answered is drawn, and what was scrolled has said so.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# A table writes down what its canvas shows, the columns that fit its width, 200 ms after the last change.
NOTHING_CHANGES = """element => new Promise(done => {
    const wait = () => setTimeout(done, 250);
    let timer = wait();
    const changed = () => { clearTimeout(timer); timer = wait(); };
    const everything = {subtree: true, childList: true, attributes: true, characterData: true};
    new MutationObserver(changed).observe(element, everything);
})"""
CELLS = """(table, name) => {
    const place = [...table.querySelectorAll("th")].findIndex(header => header.innerText === name);
    return [...table.querySelectorAll("tbody tr")].map(row => row.cells[place].innerText);
}"""
# The height of a table's header in pixels.
TABLE_HEADER = 36


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
    socket: object = None
    is_answered: bool = True

    def follow(self, socket):
        """Note when the page asks the server for a run, and when that has ended."""
        self.socket = socket
        socket.on("framesent", self._asked)
        socket.on("framereceived", self._received)

    def _asked(self, frame):
        if BackMsg.FromString(frame).HasField("rerun_script"):
            self.is_answered = False

    def _received(self, frame):
        message = ForwardMsg.FromString(frame)
        if message.HasField("script_finished") and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.is_answered = True

    def open(self, path):
        self.page.goto(self.address + path)

    def see(self, text, **options):
        """Wait until a text is on the screen."""
        self.page.get_by_text(text, **options).first.wait_for(timeout=PATIENCE_MS)

    def not_see(self, text):
        """Wait until a text is no longer on the screen."""
        self.page.get_by_text(text).first.wait_for(state="detached", timeout=PATIENCE_MS)

    def settle(self):
        """Wait until the server has answered all that was asked of it and the answer is drawn.

        The state that Streamlit shows does not say so: between a click and the start of its run, nothing is running.
        """
        self.page.evaluate(TWO_FRAMES)
        while not self.is_answered:
            self.socket.wait_for_event("framereceived", timeout=PATIENCE_MS)
        drawn = "[data-testid=stApp][data-test-script-state=notRunning]:not(:has([data-stale=true]))"
        self.page.locator(drawn).wait_for(timeout=PATIENCE_MS)
        self.page.evaluate(TWO_FRAMES)

    def click(self, name, role="button"):
        """Click on what is called so, and wait until all that follows is drawn."""
        self.settle()
        self.page.get_by_role(role, name=name).click()
        self.settle()

    def tab(self, page):
        """Click on the tab of a page."""
        self.settle()
        self.page.get_by_test_id("stTopNavLink").filter(has_text=page).click()

    def drop(self, files):
        """Drop files, name → bytes or text, on the Imports page, which is open already or is opened."""
        if not self.page.url.endswith("/imports"):
            self.open("/imports")
        self.see("Logs and rosters as CSV files")
        self.settle()
        contents = {name: file if isinstance(file, bytes) else file.encode() for name, file in files.items()}
        self.page.locator("input[type=file]").set_input_files(
            [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in contents.items()]
        )

    def choose(self, label, choice):
        """Choose in a select box by its keyboard, as somebody without a mouse does."""
        self._select_box(label).press("ArrowDown")
        self.page.get_by_role("option", name=choice, exact=True).click()
        self.settle()

    def type(self, label, words):
        """Type something new into a select box."""
        box = self._select_box(label)
        box.fill(words)
        box.press("Enter")
        self.settle()

    def _select_box(self, label):
        """A select box that has the focus; what scrolls it into view is over, for its list closes when it scrolls."""
        self.settle()
        box = self.page.get_by_role("combobox", name=label, exact=True)
        box.focus()
        self.page.evaluate(TWO_FRAMES)
        return box

    def titles(self):
        self.settle()
        return self.page.locator("h3").all_inner_texts()

    def table(self, alt):
        """The table whose alternative text begins so."""
        return self.page.get_by_role("region", name=re.compile(f"^{re.escape(alt)}"))

    def drawn_table(self, alt):
        """The table whose alternative text begins so, once a screen reader has all that it shows."""
        self.settle()
        table = self.table(alt)
        table.locator("tbody tr").first.wait_for(state="attached", timeout=PATIENCE_MS)
        table.evaluate(NOTHING_CHANGES)
        return table

    def column(self, alt, name):
        """A column of a table, as a screen reader has it."""
        return self.drawn_table(alt).locator("table").evaluate(CELLS, name)

    def ticked(self, alt):
        """The first cells of the rows of a table that are ticked, as a screen reader has them."""
        return self.drawn_table(alt).locator("tbody tr[aria-selected=true] td:first-child").all_inner_texts()

    def select(self, alt, row):
        """Click on a row's box; the table is a canvas, so by its place below the header."""
        table = self.drawn_table(alt)
        drawn = table.locator(".dvn-scroller").first
        drawn.scroll_into_view_if_needed()
        height = (drawn.bounding_box()["height"] - TABLE_HEADER) / table.locator("tbody tr").count()
        # A table waits for further clicks before it tells the server.
        with self.socket.expect_event("framesent", timeout=PATIENCE_MS):
            drawn.click(position={"x": 14, "y": TABLE_HEADER + height * (row + 0.5)})
        self.settle()


@pytest.fixture
def visitor(new_context):
    """Open a browser on a server; at the end nothing may have gone wrong or been asked of another host."""
    visitors = []

    def visitor(address, width=1440, height=900, scheme="light"):
        context = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        found = Visitor(page, address)
        own = (address, address.replace("http:", "ws:"), "data:", "blob:")
        page.on("websocket", found.follow)
        page.on("console", lambda said: found.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(own) else found.complaints.append(asked.url))
        visitors.append(found)
        return found

    yield visitor
    assert [complaint for found in visitors for complaint in found.complaints] == []
