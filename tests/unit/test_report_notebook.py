import re

import IPython.display
import pytest
from demo_report import demo_report

from helpers.language import language
from helpers.report import model, notebook
from helpers.report.lettering import tied

SAY = language("en")


@pytest.fixture
def shown(monkeypatch):
    """Everything that is displayed, as bundles of media types."""
    bundles = []

    def display(bundle, raw):
        assert raw
        bundles.append(bundle)

    monkeypatch.setattr(IPython.display, "display", display)
    return bundles


def test_a_chapter_is_shown_as_words_pictures_and_numbers_in_order(shown):
    section = demo_report("en").sections[1]
    notebook.show_section(section, SAY, "RUB")
    assert [next(iter(bundle)) for bundle in shown] == ["text/html", "text/html", "image/svg+xml", "text/html"]
    opening, heading, picture, words = shown
    assert "<h2>Money by campaign</h2>" in opening["text/html"]
    assert section.exhibits[0].title in heading["text/html"]
    assert picture == {
        "image/svg+xml": section.exhibits[0].figure.svg,
        "text/plain": section.exhibits[0].figure.alt,
    }
    assert "−₽385,000" in words["text/html"]
    assert all(bundle["text/plain"] for bundle in shown)


def test_hostile_text_stays_text(shown):
    for section in demo_report("en", nasty=True).sections:
        notebook.show_section(section, SAY)
    notebook.show_first_page(demo_report("en", nasty=True), SAY)
    pages = [bundle["text/html"] for bundle in shown if "text/html" in bundle]
    joined = "".join(pages)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in joined
    assert "{{ 7 * 7 }}" in joined
    assert "<script" not in joined
    assert "<img" not in joined
    assert "\x1b" not in joined + "".join(bundle["text/plain"] for bundle in shown)
    # Jupyter would read $x^2$ as a formula; in these classes it does not.
    assert all(re.match(r'<div class="audit tex2jax_ignore mathjax_ignore">', page) for page in pages)
    assert all(page.count("<div") == page.count("</div>") for page in pages)


def test_the_first_page_holds_score_findings_and_reading(shown):
    notebook.show_first_page(demo_report("en"), SAY)
    (bundle,) = shown
    for part in ("Score: 58 of 100", "Interval (95%): 51–64", "−₽385K", "You are here", "Who answered"):
        assert tied(part, ranges=True) in bundle["text/html"]
    report = demo_report("en")
    for text in (report.headline, report.score.headline, report.actions[0].title):
        assert text in bundle["text/html"]
        assert text in bundle["text/plain"]
    assert report.actions[0].look_again in bundle["text/html"]


def test_a_missing_score_says_why(shown):
    card = model.ScoreCard(missing="Nobody answered.")
    notebook.show_first_page(demo_report("en").model_copy(update={"score": card}), SAY)
    assert "Nobody answered." in shown[0]["text/html"]
    assert "Score: ?" in shown[0]["text/html"]
