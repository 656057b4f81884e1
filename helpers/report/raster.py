"""The report's pictures as PNG, for documents that cannot hold SVG well: drawn from the SVG, not by another pass."""

from __future__ import annotations

from functools import lru_cache

from helpers.report.typesetting import typeset

DPI = 200
_PAGE = b'#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'


@lru_cache(maxsize=64)
def png_of(svg: str, dpi: int = DPI) -> bytes:
    """The picture in its own size on white, ``dpi`` pixels an inch; the same picture gives the same bytes.

    Raises:
        ReportError: it is not a picture.
    """
    return typeset({"main": _PAGE, "picture.svg": svg.encode()}, format="png", ppi=float(dpi))[0]
