"""The five statistics week by week: the same way of counting for this week, the last one and the trend."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.meeting_week import WEEK
from helpers.chapters.plan_measure import Running, free_days, running
from helpers.chapters.shares import Share
from helpers.chapters.spans import spent
from helpers.facts.days import REACH
from helpers.sources.rawfiles import normal
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

LOOKS_BACK = 13
"""Weeks over which managers and the cost of a customer are counted: one week holds too few sales."""
SIDES = ("manager_max", "manager_min")


@dataclass(frozen=True)
class Seller:
    """A manager's customers among the leads of the last weeks."""

    name: str
    leads: int
    won: int

    @property
    def rate(self) -> float:
        """Conversion, 0-1."""
        return self.won / self.leads


@dataclass(frozen=True)
class Five:
    """The statistics as they stood on ``end``, the last day of a week that the exports hold."""

    end: dt.date
    run_rate: Running | None
    """Revenue of the month of ``end``; None: no dated sales."""
    qualified_pace: Running | None
    """Qualified leads of that month: marketing's side of the same question."""
    pipeline: float | None
    """Amount of the deals open in the evening of ``end``."""
    sellers: tuple[Seller, ...]
    """Managers with 30 leads and more in the last 13 weeks, the highest conversion first."""
    sold: tuple[int, int]
    """Leads of the last 13 weeks that a manager has, and customers among them."""
    qualified: Share
    """Qualified of the week's leads, experimental channels apart."""
    marked: Share
    """The same of those that are marked as qualified or not."""
    lately: Share
    """Qualified of the leads of the last 13 weeks, experimental channels apart."""
    spend: float
    won: float
    """Money spent (nan: a row of spend covers other days too) and customers of the last 13 weeks."""

    def value(self, figure: str) -> float | None:
        """A line of ``kpis``: money, or a share 0-1; None where nothing can be said (too few, not recorded)."""
        found = {
            "run_rate": self.run_rate.pace.expected if self.run_rate is not None else math.nan,
            "pipeline": math.nan if self.pipeline is None else self.pipeline,
            "manager_max": self.sellers[0].rate if self.sellers else math.nan,
            "manager_min": self.sellers[-1].rate if self.sellers else math.nan,
            "qualified_share": self.lately.share if self.lately.enough else math.nan,
            "cac": self.spend / self.won if self.won and self.spend else math.nan,
        }[figure]
        return None if math.isnan(found) else float(found)

    @property
    def sure_cac(self) -> bool:
        """Whether there are enough customers to judge what one costs."""
        return self.won >= MINIMUM


class WeeklyFive:
    """Counts the five statistics of any week; each week once."""

    def __init__(self, facts: Facts, client: Client) -> None:
        self.facts, self.client = facts, client
        self._known: dict[tuple[dt.date, dt.date], Five] = {}
        odd = {normal(name) for name in client.experimental}
        leads = facts.weeks.leads
        self.apart = leads["channel"].map(normal).isin(odd) if len(leads) else pd.Series(dtype=bool)

    def of(self, monday: dt.date) -> Five:
        """The week that begins on ``monday``."""
        end = min(monday + dt.timedelta(days=6), self.facts.as_of)
        return self._known.setdefault((monday, end), self._count(monday, end))

    @cached_property
    def _free(self) -> frozenset[dt.date]:
        as_of = self.facts.as_of
        last = as_of.replace(day=calendar.monthrange(as_of.year, as_of.month)[1])
        return free_days(self.client, as_of - dt.timedelta(days=REACH + 7), last)

    @cached_property
    def _deals(self) -> bool:
        days = self.facts.evidence.days
        return bool(len(days)) and bool(days["opened"].sum() > 0)

    def _count(self, monday: dt.date, end: dt.date) -> Five:
        facts, day = self.facts, pd.Timestamp(end)
        days = facts.evidence.days
        known = days[days["day"] <= day]
        since = day - pd.Timedelta(days=7 * LOOKS_BACK)
        sellers, sold = self._sellers(monday)
        qualified, marked = self.qualified(monday, monday)
        began = bool(len(known))
        return Five(
            end=end,
            run_rate=running(facts, self.client, "revenue", end, self._free) if began else None,
            qualified_pace=running(facts, self.client, "qualified", end, self._free) if began else None,
            pipeline=float(known["opened"].sum() - known["ended"].sum()) if self._deals and began else None,
            sellers=sellers,
            sold=sold,
            qualified=qualified,
            marked=marked,
            lately=self._lately(monday),
            spend=spent(facts.evidence, since, end),
            won=float(known.loc[known["day"] > since, "won"].sum()),
        )

    def qualified(self, first: dt.date, last: dt.date, channel: str = "") -> tuple[Share, Share]:
        """Qualified of the leads that came in the weeks between two Mondays, and of the marked ones.

        Of one channel where it is given, else of all but the experimental ones.
        """
        leads = self.facts.weeks.leads
        if not len(leads):
            return Share.of("", 0, 0), Share.of("", 0, 0)
        of = leads["channel"].map(normal) == normal(channel) if channel else ~self.apart
        inside = leads["week"].between(pd.Timestamp(first), pd.Timestamp(last))
        sums = leads.loc[of & inside, ["qualified", "leads", "marked"]].sum()
        return Share.of("", sums["qualified"], sums["leads"]), Share.of("", sums["qualified"], sums["marked"])

    def young(self, monday: dt.date) -> bool:
        """More leads of the week than usual are not judged yet: its share of qualified leads will still rise.

        Usual is the quarter that ended four weeks before; "more" is more than chance (Wilson, 95 %).
        """
        now, marked = self.qualified(monday, monday)
        before, judged = self.qualified(monday - 17 * WEEK, monday - 5 * WEEK)
        if before.whole < MINIMUM or not now.whole:
            return False
        return Share.of("", now.whole - marked.whole, now.whole).low > 1 - judged.whole / before.whole

    def _lately(self, monday: dt.date) -> Share:
        share, marked = self.qualified(monday - (LOOKS_BACK - 1) * WEEK, monday)
        # Where nobody marks leads, a share of nought would be no fact.
        return share if marked.whole else Share.of("", 0, 0)

    def _sellers(self, monday: dt.date) -> tuple[tuple[Seller, ...], tuple[int, int]]:
        table, week = self.facts.weeks.sellers, pd.Timestamp(monday)
        inside = table[(table["week"] <= week) & (table["week"] > week - pd.Timedelta(weeks=LOOKS_BACK))]
        leads = inside.groupby("manager")["leads"].sum()
        won = inside[inside["won_week"] <= week].groupby("manager")["leads"].sum().reindex(leads.index).fillna(0)
        enough = [Seller(str(name), int(leads[name]), int(won[name])) for name in leads.index if leads[name] >= MINIMUM]
        ranked = sorted(enough, key=lambda one: (-one.rate, one.name))
        return tuple(ranked), (int(leads.sum()), int(won.sum()))
