"""The deck that slides are put into: our own look in the brand's colours, or the consultant's brand.pptx.

Of a consultant's deck its masters, layouts, theme and fonts are used and its slides are dropped; slides are given a
layout by what it holds, not by its name, so that a deck in any language will do.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Inches, Length

from helpers.errors import ReportError
from helpers.report.look import light
from helpers.report.model import Report

WIDE, HIGH = 13.333, 7.5
"""Inches of our own slides (16:9)."""
FONT = "Arial"
"""Or what stands in for it everywhere with the same widths."""
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_FURNITURE = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)


@dataclass(frozen=True)
class Area:
    """A rectangle on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    def inset(self, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Area:
        """The rectangle inside it."""
        return Area(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)

    def columns(self, count: int, gap: float) -> tuple[Area, ...]:
        """So many rectangles of one width beside each other."""
        width = (self.width - gap * (count - 1)) / count
        return tuple(Area(self.left + i * (width + gap), self.top, width, self.height) for i in range(count))

    @property
    def box(self) -> tuple[Length, Length, Length, Length]:
        """Left, top, width, height as python-pptx takes them."""
        left, top, width, height = (Inches(inches) for inches in (self.left, self.top, self.width, self.height))
        return left, top, width, height


@dataclass(frozen=True)
class Deck:
    """An empty deck and its two layouts: for the first slide, and a title with room below it."""

    file: Any
    first: Any
    plain: Any
    own: bool
    """It is the consultant's: fonts, colours and pictures of its masters are left alone."""

    @property
    def content(self) -> Area:
        """The room below the title of a plain slide, above the foot of the page."""
        title = _title_of(self.plain)
        wide, high = (_inches(side) for side in (self.file.slide_width, self.file.slide_height))
        feet = [
            _inches(shape.top)
            for layout in (self.plain, self.plain.slide_master)
            for shape in layout.placeholders
            if shape.placeholder_format.type in _FURNITURE and _inches(shape.top) > 0.8 * high
        ]
        left = max(_inches(title.left), 0.3)
        top = _inches(title.top + title.height) + 0.1
        bottom = min([*feet, high - 0.3]) - 0.05
        return Area(left, top, min(_inches(title.width), wide - left - 0.3), bottom - top)

    def slide(self, layout: Any) -> Any:
        """A new slide with its page number and footer; placeholders that nobody fills are taken away."""
        slide = self.file.slides.add_slide(layout)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in (*_TITLES, PP_PLACEHOLDER.SUBTITLE):
                shape._element.getparent().remove(shape._element)
        for shape in layout.placeholders:
            if shape.placeholder_format.type in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                slide.shapes._spTree.append(copy.deepcopy(shape._element))
        for number, shape in enumerate(slide.shapes, 2):
            shape._element.nvSpPr.cNvPr.set("id", str(number))
        return slide


def deck_of(report: Report) -> Deck:
    """An empty deck for a report.

    Raises:
        ReportError: the consultant's brand.pptx cannot be opened or has no layout with a title.
    """
    if report.brand is not None and report.brand.pptx:
        return _theirs(report.brand.pptx)
    return _ours(report)


def title_size(deck: Deck, layout: Any) -> float:
    """Points of a title in this layout, as it, its master or the master's text styles say."""
    for holder in (_title_of(layout), _title_of(layout.slide_master, required=False)):
        if holder is not None and (found := holder._element.xpath(".//a:lstStyle/a:lvl1pPr/a:defRPr/@sz")):
            return int(found[0]) / 100
    found = layout.slide_master._element.xpath("p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
    return int(found[0]) / 100 if found else 28.0


def _theirs(data: bytes) -> Deck:
    try:
        file = Presentation(io.BytesIO(data))
    except Exception as error:  # whatever a damaged file makes the library say
        raise ReportError("brand.pptx cannot be opened - save it again as an ordinary presentation") from error
    ids = file.slides._sldIdLst
    for slide in list(ids):
        file.part.drop_rel(slide.rId)
        ids.remove(slide)
    for name in file.part._element.xpath("//p:extLst"):
        # Sections name slides that are gone.
        name.getparent().remove(name)
    layouts = [layout for master in file.slide_masters for layout in master.slide_layouts if _title_of(layout, False)]
    if not layouts:
        raise ReportError("brand.pptx has no layout with a title - add one named Title Only")
    return Deck(file, _best(layouts, "title"), _best(layouts, "titleOnly"), own=True)


def _best(layouts: Sequence[Any], kind: str) -> Any:
    """The layout of this kind, else the one with a title across its top and the least besides."""
    return min(layouts, key=lambda one: (one._element.get("type") != kind, _upright(one), _fillings(one)))


def _fillings(layout: Any) -> int:
    return sum(shape.placeholder_format.type not in (*_TITLES, *_FURNITURE) for shape in layout.placeholders)


def _upright(layout: Any) -> bool:
    """Its title is not a line across the top of the slide: too narrow, or too low."""
    title = _title_of(layout)
    presentation = layout.part.package.presentation_part.presentation
    wide, high = presentation.slide_width, presentation.slide_height
    return bool(title.width < 0.5 * wide or title.top > 0.4 * high)


def _title_of(layout: Any, required: bool = True) -> Any:
    found = next((shape for shape in layout.placeholders if shape.placeholder_format.type in _TITLES), None)
    assert found is not None or not required
    return found


def _inches(length: int) -> float:
    return length / 914400


# Our own ------------------------------------------------------------------------------------------------------------


def _ours(report: Report) -> Deck:
    file = Presentation()
    file.slide_width, file.slide_height = Inches(WIDE), Inches(HIGH)
    for layout in list(file.slide_layouts):
        if layout._element.get("type") not in ("title", "titleOnly"):
            file.slide_layouts.remove(layout)
    _drop_leftovers(file)
    colours = light(report.brand)
    master = file.slide_masters[0]
    _paint(master, colours)
    style = master._element.find(qn("p:txStyles") + "/" + qn("p:titleStyle") + "/" + qn("a:lvl1pPr"))
    style.set("algn", "l")
    style.find(qn("a:defRPr")).set("sz", "2600")
    style.find(qn("a:defRPr")).set("b", "1")
    _place(master, Area(0.6, 0.62, WIDE - 1.2, 0.95), "t")
    first, plain = (
        next(x for x in file.slide_layouts if x._element.get("type") == kind) for kind in ("title", "titleOnly")
    )
    _place(plain, Area(0.6, 0.62, WIDE - 1.2, 0.95), "t")
    first_title = _title_of(first)._element.txBody.find(qn("a:lstStyle"))
    first_title.append(parse_xml(_FIRST_SIZE))
    _place(first, Area(1.1, 2.05, WIDE - 2.2, 1.75), "b", Area(1.1, 3.95, WIDE - 2.2, 1.35))
    _bar(first, Area(0, 0, 0.32, HIGH), "accent1", 90)
    _bar(first, Area(0.32, 0, 0.07, HIGH), "accent2", 91)
    _bar(plain, Area(0.6, 0.3, 0.45, 0.05), "accent1", 90)
    return Deck(file, first, plain, own=False)


def _drop_leftovers(file: Any) -> None:
    """The thumbnail and printer of whoever made the library's empty deck."""
    package = file.part.package
    for owner in (package, file.part):
        rels = owner._rels
        for key, rel in list(rels.items()):
            if rel.reltype in (RT.THUMBNAIL, RT.PRINTER_SETTINGS):
                rels.pop(key)


def _paint(master: Any, colours: dict[str, str]) -> None:
    """The theme: our colours and one face for all."""
    theme = master.part.part_related_by(RT.THEME)
    text = theme.blob.decode("utf-8")
    names = {"dk1": "ink", "lt1": "paper", "dk2": "muted", "lt2": "grid", "accent1": "accent", "accent2": "second",
             "accent3": "marketing", "accent4": "sales", "accent5": "joint", "accent6": "good", "hlink": "accent",
             "folHlink": "muted"}  # fmt: skip
    for slot, name in names.items():
        colour = f'<a:{slot}><a:srgbClr val="{colours[name][1:].upper()}"/></a:{slot}>'
        text = re.sub(rf"<a:{slot}>.*?</a:{slot}>", colour, text, flags=re.DOTALL)
    text = re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*', rf"\g<1>{FONT}", text)
    theme._blob = text.encode("utf-8")


def _place(layout: Any, title: Area, anchor: str, subtitle: Area | None = None) -> None:
    """Put the placeholders of a layout or master where a wide slide wants them."""
    foot = HIGH - 0.5
    for shape in layout.placeholders:
        kind = shape.placeholder_format.type
        if kind in _TITLES:
            area = title
            body = shape._element.txBody.find(qn("a:bodyPr"))
            body.set("anchor", anchor)
            for inset in ("lIns", "rIns", "tIns", "bIns"):
                body.set(inset, "0")
            for fit in body.findall(qn("a:normAutofit")):
                body.remove(fit)
        elif kind == PP_PLACEHOLDER.SUBTITLE and subtitle is not None:
            area = subtitle
            for paragraph in shape._element.txBody.iter(qn("a:lvl1pPr")):
                paragraph.set("algn", "l")
            for inset in ("lIns", "rIns", "tIns", "bIns"):
                shape._element.txBody.find(qn("a:bodyPr")).set(inset, "0")
        elif kind == PP_PLACEHOLDER.FOOTER:
            area = Area(0.6, foot, WIDE - 3.0, 0.3)
            _small(shape, "l")
        elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            area = Area(WIDE - 1.6, foot, 1.0, 0.3)
            _small(shape, "r")
        elif kind == PP_PLACEHOLDER.DATE:
            shape._element.getparent().remove(shape._element)
            continue
        else:
            area = Area(0.6, 1.7, WIDE - 1.2, 5.1)
        shape.left, shape.top, shape.width, shape.height = area.box


def _small(shape: Any, side: str) -> None:
    body = shape._element.txBody
    for inset in ("lIns", "rIns"):
        body.find(qn("a:bodyPr")).set(inset, "0")
    for level in body.iter(qn("a:lvl1pPr")):
        level.set("algn", side)
        level.find(qn("a:defRPr")).set("sz", "1000")


_FIRST_SIZE = (
    '<a:lvl1pPr xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" algn="l"><a:defRPr sz="3800" b="1">'
    '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:defRPr></a:lvl1pPr>'
)
_BAR = """<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvSpPr><p:cNvPr id="{id}" name="Bar {id}"/>
<p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>
<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>
<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"""


def _bar(layout: Any, area: Area, colour: str, number: int) -> None:
    x, y, w, h = area.box
    layout.shapes._spTree.insert(2, parse_xml(_BAR.format(id=number, x=x, y=y, w=w, h=h, colour=colour)))
