"""How a sheet of the workbook is printed: which way round, and where its pages end.

The program fits the columns to the width of the page; how large that leaves a row is counted here beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

LONG, SHORT = 11.69, 8.27
"""Inches of the sides of A4."""
SIDE, TOP, BOTTOM = 0.45, 0.5, 0.65
"""Inches of the margins; page number and name of the sheet stand in the lower one."""
SPARE = 0.96
"""Share of a page that is counted on: programs round widths and heights of cells each in its own way."""
UPRIGHT = 75
"""Per cent of its size that a sheet must keep to be printed upright."""
ROW = 15.0
"""Points of a row whose height nobody set."""


@dataclass(frozen=True)
class Paper:
    """One page of A4 as a sheet of so wide columns needs it."""

    scale: int
    """Per cent of its size, at most 100."""
    upright: bool

    @property
    def room(self) -> float:
        """Points of rows that a page holds."""
        high = (LONG if self.upright else SHORT) - TOP - BOTTOM
        return 72 * high * SPARE * 100 / self.scale

    def set(self, sheet: Any) -> None:
        """Tell the sheet."""
        sheet.set_paper(9)
        (sheet.set_portrait if self.upright else sheet.set_landscape)()
        sheet.set_margins(SIDE, SIDE, TOP, BOTTOM)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")


def paper_for(widths: Sequence[float]) -> Paper:
    """Upright where columns of so many characters stay readable, on its side where they are wide."""
    wide = sum(0.75 * (7 * width + 5) for width in widths)

    def scale(side: float) -> int:
        return max(10, min(100, int(100 * 72 * (side - 2 * SIDE) * SPARE / wide)))

    return Paper(scale(SHORT), True) if scale(SHORT) >= UPRIGHT else Paper(scale(LONG), False)


def page_breaks(heights: Sequence[float], stays: Collection[int], room: float, heading: float = 0.0) -> list[int]:
    """Rows, counted from 0, before which a page begins.

    A row of ``stays`` is never the last of its page, unless a page holds nothing else; ``heading`` are the points of
    a row that is repeated on every page but the first.
    """
    found: list[int] = []
    first, used = 0, 0.0
    for row, high in enumerate(heights):
        used += high
        if used <= room - (heading if found else 0.0) or row == first:
            continue
        begin = row
        while begin > first and begin - 1 in stays:
            begin -= 1
        begin = begin if begin > first else row
        found.append(begin)
        first, used = begin, sum(heights[begin : row + 1])
    return found
