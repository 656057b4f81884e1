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
from helpers.report.arial import arial
from helpers.report.fit import LAST_SIZES, SIZES, Fitted, Measure, advance, fitted, left_out_text, line_count
from helpers.report.inline import size_of
from helpers.report.lettering import ELLIPSIS, strip_control, tied
from helpers.report.model import Table
from helpers.report.pptx_deck import Area, Deck
from helpers.report.pptx_lines import ORPHAN, SLACK, held, settled, unbroken
from helpers.report.raster import drawn

LINE = 1.2
"""Height of a line in sizes, as office programs set it."""
LEAST = 10.0
"""Points: smaller letters are not read from a chair."""
SHRINK = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
BULLET = 1.1
"""Sizes by which text stands to the right of its bullet."""
FOOT = 12.0
"""Points of a footer, where a deck of their own does not say."""
TITLE = 16.0
"""Points: the least size of a title, before it is cut."""
ZOOMS = (2.0, 1.8, 1.6, 1.35, 1.2)
"""A table on a slide against the same on paper: the largest at which all of it fits."""
ZOOM = 1.35
"""Of a table that does not fit at any: as many rows as there is room for."""

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


def height(words: Iterable[Words], width: float, measure: Measure = advance) -> float:
    """Points that the paragraphs take in so many points of width."""
    total = 0.0
    for one in words:
        room = width - (BULLET * one.size if one.bullet else 0)
        lines = line_count(plain(one.text), room, one.size, bold=one.bold, measure=measure)
        total += lines * one.size * LINE + one.after * one.size
    return total


def scaled(words: Iterable[Words], factor: float) -> tuple[Words, ...]:
    """The paragraphs in smaller letters, none smaller than can be read."""
    return tuple(replace(one, size=max(round(one.size * factor, 1), min(one.size, LEAST))) for one in words)


def fit(
    words: Sequence[Words], area: Area, *, measure: Measure = arial, least: float = 0.0
) -> tuple[tuple[Words, ...], float]:
    """The paragraphs as they fit ``area``, smaller if they must be, and by how much; the longest are cut at last.

    With ``least`` they may become as small as so many points, however large they began.
    """
    wide, high = _room(area.width), 72 * area.height
    steps = [*SHRINK, *(step / 100 for step in range(55, 20, -5) if least and words[0].size * step / 100 >= least)]
    for factor in steps:
        smaller = scaled(words, factor)
        if height(smaller, wide, measure) <= high:
            return smaller, factor
    cut = list(smaller)
    while height(cut, wide, measure) > high:
        longest = max(range(len(cut)), key=lambda i: len(cut[i].text))
        text = cut[longest].text.rstrip(ELLIPSIS)
        shorter = text[: int(len(text) * 0.9)].rsplit(" ", 1)[0].rstrip(" ,.;:-–")
        if not shorter:
            break
        cut[longest] = replace(cut[longest], text=shorter + ELLIPSIS)
    return tuple(cut), steps[-1]


