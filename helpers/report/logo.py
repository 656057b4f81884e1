"""A logo as a picture and nothing else: PNG drawn anew, SVG reduced to shapes, both as a data URI.

A logo comes from outside and is put into documents that clients open: what could run, load or read something is
refused, what programs leave in a file for themselves is dropped.
"""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.model import Brand

MAX_BYTES = 2_000_000
PIXELS = 1200
"""Longer side of a PNG logo as it is kept: some 10 cm at 300 dpi."""
SHARP = 300
"""Dots an inch of a logo in a document."""
SVG = "http://www.w3.org/2000/svg"
SHAPES = frozenset(
    ("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "use", "symbol", "title",
     "desc", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "style", "image")
)  # fmt: skip
FORBIDDEN = frozenset(
    ("script", "foreignObject", "animate", "animateMotion", "animateTransform", "set", "iframe", "audio", "video", "a")
)
REFERENCE = re.compile(r"url\(\s*['\"]?\s*([^)'\"\s]*)", re.IGNORECASE)


class LogoError(Exception):
    """Why a logo cannot be used, and what to do."""

    def __init__(self, what: str, todo: str = "") -> None:
        self.what, self.todo = what, todo
        super().__init__(f"{what} - {todo}")


@dataclass(frozen=True)
class Logo:
    """A checked logo: its data URI, and its width and height in its own units."""

    uri: str
    size: tuple[float, float]


def read_logo(path: Path) -> Logo:
    """The logo of an SVG or PNG file.

    Raises:
        LogoError: there is no such file, it is neither, or it holds more than a picture.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LogoError(f"{path.name} cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise LogoError(f"{path.name} holds {len(data):,} bytes", f"at most {MAX_BYTES:,}")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(path.name, data)
    if b"<svg" in data or b":svg" in data:
        return _svg(path.name, data)
    raise LogoError(f"{path.name} is neither SVG nor PNG", "save the logo as one of them")


def logo_size(brand: Brand, most_wide: float, most_high: float) -> tuple[float, float]:
    """Width and height of the brand's logo inside a frame of so many inches (or of any other unit)."""
    wide, high = brand.logo_size
    scale = min(most_wide / wide, most_high / high)
    return wide * scale, high * scale


def logo_png(brand: Brand, wide: float) -> bytes:
    """The brand's logo as PNG, sharp at so many inches of width."""
    if brand.logo_type == "png":
        return brand.logo_bytes
    from helpers.report.raster import png_of

    # A unit of SVG is set as a point.
    return png_of(brand.logo_bytes.decode("utf-8"), max(1, round(SHARP * wide * 72 / brand.logo_size[0])))


def _png(name: str, data: bytes) -> Logo:
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Any = Image.open(io.BytesIO(data), formats=["PNG"])
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except Exception as error:  # what a broken picture raises is anybody's guess
        raise LogoError(f"{name} is a damaged PNG", "save it again") from error
    picture.thumbnail((PIXELS, PIXELS))
    out = io.BytesIO()
    # Without the file's own chunks: texts, profiles, whatever follows the picture.
    picture.info.clear()
    picture.save(out, "PNG", optimize=True)
    return Logo(_uri("image/png", out.getvalue()), (float(picture.width), float(picture.height)))


def _svg(name: str, data: bytes) -> Logo:
    from lxml import etree

    # Only a document type without definitions of its own is known to be harmless; programs write that one.
    if re.search(rb"<!ENTITY|<!DOCTYPE[^>]*\[|<\?xml-stylesheet", data, re.IGNORECASE):
        raise LogoError(f"{name} holds definitions beside its picture", "save it as plain SVG")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise LogoError(f"{name} is a damaged SVG", "save it again") from error
    if root.tag != f"{{{SVG}}}svg":
        raise LogoError(f"{name} is not an SVG picture", "save it as plain SVG")
    for element in list(root.iter(etree.Element)):
        _check(name, element)
    size = _size(name, root)
    etree.cleanup_namespaces(root)
    return Logo(_uri("image/svg+xml", etree.tostring(root, encoding="utf-8")), size)


def _check(name: str, element: Any) -> None:
    """Refuse what could do something; drop what belongs to the program that wrote the file."""
    kind = element.tag.rpartition("}")[2]
    parent = element.getparent()
    if kind in FORBIDDEN:
        raise LogoError(f"{name} holds <{kind}>", "a logo may hold shapes only; save it as plain SVG")
    if kind in ("text", "tspan", "textPath"):
        raise LogoError(f"{name} holds text", "turn letters into outlines: they look different on every machine")
    if not element.tag.startswith(f"{{{SVG}}}") or kind not in SHAPES:
        if parent is not None:
            parent.remove(element)
        return
    for key, value in list(element.attrib.items()):
        short = key.rpartition("}")[2]
        if short.lower().startswith("on"):
            raise LogoError(f"{name} holds a script ({short})", "save it as plain SVG")
        if short == "href":
            _check_link(name, kind, value)
        elif key.startswith("{"):
            del element.attrib[key]
        else:
            _check_style(name, value)
    if kind == "style":
        _check_style(name, element.text or "")
        if "@" in (element.text or ""):
            raise LogoError(f"{name} holds style rules that begin with @", "save it as plain SVG")


def _check_link(name: str, kind: str, link: str) -> None:
    inside = link.startswith("#")
    if kind == "image":
        inside = re.match(r"data:image/(png|jpeg);base64,", link) is not None
    if not inside:
        raise LogoError(f"{name} points at {link[:60]!r}", "a logo may not load anything; put the picture into it")


def _check_style(name: str, text: str) -> None:
    # An escape can spell url() in a way that no search finds.
    if "\\" in text or "javascript:" in text.lower() or "expression(" in text.lower():
        raise LogoError(f"{name} holds a script in its style", "save it as plain SVG")
    for link in REFERENCE.findall(text):
        if not link.startswith("#"):
            raise LogoError(f"{name} points at {link[:60]!r}", "a logo may not load anything")


def _size(name: str, root: Any) -> tuple[float, float]:
    """Width and height from the view box, else from the attributes; a view box is added where there is none."""
    box = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", root.get("viewBox", ""))]
    if len(box) != 4:
        sides = [re.match(r"\s*([\d.]+)\s*(px|pt|mm|cm|in)?\s*$", root.get(side, "")) for side in ("width", "height")]
        if not all(sides):
            raise LogoError(f"{name} has no size", "give the <svg> a viewBox")
        box = [0.0, 0.0, *(float(side[1]) for side in sides if side)]
        root.set("viewBox", f"0 0 {box[2]:g} {box[3]:g}")
    if box[2] <= 0 or box[3] <= 0:
        raise LogoError(f"{name} has no size", "give the <svg> a viewBox")
    return box[2], box[3]


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
