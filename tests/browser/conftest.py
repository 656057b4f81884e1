"""The browser of all tests of a module."""

import pytest
from needs import find
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        yield started
        started.close()
