"""Looks of the workbook: formats by name, and how high a row of wrapped text must be."""

from __future__ import annotations

import textwrap
from typing import Any

FONT, SIZE = "Arial", 10
INK, MUTED, EDGE, HEAD, PAPER = "#1d2733", "#5b6673", "#c9d0d8", "#1f4fa8", "#ffffff"
TO_FILL, WRONG = "#fff3bf", "#f4b6ae"
LEVELS = ("#f5c9a3", "#fae3cb", "#eceff3", "#cfe0f5", "#a9c8ee")
"""Behind the answers 1-5, from orange to blue: told apart by colour-blind people too, and the number stands in it."""

_LINE = {"bottom": 1, "bottom_color": EDGE}
_BASE = {"font_name": FONT, "font_size": SIZE, "font_color": INK, "valign": "top", "text_wrap": True}
_FORMATS: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"font_size": 15, "bold": True, "text_wrap": False, "valign": "vcenter"},
    "status": {"bold": True, "font_size": 11, "valign": "vcenter", "text_wrap": False, "font_color": HEAD},
    "progress": {"bold": True, "font_size": 11, "valign": "vcenter", "text_wrap": False},
    "note": {"font_color": MUTED, "font_size": 9},
    "side": {"font_color": MUTED, "font_size": 9, "valign": "vcenter", "indent": 1},
    "strong": {"bold": True, "valign": "vcenter"},
    "head": {"bold": True, "font_color": PAPER, "bg_color": HEAD, "valign": "vcenter"},
    "head_small": {"bold": True, "font_color": PAPER, "bg_color": HEAD, "valign": "vcenter", "font_size": 9,
                   "indent": 1},
    "number": {"font_color": MUTED, "align": "center", **_LINE},
    "statement": {**_LINE, "font_size": 11},
    "anchor": {**_LINE, "font_size": 9, "font_color": MUTED, "indent": 1, "align": "left"},
    "answer": {"border": 1, "border_color": MUTED, "bold": True, "align": "center", "valign": "vcenter",
               "font_size": 12, "locked": False},
    "choice": {"border": 1, "border_color": MUTED, "valign": "vcenter", "locked": False, "indent": 1},
    "comment": {"border": 1, "border_color": EDGE, "font_size": 9, "locked": False, "bg_color": "#fcfcfd"},
    "key": {"font_size": 8, "font_color": MUTED, "text_wrap": False},
    "big": {"bold": True, "font_size": 22, "align": "left", "valign": "vcenter", "num_format": "0.0"},
    "state": {"bold": True, "font_size": 14, "valign": "vcenter"},
    "band": {"align": "center", "valign": "vcenter", "border": 1, "border_color": EDGE, "font_size": 9},
    "pointer": {"align": "center", "bold": True, "font_color": HEAD, "text_wrap": False},
    "label": {**_LINE, "valign": "vcenter"},
    "mean": {**_LINE, "bold": True, "num_format": "0.00", "align": "center", "valign": "vcenter"},
    "centre": {**_LINE, "align": "center", "valign": "vcenter"},
    "bar": {**_LINE, "font_color": HEAD, "text_wrap": False, "valign": "vcenter", "font_size": 9},
    "reading": {**_LINE},
    "topic": {**_LINE, "bold": True},
}  # fmt: skip

FILLS: dict[str, dict[str, Any]] = {
    "blank": {"bg_color": TO_FILL},
    "wrong": {"bg_color": WRONG, "font_color": "#7a1309", "bold": True},
    "aside": {"bg_color": "#e6e8eb", "font_color": MUTED},
    "here": {"bg_color": HEAD, "font_color": PAPER, "bold": True},
    **{f"level{n}": {"bg_color": colour} for n, colour in enumerate(LEVELS, start=1)},
}
"""Conditional formats."""


def formats(book: Any) -> dict[str, Any]:
    """All formats of a workbook by name."""
    made = {name: book.add_format({**_BASE, **look}) for name, look in _FORMATS.items()}
    return made | {name: book.add_format(look) for name, look in FILLS.items()}


def lines(text: str, width: float, size: float) -> int:
    """Lines of a text in a column of this width (digits of 10 points)."""
    # An average Cyrillic letter of Arial is as wide as a digit, and a tenth is left for wide words.
    letters = max(int(width * SIZE / size), 1)
    return sum(max(len(textwrap.wrap(part, letters)), 1) for part in text.split("\n"))


def height(*texts: tuple[str, float, float], least: float = 15.0) -> float:
    """Points a row needs, from (text, width of the column, size of the letters) of its cells."""
    return round(max([least, *(lines(text, width, size) * size * 1.28 + 4 for text, width, size in texts)]), 1)
