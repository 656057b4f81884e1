"""Pictures inside a page: checked, with ids of their own, glyphs shared, colours that follow the page's scheme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from lxml import etree

from helpers.errors import ReportError
from helpers.report.lettering import strip_control
from helpers.report.model import Figure
from helpers.report.palette import COLOURS

_ALLOWED = {"svg", "title", "defs", "style", "g", "path", "use", "clipPath", "rect", "pattern", "image"}
_HREF = re.compile(r'(?:xlink:)?href="([^"]*)"')
_GLYPH = re.compile(r'<path id="(DejaVuSans[^"]*)"(?: d="([^"]*)")? transform="([^"]*)"/>')
_MOVED = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)")
_LINE = re.compile(r'<use href="#g\d+"(?: [xy]="-?\d+")*/>(?:<use href="#g\d+"(?: [xy]="-?\d+")*/>)+')
_XLINK = "{http://www.w3.org/1999/xlink}href"
_SVG = "{http://www.w3.org/2000/svg}"


def inlined(figures: Iterable[Figure]) -> tuple[dict[str, str], str]:
    """Name → inline SVG of each picture, and an invisible SVG with what they share; both go on one page.

    A report is mostly letters of pictures, so these are said shortly: a letter is ``<use href="#g7" x="61"/>``, and a
    line of text that stands in several places is said once.

    Raises:
        ReportError: a picture holds more than shapes.
    """
    letters = _Letters()
    drawn = {figure.name: letters.picture(figure) for figure in figures}
    seen = Counter(line for svg in drawn.values() for line in _LINE.findall(svg))
    often = [line for line, times in seen.items() if times > 1]
    names = {line: f"w{i}" for i, line in enumerate(often)}

    def named(line: re.Match[str]) -> str:
        name = names.get(line.group())
        return f'<use href="#{name}"/>' if name else line.group()

    shapes = letters.shapes + [f'<g id="{name}">{line}</g>' for line, name in names.items()]
    shared = "\n".join(shapes)
    return (
        {name: _LINE.sub(named, svg) for name, svg in drawn.items()},
        f'<svg class="glyphs" width="0" height="0" aria-hidden="true"><defs>\n{shared}\n</defs></svg>',
    )


class _Letters:
    """Draws pictures with letters that they share: ``shapes``, in the order in which they were met."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self._names: dict[str, str] = {}
        self._count = 0

    def picture(self, figure: Figure) -> str:
        """The picture as inline SVG, named by its alt text; '' where there is none."""
        if not figure.svg:
            return ""
        check(figure)
        self._count += 1
        prefix = f"p{self._count}-"
        svg = figure.svg[figure.svg.index("<svg") :]
        svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
        svg = _GLYPH.sub(self._share, svg)
        root = _parsed(svg, figure.name)
        for use in list(root.iter(f"{_SVG}use")):
            self._shorten(use)
        _tidy(root)
        root.find(f"{_SVG}title").text = strip_control(figure.alt)
        svg = _serial(root)
        svg = _own_ids(svg, prefix, shared={shape.split('"')[1] for shape in self.shapes})
        svg = _themed(svg)
        view = re.search(r'viewBox="[^"]*"', svg)
        start = f'<svg role="img" aria-labelledby="{prefix}title" {view.group() if view else ""}>'
        svg = re.sub(r"<svg[^>]*>", lambda _: start, svg, count=1)
        return svg.replace("<title>", f'<title id="{prefix}title">', 1).strip()

    def _share(self, glyph: re.Match[str]) -> str:
        name, path, transform = glyph.groups()
        if name not in self._names:
            # A space has no shape and needs no mark.
            short = self._names[name] = f"g{len(self.shapes)}" if path else ""
            if path:
                self.shapes.append(f'<path id="{short}" d="{_tight(path)}" transform="{transform}"/>')
        return ""

    def _shorten(self, use: Any) -> None:
        target = use.attrib.pop(_XLINK, None) or use.get("href", "")
        short = self._names.get(target[1:])
        if short == "":
            use.getparent().remove(use)
            return
        use.set("href", f"#{short}" if short else target)
        moved = _MOVED.fullmatch(use.get("transform", ""))
        if short and moved:
            del use.attrib["transform"]
            for axis, place in zip("xy", moved.groups(), strict=True):
                # Hundredths of the size of a letter.
                if round(float(place)):
                    use.set(axis, str(round(float(place))))


