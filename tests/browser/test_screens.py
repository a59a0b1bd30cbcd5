"""Every page on every screen."""

import pytest

from tests.browser.conftest import PAGES, TABLE_HEADER

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


def test_the_first_patient_is_seen_without_scrolling(visitor, demo):
    someone = visitor(demo)
    someone.open("/")
    [first, *_] = someone.column("Review first:", "What happened")
    assert first.startswith("Pain rose by ")
    assert someone.table("Review first:").bounding_box()["y"] + TABLE_HEADER <= 300


def test_the_evidence_opens_with_the_sentence_and_the_chart_above_the_fold(visitor, demo):
    someone = visitor(demo)
    someone.open("/?patient=P019")
    someone.see("Sessions that count, the largest rise first")
    someone.settle()
    sentence = someone.page.locator("strong").filter(has_text="Pain rose by ").bounding_box()
    chart = someone.page.locator(".js-plotly-plot").bounding_box()
    assert sentence["y"] + sentence["height"] <= chart["y"]
    assert chart["height"] >= 300
    assert chart["y"] + chart["height"] <= 900
