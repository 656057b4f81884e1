"""What stands on a slide: text that is made to fit its place, pictures with their alt text, tables cut to a screen."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from helpers.language import Language
from helpers.report.fit import LAST_SIZES, SIZES, Fitted, advance, fitted, left_out_text, line_count
from helpers.report.inline import size_of
from helpers.report.lettering import ELLIPSIS, strip_control, tied
from helpers.report.model import Table
from helpers.report.pptx_deck import Area, Deck
from helpers.report.raster import drawn

LINE = 1.2
"""Height of a line in sizes, as office programs set it."""
NARROW = 0.93
"""Arial against the face that is measured, which is wider; a deck of their own may have any face."""
SHRINK = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
FOOT = 12.0
"""Points of a footer, where a deck of their own does not say."""
TITLE = 16.0
"""Points: the least size of a title, before it is cut."""
ZOOMS = (2.0, 1.8, 1.6, 1.35)
"""A table on a slide against the same on paper: the largest at which all of it fits, else the last."""

TEXT, MUTED, ACCENT = MSO_THEME_COLOR.TEXT_1, MSO_THEME_COLOR.TEXT_2, MSO_THEME_COLOR.ACCENT_1


@dataclass(frozen=True)
class Words:
    """A paragraph: its text, size in points, and look."""

    text: str
    size: float = 14.0
    bold: bool = False
    colour: Any = TEXT
    """A colour of the theme, or "#rrggbb"."""
    after: float = 0.4
    """Room after it, in sizes."""
    bullet: bool = False
    right: bool = False


def plain(text: str) -> str:
    """One line of text that XML may hold."""
    return " ".join(tied(text).split(" ")).replace("\t", " ")


def height(words: Iterable[Words], width: float) -> float:
    """Points that the paragraphs take in so many points of width."""
    total = 0.0
    for one in words:
        room = width - (1.1 * one.size if one.bullet else 0)
        total += line_count(plain(one.text), room, one.size, bold=one.bold) * one.size * LINE + one.after * one.size
    return total


def scaled(words: Iterable[Words], factor: float) -> tuple[Words, ...]:
    """The paragraphs in smaller letters."""
    return tuple(replace(one, size=round(one.size * factor, 1)) for one in words)


def fit(
    words: Sequence[Words], area: Area, *, narrow: float = NARROW, least: float = 0.0
) -> tuple[tuple[Words, ...], float]:
    """The paragraphs as they fit ``area``, smaller if they must be, and by how much; the longest are cut at last.

    With ``least`` they may become as small as so many points, however large they began.
    """
    wide, high = 72 * area.width / narrow, 72 * area.height
    steps = [*SHRINK, *(step / 100 for step in range(55, 20, -5) if least and words[0].size * step / 100 >= least)]
    for factor in steps:
        smaller = scaled(words, factor)
        if height(smaller, wide) <= high:
            return smaller, factor
    cut = list(smaller)
    while height(cut, wide) > high:
        longest = max(range(len(cut)), key=lambda i: len(cut[i].text))
        text = cut[longest].text.rstrip(ELLIPSIS)
        shorter = text[: int(len(text) * 0.9)].rsplit(" ", 1)[0].rstrip(" ,.;:-–")
        if not shorter:
            break
        cut[longest] = replace(cut[longest], text=shorter + ELLIPSIS)
    return tuple(cut), steps[-1]


class Painter:
    """Puts things on slides of one deck in one language."""

    def __init__(self, deck: Deck, say: Language, palette: dict[str, str]) -> None:
        self.deck, self.say, self.palette = deck, say, palette
        self.narrow = 1.0 if deck.own else NARROW
        self._pictures: list[tuple[Any, int, str, str, Area]] = []

    def fit(self, words: Sequence[Words], area: Area) -> tuple[tuple[Words, ...], float]:
        """``fit`` with the widths of this deck's face."""
        return fit(words, area, narrow=self.narrow)

    def high(self, words: Sequence[Words], width: float) -> float:
        """Inches that paragraphs take in so many inches of width."""
        return height(words, 72 * width / self.narrow) / 72

    def text(self, slide: Any, words: Sequence[Words], area: Area, *, anchor: str = "top") -> Any:
        """A text box whose text is made to fit."""
        shape = slide.shapes.add_textbox(*area.box)
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = getattr(MSO_ANCHOR, anchor.upper())
        self.fill(frame, self.fit(words, area)[0])
        return shape

    def fill(self, frame: Any, words: Sequence[Words]) -> None:
        """Paragraphs of a text frame; what stood there goes."""
        for number, one in enumerate(words):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.RIGHT if one.right else None
            paragraph.space_after = Pt(round(one.after * one.size, 1))
            paragraph.line_spacing = 1.0
            run = paragraph.add_run()
            run.text = plain(one.text)
            run.font.size, run.font.bold = Pt(one.size), one.bold or None
            self.paint(run.font.color, one.colour)
            if one.bullet:
                _bullet(paragraph, one.size)

    def paint(self, target: Any, colour: Any) -> None:
        """Give a font or fill a colour of the theme, or one of ours; muted text of their deck is its plain text."""
        if isinstance(colour, str):
            target.rgb = RGBColor(*bytes.fromhex(colour[1:]))  # type: ignore[no-untyped-call]
        else:
            target.theme_color = TEXT if self.deck.own and colour == MUTED else colour

    def title(self, slide: Any, text: str, size: float, place: Area | None = None) -> Area:
        """Fill the slide's title, smaller only where it would not fit; the room that is left below it.

        ``place`` moves it; otherwise it stands where the layout wants it.
        """
        shape = slide.shapes.title
        if place is not None:
            shape.left, shape.top, shape.width, shape.height = place.box
        area = Area(0, 0, shape.width / 914400 - (0.2 if self.deck.own else 0), shape.height / 914400)
        (words,), factor = fit([Words(text, size, bold=True, after=0)], area, narrow=self.narrow, least=TITLE)
        frame = shape.text_frame
        frame.text = plain(words.text)
        frame.auto_size = MSO_AUTO_SIZE.NONE
        if factor < 1 or place is not None:
            frame.paragraphs[0].runs[0].font.size = Pt(words.size)
        if place is not None:
            used = self.high([words], area.width)
            return place.inset(top=used)
        room = self.deck.content
        if self.deck.own:
            return room
        # A short title of ours leaves its second line to the picture.
        return room.inset(top=-max(area.height - self.high([words], area.width) - 0.1, 0))

    def foot(self, shape: Any, text: str) -> None:
        """Fill the footer on one line: small letters where the deck leaves it little room."""
        size = FOOT if self.deck.own else 10.0
        wide = 72 * shape.width / 914400 / self.narrow - 16
        needed = advance(plain(text), size)
        if needed > 2 * wide:
            text = text[: int(len(text) * 2 * wide / needed)].rstrip() + ELLIPSIS
        shape.text_frame.text = plain(text)
        if needed > wide:
            shape.text_frame.paragraphs[0].runs[0].font.size = Pt(max(round(size * wide / needed, 1), size / 2))

    def shape(self, slide: Any, kind: Any, area: Area, colour: Any, *, name: str = "") -> Any:
        """A filled shape without a line; it means nothing to who cannot see it, unless it has a name."""
        made = slide.shapes.add_shape(kind, *area.box)
        made.fill.solid()
        self.paint(made.fill.fore_color, colour)
        made.line.fill.background()
        # The deck's style of shapes would give it a shadow and a gradient.
        made._element.remove(made._element.find(qn("p:style")))
        describe(made, name)
        return made

    def picture(self, slide: Any, svg: str, alt: str, area: Area) -> Area:
        """The room of a picture (``svg`` tells its size) as large as it fits, at the top left.

        The picture itself comes with ``draw_pictures``, behind what stands on the slide by now.
        """
        wide, high = size_of(svg)
        scale = min(area.width / wide, area.height / high)
        taken = Area(area.left, area.top, wide * scale, high * scale)
        self._pictures.append((slide, len(slide.shapes._spTree), svg, alt, taken))
        return taken

    def draw_pictures(self) -> None:
        """All pictures that have their room, drawn together, each sharp at the size it has there."""
        pngs = drawn([(svg, 72 * taken.width) for _, _, svg, _, taken in self._pictures])
        for png, (slide, place, _, alt, taken) in zip(pngs, self._pictures, strict=True):
            made = slide.shapes.add_picture(io.BytesIO(png), *taken.box)
            describe(made, alt)
            slide.shapes._spTree.insert(place, made._element)
            if self.deck.own:
                # Charts are drawn for white paper, whatever their slides look like.
                fill = made._element.spPr.makeelement(qn("a:solidFill"), {})
                fill.append(fill.makeelement(qn("a:srgbClr"), {"val": "FFFFFF"}))
                made._element.spPr.append(fill)
        self._pictures.clear()

    def table(self, slide: Any, table: Table, currency: str, title: str, area: Area) -> str:
        """As many rows as there is room for; a sentence that says how many are not there, if any."""
        say, wide, high = self.say, 72 * area.width, 72 * area.height
        for zoom in ZOOMS:
            # No more rows are looked at than there would be room for in one line each.
            rows = min(len(table.rows), max(int(high / zoom / (LAST_SIZES[-1] * LINE + 2 * _ABOVE)), 1))
            cells, heights = _sized(table, say, currency, wide, rows, zoom)
            if cells.size == SIZES[0] and sum(heights) <= high and not cells.left_out:
                break
        while rows > 1 and sum(heights) > high:
            rows -= 1
            cells, heights = _sized(table, say, currency, wide, rows, zoom)
        left, top, *_ = area.box
        whole = Pt(sum(cells.widths) * zoom), Pt(sum(heights))
        shape = slide.shapes.add_table(len(cells.rows) + 1, len(cells.heads), left, top, *whole)
        describe(shape, title)
        self._fill_table(shape.table, cells, heights, zoom)
        return left_out_text(cells, say)

    def _fill_table(self, table: Any, cells: Fitted, heights: Sequence[float], zoom: float) -> None:
        # Without a style of the deck's: every program draws those in its own way.
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE
        table.horz_banding = False
        for column, wide in zip(table.columns, cells.widths, strict=True):
            column.width = Pt(wide * zoom)
        for number, (row, texts) in enumerate(zip(table.rows, (cells.heads, *cells.rows), strict=True)):
            row.height = Pt(heights[number])
            head, total = number == 0, cells.total and number == len(cells.rows)
            for cell, text, numeric in zip(row.cells, texts, cells.numeric, strict=True):
                cell.margin_left = cell.margin_right = Pt(_SIDE * zoom)
                cell.margin_top = cell.margin_bottom = Pt(_ABOVE * zoom)
                cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
                size = round(cells.size * zoom, 1)
                self.fill(cell.text_frame, [Words(text, size, bold=head or total, after=0, right=numeric)])
                cell._tc.get_or_add_tcPr().append(parse_xml(_HEAD_LINE if head else _ROW_LINE))


