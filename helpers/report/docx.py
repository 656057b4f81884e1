"""The report as a Word document: real headings, captions, tables and contents, to be edited by a consultant.

A brand's own document is the template where there is one: its styles, page, header and footer stay, its text goes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable
from functools import cached_property
from itertools import count
from typing import Any

from helpers.language import language
from helpers.report.docx_page import Lists, Page, opened
from helpers.report.docx_styles import LANGUAGES, Styles
from helpers.report.docx_tables import Tables
from helpers.report.docx_xml import (
    bookmarked,
    element,
    field_end,
    field_start,
    link,
    paragraph,
    run,
    tab,
)
from helpers.report.fit import Fitted, advance, runs, stays
from helpers.report.inline import size_of
from helpers.report.lettering import shorten, strip_control
from helpers.report.look import light, recoloured
from helpers.report.model import Handout, Report, ScoreCard
from helpers.report.outline import (
    Blank,
    Card,
    Framed,
    Heading,
    Items,
    Listing,
    Numbers,
    Picture,
    Piece,
    Text,
    action_line,
    findings_title,
    handout_pieces,
    outline,
)
from helpers.report.raster import png_of, pngs_of
from helpers.report.repeatable import repeatable

EMU = 12_700
"""Word measures pictures in parts of a point."""
HIGHEST = 590.0
"""Points: a picture leaves room on its page for its heading and its caption."""
LISTED_LEVELS = 2
ROOM, SHEET = 470.0, 760.0
"""Points of a sheet's width and height for a handout, some left for the face of another machine."""
SNUG = (0.9, 0.6)
"""Shares of letters and spaces for one that would run over: there is still room to sign."""
CLOSE = 8.0
"""Points above a line to fill in where the page is full."""
LOOKS = {"body": "Normal", "lead": "Report Lead", "note": "Report Note", "strong": "Normal"}
CAUTION_EDGE = "#e07b12"
FRAMES = {"caution": (CAUTION_EDGE, "#fdf6e8"), "missing": ("neutral", "")}
"""Edge and ground of a frame, where they are not the style's own."""
TONES = {"good": "good", "current": "accent", "neutral": "edge", "caution": CAUTION_EDGE}


def docx_document(report: Report) -> bytes:
    """The whole report; the same report gives the same bytes.

    Raises:
        ReportError: a picture holds more than shapes, or the brand's document cannot be used.
    """
    return _Document(report).report_document()


def handout_docx(report: Report, handout: Handout, level: int = 1, *, tight: bool = False) -> bytes:
    """One page to be used by itself, in the report's look, its headings of ``level``; the same handout, the same bytes.

    ``tight``: smaller letters and spaces, for a page that must hold everything; a consultant's own styles stay.

    Raises:
        ReportError: the brand's document cannot be used.
    """
    snug = not tight and _height(handout, level) > SHEET
    return _Document(report, tight=tight, snug=snug).handout_document(handout, level)


def _height(handout: Handout, level: int) -> float:
    """Points that a handout takes on its sheet, about: what would run over is set in smaller letters."""
    lines = math.ceil(advance(handout.title, 30, bold=True) / ROOM)
    total = 36.0 * lines + 63
    for piece in handout_pieces(handout, level):
        if isinstance(piece, Heading):
            total += 48
        elif isinstance(piece, Numbers):
            total += 15 * len(piece.table.rows) + 45
        elif isinstance(piece, Blank):
            total += 44
        elif isinstance(piece, (Text, Items)):
            said = piece.items if isinstance(piece, Items) else (piece.text,)
            total += sum(14 * math.ceil(advance(text, 9.5) / ROOM) + 5 for text in said)
    return total


