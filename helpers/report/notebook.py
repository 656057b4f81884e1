"""Chapters in a notebook: words and tables as escaped HTML, each picture as SVG with its alt text."""

from __future__ import annotations

from typing import Any

from helpers.language import Language
from helpers.report.html import part
from helpers.report.lettering import strip_control
from helpers.report.model import Figure, Report, Section, Table

# Said by what comes first in a cell: it holds for all that follows.
_STYLE = (
    "<style>.audit{max-width:52em} .audit table{text-align:left} .audit .num{text-align:right!important} "
    ".audit th,.audit td{text-align:left} .audit caption,.audit .note{font-size:.85em;opacity:.75;text-align:left}"
    "</style>\n"
)


def show_section(section: Section, say: Language, currency: str = "") -> None:
    """Display a chapter below the running cell; ``currency`` is written beside the money of its tables."""
    _show(_STYLE + part("opening", say, currency, section), _plain(section.title, *section.lead))
    for exhibit in section.exhibits:
        if exhibit.figure is not None and exhibit.figure.svg:
            _show(part("heading", say, currency, exhibit), _plain(exhibit.title))
            _show_picture(exhibit.figure)
            words = part("words", say, currency, exhibit)
            if words:
                _show(words, _plain(*exhibit.reading, exhibit.note))
        else:
            words = part("heading", say, currency, exhibit) + part("words", say, currency, exhibit)
            _show(words, _plain(exhibit.title, *exhibit.reading, exhibit.note))


def show_first_page(report: Report, say: Language) -> None:
    """Display what stands on the first page of the report."""
    findings = (f"{finding.text} {finding.amount}".strip() for finding in report.findings)
    actions = (f"{action.title} {action.amount}".strip() for action in report.actions)
    headline = report.score.headline if report.score else ""
    plain = _plain(report.title, report.headline, headline, *findings, *actions)
    _show(_STYLE + part("first_page", say, report.currency, report), plain)


def show_handout(report: Report, say: Language) -> None:
    """Display the working documents of a report as they will be handed out."""
    for handout in report.handouts:
        _show(_STYLE + part("heading", say, "", handout), _plain(handout.title))
        for block in handout.blocks:
            if block.kind == "picture":
                if block.figure is not None:
                    _show_picture(block.figure)
                continue
            alone = handout.model_copy(update={"blocks": (block,)})
            _show(part("block", say, report.currency, alone), _plain(block.text, *block.items, *_rows(block.table)))


def _rows(table: Table | None) -> list[str]:
    """A table in plain text: a row a line."""
    if table is None:
        return []
    return [" | ".join(str(cell).strip() for cell in row) for row in table.rows]


def _show_picture(figure: Figure) -> None:
    _display({"image/svg+xml": figure.svg, "text/plain": strip_control(figure.alt)})


def _show(html: str, plain: str) -> None:
    # Jupyter sets $...$ as formulas in HTML too; these classes (of MathJax 2 and 3) keep it from the client's text.
    page = f'<div class="audit tex2jax_ignore mathjax_ignore">{html}</div>'
    _display({"text/html": page, "text/plain": plain})


def _display(bundle: dict[str, str]) -> None:
    import IPython.display

    show: Any = IPython.display.display
    show(bundle, raw=True)


def _plain(*texts: str) -> str:
    return "\n".join(strip_control(text) for text in texts if text)
