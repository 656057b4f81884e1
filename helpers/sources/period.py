"""The period that a report writes above its header or into its totals: 'March 27, 2026 - April 23, 2026'.

Reports without a date column cover one period as a whole; which, only such a line says. Read in English, Russian,
Ukrainian, German, French, Spanish, Portuguese, Italian, Polish and Dutch; a line that gives two readings gives none.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable

MONTHS = (
    ("jan", "янв", "січ", "ene", "gen", "sty"),
    ("feb", "фев", "лют", "fev", "fév", "lut"),
    ("mar", "мар", "бер", "mär", "mrt", "maa"),
    ("apr", "апр", "кві", "abr", "avr", "kwi"),
    ("may", "мая", "май", "тра", "mai", "mag", "maj", "mei"),
    ("jun", "июн", "чер", "juin", "giu", "cze"),
    ("jul", "июл", "лип", "juil", "lug", "lip"),
    ("aug", "авг", "сер", "ago", "aoû", "aou", "sie"),
    ("sep", "сен", "вер", "set", "wrz"),
    ("oct", "окт", "жов", "out", "okt", "ott", "paź", "paz"),
    ("nov", "ноя", "лис", "lis"),
    ("dec", "дек", "гру", "dic", "dez", "déc", "gru"),
)
"""First letters of the names of each month, in as many languages; the English ones first."""
_WORD = r"([^\W\d_]{3,12})\.?"
_FORMS = (
    (re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"), "ymd"),
    (re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b"), "dmy"),
    (re.compile(rf"\b(\d{{1,2}})(?:\.|er|º)?(?:\s+de)?\s+{_WORD}(?:\s+de)?,?\s+(\d{{4}})\b"), "dny"),
    (re.compile(rf"\b{_WORD}\s+(\d{{1,2}}),?\s+(\d{{4}})\b"), "ndy"),
)
_MONTH_ONLY = re.compile(rf"^(?:total in|итого за|всего за|усього за|разом за)\s+{_WORD}\s+(\d{{4}})\s*(?:г\.|р\.)?$")


SPANS = {
    "week": ("week", "week (mon)", "week start", "неделя", "неделя с", "начало недели", "тиждень", "semana"),
    "month": ("month", "month start", "месяц", "начало месяца", "місяць", "mes", "mês"),
    "quarter": ("quarter", "квартал", "trimestre"),
}
"""Headers, normalised, of a day that stands for the days that begin with it."""


def span_of(header: str) -> str:
    """'week', 'month' or 'quarter' where a normalised header of the first day says so; '' for a day of its own."""
    return next((span for span, headers in SPANS.items() if header in headers), "")


def period_in(rows: Iterable[Iterable[str]]) -> tuple[dt.date, dt.date] | None:
    """First and last day named in one of these rows; None where no row names exactly one or two days in order."""
    found = set()
    for row in rows:
        cells = [cell.strip() for cell in row if cell and cell.strip()]
        for text in {*cells, " ".join(cells[:4])}:
            days = _days(text.casefold())
            if days:
                found.add(days)
    return found.pop() if len(found) == 1 else None


def _days(text: str) -> tuple[dt.date, dt.date] | None:
    month = _MONTH_ONLY.match(text)
    if month and (number := _month(month[1])):
        year = int(month[2])
        return dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])
    days: dict[int, dt.date] = {}
    for form, order in _FORMS:
        for match in form.finditer(text):
            day = _day(match.groups(), order)
            if day is not None and not any(match.start() < at < match.end() for at in days):
                days.setdefault(match.start(), day)
    ordered = [days[at] for at in sorted(days)]
    if len(ordered) == 2 and ordered[0] <= ordered[1]:
        return ordered[0], ordered[1]
    return None


def _day(parts: tuple[str, ...], order: str) -> dt.date | None:
    named = dict(zip(order, parts, strict=True))
    month = _month(named["n"]) if "n" in named else int(named["m"])
    try:
        return dt.date(int(named["y"]), month, int(named["d"])) if month else None
    except ValueError:
        return None


def _month(word: str) -> int:
    """Number of a month from the first letters of its name; 0: no month."""
    return next((number for number, names in enumerate(MONTHS, 1) if word.startswith(names)), 0)
