"""Whatever a file says is text: on the real pages, in a browser, nothing of it becomes a link, a picture or style."""

import datetime
import io
from urllib.parse import quote

import pytest

from data.importing import import_file
from data.store import open_store
from data.text import visible
from tests.server import running

# Each is a patient's id, an exercise's name, a note, a site and a clinician.
TEXTS = [
    "www.evil.example WWW.EVIL.EXAMPLE (www.a.co)",
    "http://evil.example/a https://b.co HTTPS://C.CO",
    "a@b.co mailto:a@b.co user.name+tag@mail.example.org",
    ":streamlit: :material/home: :smile: :+1:",
    "12:30:15 :heart: ::streamlit::",
    ":red[x] :blue-badge[x] :small[x] :color[x] :rainbow[x]",
    "[a](http://b.co) ![a](http://b.co/x.png)",
    "<b>x</b> <img src=x onerror=alert(1)> <!-- x -->",
    "&lt;b&gt; &amp; &#65; &copy;",
    "**x** _x_ ~~x~~ `x` $x$ $$y$$",
    "# x",
    "1. x",
    "- [ ] x | a | b |",
    "a <-> b -> c <- d -- e >= f",
    "back\\slash \\$5 {x} ^2^ 'q'",
    "P1\u200bwww.evil.example",
    "P\u202e1 a\u00adb \ufeffc",
    "\u3164P1",
    "가나다 Muñoz 😀",
]
NAME = "www.evil.example a@b.co :streamlit: [x](http:··b.co) :red[x] *x*"
FOREIGN = "a[href*='://'], a[href^='mailto:']"
STYLED = "a, img, svg, code, em, strong, del, sub, table, ul, ol, [style], .katex, [class*=stMarkdownColored]"


def cell(text):
    return '"' + text.replace('"', '""') + '"'


def log():
    yesterday = datetime.date.today() - datetime.timedelta(1)
    lines = ["patient_id,performed_at,exercise,pain_before,pain_during,pain_after,notes"]
    lines += [f"{cell(text)},{yesterday} 08:00,{cell(text)},1,9,4,{cell(text)}" for text in TEXTS]
    return "\n".join(lines)


def roster():
    lines = ["patient_id,severity,site,clinician", *(f"{cell(text)},mild,{cell(text)},{cell(text)}" for text in TEXTS)]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A clinic whose files hold nothing but such texts."""
    database = tmp_path_factory.mktemp("hostile") / "clinic.duckdb"
    store = open_store(database)
    for content in (roster(), log()):
        result = import_file(store, io.BytesIO(content.encode()), f"{NAME}.csv")
        assert (result.status, result.new) == ("imported", len(TEXTS))
    store.close()
    with running(database) as address:
        yield address


def seen(text):
    return visible(" ".join(text.split()))


def no_more_than_text(element):
    """What an element says, if nothing in it is more than text."""
    assert element.locator(STYLED).evaluate_all("found => found.map(one => one.outerHTML)") == []
    return element.inner_text().strip()


def nothing_foreign(someone):
    main = someone.page.locator("[data-testid=stMain]")
    assert main.locator(f"{FOREIGN}, img, .katex").evaluate_all("found => found.map(one => one.outerHTML)") == []


def titled(someone, heading, text):
    """Open on whom the title says, as no more than text."""
    title = someone.page.locator(f"[data-testid=stMain] {heading}", has_text=seen(text))
    title.first.wait_for(timeout=30_000)
    someone.settle()
    nothing_foreign(someone)
    return no_more_than_text(title.first) == seen(text)


def test_ids_sites_and_names_are_text_on_the_page_of_a_patient(visitor, hostile):
    someone = visitor(hostile)
    for text in TEXTS:
        someone.open(f"/patient?patient={quote(text)}")
        assert titled(someone, "h1", text)
        facts = someone.page.locator("[data-testid=stCaptionContainer]", has_text="programme since").first
        assert no_more_than_text(facts).endswith(f" · {seen(text)} · {seen(text)}")


def test_ids_exercises_and_notes_are_text_beside_the_review_list(visitor, hostile):
    someone = visitor(hostile)
    for text in TEXTS[::3]:
        someone.open(f"/?patient={quote(text)}")
        assert titled(someone, "h3", text)
        label = someone.page.locator("summary [data-testid=stMarkdownContainer]", has_text="9 → 4").first
        assert no_more_than_text(label).endswith(f"9 → 4 · {seen(text)}")
        notes = someone.page.locator("[data-testid=stText]", has_text="Notes: ")
        assert no_more_than_text(notes.first) == f"Notes: {text}"


def test_ids_are_text_on_the_buttons_that_open_them(visitor, hostile):
    someone = visitor(hostile)
    someone.open("/patient")
    someone.see(TEXTS[-1])
    someone.settle()
    labels = someone.page.locator("[data-testid=stMain] button [data-testid=stMarkdownContainer]").all()
    assert {seen(text) for text in TEXTS} <= {no_more_than_text(label) for label in labels}
    nothing_foreign(someone)


def test_a_files_name_is_text_before_and_after_its_import(visitor, hostile):
    someone = visitor(hostile)
    other = f"new {NAME}.csv"
    someone.drop({other: log().replace("9,4", "8,3")})
    someone.see("What was understood")
    someone.settle()
    nothing_foreign(someone)
    bold = someone.page.locator("[data-testid=stMain] strong", has_text="new www.evil.example")
    assert no_more_than_text(bold.first) == other
    someone.click("Import 1 file")
    someone.see("See the review list")
    someone.settle()
    assert no_more_than_text(bold.first) == other
    someone.select("Uploads, the newest first", 1)
    someone.see("The file as it came")
    named = someone.page.locator("[data-testid=stMain] strong", has_text="www.evil.example")
    assert f"{NAME}.csv" in [no_more_than_text(one) for one in named.all()]
    nothing_foreign(someone)
