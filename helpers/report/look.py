"""The colours of a document: those of the palette, with the brand's own accents and greys tinted to go with them.

A brand may change what has no meaning of its own: the accent of headings and links, and the greys. Marketing, sales,
joint, good and bad stay what they are in every report, or two reports could not be read side by side::

    light(None)["accent"]                  a page without a brand
    light(report.brand)["grid"]            a hair line, tinted
    recoloured(figure.svg, report.brand)   a picture in the same greys

The greys keep their lightness, so that contrast and a print in grey stay as the palette's tests found them.
"""

from __future__ import annotations

import math
import re

from helpers.report.model import Brand
from helpers.report.palette import COLOURS, DARK

ACCENT, SECOND = "#1f4fa8", "#5b6673"
TINTED = ("neutral", "unknown", "muted", "edge", "grid")
"""The palette's greys; ink stays as dark as it is."""
CHROMA = 0.014
"""OKLCH: how much colour a tinted grey has at most; enough to belong, too little to mean something."""
ON_DARK = 5.0
"""Contrast of text on a dark page: a little more than WCAG 2.2, 1.4.3 asks (4.5), where thin letters glare."""


def light(brand: Brand | None) -> dict[str, str]:
    """The palette of paper and of a light page, with ``accent`` (text, headings) and ``second`` (lines, marks)."""
    if brand is None:
        return {**COLOURS, "accent": ACCENT, "second": SECOND}
    return {**_tinted(COLOURS, brand.primary), "accent": brand.primary, "second": brand.secondary}


def dark(brand: Brand | None) -> dict[str, str]:
    """The same for a dark page: the brand's colours are lightened until they can be read there."""
    if brand is None:
        return {**DARK, "accent": "#8fb3f2", "second": DARK["muted"]}
    paper = DARK["paper"]
    return {
        **_tinted(DARK, brand.primary),
        "accent": readable(brand.primary, paper, ON_DARK),
        "second": readable(brand.secondary, paper, 3.0),
    }


def recoloured(svg: str, brand: Brand | None) -> str:
    """A picture of the report with its greys tinted; for documents that hold it as it is (HTML uses variables)."""
    if brand is None:
        return svg
    tinted = _tinted(COLOURS, brand.primary)
    swap = {COLOURS[name]: tinted[name] for name in TINTED}
    # Only where a colour can stand: a text of the client's that looks like one is left alone.
    return re.sub(
        rf"((?:fill|stroke|stop-color)\s*[:=]\s*\"?\s*)({'|'.join(swap)})(?![0-9a-f])",
        lambda found: found[1] + swap[found[2]],
        svg,
    )


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1-21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, paper: str, ratio: float) -> str:
    """``colour``, darkened on light paper or lightened on dark until it has that contrast; its hue stays."""
    lightness, chroma, hue = _oklch(colour)
    step = -0.01 if _luminance(paper) > 0.18 else 0.01
    while contrast(colour, paper) < ratio and 0 <= lightness + step <= 1:
        lightness += step
        colour = _hex(lightness, chroma, hue)
    return colour


def _tinted(palette: dict[str, str], primary: str) -> dict[str, str]:
    _, chroma, hue = _oklch(primary)
    return {
        **palette,
        **{name: _hex(_oklch(palette[name])[0], min(CHROMA, chroma / 2), hue) for name in TINTED},
    }


def _linear(colour: str) -> tuple[float, float, float]:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour: str) -> tuple[float, float, float]:
    """Lightness, chroma and hue (radians) by Ottosson's OKLab."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour nearest to it that a screen can show: chroma gives way, never lightness or hue."""
    while True:
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        rgb = (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )
        if chroma < 1e-4 or all(-1e-4 <= value <= 1.0001 for value in rgb):
            break
        chroma *= 0.95
    return "#" + "".join(f"{round(255 * _gamma(min(max(value, 0.0), 1.0))):02x}" for value in rgb)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
