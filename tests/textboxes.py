"""Where the texts of a picture stand, read from its SVG: to find what overlaps and what is cut.

Matplotlib draws a text as a group of letters, each a shape that is moved; the letters' outlines give the box.
"""

import math
import re
from dataclasses import dataclass
from itertools import combinations

from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.svgLib.path import parse_path
from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
TOUCH = 0.15
"""Part of the smaller box that two may share: outlines of tall letters reach into the next line."""


@dataclass(frozen=True)
class Box:
    """A line of text in points, from the left and the top."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self):
        return max(self.right - self.left, 0) * max(self.bottom - self.top, 0)

    def shared(self, other):
        """The area that lies in both."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0) * max(high, 0)


def boxes(svg):
    """The box of every line of text."""
    root = etree.fromstring(svg.encode())
    shapes = {path.get("id"): _outline(path) for path in root.iter(f"{SVG}path") if path.get("id", "").startswith("g")}
    found = []
    for group in root.iter(f"{SVG}g"):
        letters = [use for use in group.iterchildren(f"{SVG}use") if use.get("href", "")[1:] in shapes]
        corners = [corner for use in letters for corner in _corners(use, shapes[use.get("href")[1:]])]
        if corners:
            where = _matrix(group)
            placed = [_apply(where, corner) for corner in corners]
            xs, ys = zip(*placed, strict=True)
            found.append(Box(min(xs), min(ys), max(xs), max(ys)))
    return found


def faults(svg):
    """What is wrong: boxes that leave the picture, pairs that lie on each other."""
    width, height = (float(n) for n in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    found = boxes(svg)
    cut = [
        ("cut", box)
        for box in found
        if box.left < -0.5 or box.top < -0.5 or box.right > width + 0.5 or box.bottom > height + 0.5
    ]
    over = [
        ("overlap", one, two)
        for one, two in combinations(found, 2)
        if one.shared(two) > TOUCH * min(one.area, two.area)
    ]
    return cut + over


def _outline(path):
    pen = ControlBoundsPen(None)
    parse_path(path.get("d"), pen)
    return pen.bounds


def _corners(use, bounds):
    left, top, right, bottom = bounds
    moved = float(use.get("x", 0))
    return [(x + moved, y) for x in (left, right) for y in (top, bottom)]


def _matrix(element):
    made = (1, 0, 0, 1, 0, 0)
    while element is not None and element.tag == f"{SVG}g":
        made = _times(_parsed(element.get("transform")), made)
        element = element.getparent()
    return made


def _parsed(text):
    made = (1, 0, 0, 1, 0, 0)
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", text or ""):
        n = [float(one) for one in re.findall(NUMBER, inside)]
        if name == "translate":
            step = (1, 0, 0, 1, n[0], n[1] if len(n) > 1 else 0)
        elif name == "scale":
            step = (n[0], 0, 0, n[1] if len(n) > 1 else n[0], 0, 0)
        elif name == "rotate":
            c, s = math.cos(math.radians(n[0])), math.sin(math.radians(n[0]))
            step = (c, s, -s, c, 0, 0)
        else:
            step = tuple(n)
        made = _times(made, step)
    return made


def _times(a, b):
    return (
        a[0] * b[0] + a[2] * b[1],
        a[1] * b[0] + a[3] * b[1],
        a[0] * b[2] + a[2] * b[3],
        a[1] * b[2] + a[3] * b[3],
        a[0] * b[4] + a[2] * b[5] + a[4],
        a[1] * b[4] + a[3] * b[5] + a[5],
    )


def _apply(m, point):
    x, y = point
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]
