"""Pictures inside a page: checked, with ids of their own, glyphs shared, colours that follow the page's scheme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from lxml import etree

from helpers.errors import ReportError
from helpers.report.compact import LETTER, titled, untitled
from helpers.report.model import Figure
from helpers.report.palette import COLOURS

_ALLOWED = {"svg", "title", "defs", "style", "g", "path", "use", "clipPath", "rect", "pattern", "image"}
_HREF = re.compile(r'href="([^"]*)"')
_URL = re.compile(r"url\(([^)]*)\)", re.IGNORECASE)
_LINE = re.compile(r'<use href="#g[^"]*"(?: x="-?\d+")?/>(?:<use href="#g[^"]*"(?: x="-?\d+")?/>)+')


def inlined(figures: Iterable[Figure]) -> tuple[dict[str, str], str]:
    """Name → inline SVG of each picture, and an invisible SVG with what they share; both go on one page.

    Letters have one shape in all pictures, and a line of text that stands in several places is said once.

    Raises:
        ReportError: a picture holds more than shapes.
    """
    letters: dict[str, str] = {}
    drawn = {figure.name: _drawn(figure, f"p{i}-", letters) for i, figure in enumerate(figures, 1)}
    seen = Counter(line for svg in drawn.values() for line in _LINE.findall(svg))
    names = {line: f"w{i}" for i, line in enumerate(line for line, times in seen.items() if times > 1)}

    def named(line: re.Match[str]) -> str:
        name = names.get(line.group())
        return f'<use href="#{name}"/>' if name else line.group()

    shared = "".join([*letters.values(), *(f'<g id="{name}">{line}</g>\n' for line, name in names.items())])
    return (
        {name: _LINE.sub(named, svg) for name, svg in drawn.items()},
        f'<svg class="glyphs" width="0" height="0" aria-hidden="true"><defs>\n{shared}</defs></svg>',
    )


def _drawn(figure: Figure, prefix: str, letters: dict[str, str]) -> str:
    """The picture as inline SVG, named by its alt text, its letters put to ``letters``; '' where there is none."""
    if not figure.svg:
        return ""
    check(figure)
    svg = untitled(figure.svg[figure.svg.index("<svg") :])

    def share(letter: re.Match[str]) -> str:
        letters.setdefault(letter[1], letter.group())
        return ""

    svg = LETTER.sub(share, re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL))
    svg = svg.replace("<defs></defs>", "")
    svg = _themed(_own_ids(svg, prefix, shared=letters))
    view = re.search(r'viewBox="[^"]*"', svg)
    start = f'<svg role="img" aria-labelledby="{prefix}title" {view.group() if view else ""}>'
    svg = re.sub(r"<svg[^>]*>", lambda _: start, svg, count=1)
    return titled(svg, figure.alt, f' id="{prefix}title"').strip()


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a picture in points."""
    view = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)
    if view is None:
        raise ReportError("a picture does not tell its size - run the audit again")
    return float(view[1]), float(view[2])


def check(figure: Figure) -> None:
    """``ReportError`` where a picture holds more than shapes: a script, a handler, a link out of the page."""
    try:
        root = etree.fromstring(figure.svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ReportError(f"figures/{figure.name}.svg is damaged - run the audit again") from error
    if "<!" in figure.svg or "<title>" not in figure.svg or not all(_is_shape(element) for element in root.iter()):
        raise ReportError(f"figures/{figure.name}.svg holds something that is not a picture - run the audit again")


def _is_shape(element: Any) -> bool:
    # Comments and instructions have no name.
    if not isinstance(element.tag, str) or etree.QName(element).localname not in _ALLOWED:
        return False
    written = {etree.QName(name).localname.lower(): value for name, value in element.attrib.items()}
    style = element.text or "" if element.tag.endswith("}style") else ""
    links = [link for value in [*written.values(), style] for link in _URL.findall(value)]
    if "href" in written:
        links.append(written["href"])
    inside = all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    return inside and "@" not in style and not any(name.startswith("on") for name in written)


def _own_ids(svg: str, prefix: str, shared: Collection[str]) -> str:
    """Ids that something points at get the picture's prefix, the others go."""
    used = {link[1:] for link in [*_HREF.findall(svg), *_URL.findall(svg)] if link.startswith("#")}
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
