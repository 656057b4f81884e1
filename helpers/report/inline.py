"""Pictures inside a page: checked, with ids of their own, glyphs shared, colours that follow the page's scheme."""

from __future__ import annotations

import re
from collections.abc import Collection

from helpers.errors import ReportError
from helpers.report.model import Figure
from helpers.report.palette import COLOURS

_ALLOWED = {"svg", "title", "defs", "style", "g", "path", "use", "clipPath", "rect", "pattern", "image"}
_HREF = re.compile(r'(?:xlink:)?href="([^"]*)"')
_GLYPH = re.compile(r'<path id="(DejaVuSans[^"]*)" d="([^"]*)" transform="([^"]*)"/>')


class Inliner:
    """Turns the pictures of one page into inline SVG; ``glyphs`` then holds the letters they share."""

    def __init__(self) -> None:
        self._glyphs: dict[str, str] = {}
        self._count = 0

    def __call__(self, figure: Figure) -> str:
        """The picture as inline SVG, named by its alt text; '' where there is none."""
        if not figure.svg:
            return ""
        check(figure)
        self._count += 1
        prefix = f"p{self._count}-"
        svg = figure.svg[figure.svg.index("<svg") :]
        svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
        svg = _GLYPH.sub(self._share, svg)
        svg = re.sub(r"<defs>\s*</defs>\s*", "", svg)
        svg = _own_ids(svg, prefix, shared=self._glyphs.keys())
        svg = _themed(svg)
        view = re.search(r'viewBox="[^"]*"', svg)
        start = f'<svg role="img" aria-labelledby="{prefix}title" {view.group() if view else ""}>'
        svg = re.sub(r"<svg[^>]*>", lambda _: start, svg, count=1)
        return svg.replace("<title>", f'<title id="{prefix}title">', 1).strip()

    @property
    def glyphs(self) -> str:
        """An invisible SVG with every letter that the pictures use."""
        shapes = "\n".join(self._glyphs[name] for name in sorted(self._glyphs))
        return f'<svg class="glyphs" width="0" height="0" aria-hidden="true"><defs>\n{shapes}\n</defs></svg>'

    def _share(self, glyph: re.Match[str]) -> str:
        name, path, transform = glyph.groups()
        self._glyphs[name] = f'<path id="{name}" d="{_tight(path)}" transform="{transform}"/>'
        return ""


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
    return " ".join(path.split())
