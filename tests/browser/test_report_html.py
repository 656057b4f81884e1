"""The report opened in a browser: nothing is fetched, nothing fails, nothing is wider than a phone."""

import pytest
from demo_report import demo_report
from needs import find, needs
from playwright.sync_api import sync_playwright

from helpers.report.html import html_page

chromium = needs("chromium")
pytestmark = chromium


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("папка {с} пробелами") / "report.html"
    path.write_text(html_page(demo_report("ru", nasty=request.param)), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, file):
    """A function that opens the report at a width; requests and messages are kept on the page."""
    contexts = []

    def show(width, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.on("dialog", lambda dialog: page.messages.append(dialog.message))
        page.goto(file.as_uri())
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_fetched_and_nothing_scrolls_sideways(opened, file, width):
    page = opened(width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.requests == [file.as_uri()]
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