def _settled(words: Iterable[Words]) -> list[Words]:
    return [replace(one, text=settled(plain(one.text), ORPHAN // 2)) for one in words]


def _room(inches: float) -> float:
    """Points of a line that are surely there, whatever program sets it."""
    return 72 * inches * (1 - SLACK)


class Painter:
    """Puts things on slides of one deck in one language."""

    def __init__(self, deck: Deck, say: Language, palette: dict[str, str]) -> None:
        self.deck, self.say, self.palette = deck, say, palette
        # A deck of their own may have any face: the wider measure, and no line is ended where theirs would go on.
        self.measure: Measure = advance if deck.own else arial
        self._pictures: list[tuple[Any, int, str, str, Area]] = []

    def fit(self, words: Sequence[Words], area: Area) -> tuple[tuple[Words, ...], float]:
        """``fit`` with the widths of this deck's face."""
        return fit(words, area, measure=self.measure)

    def high(self, words: Sequence[Words], width: float) -> float:
        """Inches that paragraphs take in so many inches of width."""
        return height(_settled(words), _room(width), self.measure) / 72

    def text(self, slide: Any, words: Sequence[Words], area: Area, *, anchor: str = "top") -> Any:
        """A text box whose text is made to fit."""
        shape = slide.shapes.add_textbox(*area.box)
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = getattr(MSO_ANCHOR, anchor.upper())
        self.fill(frame, self.fit(_settled(words), area)[0], area.width)
        return shape

    def fill(self, frame: Any, words: Sequence[Words], width: float) -> None:
        """Paragraphs of a text frame of so many inches; what stood there goes."""
        for number, one in enumerate(words):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.RIGHT if one.right else None
            paragraph.space_after = Pt(round(one.after * one.size, 1))
            paragraph.line_spacing = 1.0
            for line in self.lines(plain(one.text), one, width):
                if paragraph.runs:
                    _break(paragraph, one.size)
                run = paragraph.add_run()
                run.text = line
                run.font.size, run.font.bold = Pt(one.size), one.bold or None
                self.paint(run.font.color, one.colour)
            if one.bullet:
                _bullet(paragraph, one.size)

    def lines(self, text: str, like: Words, width: float) -> list[str]:
        """``text`` as it is set: a line ends where a range would be broken, if the widths of its letters are known."""
        if self.deck.own:
            return [text]
        room = 72 * width - (BULLET * like.size if like.bullet else 0)
        return unbroken(text, room, like.size, bold=like.bold, measure=self.measure)

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
        # Short lines beside a picture are ragged enough.
        said = settled(held(plain(text))) if place is None else settled(plain(text), ORPHAN // 2)
        whole = Words(said, size, bold=True, after=0)
        (words,), factor = fit([whole], area, measure=self.measure, least=TITLE)
        frame = shape.text_frame
        # A vertical tab is a line break for the library; without a size of its own the break is as high as the title.
        frame.text = "\v".join(self.lines(plain(words.text), words, area.width))
        frame.auto_size = MSO_AUTO_SIZE.NONE
        if factor < 1 or place is not None:
            for run in frame.paragraphs[0].runs:
                run.font.size = Pt(words.size)
        if place is not None:
            return place.inset(top=height([words], _room(area.width), self.measure) / 72)
        room = self.deck.content
        if self.deck.own:
            return room
        # A short title of ours leaves its second line to the picture.
        return room.inset(top=-max(area.height - height([words], _room(area.width), self.measure) / 72 - 0.1, 0))

    def foot(self, shape: Any, text: str) -> None:
        """Fill the footer on one line: small letters where the deck leaves it little room."""
        size = FOOT if self.deck.own else 10.0
        wide = _room(shape.width / 914400) - 16
        needed = self.measure(plain(text), size)
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
        for zoom in (*ZOOMS, ZOOM):
            # No more rows are looked at than there would be room for in one line each.
            rows = min(len(table.rows), max(int(high / zoom / (LAST_SIZES[-1] * LINE + 2 * _ABOVE)), 1))
            cells, heights = _sized(table, say, currency, wide, rows, zoom, self.measure)
            if cells.size == SIZES[0] and sum(heights) <= high and not cells.left_out:
                break
        while rows > 1 and sum(heights) > high:
            rows -= 1
            cells, heights = _sized(table, say, currency, wide, rows, zoom, self.measure)
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
            for cell, text, numeric, wide in zip(row.cells, texts, cells.numeric, cells.widths, strict=True):
                cell.margin_left = cell.margin_right = Pt(_SIDE * zoom)
                cell.margin_top = cell.margin_bottom = Pt(_ABOVE * zoom)
                cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
                size = round(cells.size * zoom, 1)
                words = Words(text, size, bold=head or total, after=0, right=numeric)
                self.fill(cell.text_frame, [words], (wide - 2 * _SIDE) * zoom / 72)
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
    table: Table, say: Language, currency: str, wide: float, rows: int, zoom: float, measure: Measure
) -> tuple[Fitted, list[float]]:
    """The table with so many rows as on paper, and the height of each row on the slide in points, the heading first."""
    cells = fitted(table, say, currency, wide / zoom, wide / zoom, rows, measure=measure)
    heights = []
    for number, row in enumerate((cells.heads, *cells.rows)):
        bold = number == 0 or (cells.total and number == len(cells.rows))
        lines = max(
            line_count(text, wide - 2 * _SIDE, cells.size, bold=bold, measure=measure)
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


def _break(paragraph: Any, size: float) -> None:
    """The line ends here; of the same size as its text, else it would be as high as a line of the deck's."""
    paragraph.add_line_break()
    made = paragraph._p.findall(qn("a:br"))[-1]
    made.append(made.makeelement(qn("a:rPr"), {"sz": str(round(100 * size))}))


def _bullet(paragraph: Any, size: float) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = round(size * BULLET * 12700)
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    properties.append(properties.makeelement(qn("a:buFont"), {"typeface": "Arial"}))
    properties.append(properties.makeelement(qn("a:buChar"), {"char": "•"}))