def _parsed(svg: str, name: str) -> Any:
    try:
        return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ReportError(f"figures/{name}.svg is damaged - run the audit again") from error


def _tidy(root: Any) -> None:
    """Without what draws nothing: empty and bare groups, shapes without colour; numbers as short as they look."""
    for element in list(root.iter(tag=etree.Element)):
        if element.tag == f"{_SVG}title":
            continue
        element.text = element.tail = None
        if "style" in element.attrib:
            element.set("style", re.sub(r"(?<=[:;]) ", "", element.get("style")))
        for name in ("d", "transform"):
            if name in element.attrib:
                element.set(name, _tight(re.sub(r"-?\d+\.\d+", lambda n: _number(n.group(), 2), element.get(name))))
        if element.tag == f"{_SVG}path" and element.get("style") == "fill:none":
            element.getparent().remove(element)
    for group in [*root.iter(f"{_SVG}g", f"{_SVG}defs")][::-1]:
        parent = group.getparent()
        # Ids of groups are matplotlib's own names; what is pointed at are paths, clips and patterns.
        bare = group.tag == f"{_SVG}g" and not set(group.attrib) - {"id"}
        if not len(group) or bare:
            place = parent.index(group)
            parent[place : place + 1] = list(group)


def _serial(root: Any) -> str:
    text = etree.tostring(root, encoding="unicode")
    return re.sub(r' xmlns(?::\w+)?="[^"]*"', "", text)


def _number(text: str, digits: int) -> str:
    # A scale of letters is small: three figures of it count, not so many decimals.
    number = float(text)
    if abs(number) < 1:
        return f"{number:.5g}"
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a picture in points."""
    view = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)
    if view is None:
        raise ReportError("a picture does not tell its size - run the audit again")
    return float(view[1]), float(view[2])


def check(figure: Figure) -> None:
    """``ReportError`` where a picture holds more than shapes: a script, a handler, a link out of the page."""
    svg = figure.svg
    elements = set(re.findall(r"<([A-Za-z][\w:.-]*)", svg))
    links = _HREF.findall(svg) + re.findall(r"url\(([^)]*)\)", svg)
    if (
        elements - _ALLOWED
        or "<!" in svg
        or re.search(r"<[^>]*\son\w+\s*=", svg)
        or any(not link.startswith(("#", "data:image/png;base64,")) for link in links)
        or "<title>" not in svg
    ):
        raise ReportError(f"figures/{figure.name}.svg holds something that is not a picture - run the audit again")


def _own_ids(svg: str, prefix: str, shared: Collection[str]) -> str:
    """Ids that something points at get the picture's prefix, the others go."""
    used = {link[1:] for link in [*_HREF.findall(svg), *re.findall(r"url\(([^)]*)\)", svg)] if link.startswith("#")}
    own = used - set(shared)
    svg = re.sub(r' id="([^"]*)"', lambda i: f' id="{prefix}{i.group(1)}"' if i.group(1) in own else "", svg)
    svg = re.sub(r"url\(#([^)]*)\)", rf"url(#{prefix}\1)", svg)

    def point(link: re.Match[str]) -> str:
        target = link.group(1)
        return f'href="#{prefix}{target[1:]}"' if target[1:] in own else f'href="{target}"'

    return _HREF.sub(point, svg)


def _themed(svg: str) -> str:
    """Colours of the palette become the page's variables, so that pictures follow a dark scheme and print light."""
    for name, colour in COLOURS.items():
        svg = re.sub(f"{colour}(?![0-9a-f])", f"var(--{name})", svg)
    return svg


def _tight(path: str) -> str:
    """A path without the spaces that its letters make needless."""
    return re.sub(r" ?([A-Za-z]) ?", r"\1", " ".join(path.split()))
