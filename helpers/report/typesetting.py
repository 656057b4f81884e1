"""Typst, called one way: files held in memory, the fonts that come with matplotlib and no others, so bytes repeat."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib

from helpers.errors import ReportError

if TYPE_CHECKING:
    import typst

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def typeset(files: dict[str, bytes], **options: Any) -> list[bytes]:
    """``files["main"]`` compiled: the document, or one picture a page where ``format="png"``.

    Raises:
        ReportError: typst refuses it; with its own words.
    """
    try:
        made = _compiler().compile(files, **options)
    except RuntimeError as error:
        raise ReportError(f"the document cannot be set: {error}") from error
    assert made is not None, "typst gives back what it is not told to write to a file"
    return made if isinstance(made, list) else [made]


@cache
def _compiler() -> typst.Compiler:
    """One for all documents: each of its own would look for the fonts anew."""
    import typst

    return typst.Compiler(font_paths=[str(FONTS)], ignore_system_fonts=True)
