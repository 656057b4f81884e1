"""The report's pictures as PNG, for documents that cannot hold SVG well: drawn from the SVG, not by another pass."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from helpers.report.inline import check
from helpers.report.look import recoloured
from helpers.report.typesetting import typeset

if TYPE_CHECKING:
    from helpers.report.model import Report

DPI = 200
SLIDE_DPI = 340
"""On a slide a picture is enlarged up to 1.7 times."""
_PAGE = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"


@lru_cache(maxsize=16)
def png_of(svg: str, dpi: int = DPI) -> bytes:
    """The picture in its own size on white, ``dpi`` pixels an inch; the same picture gives the same bytes.

    Raises:
        ReportError: it is not a picture.
    """
    return _drawn((svg,), dpi)[0]


def pngs_of(report: Report, dpi: int = DPI) -> dict[str, bytes]:
    """Each picture of a report in its brand's greys (the SVG) → its PNG, the bytes of ``png_of``.

    Raises:
        ReportError: one of them holds more than shapes, or is not a picture.
    """
    figures = [figure for figure in report.figures() if figure.svg]
    for figure in figures:
        check(figure)
    svgs = tuple(dict.fromkeys(recoloured(figure.svg, report.brand) for figure in figures))
    return dict(zip(svgs, _drawn(svgs, dpi), strict=True))


def _drawn(svgs: tuple[str, ...], dpi: int) -> list[bytes]:
    """All in one document, a page each: typst reads its fonts anew for every document."""
    if not svgs:
        return []
    pages = "#pagebreak()\n".join(f'#image("{number}.svg")\n' for number in range(len(svgs)))
    files = {f"{number}.svg": svg.encode() for number, svg in enumerate(svgs)}
    return typeset({"main": (_PAGE + pages).encode(), **files}, format="png", ppi=float(dpi))
