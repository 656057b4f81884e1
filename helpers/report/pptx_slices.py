"""A picture too high for a slide, row by row on several: one drawing, seen through windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

from lxml import etree

from helpers.report.inline import size_of
from helpers.report.model import Figure

MOST = 4
"""Slides of one picture."""
_SVG = "{http://www.w3.org/2000/svg}"


def slices(figure: Figure, highest: float) -> tuple[Figure, ...]:
    """The picture on as few slides as it needs to be nowhere higher than so many points; itself where it has no rows.

    Each has what stands above and below all rows. Groups of rows stay whole where that takes no more slides.
    """
    if not figure.svg or not any(len(group) > 1 for group in figure.rows) or size_of(figure.svg)[1] <= highest:
        return (figure,)
    for count in range(2, MOST + 1):
        bounds = _bounds(figure, count, highest)
        if bounds:
            return tuple(figure.model_copy(update={"svg": _window(figure, *ends)}) for ends in pairwise(bounds))
    return (figure,)


def _bounds(figure: Figure, count: int, highest: float) -> tuple[float, ...] | None:
    """Where so many parts of the rows begin and end, as even as can be; None where one of them would be too high."""
    first, last = figure.rows[0][0], figure.rows[-1][-1]
    around = first + size_of(figure.svg)[1] - last
    whole = [group[0] for group in figure.rows[1:]]
    anywhere = sorted({edge for group in figure.rows for edge in group[:-1]} - {first})
    for cuts in (whole, anywhere):
        found = [(first, *chosen, last) for chosen in combinations(cuts, count - 1)]
        best = min(found, key=_largest, default=None)
        if best is not None and around + _largest(best) <= highest:
            return best
    return None


def _largest(bounds: Sequence[float]) -> float:
    return max(end - start for start, end in pairwise(bounds))


def _window(figure: Figure, start: float, end: float) -> str:
    """The picture with the rows from ``start`` to ``end`` (points from its top) and no others."""
    wide, high = size_of(figure.svg)
    first, last = figure.rows[0][0], figure.rows[-1][-1]
    root = etree.fromstring(figure.svg.encode(), etree.XMLParser(resolve_entities=False))
    title = root.find(f"{_SVG}title")
    whole = etree.Element(f"{_SVG}g", id="whole")
    whole.extend(child for child in list(root) if child is not title)
    defs = etree.SubElement(root, f"{_SVG}defs")
    defs.append(whole)
    at = 0.0
    for number, (top, bottom) in enumerate(((0.0, first), (start, end), (last, high))):
        clip = etree.SubElement(defs, f"{_SVG}clipPath", id=f"window{number}")
        etree.SubElement(clip, f"{_SVG}rect", x="0", y=f"{top:.2f}", width=f"{wide:.2f}", height=f"{bottom - top:.2f}")
        moved = etree.SubElement(root, f"{_SVG}g", transform=f"translate(0 {at - top:.2f})")
        seen = etree.SubElement(moved, f"{_SVG}g", {"clip-path": f"url(#window{number})"})
        etree.SubElement(seen, f"{_SVG}use", href="#whole")
        at += bottom - top
    root.set("height", f"{at:.2f}pt")
    root.set("viewBox", f"0 0 {wide:g} {math.ceil(100 * at) / 100:g}")
    return str(etree.tostring(root, encoding="unicode"))
