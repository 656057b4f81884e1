"""The report opened in a browser: nothing is fetched, nothing fails, nothing is wider than a phone."""

import base64
import re
import subprocess
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_report import demo_report
from needs import find, needs

from helpers.language import language
from helpers.report import model
from helpers.report.fit import fitted
from helpers.report.html import LOOSE, PAPER, SIDEWAYS, TIGHT, _turned_pages, html_page

chromium, poppler = needs("chromium"), needs("poppler")
pytestmark = chromium


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><path d="M0 0h40v10z"/></svg>'
BRAND = model.Brand(
    name="Иванова и партнёры",
    logo="data:image/svg+xml;base64," + base64.b64encode(LOGO).decode(),
    logo_size=(40, 10),
    primary="#7a1f3d",
    secondary="#a9792a",
    contact="a@b.example",
    footer="Только для руководства",
)
REPORTS = {
    "branded": demo_report("ru").model_copy(update={"brand": BRAND}),
    "nasty": demo_report("ru", nasty=True),
    "long": demo_report("ru", long=True),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("папка {с} пробелами")
    for name, report in REPORTS.items():
        (made / f"{name}.html").write_text(html_page(report), encoding="utf-8")
    return made


@pytest.fixture
def opened(browser, folder):
    """A function that opens a report at a width; requests and messages are kept on the page."""
    contexts = []

    def show(width, name="branded", **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.on("dialog", lambda dialog: page.messages.append(dialog.message))
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_fetched_and_nothing_scrolls_sideways(opened, folder, name, width):
    page = opened(width, name)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Chromium tells of pictures inside the page as of requests.
    assert [url for url in page.requests if not url.startswith("data:image/")] == [(folder / f"{name}.html").as_uri()]
    assert page.messages == []


def test_it_works_without_scripts(opened):
    page = opened(1280, java_script_enabled=False)
    page.click("#s-money summary")
    assert page.locator("#s-money table").is_visible()
    page.click("nav a[href='#s-data']")
    page.wait_for_url("**#s-data")


def test_the_skip_link_is_the_first_stop(opened):
    page = opened(1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")


def test_contents_stay_beside_the_text_on_wide_screens(opened):
    page = opened(1280)
    page.evaluate("window.scrollTo({top: 3000, behavior: 'instant'})")
    box = page.locator("nav").bounding_box()
    assert 0 <= box["y"] < 10
    assert box["x"] + box["width"] <= page.locator("main").bounding_box()["x"]


def test_pictures_follow_the_dark_scheme(opened):
    colours = (
        "getComputedStyle(document.querySelector('.picture svg g[style*=--ink], .picture svg g[style*=--muted]')).fill"
    )
    assert opened(1280, color_scheme="dark").evaluate(colours) != opened(1280, color_scheme="light").evaluate(colours)


def test_letters_of_pictures_are_drawn(opened):
    page = opened(1280)
    # A space is a letter without a shape.
    sizes = page.evaluate("""[...document.querySelectorAll('.picture use')]
        .filter(use => document.querySelector(use.href.baseVal).getAttribute('d'))
        .map(use => use.getBBox().width + use.getBBox().height)""")
    assert len(sizes) > 100
    assert min(sizes) > 0


def test_paper_holds_the_folded_tables_and_no_contents(opened):
    page = opened(1280, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.locator("#s-money td").first.is_visible()
    assert page.locator("#s-money td").first.bounding_box()["height"] > 0
    # A dark screen does not print dark; the colour scheme of the printer is light.
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 39, 51)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    page = opened(1280, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@poppler
@pytest.mark.parametrize("name", ["branded", "nasty"])
def test_paper_begins_with_the_owners_page(opened, tmp_path, name):
    (tmp_path / "paper.pdf").write_bytes(opened(1280, name).pdf(prefer_css_page_size=True))
    made = subprocess.run([find("poppler"), "-layout", tmp_path / "paper.pdf", "-"], capture_output=True, check=True)
    first, second, *rest = [" ".join(text.split()) for text in made.stdout.decode().split("\f")[:-1]]
    report = REPORTS[name]
    assert report.headline in first
    assert report.actions[2].look_again in first
    assert second.startswith("Первые 90 дней")
    assert any("ROMI" in text for text in rest)
    # What heads or follows a table does not stand alone on a page: the shortest page says more than a line.
    assert min(len(text) for text in rest) > 100


@poppler
def test_no_page_of_paper_begins_a_chapter_at_its_end_or_holds_one_row_alone(browser, tmp_path):
    columns = (model.Column(label="Row"), model.Column(label="N", kind="count"))

    def exhibit(n):
        rows = tuple((f"t{n}r{i}", i) for i in range(n))
        table = model.Table(columns=columns, rows=rows)
        return model.Exhibit(key=f"x{n}", title=f"Table of {n}", table=table, table_open=True)

    def chapter(n):
        exhibits = (exhibit(n),)
        return model.Section(
            key=f"s{n}", title=f"Chapter{n}", lead=("Some words. " * 20,) * (n % 5 + 1), exhibits=exhibits
        )

    sections = tuple(map(chapter, range(14, 46)))
    report = demo_report("en").model_copy(update={"sections": sections})
    pages = paper(browser, tmp_path, report, "-bbox").split("<page ")[1:]
    held = [rows for one in pages for rows in Counter(re.findall(r">t(\d+)r\d+<", one)).values()]
    assert sum(held) == sum(range(14, 46))
    assert len(held) > 32 + 9, "no table goes over a page: nothing is tried"
    assert min(held) > 1
    last = {n: rows for one in pages for n, rows in Counter(re.findall(r">t(\d+)r\d+<", one)).items()}
    assert min(last.values()) >= 4
    begins = [
        float(y) for one in pages for y in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="[\d.]+">Chapter\d+<', one)
    ]
    assert len(begins) == len(sections)
    assert max(begins) < 565, "in points of 842: a chapter begins where a third of the page is left"
    assert sum(y > 100 for y in begins) > 2, "no chapter follows another one on its page"


@poppler
def test_rows_of_a_turned_table_stand_closer_where_that_saves_a_page(browser, tmp_path):
    columns = (model.Column(label="Row"), *(model.Column(label="Revenue", kind="money") for _ in range(11)))
    tried = 0
    for rows in range(22, 60):
        made = tuple((f"r{i}x", *[1_234_567.0] * 11) for i in range(rows))
        table = model.Table(columns=columns, rows=made)
        fit = fitted(table, language("en"), "USD", PAPER, SIDEWAYS)
        assert fit.wide
        if _turned_pages(fit, *TIGHT) == _turned_pages(fit, *LOOSE):
            continue
        tried += 1
        if tried > 3:
            break
        exhibit = model.Exhibit(key="a", title="A", table=table, table_open=True, note="A note.")
        section = model.Section(key="a", title="A", exhibits=(exhibit,))
        text = paper(browser, tmp_path, demo_report("en").model_copy(update={"sections": (section,)}))
        held = [len(re.findall(r"\br\d+x\b", page)) for page in text.split("\f")]
        assert sum(held) == rows
        assert sum(n > 0 for n in held) == _turned_pages(fit, *TIGHT)
    assert tried, "closer rows save no page: nothing is tried"


@poppler
def test_how_to_read_the_score_and_the_method_are_one_page_of_paper_each(browser, tmp_path):
    boxes = tuple(model.Box(title=f"Method{n}", text=("Some words of it. " * 12,)) for n in range(4))
    shared = 0
    for paragraphs in range(3, 9):
        chapter = model.Section(key="one", title="Chapter1", lead=("Some words. " * 30,) * paragraphs)
        report = demo_report("en").model_copy(update={"sections": (chapter,), "method": boxes})
        pages = paper(browser, tmp_path, report).split("\f")
        (score,) = (page for page in pages if "How to read the score" in page)
        assert all(state.label in score for state in report.score.states)
        (method,) = (page for page in pages if "Method in brief" in page)
        assert all(box.title in method for box in boxes)
        shared += "Chapter1" in method
    assert 0 < shared < 6, "it never follows a chapter, or always has the room: nothing is tried"


def paper(browser, folder, report, how="-layout"):
    """The text of the report's page printed, as poppler tells it: its pages divided by form feeds, or with places."""
    (folder / "report.html").write_text(html_page(report), encoding="utf-8")
    page = browser.new_page()
    page.goto((folder / "report.html").as_uri())
    (folder / "paper.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
    page.close()
    made = subprocess.run([find("poppler"), how, folder / "paper.pdf", "-"], capture_output=True, check=True)
    return made.stdout.decode()


def test_a_logo_is_shown_in_the_brands_colours(opened):
    page = opened(1280)
    assert page.locator(".logo").evaluate("image => image.complete && image.naturalWidth > 0")
    assert page.evaluate("getComputedStyle(document.querySelector('.eyebrow')).color") == "rgb(122, 31, 61)"
