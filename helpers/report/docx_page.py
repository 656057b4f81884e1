"""What a Word document stands on: the package, its numbered lists, its pages upright and on their side."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import Any

from helpers.errors import ReportError
from helpers.report.docx_styles import Styles, w
from helpers.report.docx_xml import RELATION, TWENTIETHS, element, field, paragraph, run, tab

A4 = (595.3, 841.9)
MARGINS = {"top": 68.0, "right": 56.7, "bottom": 62.4, "left": 56.7, "header": 34.0, "footer": 34.0, "gutter": 0.0}
TIGHT = MARGINS | {"top": 48.0, "right": 48.0, "bottom": 40.0, "left": 48.0, "header": 24.0, "footer": 20.0}
UNUSED = ("stylesWithEffects", "thumbnail", "customXml")
"""What the library's empty document brings along and no reader of a report needs."""
HEADED = 60.0
"""Points for the caption of a table and what its heading takes on a further part."""
GAP = 12.0
"""Points between a table without a note and what follows."""


def opened(template: bytes) -> Any:
    """The document to write into: an empty one, or the brand's own.

    Raises:
        ReportError: the brand's document cannot be used.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    unusable = (ValueError, KeyError, OSError, AttributeError, zipfile.BadZipFile, OpcError, XMLSyntaxError)
    try:
        document = docx.Document(io.BytesIO(template) if template else None)
        document.styles, document.element.body  # noqa: B018 - a package of another kind fails here
    except unusable as error:
        raise ReportError("brand.docx is not a Word document - open it in Word and save it again as .docx") from error
    if not template:
        for rels in (document.part.rels, document.part.package.rels):
            for key in [key for key, rel in rels.items() if rel.reltype.rpartition("/")[2] in UNUSED]:
                del rels[key]
    return document


class Lists:
    """Bullets, and numbers that begin with 1 in each list."""

    def __init__(self, document: Any, styles: Styles) -> None:
        self._numbering = _numbering(document)
        has_own = document.styles.element.xpath(f"w:style[@w:styleId='{styles['List Bullet']}']/w:pPr/w:numPr")
        self.bullets = 0 if has_own else self._started(self._abstract("bullet", "•"))
        """Numbering of List Bullet; 0 where the style has its own."""
        self._decimal = self._abstract("decimal", "%1.")

    def numbered(self) -> int:
        """The numbering of another list."""
        return self._started(self._decimal, restart=True)

    def _abstract(self, kind: str, mark: str) -> int:
        number = self._next("abstractNum", "abstractNumId")
        level = element(
            "lvl",
            element("start", val=1),
            element("numFmt", val=kind),
            element("lvlText", val=mark),
            element("lvlJc", val="left"),
            element("pPr", element("ind", left=357, hanging=357)),
            ilvl=0,
        )
        made = element("abstractNum", element("multiLevelType", val="singleLevel"), level, abstractNumId=number)
        # All of these stand before the first w:num.
        place = len(self._numbering.findall(w("abstractNum")))
        self._numbering.insert(place + len(self._numbering.findall(w("numPicBullet"))), made)
        return number

    def _started(self, abstract: int, *, restart: bool = False) -> int:
        number = max(1, self._next("num", "numId"))
        begin = element("lvlOverride", element("startOverride", val=1), ilvl=0) if restart else None
        made = element("num", element("abstractNumId", val=abstract), begin, numId=number)
        nums = self._numbering.findall(w("num"))
        self._numbering.insert(self._numbering.index(nums[-1]) + 1 if nums else len(self._numbering), made)
        return number

    def _next(self, tag: str, attribute: str) -> int:
        return max((int(one.get(w(attribute))) for one in self._numbering.findall(w(tag))), default=-1) + 1


def _numbering(document: Any) -> Any:
    """The document's w:numbering, made where it has none."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.parts.numbering import NumberingPart
    from lxml import etree

    try:
        return document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
    except KeyError:
        name, blank = PackURI("/word/numbering.xml"), etree.tostring(element("numbering"))
        part = NumberingPart.load(name, CONTENT_TYPE.WML_NUMBERING, blank, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
        return part.element


class Page:
    """The pages of a document: their size, what runs along them, and turning one on its side for a wide table."""

    def __init__(self, document: Any, styles: Styles, *, own: bool, tight: bool = False) -> None:
        self._document = document
        section = document.sections[-1]
        if own:
            section.page_width, section.page_height = (round(side * 12_700) for side in A4)
        self.last = section._sectPr
        if own:
            usual = TIGHT if tight else MARGINS
            margins = {key: round(value * TWENTIETHS) for key, value in usual.items()}
            old = self.last.find(w("pgMar"))
            self.last.replace(old, element("pgMar", **margins))
        wide, high = section.page_width.pt, section.page_height.pt
        sides = section.left_margin.pt + section.right_margin.pt
        self.room, self.sideways_room = wide - sides, max(wide, high) - sides
        self.sideways_height = min(wide, high) - section.top_margin.pt - section.bottom_margin.pt - HEADED
        """Points for the rows of a table on a page that is turned."""
        self._styles = styles
        self._turned = self._cut = False
        self._running: dict[str, str] = {}
        """Tag of a reference → what calls the header or footer of pages that are turned."""

    def header_and_footer(self, running: tuple[str, str], footer: str, *, cover: bool) -> None:
        """Client and title above, the foot line and "n / N" below, as wide as their page; not on a ``cover``."""
        section = self._document.sections[-1]
        section.different_first_page_header_footer = cover
        turned = {"header": self._document.part.add_header_part(), "footer": self._document.part.add_footer_part()}
        for tag, part in (("header", section.header), ("footer", section.footer)):
            part.is_linked_to_previous = False
            part._element[:] = [self._line(tag, running, footer, self.room)]
            other, self._running[f"{tag}Reference"] = turned[tag]
            other.element[:] = [self._line(tag, running, footer, self.sideways_room)]

    def _line(self, tag: str, running: tuple[str, str], footer: str, room: float) -> Any:
        number = [*field("PAGE", [run("1")]), run(" / "), *field("NUMPAGES", [run("1")])]
        left, right = (running[0], [run(running[1])]) if tag == "header" else (footer, number)
        return paragraph(self._styles[tag], run(left), tab(), *right, tabs=[("right", room, "none")])

    def turn(self, body: list[Any], *, turned: bool) -> None:
        """What follows stands on pages turned on their side, or upright again."""
        if turned != self._turned:
            self._end(body)
            self._turned = turned

    def gap(self, *, page_break: bool = False) -> Any:
        """What stands between a table and what follows: two tables without a paragraph between them become one.

        It is hardly higher than a line is thick, for the page that a table fills to the end.
        """
        return paragraph(self._styles["Report Cell"], before=0, after=GAP, line=1, page_break=page_break)

    def close(self, body: list[Any]) -> None:
        """The document ends: what its last pages are like is kept in ``last``."""
        self.turn(body, turned=False)
        if self._cut:
            for tag in ("titlePg", "type"):
                for old in self.last.findall(w(tag)):
                    self.last.remove(old)

    def _end(self, body: list[Any]) -> None:
        """End a section after what stands in ``body``: its page is told by its last paragraph."""
        section = copy.deepcopy(self.last)
        # Each part begins a page; only the first can begin with a cover.
        for tag in ("type", "titlePg") if self._cut else ("type",):
            for old in section.findall(w(tag)):
                section.remove(old)
        if self._turned:
            size = section.find(w("pgSz"))
            wide, high = size.get(w("w")), size.get(w("h"))
            size.attrib.update({w("w"): max(wide, high, key=int), w("h"): min(wide, high, key=int)})
            size.set(w("orient"), "landscape")
            for tag, relation in self._running.items():
                for reference in section.findall(w(tag)):
                    if reference.get(w("type")) == "default":
                        reference.set(RELATION, relation)
        self._cut = True
        if not body or body[-1].tag != w("p"):
            body.append(self.gap())
        body[-1].find(w("pPr")).append(section)
