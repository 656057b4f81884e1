"""One age at which leads are compared, and the months whose leads have all reached it (METHOD.md "Ripeness")."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.stats.incidence import incidence

if TYPE_CHECKING:
    import pandas as pd

    from helpers.client import Client, Span
    from helpers.facts import Facts

YOUNGEST = 14
"""Days: compared at a lower age, cohorts would only show who buys at once."""
NO_CYCLE = 30
"""Days that are waited for outcomes where nobody has bought yet."""
LEAST = 0.5
"""At least this share of the days of each span is compared: a shorter age rather than a shorter span."""


@dataclass(frozen=True)
class CommonAge:
    """Leads created up to ``until`` are compared by what they became within ``days`` days."""

    days: int
    """Whole weeks; every compared lead is at least so old."""
    months: dict[str, tuple[dt.date, ...]]
    """Span → first days of its months that are compared; empty: all of its leads are too young."""
    counted: dict[str, int]
    """Span → days of it that are compared."""
    until: dict[str, dt.date]
    """Span → last day compared; only where something is."""
    cycle: int | None
    """Days after which nine tenths of all purchases have come; None: not known."""
    ready: dt.date
    """Where all leads are too young: the day from which they can be compared."""
    whole: bool
    """No month had to be left out."""

    @property
    def ripe(self) -> bool:
        """Whether every span has leads to compare."""
        return all(self.months.values())

    @property
    def short(self) -> bool:
        """Purchases that come later than ``days`` are not seen."""
        return self.cycle is not None and self.days < self.cycle

    def of(self, table: pd.DataFrame, span: str) -> pd.DataFrame:
        """The lines of a counted table (span, month) that are compared."""
        wanted = table["month"].dt.date.isin(self.months[span])
        compared: pd.DataFrame = table[table["span"].eq(span) & wanted]
        return compared

    def won(self, table: pd.DataFrame) -> pd.Series:
        """Which lines of ``facts.outcomes.leads`` were won within ``days``."""
        won: pd.Series = table["won_weeks"].between(0, self.days // 7)
        return won


def common_age(facts: Facts, client: Client, *spans: str) -> CommonAge:
    """The largest age that the compared months of all ``spans`` ("now", "before") have fully seen.

    Months younger than the cycle are left out, but never more than half of the days of a span: before that the age
    becomes shorter than the cycle.
    """
    days = {span: _months(facts.period if span == "now" else facts.compare, facts.as_of) for span in spans}
    cycle = _cycle(facts, client)
    limit = min((_seen_by_half(months) for months in days.values()), default=0)
    wanted = min(limit, NO_CYCLE if cycle is None else cycle)
    kept = {span: [month for month in months if month[2] >= max(wanted, YOUNGEST)] for span, months in days.items()}
    seen = [old for months in kept.values() for _, _, old, _ in months]
    age = 7 * (min(seen, default=YOUNGEST) // 7)
    last = max((end for months in days.values() for _, end, _, _ in months), default=facts.as_of)
    return CommonAge(
        days=age,
        months={span: tuple(first for first, _, _, _ in months) for span, months in kept.items()},
        counted={span: sum(length for _, _, _, length in months) for span, months in kept.items()},
        until={span: max(end for _, end, _, _ in months) for span, months in kept.items() if months},
        cycle=cycle,
        ready=last + dt.timedelta(days=max(YOUNGEST, 0 if cycle is None else min(cycle, 10 * YOUNGEST))),
        whole=all(len(kept[span]) == len(days[span]) for span in spans),
    )


def _cycle(facts: Facts, client: Client) -> int | None:
    if client.cycle_days is not None:
        return client.cycle_days
    found = incidence(facts.ages).cycle_days
    return None if math.isnan(found) else math.ceil(found)


def _months(span: Span | None, as_of: dt.date) -> list[tuple[dt.date, dt.date, int, int]]:
    """Months of a span: first day of the month, last day within the span, age of its youngest lead, days within."""
    out: list[tuple[dt.date, dt.date, int, int]] = []
    if span is None:
        return out
    last_day = min(span.to, as_of)
    day = span.from_
    while day <= last_day:
        following = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        end = min(following - dt.timedelta(days=1), last_day)
        out.append((day.replace(day=1), end, (as_of - end).days, (end - day).days + 1))
        day = following
    return out


def _seen_by_half(months: list[tuple[dt.date, dt.date, int, int]]) -> int:
    """The largest age that at least half of the days of a span have seen."""
    whole, gathered = sum(length for *_, length in months), 0
    for *_, old, length in sorted(months, key=lambda month: -month[2]):
        gathered += length
        if gathered >= LEAST * whole:
            return old
    return 0