class _Document(Tables):
    """A Word document being written: its styles, its parts so far, the numbers it has given out."""

    def __init__(self, report: Report, *, tight: bool = False, snug: bool = False) -> None:
        self.report, self.say = report, language(report.lang)
        self.tight = tight
        self.colours = light(report.brand)
        template = report.brand.docx if report.brand else b""
        self.docx = opened(template)
        self.styles = Styles(self.docx.styles.element, report.brand, report.lang, own=not template)
        if tight and not template:
            self.styles.tighten()
        elif snug and not template:
            self.styles.tighten(*SNUG)
        self.lists = Lists(self.docx, self.styles)
        self.page = Page(self.docx, self.styles, own=not template, tight=tight)
        self.own_page = not template
        self.body: list[Any] = []
        self.listing: int | None = None
        """Where in the body the listing of all headings comes."""
        self.headings: list[tuple[int, str, str]] = []
        self.marks: dict[str, str] = {}
        self.numbers, self.drawings = count(1), count(1)

    # Documents --------------------------------------------------------------------------------------------------------

    def report_document(self) -> bytes:
        """Cover, contents, first page, and all that follows."""
        report, say = self.report, self.say
        if self.own_page:
            self.page.header_and_footer(self._running(), self._footer(), cover=True)
        self._cover()
        contents = len(self.body)
        self._first_page()
        full = {handout.key for handout in report.handouts if _height(handout, 2) > SHEET}
        self._pieces(outline(report, say, full))
        # Both lists name all headings, so they are made last; the later one first, for the places to hold.
        if self.listing is not None:
            self.body[self.listing : self.listing] = self._listed(LISTED_LEVELS)
        self.body[contents:contents] = self._contents()
        return self._saved(report.title)

    def handout_document(self, handout: Handout, level: int) -> bytes:
        """A handout with its title, for whom it is, and room to write."""
        report, say = self.report, self.say
        if self.own_page:
            self.page.header_and_footer(self._running(), self._footer(), cover=False)
        self._add("Title", run(handout.title))
        said = f"{report.client} · {say.period(*report.period)}"
        if self.tight:
            said += f" · {say('data as of {date}', date=say.date(report.as_of))}"
        self._add("Subtitle", run(said), after=6 if self.tight else 18)
        self._pieces(handout_pieces(handout, level))
        return self._saved(handout.title)

    def _saved(self, title: str) -> bytes:
        self.page.close(self.body)
        body = self.docx.element.body
        body[:] = [*self.body, self.page.last]
        self._properties(title)
        file = io.BytesIO()
        self.docx.save(file)
        return repeatable(file.getvalue())

    def _properties(self, title: str) -> None:
        report = self.report
        day = dt.datetime.combine(report.as_of, dt.time())
        core = self.docx.core_properties
        core.title, core.subject = (strip_control(text)[:255] for text in (title, report.client))
        core.author = core.last_modified_by = strip_control(report.brand.name if report.brand else "")[:255]
        core.comments = core.keywords = core.category = ""
        core.language, core.revision = LANGUAGES[report.lang], 1
        core.created = core.modified = core.last_printed = day

    def _running(self) -> tuple[str, str]:
        return shorten(self.report.client, 50), self.report.title

    def _footer(self) -> str:
        brand = self.report.brand
        return (brand.footer or brand.name) if brand else self.say.period(*self.report.period)

    # First pages ------------------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        report, say, brand = self.report, self.say, self.report.brand
        self._add("Report Client", run(report.client))
        self._add("Title", run(report.title))
        self._add("Subtitle", run(say.period(*report.period)))
        self._add("Subtitle", run(say("Data as of {date}", date=say.date(report.as_of))), after=60)
        if brand is None:
            return
        if brand.logo:
            self._add("Report Picture", self._logo(), after=12)
        self._add("Normal", run(brand.name, bold=True))
        if brand.contact:
            self._add("Report Note", run(brand.contact))

    def _logo(self) -> Any:
        """The logo, at most 60 × 18 mm."""
        brand = self.report.brand
        assert brand is not None
        wide, high = brand.logo_size
        scale = min(170 / wide, 51 / high)
        png = brand.logo_bytes
        if brand.logo_type == "svg":
            png = png_of(png.decode(), round(min(max(72 * 900 / wide, 72), 2400)))
        return self._drawing(png, brand.name, wide * scale, high * scale)

    def _contents(self) -> list[Any]:
        """The chapters, on a page of their own; the listing at the end has all."""
        return [paragraph(self.styles["TOC Heading"], run(self.say("Contents")), page_break=True), *self._listed(1)]

    def _listed(self, levels: int) -> list[Any]:
        """A field that shows the headings with links already; page numbers come with an update."""
        made = []
        listed = [(level, text, mark) for level, text, mark in self.headings if level <= levels]
        for i, (level, text, mark) in enumerate(listed):
            start = field_start(f'TOC \\o "1-{levels}" \\h \\z \\u') if i == 0 else []
            end = [field_end()] if i == len(listed) - 1 else []
            made.append(paragraph(self.styles[f"toc {level}"], *start, link(mark, run(text)), *end))
        return made

    def _first_page(self) -> None:
        report, say = self.report, self.say
        self._heading(Heading(say("The main thing"), key="first-page", new_page=True))
        if report.headline:
            self._add("Report Headline", run(report.headline))
        if report.findings:
            self._add("heading 3", run(findings_title(report, say)))
            ranked = ((one.text, one.amount, one.detail) for one in report.findings)
            self._ranked(ranked)
        if report.score is not None:
            self._score(report.score)
        if report.actions:
            self._add("heading 3", run(say("What to do first")))
            self._ranked((one.title, one.amount, action_line(one, say)) for one in report.actions)

    def _ranked(self, items: Iterable[tuple[str, str, str]]) -> None:
        """A numbered list: what, how much, and a line below."""
        numbering = self.lists.numbered()
        for text, amount, below in items:
            said = [run(text, bold=True)]
            if amount:
                said += [run(" · "), run(amount, bold=True, colour=self.colours["accent"])]
            self._add("List Number", *said, numbering=numbering, keep_next=bool(below), after=2)
            if below:
                self._add("Report Note", run(below), left=18, before=0, after=6)

    def _score(self, card: ScoreCard) -> None:
        say, accent = self.say, self.colours["accent"]
        self._add("heading 3", run(say("Score")))
        if card.total is None:
            self._add("Report Card", run(card.missing), border=accent)
            return
        written = card.total_text or say.count(card.total)
        lines = [[run(f"{written} {say('of 100')} – {card.band}", bold=True, size=15)]]
        if card.interval:
            lines.append([run(say("Interval (95%): {range}", range=say.interval(*card.interval, say.count)))])
        sides = [
            (card.marketing, "marketing", say("Marketing: {score}", score=say.count(card.marketing))),
            (card.sales, "sales", say("Sales: {score}", score=say.count(card.sales))),
        ]
        lines += [[run("■ ", colour=self.colours[key]), run(text)] for score, key, text in sides if score is not None]
        lines += [[run(line)] for line in (card.headline, card.likelihood, card.missing) if line]
        for i, line in enumerate(lines):
            self._add("Report Card", *line, border=accent, keep_next=i < len(lines) - 1)

    # Pieces -----------------------------------------------------------------------------------------------------------

    def _pieces(self, pieces: Iterable[Piece]) -> None:
        for part in runs(pieces, self.say, self.report.currency, self.page.room, self.page.sideways_room):
            self.page.turn(self.body, turned=part.sideways)
            # Of two tables abreast the right one is set with the left.
            right = -1
            for place, ((piece, fitted), stay) in enumerate(zip(part.pieces, stays(part), strict=True)):
                if place == right:
                    continue
                if isinstance(piece, Numbers) and fitted is not None and fitted.half:
                    beside = part.beside(place)
                    right = place + 1 if beside is not None else -1
                    self._abreast((piece, fitted), beside)
                elif isinstance(piece, Text):
                    self._text(piece, keep_next=stay)
                elif isinstance(piece, Picture):
                    self._picture(piece, keep_next=stay)
                else:
                    self._piece(piece, fitted)

    def _text(self, piece: Text, *, keep_next: bool) -> None:
        self._add(LOOKS[piece.look], run(piece.text, bold=piece.look == "strong"), keep_next=keep_next)

    def _piece(self, piece: Piece, fitted: Fitted | None) -> None:
        if isinstance(piece, Heading):
            self._heading(piece)
        elif isinstance(piece, Items):
            numbering = self.lists.numbered() if piece.numbered else self.lists.bullets
            for item in piece.items:
                self._add("List Number" if piece.numbered else "List Bullet", run(item), numbering=numbering)
        elif isinstance(piece, Framed):
            self._framed(piece)
        elif isinstance(piece, Card):
            self._card(piece)
        elif isinstance(piece, Numbers):
            if fitted is not None:
                self.body += self._numbers(piece, fitted)
        elif isinstance(piece, Listing):
            self.listing = len(self.body)
        elif isinstance(piece, Blank):
            line = [("right", self.page.room, "underscore")]
            self._add("Report Blank", run(f"{piece.text} "), tab(), tabs=line, before=CLOSE if piece.close else None)

    def _heading(self, piece: Heading) -> None:
        number = next(self.numbers)
        mark = f"_Toc{number:06d}"
        self.headings.append((piece.level, piece.text, mark))
        text = bookmarked(number, mark, [run(piece.text)])
        if piece.new_page:
            self._end_page()
        self._add(f"heading {piece.level}", *text, page_break=piece.new_page)

    def _framed(self, piece: Framed) -> None:
        edge, fill = FRAMES.get(piece.tone, ("", ""))
        edge = self.colours.get(edge, edge)
        look = {"border": edge, "fill": fill}
        self._add("Report Frame", run(piece.title, bold=True), **look, keep_next=True, before=10, after=3)
        for i, text in enumerate(piece.text):
            self._add("Report Frame", run(text), **look, after=14 if i == len(piece.text) - 1 else 3)

    def _card(self, piece: Card) -> None:
        edge = self.colours.get(TONES.get(piece.tone, "edge"), CAUTION_EDGE)
        title = [run(piece.title, bold=True)]
        if piece.mark:
            title += [run(" · "), run(piece.mark, bold=True, colour=self.colours["accent"])]
        lines = [title]
        lines += [[run(piece.text)]] if piece.text else []
        lines += [[run(f"{name}: ", colour=self.colours["muted"]), run(text)] for name, text in piece.pairs]
        for i, line in enumerate(lines):
            last = i == len(lines) - 1
            self._add("Report Card", *line, border=edge, keep_next=not last, after=12 if last else None)

    @cached_property
    def pictures(self) -> dict[str, bytes]:
        return pngs_of(self.report)

    def _picture(self, piece: Picture, *, keep_next: bool) -> None:
        wide, high = size_of(piece.figure.svg)
        scale = min(1.0, self.page.room / wide, HIGHEST / high)
        png = self.pictures[recoloured(piece.figure.svg, self.report.brand)]
        self._add("Report Picture", self._drawing(png, piece.figure.alt, wide * scale, high * scale))
        if not piece.number:
            return
        said = self._numbered("Figure", piece.label, piece.number, piece.caption)
        if piece.see:
            said += [run(" "), link(self._mark(piece.see_key), run(piece.see, style=self.styles["Hyperlink"]))]
        self._add("caption", *said, keep_next=keep_next)

    def _drawing(self, png: bytes, alt: str, wide: float, high: float) -> Any:
        """A picture in the line of text, ``wide`` × ``high`` points, with what it shows for those who cannot see it."""
        number = next(self.drawings)
        inline = self.docx.part.new_pic_inline(io.BytesIO(png), round(wide * EMU), round(high * EMU))
        for side in ("distT", "distB", "distL", "distR"):
            # Left out, LibreOffice takes an eighth of an inch and moves the picture over the margin.
            inline.set(side, "0")
        inline.docPr.set("id", str(number))
        inline.docPr.set("name", f"Picture {number}")
        inline.docPr.set("descr", strip_control(alt))
        return element("r", element("drawing", inline))

    def _add(self, style: str, *inside: Any, **shape: Any) -> None:
        self.body.append(paragraph(self.styles[style], *inside, **shape))
