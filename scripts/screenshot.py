"""Take the pictures of the dashboard: `python -m scripts.screenshot [FOLDER]` writes docs/review.png and its like.

It starts the dashboard on an empty database, so that they show the simulated patients of the demo.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.server import CHROMIUM_ARGUMENTS, running

DOCS = Path(__file__).parents[1] / "docs"
SCREENS = {"wide": (1440, 900), "narrow": (1024, 768)}
PAGES = {
    "review": "/",
    "evidence": "/?patient=P019",
    "cohort": "/cohort",
    "patient": "/patient?patient=P019",
    "imports": "/imports",
    "programme": "/programme",
}


def main() -> None:
    """The picture of the README; with a folder, every page in light and dark, wide and narrow."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "demo.duckdb") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS)
        if len(sys.argv) == 1:
            take(browser, address + PAGES["evidence"], DOCS / "review.png", SCREENS["wide"], "light")
            return
        for scheme in ("light", "dark"):
            for screen, size in SCREENS.items():
                for name, path in PAGES.items():
                    take(browser, address + path, Path(sys.argv[1]) / f"{name}-{scheme}-{screen}.png", size, scheme)


def take(browser: Browser, address: str, file: Path, size: tuple[int, int], scheme: str) -> None:
    """One picture of one page, as soon as Streamlit has drawn it."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.get_by_text("Supine supports a professional's judgement").wait_for(timeout=60_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    # Charts and tables are drawn on a canvas once their part of Streamlit has arrived.
    page.wait_for_timeout(2_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()
