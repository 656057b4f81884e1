"""Young leads are not lost leads: what became of each month's leads, and what may still come (METHOD.md, "Common")."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.funnel_measure import Ratio
from helpers.stats.incidence import incidence
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts


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
    def seen(self) -> float | None:
        """Share of the final number of wins that is already in, 0-1."""
        return None if self.more is None or self.won + self.more <= 0 else self.won / (self.won + self.more)


def measure_maturity(facts: Facts, client: Client, span: str = "now") -> Maturity:
    """Conversion of lead to won by month of the lead, so far and expected by age.

    The curve of winning by age is learnt from the leads of every span. Source: METHOD.md "Ripeness".
    """
    leads = facts.leads[facts.leads["span"].eq(span)]
    ages = facts.ages[facts.ages["span"].eq(span)]
    cycle, more = _expected(facts, client, ages)
    counted = leads.groupby(["month", "outcome"])["leads"].sum()
    months = []
    for month in sorted(leads["month"].unique()):
        of = counted[month]
        still_open = int(of.get("open", 0))
        months.append(
            Month(
                month=month.date(),
                leads=int(of.sum()),
                won=int(of.get("won", 0)),
                open=still_open,
                more=None if more is None else float(more.get(month, 0.0)),
                ripe=still_open == 0 or (cycle is not None and _youngest(month, facts) >= cycle),
            )
        )
    waiting = ages[ages["outcome"].eq("open")]
    young = None if cycle is None else int(waiting.loc[waiting["age_days"].lt(cycle), "leads"].sum())
    return Maturity(tuple(months), cycle, client.cycle_days is not None, young)


def _expected(facts: Facts, client: Client, ages: pd.DataFrame) -> tuple[int | None, pd.Series | None]:
    """The cycle in days, and the wins still expected by month of the lead; None where the data are too short."""
    curve = incidence(facts.ages)
    if not curve.plateau_known or curve.leads < MINIMUM:
        return client.cycle_days, None
    cycle = client.cycle_days if client.cycle_days is not None else math.ceil(curve.cycle_days)
    waiting = ages[ages["outcome"].eq("open")]
    expected = waiting["leads"] * np.asarray(curve.pending(waiting["age_days"].to_numpy()), float)
    return cycle, expected.groupby(waiting["month"]).sum()


def _youngest(month: pd.Timestamp, facts: Facts) -> int:
    """Age at ``as_of`` of the youngest lead a month can hold, in days."""
    last = (month + pd.offsets.MonthEnd(0)).date()
    end: dt.date = min(last, facts.period.to)
    return (facts.as_of - end).days
