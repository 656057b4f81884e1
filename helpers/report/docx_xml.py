"""Parts of a Word document as WordprocessingML: runs, paragraphs, fields, tables. Text is cleaned here, for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

from helpers.report.docx_styles import w
from helpers.report.fit import Fitted, set_texts
from helpers.report.lettering import JOINER, strip_control, tied

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TWENTIETHS = 20
"""Word measures in twentieths of a point."""
SHORT = 12
"""A table of so many rows stays on one page."""
TAIL = 3
"""Rows that the last page of a longer table holds at least."""


def element(name: str, /, *children: Any, **attributes: Any) -> Any:
    """``element("pStyle", val="Heading1")`` is ``<w:pStyle w:val="Heading1"/>``."""
    made = etree.Element(w(name))
    for key, value in attributes.items():
        made.set(w(key), str(value))
    made.extend(child for child in children if child is not None)
    return made


def run(text: str, *, bold: bool = False, colour: str = "", size: float = 0, style: str = "") -> Any:
    """A piece of text; ``size`` in points, ``colour`` as '#rrggbb'. Line breaks stay line breaks."""
    made = element("r", _properties(bold, colour, size, style))
    for i, line in enumerate(tied(text, ranges=True).replace("\t", " ").split("\n")):
        if i:
            made.append(element("br"))
        made.append(_said(line))
    return made


def _said(text: str) -> Any:
    made = element("t")
    made.set(XML_SPACE, "preserve")
    made.text = text
    return made


def _properties(bold: bool, colour: str, size: float, style: str) -> Any:
    made = element("rPr")
    if style:
        made.append(element("rStyle", val=style))
    if bold:
        made.extend([element("b"), element("bCs")])
    if colour:
        made.append(element("color", val=colour.removeprefix("#")))
    if size:
        made.extend([element("sz", val=round(2 * size)), element("szCs", val=round(2 * size))])
    return made if len(made) else None


def paragraph(style: str, *inside: Any, **properties: Any) -> Any:
    """A paragraph of a style (its id); ``properties`` are those of ``_shape``."""
    made = element("p", _shape(style, **properties), *inside)
    for one in list(made.iter(w("r"))):
        if any(JOINER in (said.text or "") for said in one.iter(w("t"))):
            _join(one)
    return made


def _join(whole: Any) -> None:
    """Give joiners runs of their own, of one point: where a face has none, programs take it from a higher one."""
    look = whole.find(w("rPr"))
    made = [element("r", deepcopy(look))]
    for child in [child for child in whole if child is not look]:
        first, *rest = (child.text or "").split(JOINER)
        made[-1].append(_said(first) if child.tag == w("t") else child)
        for text in rest:
            made.append(element("r", _properties(bold=False, colour="", size=1, style=""), _said(JOINER)))
            made.append(element("r", deepcopy(look), _said(text)))
    parent = whole.getparent()
    place = parent.index(whole)
    parent[place : place + 1] = made


def _shape(
    style: str,
    *,
    keep_next: bool = False,
    page_break: bool = False,
    numbering: int = 0,
    border: str = "",
    fill: str = "",
    right: bool = False,
    tabs: Sequence[tuple[str, float, str]] = (),
    before: float | None = None,
    after: float | None = None,
    left: float | None = None,
    line: float | None = None,
) -> Any:
    """Paragraph properties in the order the schema wants; lengths in points, ``tabs`` are (kind, place, leader).

    Each line is as high as ``line`` says, whatever its letters need.
    """
    made = element("pPr", element("pStyle", val=style))
    if keep_next:
        made.append(element("keepNext"))
    if page_break:
        made.append(element("pageBreakBefore"))
    if numbering:
        made.append(element("numPr", element("ilvl", val=0), element("numId", val=numbering)))
    if border:
        made.append(element("pBdr", element("left", val="single", sz=24, space=8, color=border.removeprefix("#"))))
    if fill:
        made.append(element("shd", val="clear", color="auto", fill=fill.removeprefix("#")))
    if tabs:
        stops = (element("tab", val=kind, leader=leader, pos=round(at * TWENTIETHS)) for kind, at, leader in tabs)
        made.append(element("tabs", *stops))
    if not before is after is line is None:
        sides = {"before": before, "after": after, "line": line}
        spaces = {side: round(s * TWENTIETHS) for side, s in sides.items() if s is not None}
        made.append(element("spacing", **spaces, **({"lineRule": "exact"} if line is not None else {})))
    if left is not None:
        made.append(element("ind", left=round(left * TWENTIETHS)))
    if right:
        made.append(element("jc", val="right"))
    return made


def tab() -> Any:
    """A jump to the next tab stop."""
    return element("r", element("tab"))


def field(code: str, shown: Iterable[Any]) -> list[Any]:
    """A field with what it shows until it is brought up to date."""
    return [*field_start(code), *shown, field_end()]


def field_start(code: str) -> list[Any]:
    """Where a field begins; what follows until ``field_end`` is what it shows."""
    instruction = element("instrText")
    instruction.set(XML_SPACE, "preserve")
    instruction.text = f" {code} "
    return [
        element("r", element("fldChar", fldCharType="begin")),
        element("r", instruction),
        element("r", element("fldChar", fldCharType="separate")),
    ]


def field_end() -> Any:
    """Where a field ends."""
    return element("r", element("fldChar", fldCharType="end"))


def bookmarked(number: int, name: str, inside: Iterable[Any]) -> list[Any]:
    """Runs that links can lead to."""
    return [element("bookmarkStart", id=number, name=name), *inside, element("bookmarkEnd", id=number)]


def link(name: str, *inside: Any) -> Any:
    """Runs that lead to a bookmark of the document."""
    return element("hyperlink", *inside, anchor=name, history=1)


def table(fitted: Fitted, style: str, cell_style: str, title: str) -> Any:
    """A table with fixed columns; its first row is repeated on every page it runs over."""
    widths = [round(width * TWENTIETHS) for width in fitted.widths]
    inset = {"w": round(fitted.inset * TWENTIETHS), "type": "dxa"}
    look = {"firstRow": 1, "lastRow": int(fitted.total), "firstColumn": 0, "lastColumn": 0, "noHBand": 1, "noVBand": 1}
    properties = element(
        "tblPr",
        element("tblStyle", val=style),
        element("tblW", w=sum(widths), type="dxa"),
        element("tblLayout", type="fixed"),
        element("tblCellMar", element("left", **inset), element("right", **inset)),
        element("tblLook", val=f"{0x0600 | 0x0020 | 0x0040 * fitted.total:04X}", **look),
        element("tblCaption", val=strip_control(title)[:250]) if title else None,
    )
    made = element("tbl", properties, element("tblGrid", *(element("gridCol", w=width) for width in widths)))
    heads, rows = set_texts(fitted)
    last = len(rows) - 1
    made.append(_row(heads, fitted, widths, cell_style, header=True, keep_next=True))
    for i, cells in enumerate(rows):
        # A short table stays on one page; of a long one no row goes alone to the next.
        bold, keep_next = fitted.total and i == last, i < last and (last < SHORT or i > last - TAIL)
        made.append(_row(cells, fitted, widths, cell_style, bold=bold, keep_next=keep_next))
    return made


def abreast(left: Sequence[Any], right: Sequence[Any], width: float, gutter: float, *, whole: bool) -> Any:
    """Two tables with what belongs to them, side by side: a frame without lines, of one row.

    ``width`` and ``gutter`` in points; no page breaks what is ``whole``; each side ends with a paragraph, as every cell
    does.
    """
    inside, last = round((width - gutter) / 2 * TWENTIETHS), round(gutter * TWENTIETHS)
    widths = (inside + last, inside)
    none = {"w": 0, "type": "dxa"}
    properties = element(
        "tblPr",
        element("tblW", w=sum(widths), type="dxa"),
        element("tblLayout", type="fixed"),
        element("tblCellMar", *(element(side, **none) for side in ("top", "left", "bottom", "right"))),
    )
    cells = (
        element("tc", element("tcPr", element("tcW", w=wide, type="dxa")), *side)
        for wide, side in zip(widths, (left, right), strict=True)
    )
    row = element("tr", element("trPr", element("cantSplit")) if whole else None, *cells)
    return element("tbl", properties, element("tblGrid", *(element("gridCol", w=wide) for wide in widths)), row)


def _row(
    cells: Sequence[str],
    fitted: Fitted,
    widths: Sequence[int],
    style: str,
    *,
    header: bool = False,
    bold: bool = False,
    keep_next: bool = False,
) -> Any:
    # The style of the table makes header and total bold; a template's own table style may not.
    made = element("tr", element("trPr", element("cantSplit"), element("tblHeader") if header else None))
    for text, width, numeric in zip(cells, widths, fitted.numeric, strict=True):
        letters = run(text, bold=bold or header, size=fitted.size)
        said = paragraph(style, letters, right=numeric, keep_next=keep_next)
        made.append(element("tc", element("tcPr", element("tcW", w=width, type="dxa")), said))
    return made
