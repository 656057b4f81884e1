"""Text in pictures: what may be drawn, how wide it is, and how it is made to fit.

Measured with the font that comes with matplotlib, so that a margin is the same on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

from helpers.language import DASH, MINUS, NBSP, PER_CENT

FAMILY = "DejaVu Sans"
SIZE = 9.0
"""Points; the size of text in a chart unless said otherwise."""
LINE = 1.25
"""Height of a line of text in sizes."""

NO_GLYPH = "▯"
ELLIPSIS = "…"
JOINER = "\N{WORD JOINER}"
_RANGE = re.compile(rf"(?<=[\dKMB%]){DASH}(?=\S{{0,3}}\d)")
_APART = re.compile(rf" {DASH} (?=\d)")
_TIME = re.compile(r"(?<=\d) (?=(?:h|min|days?|ч|мин|дн|дней|дня|день|год|хв|днів|дні)\b)")
_SIGN = re.compile(rf"{MINUS}(?=[^\w\s{JOINER}])")
_INSIDE = re.compile(rf"{_RANGE.pattern}|{_SIGN.pattern}|{NBSP}{DASH}(?={NBSP}\d)|(?<=\d)-(?=\d)")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def strip_control(text: str) -> str:
    """Text that XML and HTML may hold: no ANSI codes, control characters, lone surrogates or non-characters.

    Line breaks and tabs stay. Marks that turn the direction of writing go too: with them a name can change how the
    numbers beside it read.
    """
    return "".join(c for c in _ANSI.sub("", text) if c in "\n\t" or _printable(c))


def tied(text: str, *, ranges: bool = False) -> str:
    """``strip_control(text)`` as running text is set: no line begins with a dash or with a number's "%", hours or days.

    "5 – 6" stays on one line; with ``ranges`` so do "2 300–3 700" and "−$290", by joiners. Browsers and typst know that
    these are nothing to be drawn; office programs take them from another font, as a box or in a higher line.
    """
    text = PER_CENT.sub(NBSP, _TIME.sub(NBSP, strip_control(text).replace(" - ", f"{NBSP}- ")))
    text = _APART.sub(f"{NBSP}{DASH}{NBSP}", text)
    return signed(_RANGE.sub(f"{DASH}{JOINER}", text)) if ranges else text


def pieces(text: str) -> list[tuple[str, str]]:
    """The words of ``text``, each with its part before which a program may break it though nobody should.

    That part ends with the dash of a range ("2 300–" of "2 300–3 700", "1-" of "1-5") or with the minus of an amount;
    it is "" for words that stay whole by themselves.
    """
    found = []
    for word in text.split(" "):
        inside = _INSIDE.search(word)
        found.append((word, word[: inside.end()] if inside else ""))
    return found


def signed(text: str) -> str:
    """``text`` where a minus stays on one line with the sign of the money behind it."""
    return _SIGN.sub(f"{MINUS}{JOINER}", text)


@lru_cache(maxsize=4096)
def _printable(character: str) -> bool:
    code = ord(character)
    if unicodedata.category(character) in ("Cc", "Cs") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return False
    return not (0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069)


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Text as it can be drawn: without control characters, a box where the font has no glyph."""
    return "".join(_drawable(c) for c in strip_control(text).replace("\t", " "))


@lru_cache(maxsize=4096)
def _drawable(character: str) -> str:
    # Joiners, soft hyphens and the selectors of emoji have no width of their own.
    if unicodedata.category(character) == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    return character if character == "\n" or _font().get_char_index(ord(character)) else NO_GLYPH


@cache
def _font() -> Any:
    return get_font(findfont(FontProperties(family=FAMILY)))


@lru_cache(maxsize=4096)
def width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Points that the longest line of ``text`` takes."""
    face = FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")
    lines = clean(text).split("\n")
    return float(max(text_to_path.get_text_width_height_descent(line, face, False)[0] if line else 0 for line in lines))


def height(text: str, size: float = SIZE) -> float:
    """Points that the lines of ``text`` take."""
    return (text.count("\n") + 1) * size * LINE


def shorten(text: str, length: int = 28, lines: int = 1) -> str:
    """``text`` on at most ``lines`` lines of ``length`` characters, between words where it can; '…' where it is cut."""
    words = clean(text).split()
    done: list[str] = []
    line = ""
    while words:
        word = words.pop(0)
        longer = f"{line} {word}" if line else word
        if len(longer) <= length:
            line = longer
            continue
        if len(done) == lines - 1:
            room = longer[: length - 1].rstrip()
            # A whole word less reads better than a broken one, unless that leaves half a line empty.
            cut = room if longer[length - 1] == " " else room.rsplit(" ", 1)[0]
            done.append((cut if len(cut) > length / 2 else room).rstrip(" ,.;:-–") + ELLIPSIS)
            return "\n".join(done)
        if line:
            done.append(line)
            line, words = "", [word, *words]
        else:
            done.append(word[: length - 1] + "-")
            words = [word[length - 1 :], *words]
    return "\n".join([*done, line]) if line or not done else "\n".join(done)
