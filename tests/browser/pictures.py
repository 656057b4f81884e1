"""``uv run python tests/browser/pictures.py``: make the pictures of README.md and README.ru.md again.

The first page of a sample's report and a page of the questionnaire, in English and in Russian, as Chromium shows them.
They go to ``data_samples/pictures/``.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "browser")]

from needs import find  # noqa: E402
from PIL import Image  # noqa: E402
from pipeline import audited  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from questionnaire_page import Opened, marks  # noqa: E402

from helpers.client import read_client  # noqa: E402
from helpers.survey.form import write_page  # noqa: E402

PICTURES = PROJECT / "data_samples" / "pictures"
SAMPLES = {"en": "lumen-saas", "ru": "okna-plus"}
REPORT, FORM = {"width": 1280, "height": 1000}, {"width": 560, "height": 1000}
LONGEST = 1900
SHOWN = 1.5
"""Pixels of the picture for one of the page: sharp on most screens, and still small."""


def save(picture: bytes, name: str) -> None:
    """Few colours, so that a clone stays small."""
    PICTURES.mkdir(exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    # This way a small spot of colour is not given up for one more grey.
    image = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(PICTURES / f"{name}.png", optimize=True)


def report(browser: Any, lang: str, folder: Path) -> bytes:
    """The first page of the report, down to the score."""
    path = folder / f"report-{lang}.html"
    path.write_text(audited(PROJECT / "data_samples" / SAMPLES[lang], lang).html(), encoding="utf-8")
    page = browser.new_context(viewport=REPORT, device_scale_factor=SHOWN, offline=True).new_page()
    page.goto(path.as_uri())
    score = page.locator(".score").bounding_box()
    high = min(round(score["y"] + score["height"]) + 40, LONGEST) if score else REPORT["height"]
    page.set_viewport_size({**REPORT, "height": high})
    return bytes(page.screenshot(animations="disabled"))


def form(browser: Any, lang: str, folder: Path) -> bytes:
    """The second page of the questionnaire with some answers given."""
    client = read_client(PROJECT / "data_samples" / SAMPLES[lang])
    context = browser.new_context(viewport=FORM, device_scale_factor=SHOWN, offline=True, locale=lang)
    opened = Opened(context, write_page(client, folder, lang).as_uri())
    opened.fill(marks("4533 24.. .... .... ...."), until="B")
    for key in ("B1", "B2"):
        opened.choose(key, marks()[key])
    opened.page.evaluate("window.scrollTo(0, 0)")
    return bytes(opened.page.screenshot(animations="disabled"))


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        for lang in SAMPLES:
            save(report(browser, lang, Path(folder)), f"report-{lang}")
            save(form(browser, lang, Path(folder)), f"form-{lang}")
        browser.close()


if __name__ == "__main__":
    main()
