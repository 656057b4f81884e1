"""The report as PDF: set by typst from data, tagged for readers that speak (PDF/UA-1), fonts inside, no time in it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from helpers.language import Language, language
from helpers.report.fit import (
    GUTTER,
    LONG,
    TALL,
    Fitted,
    Run,
    advance,
    broken,
    height,
    left_out_text,
    runs,
    set_texts,
    stays,
)
from helpers.report.inline import check, size_of
from helpers.report.lettering import clean, shorten, signed, tied
from helpers.report.look import light, recoloured
from helpers.report.model import Brand, Figure, Handout, Report, ScoreCard
from helpers.report.outline import (
    Blank,
    Numbers,
    Picture,
    Piece,
    action_line,
    findings_title,
    handout_pieces,
    on_scale,
    outline,
)
from helpers.report.typesetting import typeset

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
ROOM, SIDEWAYS = 481.8, 728.5
"""Points between the margins of A4, upright and on its side."""
HIGHEST = 590.0
"""Points: a picture leaves room for its heading and its caption."""
BOXES = {"soft": "#f3f5f8", "caution": "#fdf6e8", "caution_edge": "#e07b12"}
"""What a frame is filled with, as on the page."""
SHARE = 215.0
"""Points, three tenths of a page: with so much of it left the next chapter begins on it, at least its first words."""
WHOLE = 380.0
"""Points: lower tables abreast stand whole on a turned page, with their captions and notes."""
LETTERS = 9.5
"""Points: the size of text."""
STORY = 500
"""Letters: a row with a longer cell may be broken over two pages."""


def pdf_document(report: Report) -> bytes:
    """The whole report; the same report gives the same bytes.

    Raises:
        ReportError: a picture holds more than shapes, or typst refuses the document.
    """
    files = _files(report)
    return _set(files, _data(report, language(report.lang)))


def handout_pdf(report: Report, handout: Handout) -> bytes:
    """A working document as a PDF of its own, on one sheet: its letters give way; the same handout, the same bytes.

    Raises:
        ReportError: a picture holds more than shapes, or typst refuses the document.
    """
    say, files = language(report.lang), _files(report)
    parts = runs(handout_pieces(handout, 2), say, report.currency, ROOM, ROOM)
    pieces = [_piece(piece, table, say) for run in parts for piece, table in run.pieces]
    sheet = {"title": handout.title, "pieces": pieces}
    return _set(files, _data(report, say) | {"title": handout.title, "sheet": sheet, "runs": []})


def _files(report: Report) -> dict[str, bytes]:
    """The template and the pictures, each of them checked before anything is measured."""
    files = {"main": TEMPLATE.read_bytes()}
    for figure in report.figures():
        if figure.svg:
            check(figure)
            files[_file(figure)] = recoloured(figure.svg, report.brand).encode()
    if report.brand and report.brand.logo:
        files[_logo_file(report.brand)] = report.brand.logo_bytes
    return files


def _set(files: dict[str, bytes], data: dict[str, Any]) -> bytes:
    files["data.json"] = json.dumps(_clean(data)).encode()
    return typeset(files, format="pdf", pdf_standards=["ua-1"])[0]


def _data(report: Report, say: Language) -> dict[str, Any]:
    """What the template sets, all of it text, numbers and names of files."""
    brand, period = report.brand, say.period(*report.period)
    return {
        "lang": report.lang,
        "title": report.title,
        "author": brand.name if brand else (),
        "description": f"{report.client}, {period}",
        "date": {"year": report.as_of.year, "month": report.as_of.month, "day": report.as_of.day},
        "client": report.client,
        "running": shorten(report.client, 50),
        "period": period,
        "as_of": say("Data as of {date}", date=say.date(report.as_of)),
        "colours": light(brand) | BOXES,
        "brand": {"name": brand.name, "contact": brand.contact} if brand else None,
        "logo": _logo(brand),
        "footer": (brand.footer or brand.name) if brand else period,
        "words": {
            "contents": say("Contents"),
            "score": say("Score"),
            "of_100": say("of 100"),
            "findings": findings_title(report, say),
            "actions": say("What to do first"),
        },
        "gutter": GUTTER,
        "long": LONG,
        "share": SHARE,
        "whole": WHOLE,
        "sheet": None,
        "owner": _owner(report, say),
        "runs": [_run(run, say) for run in runs(outline(report, say), say, report.currency, ROOM, SIDEWAYS)],
    }


def _owner(report: Report, say: Language) -> dict[str, Any]:
    """The first page."""
    return {
        "title": say("The main thing"),
        "headline": report.headline,
        "findings": [{"text": one.text, "amount": one.amount, "detail": one.detail} for one in report.findings],
        "score": _score(report.score, say),
        "actions": [
            {"title": one.title, "amount": one.amount, "lines": [action_line(one, say)]} for one in report.actions
        ],
    }


def _score(card: ScoreCard | None, say: Language) -> dict[str, Any] | None:
    if card is None:
        return None
    if card.total is None:
        return {"total": None, "missing": card.missing}
    sides = {
        "marketing": (card.marketing, say("Marketing: {score}", score=say.count(card.marketing))),
        "sales": (card.sales, say("Sales: {score}", score=say.count(card.sales))),
    }
    interval = say.interval(*card.interval, say.count) if card.interval else ""
    return {
        "total": card.total_text or say.count(card.total),
        "at": on_scale(card.total),
        "band": card.band,
        "interval": say("Interval (95%): {range}", range=interval) if interval else "",
        "spread": [on_scale(end) for end in card.interval] if card.interval else None,
        "states": [{"label": state.label, "current": state.current} for state in card.states],
        "lines": [line for line in (card.headline, card.likelihood, card.missing) if line],
        **{
            name: {"at": on_scale(score), "colour": name, "text": text} if score is not None else None
            for name, (score, text) in sides.items()
        },
    }


def _run(run: Run, say: Language) -> dict[str, Any]:
    pieces = [
        _piece(piece, table, say) | {"sticky": stay}
        for (piece, table), stay in zip(run.pieces, stays(run), strict=True)
    ]
    if run.sideways:
        # Turning the page begins a new one already.
        pieces[0] |= {"new_page": False, "may_share": False}
    return {"sideways": run.sideways, "pieces": pieces}


def _piece(piece: Piece, table: Fitted | None, say: Language) -> dict[str, Any]:
    kind = {"kind": type(piece).__name__.lower()}
    if isinstance(piece, Picture):
        wide, high = size_of(piece.figure.svg)
        width = min(wide, ROOM, HIGHEST * wide / high)
        drawn = {"file": _file(piece.figure), "alt": piece.figure.alt, "width": width}
        return kind | drawn | {"label": piece.label, "caption": piece.caption, "see": piece.see, "to": piece.see_key}
    if isinstance(piece, Numbers) and table is not None:
        notes = [note for note in (piece.table.note, left_out_text(table, say)) if note]
        names = {"number": piece.number, "label": piece.label, "caption": piece.caption, "key": piece.key}
        return kind | asdict(table) | names | _cells(table) | {"notes": notes}
    if isinstance(piece, Blank):
        return kind | {"text": piece.text, "width": min(advance(piece.text, LETTERS) + 8, ROOM / 2)}
    return kind | asdict(piece)


def _cells(table: Fitted) -> dict[str, Any]:
    """Heads and rows as they are set, and where the table may go on in the next page."""
    heads, rows = set_texts(table)
    longest = max((len(cell) for row in table.rows for cell in row), default=0)
    return {
        "inset": table.inset,
        "heads": heads,
        "rows": [[signed(cell) for cell in row] for row in rows],
        "long_rows": longest > STORY,
        "high": height(table),
        "tall": height(table) > TALL,
        # Its caption stands on a line or two.
        "begin": height(replace(table, rows=table.rows[:2])) + 30,
    }


def _file(figure: Figure) -> str:
    return f"figures/{figure.name}.svg"


def _logo_file(brand: Brand) -> str:
    return f"logo.{brand.logo_type}"


def _logo(brand: Brand | None) -> dict[str, Any]:
    if brand is None or not brand.logo:
        return {"file": ""}
    return {"file": _logo_file(brand), "width": brand.logo_size[0], "height": brand.logo_size[1]}


def _clean(value: Any) -> Any:
    """The data with every text as it can be set: what the font cannot draw is a box, or the document is refused."""
    if isinstance(value, str):
        return broken(tied(clean(value), ranges=True))
    if isinstance(value, dict):
        # Cells are clean already, and broken where their columns are narrow.
        return {key: one if key in ("heads", "rows") else _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, (list, tuple)) else value