_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_SIDE, _ABOVE = 4.0, 1.6
"""Points of paper that a cell keeps free at each side, above and below."""
_LINE_XML = (
    '<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="{w}">'
    "<a:solidFill>{fill}</a:solidFill></a:lnB>"
)
_HEAD_LINE = _LINE_XML.format(w=15875, fill='<a:schemeClr val="accent1"/>')
_ROW_LINE = _LINE_XML.format(
    w=6350, fill='<a:schemeClr val="tx1"><a:lumMod val="25000"/><a:lumOff val="75000"/></a:schemeClr>'
)


def _sized(
    table: Table, say: Language, currency: str, wide: float, rows: int, zoom: float
) -> tuple[Fitted, list[float]]:
    """The table with so many rows as on paper, and the height of each row on the slide in points, the heading first."""
    cells = fitted(table, say, currency, wide / zoom, wide / zoom, rows)
    heights = []
    for number, row in enumerate((cells.heads, *cells.rows)):
        lines = max(
            line_count(text, wide - 2 * _SIDE, cells.size, bold=number == 0)
            for text, wide in zip(row, cells.widths, strict=True)
        )
        heights.append((lines * cells.size * LINE + 2 * _ABOVE) * zoom)
    return cells, heights


def describe(shape: Any, text: str) -> None:
    """Alt text; without one the shape is marked as decoration."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("descr", strip_control(text).replace("\t", " "))
    if not text:
        properties.append(parse_xml(_DECORATION))


_DECORATION = """<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative
xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>"""


def _bullet(paragraph: Any, size: float) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = round(size * 1.1 * 12700)
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    properties.append(properties.makeelement(qn("a:buFont"), {"typeface": "Arial"}))
    properties.append(properties.makeelement(qn("a:buChar"), {"char": "•"}))
