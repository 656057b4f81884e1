"""Where the lines of a slide end: not within a range or an amount, not after a short word, not before the last word."""

from __future__ import annotations

import re

from helpers.language import NBSP
from helpers.report.fit import Measure
from helpers.report.lettering import pieces

SLACK = 0.015
"""Part of a line by which programs may differ in how wide they set it."""
ORPHAN = 12
"""Characters that the last line of a title holds at least; of other text half as many."""
_HANGING = re.compile(r"(?<=(?<!\S)[\dЀ-ӿ]) |(?<=(?<!\S)[\dЀ-ӿ]{2}) ")


def settled(text: str, last: int = ORPHAN) -> str:
    """Text whose last line holds more than a word: so many characters at least, and a number with what it counts.

    Wherever the lines end: in another face, or after a word is changed by hand, it still holds.
    """
    words = text.split(" ")

    def lonely() -> bool:
        return len(words[-1]) < last or (words[-2][:1].isdigit() and len(words[-1]) < 2 * last)

    while len(words) > 2 and lonely():
        words[-2:] = [f"{words[-2]}{NBSP}{words[-1]}"]
    return " ".join(words)


def held(text: str) -> str:
    """Text in which no short Cyrillic word or number hangs at the end of a line, as printers of these languages do."""
    return _HANGING.sub(NBSP, text)


def unbroken(text: str, width: float, size: float, *, bold: bool, measure: Measure) -> list[str]:
    """Lines of ``text``, of so many points of width: a new one only before a range or an amount that would be broken.

    Office programs break behind the dash of "2 300–3 700" and behind the minus of "−$290"; there is no character that
    keeps them from it. All other lines end where the program wants.
    """
    words = pieces(text)
    if not any(head for _, head in words):
        return [text]
    space = measure(" ", size, bold=bold)
    wide = [measure(word, size, bold=bold) for word, _ in words]
    heads = [measure(head, size, bold=bold) if head else 0.0 for _, head in words]
    begins: set[int] = set()

    def torn(room: float) -> int | None:
        """The first word that would be broken on lines of so many points."""
        used = 0.0
        for place, width in enumerate(wide):
            start = used + space if used and place not in begins else 0.0
            if start + width > room:
                if start and heads[place] and start + heads[place] <= room:
                    return place
                start = 0.0
            used = min(start + width, room)
        return None

    # As programs set a line a little wider or narrower, another word may come to stand at its end.
    for room in (width, (1 - SLACK) * width, (1 + SLACK) * width, width):
        while (place := torn(room)) is not None:
            begins.add(place)
    ends = [*sorted(begins), len(words)]
    return [" ".join(word for word, _ in words[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
