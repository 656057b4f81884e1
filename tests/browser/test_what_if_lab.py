"""The sliders in JupyterLab: each is moved by hand, and the profit with its interval follows while it moves."""

import re
import time

import nbformat
import pytest
from lab import IDLE, WAIT, run_all, running_lab
from needs import needs
from playwright.sync_api import expect
from what_if_client import make_client

pytestmark = needs("chromium")

CELLS = (
    "import helpers as audit\n"
    'brief = audit.brief({"client": "firm", "out": "reports", "lang": "en", "period": "", "formats": "html"})\n'
    "facts = audit.count(audit.load(brief.client))",
    "audit.WhatIf.measure(facts, brief.client, brief.say)",
)
SLIDERS = (
    "First answers within 1",
    "Share of qualified leads",
    "Customers of qualified leads",
    "Average deal",
    "Spend a month",
)
PROFIT = re.compile(r"Profit a month: €(−?[\d,.]+k?) \(95%: .*; .* against today \(95%: .*\)\.")


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """A notebook with the sliders of a small client, run."""
    folder = tmp_path_factory.mktemp("what-if")
    make_client(folder / "desk" / "firm")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "desk" / "sliders.ipynb")
    with running_lab(folder) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        run_all(page, f"{address}lab/workspaces/sliders/tree/sliders.ipynb?reset")
        expect(page.locator(".widget-slider").last).to_be_visible(timeout=WAIT)
        page.wait_for_function(IDLE, timeout=WAIT)
        yield page
        page.close()


def at_rest(told):
    """Wait until the kernel has answered the last step: the steps of a slow kernel queue, a click overtakes them."""
    before, since = told.inner_text(), time.monotonic()
    while time.monotonic() < since + 1:
        told.page.wait_for_function(IDLE, timeout=WAIT)
        told.page.wait_for_timeout(100)
        if told.inner_text() != before:
            before, since = told.inner_text(), time.monotonic()


def test_each_slider_moves_the_profit_and_its_interval_live(page):
    told = page.locator(".widget-html [role=status]")
    expect(told).to_contain_text("Profit a month as it is today")
    today = told.inner_text()
    assert page.locator(".widget-slider").count() == len(SLIDERS)
    for name in SLIDERS:
        row = page.locator(".widget-hbox").filter(has=page.locator(".widget-slider").filter(has_text=name))
        value = row.locator(".widget-html")
        expect(value).not_to_contain_text("→")
        handle = row.locator(".noUi-handle")
        handle.focus()
        # Live: the first step is told before the handle has come to rest.
        handle.press("ArrowRight")
        expect(value).to_contain_text("→")
        expect(told).to_contain_text("against today")
        first = told.inner_text()
        for _ in range(20):
            handle.press("ArrowRight")
        expect(told).not_to_have_text(first)
        expect(told).to_contain_text(PROFIT)
        # The profit and its range differ from today's.
        assert told.inner_text().partition(";")[0].partition(": ")[2] not in today
        at_rest(told)
        page.get_by_role("button", name="Back to today").click()
        expect(told).to_have_text(today)
        expect(value).not_to_contain_text("→")
