"""Every page on every screen."""

import pytest

from tests.browser.conftest import PAGES

SCREENS = [(1440, 900, "light"), (1440, 900, "dark"), (1024, 768, "light"), (1024, 768, "dark")]


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_every_page_opens_on_every_screen(visitor, demo, path, title, width, height, scheme):
    someone = visitor(demo, width, height, scheme)
    someone.open(path)
    someone.page.get_by_role("heading", name=title, exact=True, level=1).wait_for(timeout=30_000)
    someone.see("These patients are simulated")
    someone.see("Supine supports a professional's judgement")
    someone.settle()
    main = someone.page.locator("[data-testid=stMain]")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth")
    dark = someone.page.locator("[data-testid=stApp]").evaluate("element => getComputedStyle(element).backgroundColor")
    assert (dark == "rgb(18, 24, 31)") == (scheme == "dark")
