"""A picture said shortly: the same shapes in half of the letters that matplotlib needs for them.

Most of a picture is text drawn as outlines. A letter is said as ``<use href="#g3d1" x="61"/>``; its shape has the same
id in every picture, so that pictures on one page do not take each other's letters for theirs. What draws nothing goes,
numbers have no more digits than can be seen.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from helpers.report.lettering import strip_control

LETTER = re.compile(r'<path id="(g[^"]*)" d="[^"]*"/>\n')
"""The shape of a letter in a compact picture."""

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_FACE = "DejaVuSans-"
_EM = 500
"""Units of a letter's height in which letters are told, downwards like all else. Matplotlib tells their shapes in 6400
and their places in 100, upwards."""
_SCALE = re.compile(r"scale\((\S+) -\1\)")
_MOVED = re.compile(r"translate\((-?[\d.]+) 0\)")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_DECIMAL = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_TITLE = re.compile(r"<title>[^<]*</title>|<title/>")


def compact(svg: str, alt: str) -> str:
    """What matplotlib drew, titled by ``alt``; no prologue, metadata or comments (they repeat the client's text)."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(remove_comments=True, resolve_entities=False))
    root.attrib.pop("version", None)
    for element in root.findall(f"{_SVG}metadata"):
        root.remove(element)
    letters = _letters(root)
    _tidy(root)
    root.insert(0, etree.Element(f"{_SVG}title"))
    if len(letters):
        root.insert(1, letters)
        for shape in letters:
            # A line a letter: what changes between two versions of a picture can be seen.
            shape.tail = "\n"
    etree.cleanup_namespaces(root)
    return titled(etree.tostring(root, encoding="unicode"), alt) + "\n"


def titled(svg: str, alt: str, attributes: str = "") -> str:
    """The picture with ``alt`` as its title."""
    title = f"<title{attributes}>{escape(strip_control(alt))}</title>"
    return _TITLE.sub(lambda _: title, svg, count=1)


def untitled(svg: str) -> str:
    """The picture with an empty title: an alt text is the client's and may look like anything."""
    return _TITLE.sub("<title/>", svg)


def _letters(root: Any) -> Any:
    """The shapes of letters, each once, taken out of ``root``; the lines of text that use them are shortened."""
    shapes = etree.Element(f"{_SVG}defs")
    drawn: set[str] = set()
    lines: dict[Any, None] = {}
    for path in [path for path in root.iter(f"{_SVG}path") if path.get("id", "").startswith(_FACE)]:
        path.getparent().remove(path)
        # A space has no shape and needs no mark.
        if path.get("d"):
            drawn.add(path.get("id"))
            etree.SubElement(shapes, f"{_SVG}path", id=_short(path.get("id")), d=_outline(path.get("d")))
    for use in [use for use in root.iter(f"{_SVG}use") if use.get(_XLINK, "").startswith(f"#{_FACE}")]:
        line = use.getparent()
        name = use.attrib.pop(_XLINK)[1:]
        if name not in drawn:
            line.remove(use)
            continue
        lines[line] = None
        use.set("href", f"#{_short(name)}")
        moved = _MOVED.fullmatch(use.attrib.pop("transform", ""))
        if moved:
            use.set("x", f"{float(moved[1]) * _EM / 100:.0f}")
    for line in lines:
        line.set("transform", _SCALE.sub(lambda s: f"scale({float(s[1]) * 100 / _EM:.6g})", line.get("transform")))
    return shapes


def _short(name: str) -> str:
    return name.replace(_FACE, "g", 1)


def _outline(path: str) -> str:
    """The shape of a letter, every point seen from the one before."""
    told, here, start = "", (0, 0), (0, 0)
    for letter, numbers in _STEP.findall(path):
        if letter == "z":
            told, here = f"{told}z", start
            continue
        points = [round(float(n) * (-_EM if i % 2 else _EM) / 6400) for i, n in enumerate(numbers.split())]
        moves = [n - here[i % 2] for i, n in enumerate(points)]
        here = (points[-2], points[-1])
        if letter == "M":
            start = here
        if letter == "L" and 0 in moves:
            told += f"h{moves[0]}" if moves[1] == 0 else f"v{moves[1]}"
        else:
            told += letter.lower() + " ".join(map(str, moves)).replace(" -", "-")
    return told


def _tidy(root: Any) -> None:
    """Without what draws nothing: empty and bare groups, shapes without colour; numbers as short as they look."""
    for element in list(root.iter(tag=etree.Element)):
        element.tail = None
        if element.tag == f"{_SVG}style":
            continue
        element.text = None
        for name, value in element.attrib.items():
            if name == _XLINK:
                del element.attrib[name]
                element.set("href", value)
            else:
                element.set(name, _shorter(name, value))
        if element.tag == f"{_SVG}path" and element.get("style") == "fill:none":
            element.getparent().remove(element)
    for group in [*root.iter(f"{_SVG}g", f"{_SVG}defs")][::-1]:
        # Ids of groups are matplotlib's own names; what is pointed at are paths, clips and patterns.
        group.attrib.pop("id", None)
        if not len(group) or (group.tag == f"{_SVG}g" and not group.attrib):
            parent = group.getparent()
            place = parent.index(group)
            parent[place : place + 1] = list(group)


def _shorter(name: str, value: str) -> str:
    if name == "style":
        return re.sub(r"(?<=[:;]) ", "", value)
    if name == "transform":
        return _tight(_DECIMAL.sub(_scaled, value))
    if name == "d":
        return _tight(_DECIMAL.sub(_two_decimals, value))
    return _DECIMAL.sub(_two_decimals, value) if _DECIMAL.fullmatch(value) else value


def _scaled(number: re.Match[str]) -> str:
    # A scale of letters is small: figures of it count, not decimals.
    value = float(number[0])
    return f"{value:.5g}" if abs(value) < 1 else _two_decimals(number)


def _two_decimals(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _tight(path: str) -> str:
    """A path without the spaces that its letters make needless."""
    return re.sub(r" ?([A-Za-z]) ?", r"\1", " ".join(path.split()))
