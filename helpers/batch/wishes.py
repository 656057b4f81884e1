"""What a user asks a run for - languages, a period, formats - read from the command's or a notebook's text.

Raises ``ValueError`` with what is allowed; nothing heavy is imported, so the command can refuse at once.
"""

from __future__ import annotations

import datetime as dt
import re

from helpers.language import LANGUAGES

FORMATS = ("html", "pdf", "docx", "pptx", "xlsx")
AGENDA_FORMATS = ("html", "pdf", "docx")
"""Of the weekly meeting's page."""


def parse_languages(text: str) -> tuple[str, ...]:
    """'ru,en' → ('ru', 'en'); 'all' → every language; '' → () (the client's own)."""
    names = _known(_listed(text), (*LANGUAGES, "all"), "language")
    return LANGUAGES if "all" in names else names


def parse_formats(text: str, known: tuple[str, ...] = FORMATS) -> tuple[str, ...]:
    """'html,pdf' → ('html', 'pdf'); 'all' → every known format; at least one."""
    names = _known(_listed(text), (*known, "all"), "format")
    if not names:
        raise ValueError(f"no format is given; there is {', '.join(known)}, all")
    return known if "all" in names else names


def parse_week(text: str) -> dt.date | None:
    """'2026-W40' → its Monday; '' → None (the last whole week)."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-W(\d\d)", text.strip(), re.ASCII)
    try:
        if found:
            return dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    raise ValueError(f"week {text!r} must be a week of the calendar, written like 2026-W40")


def parse_period(text: str) -> tuple[dt.date, dt.date] | None:
    """'2026-01-01..2026-06-30' → both days, inclusive; '' → None (the client's own)."""
    if not text:
        return None
    days = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text.strip(), re.ASCII)
    try:
        span = (dt.date.fromisoformat(days[1]), dt.date.fromisoformat(days[2])) if days else None
    except ValueError:
        span = None
    if span is None:
        raise ValueError(f"period {text!r} must look like 2026-01-01..2026-06-30")
    if span[1] < span[0]:
        raise ValueError(f"the period ends ({span[1]}) before it begins ({span[0]})")
    return span


def parse_day(text: str) -> dt.date | None:
    """'2026-07-15' → that day; '' → None."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"day {text!r} must look like 2026-07-15") from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _known(names: tuple[str, ...], known: tuple[str, ...], what: str) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {what} {name!r}; there is {', '.join(known)}")
    return names
