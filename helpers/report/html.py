"""The report as one HTML file: no script, no request, readable on a phone, in the dark and on paper."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from helpers.language import Language, language
from helpers.report.fit import TALL, Fitted, advance, fitted, height, line_count
from helpers.report.inline import inlined
from helpers.report.lettering import tied
from helpers.report.look import dark, light
from helpers.report.model import Brand, Column, Handout, Report, ScoreCard, Section
from helpers.report.outline import action_line, action_pairs, findings_title, on_scale

HERE = Path(__file__).parent
PAPER, SIDEWAYS = 510.0, 745.0
"""Points between the margins of a printed page, upright and on its side."""
TURNED = 460.0
"""Points of a page on its side that rows of a table have, under its head and over its notes."""
LOOSE, TIGHT = (1.25, 3.9), (1.18, 1.1)
"""Height of a line in letters, and what is added to each row in points: as report.css sets them on turned pages."""
SHEET, SHEET_LETTERS, SHEET_LINES = 510.0, 7.6, 74.0
"""A working document on one sheet: points between its margins, size of its letters, lines that the sheet holds."""


def html_page(report: Report) -> str:
    """The whole report as one page; the same report gives the same text.

    Raises:
        ReportError: a picture holds more than shapes.
    """
    say = language(report.lang)
    drawn, shared = inlined(report.figures())
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            contents=_contents(report, say),
            css=Markup(style_sheet(report.brand)),
            logo=_logo_size(report.brand),
            glyphs=Markup(shared),
            picture=lambda figure: Markup(drawn[figure.name]),
            **_words(say, report.currency, report.sections),
        )
    )


def handout_page(report: Report, handout: Handout) -> str:
    """A working document as a page of its own, one sheet of A4 on paper; the same handout gives the same text.

    Raises:
        ReportError: a picture holds more than shapes.
    """
    drawn, shared = inlined(report.figures())
    return (
        _environment()
        .get_template("handout.html")
        .render(
            report=report,
            handout=handout,
            fit=f"{_fit(handout):.2f}",
            css=Markup(style_sheet(report.brand)),
            logo=_logo_size(report.brand),
            glyphs=Markup(shared),
            picture=lambda figure: Markup(drawn[figure.name]),
            **_words(language(report.lang), report.currency, ()),
        )
    )


def _fit(handout: Handout) -> float:
    """How much smaller letters must be for a handout to be one sheet: from its lines, counted as they will break."""

    def lines(text: str, room: float = SHEET) -> float:
        return max(1.0, math.ceil(1.03 * advance(text, SHEET_LETTERS) / room)) if text else 0.0

    total = 5.0
    for block in handout.blocks:
        total += {"heading": 1.9 * lines(block.text, SHEET / 1.2), "picture": 10.5, "line": 3.0}.get(block.kind, 0.0)
        if block.kind in ("text", "bullets", "steps"):
            total += 1.1 * (lines(block.text) + sum(lines(item, SHEET - 12) for item in block.items))
        if block.table is not None:
            column = SHEET / max(len(block.table.columns), 1)
            rows = [max((lines(str(cell), column) for cell in row if cell), default=1.0) for row in block.table.rows]
            total += 1.6 + sum(1.5 + 0.44 * (high - 1) for high in rows) + 1.1 * lines(block.table.note)
    # Smaller letters make shorter lines as well as more of them: the room grows with the square.
    return min(1.0, max(0.62, (SHEET_LINES / total) ** 0.5 if total > SHEET_LINES else 1.0))


def part(name: str, say: Language, currency: str, *values: Any) -> str:
    """A piece of the page without its frame: the macro ``name`` of notebook.html filled with ``values``."""
    module: Any = _environment().get_template("notebook.html").make_module(_words(say, currency, ()))
    return str(getattr(module, name)(*values)).strip()


def style_sheet(brand: Brand | None = None) -> str:
    """The style sheet with the document's colours in their light and dark form."""
    text = (HERE / "report.css").read_text(encoding="utf-8")
    for mark, colours in (("light", light(brand)), ("dark", dark(brand))):
        text = text.replace(f"/* {mark} palette */", " ".join(f"--{name}: {value};" for name, value in colours.items()))
    return text


def _logo_size(brand: Brand | None) -> tuple[int, int]:
    """Pixels of the logo on the page: at most 200 × 56, in its own proportions."""
    if brand is None or not brand.logo:
        return 0, 0
    wide, high = brand.logo_size
    scale = min(200 / wide, 56 / high)
    return round(wide * scale), round(high * scale)


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
    return tied(value, ranges=True) if isinstance(value, str) and not isinstance(value, Markup) else value


def _words(say: Language, currency: str, sections: tuple[Section, ...]) -> dict[str, Any]:
    return {
        "say": say,
        "currency": currency,
        "section_titles": {section.key: section.title for section in sections},
        "written": lambda cell, column: _written(say.cell(cell, column, currency), column),
        "findings_title": lambda report: findings_title(report, say),
        "action_line": lambda action: action_line(action, say),
        "action_pairs": lambda action: action_pairs(action, say),
        "on_paper": lambda table: _on_paper(fitted(table, say, currency, PAPER, SIDEWAYS)),
        "on_scale": lambda score: f"{100 * on_scale(score):.1f}%",
        "scale_text": lambda card: scale_text(card, say),
    }


def _written(text: str, column: Column) -> str:
    """A cell; numbers are never broken, and are copied into a workbook, so nothing unseen is put into them."""
    return text if column.kind == "text" else escape(text)


def _contents(report: Report, say: Language) -> list[tuple[str, str]]:
    """Anchor and title of every part, in reading order."""
    parts = [("first-page", say("The main thing"))]
    if report.days or report.actions or report.next_audit:
        parts.append(("days", say("The first 90 days")))
    if report.score and (report.score.readings or report.score.states):
        parts.append(("reading-the-score", say("How to read the score")))
    parts += [(f"s-{section.key}", section.title) for section in report.sections]
    if report.method:
        parts.append(("method", say("Method in brief")))
    if report.handouts:
        parts.append(("handouts", say("Working documents")))
    return [*parts, ("sources", say("Files and version"))]


def _on_paper(table: Fitted) -> dict[str, Any]:
    """How a table is printed: size of its letters, parts of its width, turned or not, how it is kept on its pages."""
    room = max(sum(table.widths), 1.0)
    shares = [f"{100 * width / room:.1f}" for width in table.widths]
    kept = ["short"] if height(table) <= TALL else []
    if table.wide and _turned_pages(table, *TIGHT) < _turned_pages(table, *LOOSE):
        kept.append("tight")
    return {"size": f"{table.size:g}", "shares": shares, "wide": table.wide, "kept": " ".join(kept)}


def _turned_pages(table: Fitted, line: float, around: float) -> int:
    scale = SIDEWAYS / max(sum(table.widths), 1.0)

    def high(row: tuple[str, ...]) -> float:
        lines = (line_count(cell, scale * room, table.size) for cell, room in zip(row, table.rooms, strict=True))
        return max(lines, default=1) * line * table.size + around

    return math.ceil(sum(map(high, table.rows)) / (TURNED - high(table.heads)))


def scale_text(card: ScoreCard, say: Language) -> str:
    """What the scale shows, for those who do not see it."""
    written = card.total_text or say.count(card.total)
    text = say("The score is {score} on a scale from 20 to 100: {band}.", score=written, band=card.band)
    if card.interval is None:
        return text
    return f"{text} {say('Interval (95%): {range}', range=say.interval(*card.interval, say.count))}."
