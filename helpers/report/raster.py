"""The report's pictures as PNG, for documents that cannot hold SVG well: drawn from the SVG, not by another pass."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from helpers.report.inline import check
from helpers.report.look import recoloured
from helpers.report.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpers.report.model import Report

DPI = 200
_PAGE = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"


@lru_cache(maxsize=16)
def png_of(svg: str, dpi: int = DPI) -> bytes:
    """The picture in its own size on white, ``dpi`` pixels an inch; the same picture gives the same bytes.

    Raises:
        ReportError: it is not a picture.
    """
    return drawn([(svg, None)], dpi)[0]


def pngs_of(report: Report) -> dict[str, bytes]:
    """Each picture of a report in its brand's greys (the SVG) → its PNG, the bytes of ``png_of``.

    Raises:
        ReportError: one of them holds more than shapes, or is not a picture.
    """
    figures = [figure for figure in report.figures() if figure.svg]
    for figure in figures:
        check(figure)
    svgs = list(dict.fromkeys(recoloured(figure.svg, report.brand) for figure in figures))
    return dict(zip(svgs, drawn([(svg, None) for svg in svgs]), strict=True))


def drawn(pictures: Sequence[tuple[str, float | None]], dpi: int = DPI) -> list[bytes]:
    """PNGs of (SVG, its width in points or None: its own) on white.

    Each is a document: of one that holds them all typst would keep every page's pixels at once.

    Raises:
        ReportError: one of them is not a picture.
    """
    return [_drawn(svg, "auto" if wide is None else f"{wide:.3f}pt", dpi) for svg, wide in pictures]


def _drawn(svg: str, width: str, dpi: int) -> bytes:
    main = f'{_PAGE}#image("picture.svg", width: {width})\n'
    (png,) = typeset({"main": main.encode(), "picture.svg": svg.encode()}, format="png", ppi=float(dpi))
    return png
