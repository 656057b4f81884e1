"""The report as one HTML file: no script, no request, readable on a phone, in the dark and on paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers.language import Language, language
from helpers.report.inline import Inliner
from helpers.report.lettering import strip_control
from helpers.report.model import Report, ScoreCard, Section
from helpers.report.palette import COLOURS, DARK

HERE = Path(__file__).parent
LOWEST, HIGHEST = 20, 100
"""Ends of the score's scale."""


def html_page(report: Report) -> str:
    """The whole report as one page; the same report gives the same text.

    Raises:
        ReportError: a picture holds more than shapes.
    """
    say = language(report.lang)
    picture = Inliner()
    # The letters that pictures share stand at the top of the page and are known when the last picture is drawn.
    drawn = {figure.name: Markup(picture(figure)) for figure in report.figures()}
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            contents=_contents(report, say),
            css=Markup(style_sheet()),
            glyphs=Markup(picture.glyphs),
            picture=lambda figure: drawn[figure.name],
            **_words(say, report.currency, report.sections),
        )
    )


def part(name: str, say: Language, currency: str, *values: Any) -> str:
    """A piece of the page without its frame: the macro ``name`` of notebook.html filled with ``values``."""
    module: Any = _environment().get_template("notebook.html").make_module(_words(say, currency, ()))
    return str(getattr(module, name)(*values)).strip()


def style_sheet() -> str:
    """The style sheet with the palette's colours in their light and dark form."""
    text = (HERE / "report.css").read_text(encoding="utf-8")
    for mark, colours in (("light", COLOURS), ("dark", DARK)):
        text = text.replace(f"/* {mark} palette */", " ".join(f"--{name}: {value};" for name, value in colours.items()))
    return text


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _finalize(value: Any) -> Any:
    return strip_control(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _words(say: Language, currency: str, sections: tuple[Section, ...]) -> dict[str, Any]:
    return {
        "say": say,
        "currency": currency,
        "section_titles": {section.key: section.title for section in sections},
        "on_scale": _on_scale,
        "scale_text": lambda card: _scale_text(card, say),
    }


def _contents(report: Report, say: Language) -> list[tuple[str, str]]:
    """Anchor and title of every part, in reading order."""
    parts = [("first-page", say("The main thing"))]
    if report.score.readings or report.score.states:
        parts.append(("reading-the-score", say("How to read the score")))
    parts += [(f"s-{section.key}", section.title) for section in report.sections]
    if report.method:
        parts.append(("method", say("Method in brief")))
    return [*parts, ("sources", say("Files and version"))]


def _on_scale(score: float) -> str:
    """Where a score stands on its scale, as a length of CSS."""
    return f"{100 * (min(max(score, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST):.1f}%"


def _scale_text(card: ScoreCard, say: Language) -> str:
    """What the scale shows, for those who do not see it."""
    written = card.total_text or say.count(card.total)
    text = say("The score is {score} on a scale from 20 to 100: {band}.", score=written, band=card.band)
    if card.interval is None:
        return text
    return f"{text} {say('Interval (95%): {range}', range=say.interval(*card.interval, say.count))}."
