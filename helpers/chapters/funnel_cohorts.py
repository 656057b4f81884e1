"""Young leads are not lost leads: what became of each month's leads, and what may still come (METHOD.md, "Common")."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.ages import whole_ages
from helpers.chapters.funnel_measure import Ratio
from helpers.stats.cohorts import Finals, final_wins
from helpers.stats.incidence import Incidence, incidence
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts


CURVES = 7
"""More months than these are drawn as quarters, more quarters as years."""


@dataclass(frozen=True)
class Month:
    """The leads of one month."""

    month: dt.date
    """First day."""
    leads: int
    won: int
    open: int
    more: float | None
    """Wins still to be expected; None where the data are too short."""
    more_range: tuple[float, float] | None
    """95 % of the number that will be seen lies between these."""
    ripe: bool
    """Its youngest lead is older than the cycle, or none of its leads is open any more."""

    @property
    def so_far(self) -> Ratio:
        """Won of leads up to ``as_of``."""
        return Ratio(self.won, self.leads)

    @property
    def expected(self) -> float | None:
        """Conversion to be expected in the end, 0-1; None: not known, or under 30 leads."""
        return None if self.more is None or not self.so_far.enough else (self.won + self.more) / self.leads

    @property
    def final_range(self) -> tuple[float, float] | None:
        """Between which conversions the month will end with 95 % probability; None like ``expected``."""
        if self.expected is None or self.more_range is None:
            return None
        low, high = self.more_range
        return (self.won + low) / self.leads, (self.won + high) / self.leads


@dataclass(frozen=True)
class Curve:
    """Conversion by age of the leads of one month or quarter."""

    first: dt.date
    """First day of its first month."""
    last: dt.date
    """First day of its last month."""
    leads: int
    ripe: bool
    seen: int
    """Age in days that all of its leads have reached: cohorts are compared at the lowest of these."""
    drawn: int
    """Age in days that half of its leads have reached: later its curve is thin."""
    by_age: Incidence


@dataclass(frozen=True)
class Maturity:
    """How final the outcomes of a span are."""

    months: tuple[Month, ...]
    """By month of the lead, in order; months without leads are absent."""
    cycle_days: int | None
    """Days after which nine tenths of the wins have come; None: the data are too short to tell."""
    cycle_given: bool
    """The client said so in client.yml."""
    young: int | None
    """Open leads younger than the cycle; None where the cycle is not known."""
    more_range: tuple[float, float] | None = None
    """95 % of all wins still to come."""
    undated: int = 0
    """Won leads whose closing date is missing or contradicts the others: they are spread like the dated ones."""
    curves: tuple[Curve, ...] = ()
    """Cohorts of at least 30 leads, in order; months, or quarters where the months are many."""

    @property
    def leads(self) -> int:
        """All leads of the span."""
        return sum(month.leads for month in self.months)

    @property
    def won(self) -> int:
        """Leads won up to ``as_of``."""
        return sum(month.won for month in self.months)

    @property
    def open(self) -> int:
        """Leads without an outcome."""
        return sum(month.open for month in self.months)

    @property
    def more(self) -> float | None:
        """Wins still to be expected of the open leads by their age; None where the data are too short."""
        known = [month.more for month in self.months if month.more is not None]
        return sum(known) if len(known) == len(self.months) else None

    @property
    def final(self) -> float | None:
        """Expected conversion of lead to won, 0-1; None: not known, or under 30 leads."""
        return None if self.more is None or self.leads < MINIMUM else (self.won + self.more) / self.leads

    @property
    def final_range(self) -> tuple[float, float] | None:
        """Between which conversions the whole span will end with 95 % probability; None like ``final``."""
        if self.final is None or self.more_range is None:
            return None
        low, high = self.more_range
        return (self.won + low) / self.leads, (self.won + high) / self.leads

    @property
    def youngest(self) -> Month | None:
        """The last month that is not final and has an expected conversion."""
        return next((m for m in reversed(self.months) if not m.ripe and m.final_range is not None), None)

    @property
    def seen(self) -> float | None:
        """Share of the final number of wins that is already in, 0-1."""
        return None if self.more is None or self.won + self.more <= 0 else self.won / (self.won + self.more)


def measure_maturity(facts: Facts, client: Client, span: str = "now") -> Maturity:
    """Conversion of lead to won by month of the lead, so far and expected by age.

    The curve of winning by age is learnt from the leads of every span. Source: METHOD.md "Ripeness".
    """
    leads = facts.leads[facts.leads["span"].eq(span)]
    whole = whole_ages(facts)
    ages = whole[whole["span"].eq(span)]
    cycle, finals = _expected(whole, client, leads, facts)
    counted = leads.groupby(["month", "outcome"])["leads"].sum()
    months = []
    for month in sorted(leads["month"].unique()):
        of = counted[month]
        still_open = int(of.get("open", 0))
        more, low, high = (None, 0.0, 0.0) if finals is None else _of(finals, month)
        months.append(
            Month(
                month=month.date(),
                leads=int(of.sum()),
                won=int(of.get("won", 0)),
                open=still_open,
                more=more,
                more_range=None if more is None else (low, high),
                ripe=still_open == 0 or (cycle is not None and _youngest(month, facts) >= cycle),
            )
        )
    waiting = ages[ages["outcome"].eq("open")]
    return Maturity(
        months=tuple(months),
        cycle_days=cycle,
        cycle_given=client.cycle_days is not None,
        young=None if cycle is None else round(float(waiting.loc[waiting["age_days"].lt(cycle), "leads"].sum())),
        undated=max(0, int(leads.loc[leads["outcome"].eq("won"), "leads"].sum()) - _dated(facts, span)),
        more_range=None if finals is None else finals.whole[1:],
        curves=_curves(tuple(months), ages, facts),
    )


def _dated(facts: Facts, span: str) -> int:
    return int(facts.ages.loc[facts.ages["span"].eq(span) & facts.ages["outcome"].eq("won"), "leads"].sum())


def _came(facts: Facts, months: list[pd.Timestamp], leads: pd.Series) -> pd.DataFrame:
    """cohort, age_days, leads: the leads of each month by their age on the day of the audit."""
    days = facts.days.days
    days = days[days["leads"] > 0]
    parts = []
    for month in months:
        first = max(month.date(), facts.period.from_)
        last = min((month + pd.offsets.MonthEnd(0)).date(), facts.period.to, facts.as_of)
        of = days[days["day"].between(pd.Timestamp(first), pd.Timestamp(last))]
        number = of["leads"].to_numpy(float)
        on = of["day"]
        if not number.sum():
            # The days are not known: leads come evenly.
            on = pd.Series(pd.date_range(first, max(first, last)))
            number = np.ones(len(on))
        age = (pd.Timestamp(facts.as_of) - on).dt.days.to_numpy()
        share = float(leads[month]) * number / number.sum()
        parts.append(pd.DataFrame({"cohort": month, "age_days": np.maximum(age, 0), "leads": share}))
    return pd.concat(parts, ignore_index=True)


def _of(finals: Finals, month: pd.Timestamp) -> tuple[float, float, float]:
    return finals.of(month) if month in finals.cohorts else (0.0, 0.0, 0.0)


def _expected(
    whole: pd.DataFrame, client: Client, leads: pd.DataFrame, facts: Facts
) -> tuple[int | None, Finals | None]:
    """The cycle in days, and the wins still expected by month of the lead; None where the data are too short."""
    every = whole.groupby(["outcome", "age_days"], as_index=False)[["leads"]].sum()
    curve = incidence(every)
    if not curve.plateau_known or curve.leads < MINIMUM:
        return client.cycle_days, None
    cycle = client.cycle_days if client.cycle_days is not None else math.ceil(curve.cycle_days)
    if leads.empty:
        return cycle, None
    ended = leads.pivot_table(index="month", columns="outcome", values="leads", aggfunc="sum", fill_value=0)
    ended = ended.reindex(columns=["won", "open"], fill_value=0).rename_axis("cohort").reset_index()
    came = _came(facts, [pd.Timestamp(month) for month in ended["cohort"]], leads.groupby("month")["leads"].sum())
    return cycle, final_wins(came, ended, every)


def _curves(months: tuple[Month, ...], ages: pd.DataFrame, facts: Facts) -> tuple[Curve, ...]:
    """A curve per month, quarter or year: as fine as can be told apart."""
    size = 1 if len(months) <= CURVES else 3 if len(months) <= 3 * CURVES else 12
    parts: dict[tuple[int, int], list[Month]] = {}
    for month in months:
        parts.setdefault((month.month.year, (month.month.month - 1) // size), []).append(month)
    curves = []
    for part in parts.values():
        of = ages[ages["month"].isin([pd.Timestamp(month.month) for month in part])]
        seen = _youngest(pd.Timestamp(part[-1].month), facts)
        drawn = (seen + (facts.as_of - max(part[0].month, facts.period.from_)).days) // 2
        if of["leads"].sum() >= MINIMUM and drawn > 0:
            ripe = all(month.ripe for month in part)
            leads = sum(month.leads for month in part)
            curves.append(Curve(part[0].month, part[-1].month, leads, ripe, seen, drawn, incidence(of)))
    return tuple(curves)


def _youngest(month: pd.Timestamp, facts: Facts) -> int:
    """Age at ``as_of`` of the youngest lead a month can hold, in days."""
    last = (month + pd.offsets.MonthEnd(0)).date()
    end: dt.date = min(last, facts.period.to)
    return (facts.as_of - end).days
