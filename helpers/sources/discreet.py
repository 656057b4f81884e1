"""What a message may show of a client's cells: never an address, a telephone number or what may be a person's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 60
"""Characters of a cell that a message shows: a label, no letter."""

_NUMBER = re.compile(r"(?:\+|\b)\d(?:[\s().-]*\d){8,}")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?")
_DATES = re.compile(rf"{_DATE.pattern}(?:\s*[-–—/]\s*{_DATE.pattern})?")
_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d)")
"""Before a month and a day no first name."""
_NAME = re.compile(r"\b[A-ZА-ЯЁІЇЄҐ][a-zа-яёіїєґ'’]+\.?\s+[A-ZА-ЯЁІЇЄҐ](?:[a-zа-яёіїєґ'’]+\b|\.)")


def discreet(text: str) -> str:
    """The text, or "" where it may be personal."""
    text = " ".join(text.split())
    if len(text) > MOST or "@" in text or _NAME.search(_WEEKDAY.sub("", text)):
        return ""
    return "" if _NUMBER.search(text) and not _DATES.fullmatch(text) else text


def example(text: str) -> str:
    """A repaired label as it may be shown: a longer one, an address or a telephone number may be personal."""
    return text if len(text) <= 90 and impersonal(text) else ""


def impersonal(text: str) -> bool:
    """Whether a label holds neither an address nor a telephone number."""
    return "@" not in text and not _NUMBER.search(text)


def shown_header(rows: Sequence[Sequence[str]]) -> str:
    """'ID | Name | Budget' - the first row of a table where it heads the rows below; else how many columns it has.

    A row of words above rows with numbers, dates or addresses is a header; a row like all others holds data.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return ""
    first, below = filled[0], filled[1:]
    heads = any(
        not _valued(cell) and any(_valued(row[at]) for row in below if at < len(row)) for at, cell in enumerate(first)
    )
    if heads and not any(_valued(cell) for cell in first):
        return " | ".join(cell.strip() for cell in first if cell.strip())[:100]
    return f"{sum(bool(cell.strip()) for cell in first)} columns"


def _valued(cell: str) -> bool:
    return "@" in cell or any(letter.isdigit() for letter in cell)
