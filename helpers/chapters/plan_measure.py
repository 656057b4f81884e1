"""The measure of the plan chapter: the pace of the month, open deals, how long a deal takes."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.plan_pipeline import Weighted, weigh
from helpers.facts.workdays import USUAL_WEEK
from helpers.stats.medians import median_change, median_interval, quantile
from helpers.stats.runrate import DAYS, FREE, Pace, run_rate
from helpers.stats.shares import MINIMUM
from helpers.worktime import parse_hours, work_calendar

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

SEED = 20260103
MONTHS = 24
"""Months that the picture of the deal cycle shows."""
FEWEST = 6
"""Won deals of a month under which its median is not shown."""


@dataclass(frozen=True)
class Running:
    """One figure of the month: its pace against the plan."""

    figure: str
    """qualified (marketing's pace) or revenue (sales' pace)."""
    pace: Pace
    plan: float | None
    """Plan of the whole month; None: not written down."""
    by_day: np.ndarray
    """Sum up to and with each day of the month so far."""
    events: int
    """Qualified leads (won deals) of the history: under 30 the total is not judged."""

    @property
    def enough(self) -> bool:
        """Whether an interval and a chance can be given."""
        return self.events >= MINIMUM and self.pace.known

    @property
    def chance(self) -> float | None:
        """Probability of making the plan, 0-1."""
        return self.pace.reaches(self.plan) if self.plan is not None and self.enough else None

    @property
    def missing(self) -> float | None:
        """What is missing to the plan, at least 0; None without a plan."""
        return None if self.plan is None else max(self.plan - self.pace.fact, 0.0)


@dataclass(frozen=True)
class Cycle:
    """How long won deals took from opening to winning."""

    months: pd.DataFrame
    """month (of winning) | deals, median, low, high (days; nan under `FEWEST`)."""
    median: float
    """Of all these months; nan: too few."""
    change: tuple[float, float, float]
    """Days by which the median moved from the first month to the last: middle, low, high; nan: cannot be said."""


@dataclass(frozen=True)
class MeasuredPlan:
    """All numbers of the chapter."""

    month: dt.date
    """First day of the month that is running on ``as_of``."""
    last: dt.date
    """Its last day."""
    today: dt.date
    """The day of the audit."""
    days_left: int
    working_left: int
    """Working days after ``as_of``."""
    qualified: Running | None
    """None: no lead is marked as qualified."""
    revenue: Running | None
    """None: no won deal has a day."""
    weighted: Weighted | None
    cycle: Cycle
    past: pd.DataFrame
    """month | qualified, qualified_plan, revenue, revenue_plan: whole months of the period that have a plan."""
    dated: float
    """Share of qualified leads whose own day is known, 0-1."""
    undated_revenue: float
    """Of won deals without a day: in no pace."""

    @property
    def coverage(self) -> float | None:
        """Expected revenue of open deals / what is missing to the plan; None: no plan, or nothing is missing."""
        missing = None if self.revenue is None else self.revenue.missing
        return self.weighted.expected / missing if self.weighted is not None and missing else None


def measure_plan(facts: Facts, client: Client) -> MeasuredPlan:
    """The month that is running on ``as_of``, the open deals and the deal cycle (METHOD.md "Plan")."""
    as_of = facts.as_of
    month = as_of.replace(day=1)
    last = as_of.replace(day=calendar.monthrange(as_of.year, as_of.month)[1])
    first = as_of - dt.timedelta(days=DAYS - 1)
    free = free_days(client, first, last)
    return MeasuredPlan(
        month=month,
        last=last,
        today=as_of,
        days_left=(last - as_of).days,
        working_left=sum(as_of < day <= last and day not in free for day in _days(first, last)),
        qualified=running(facts, client, "qualified", as_of, free),
        revenue=running(facts, client, "revenue", as_of, free),
        weighted=weigh(facts.pipeline, (last - as_of).days),
        cycle=measure_cycle(facts),
        past=_past(facts, client),
        dated=facts.days.dated,
        undated_revenue=facts.days.undated_revenue,
    )


def free_days(client: Client, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Days on which nobody works, by the client's working hours (else the usual week) and holidays."""
    hours = parse_hours(client.working_hours or USUAL_WEEK)
    pieces = work_calendar(hours, client.country, client.timezone, first, last).pieces
    works = pieces.groupby("day", as_index=False)["open"].max()
    return frozenset(works.loc[works["open"].eq(0), "day"].dt.date)


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def running(facts: Facts, client: Client, figure: str, as_of: dt.date, free: frozenset[dt.date]) -> Running | None:
    """The pace of one figure in the month of ``as_of``, a day up to that of the audit; None where it was never counted.

    ``free``: days without work, from 13 weeks before ``as_of`` to the end of its month.
    """
    table = facts.days.days.set_index("day")
    count = "won" if figure == "revenue" else figure
    if not table[count].sum() > 0:
        return None
    month = as_of.replace(day=1)
    last = as_of.replace(day=calendar.monthrange(as_of.year, as_of.month)[1])
    began = min((pd.Timestamp(first).date() for first, _ in facts.dates.values()), default=as_of)
    weeks = max(min(DAYS, (as_of - began).days + 1) // 7, 0)
    history = _days(as_of - dt.timedelta(days=7 * weeks - 1), as_of) if weeks else []
    values = table.reindex(pd.to_datetime(history)).fillna(0.0)
    so_far = table[figure].reindex(pd.to_datetime(_days(month, as_of))).fillna(0.0).to_numpy()
    pace = run_rate(
        float(so_far.sum()),
        values[figure].to_numpy(),
        [_kind(day, free) for day in history],
        [_kind(day, free) for day in _days(as_of + dt.timedelta(days=1), last)],
        seed=SEED,
    )
    plan = client.plan.get(month.strftime("%Y-%m"))
    wanted = getattr(plan, figure) if plan is not None else None
    return Running(figure, pace, wanted, so_far.cumsum(), int(values[count].sum()))


def _kind(day: dt.date, free: frozenset[dt.date]) -> int:
    return day.weekday() + FREE * (day in free)


def _past(facts: Facts, client: Client) -> pd.DataFrame:
    """Fact and plan of the whole months of the period that have a plan."""
    by_month = facts.days.days.groupby(facts.days.days["day"].dt.strftime("%Y-%m"))[["qualified", "revenue"]].sum()
    rows = []
    for key, plan in sorted(client.plan.items()):
        month = dt.date.fromisoformat(f"{key}-01")
        end = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        if month < facts.period.from_ or end > min(facts.period.to, facts.as_of):
            continue
        counted = by_month.loc[key] if key in by_month.index else {"qualified": 0.0, "revenue": 0.0}
        rows.append((month, counted["qualified"], plan.qualified, counted["revenue"], plan.revenue))
    columns = ["month", "qualified", "qualified_plan", "revenue", "revenue_plan"]
    out = pd.DataFrame(rows, columns=columns)
    return out.astype(dict.fromkeys(columns[1:], "float64"))


def measure_cycle(facts: Facts) -> Cycle:
    """Median days from opening to winning by month of winning.

    The first months of the data hold only deals that were quick: they are left out, as many as the slowest tenth takes.
    """
    won = facts.pipeline.won
    whole = won[won["month"] + pd.offsets.MonthEnd(0) <= pd.Timestamp(facts.as_of)]
    if "deals" in facts.dates and facts.pipeline.quiet_after is not None:
        begun = facts.dates["deals"][0] + dt.timedelta(days=facts.pipeline.quiet_after)
        whole = whole[whole["month"] >= pd.Timestamp(begun)]
    months = sorted(whole["month"].unique())[-MONTHS:]
    whole = whole[whole["month"].isin(months)]
    rows, groups, places = [], [], []
    for month in months:
        of = whole[whole["month"] == month]
        deals = int(of["deals"].sum())
        if deals < FEWEST:
            rows.append((month, deals, np.nan, np.nan, np.nan))
            continue
        rows.append((month, deals, quantile(of["age_days"], of["deals"], 0.5),
                     *median_interval(of["age_days"], of["deals"])))  # fmt: skip
        groups.append((of["age_days"].to_numpy(), of["deals"].to_numpy()))
        places.append(month.year * 12 + month.month)
    enough = whole["deals"].sum() >= MINIMUM
    return Cycle(
        months=pd.DataFrame(rows, columns=["month", "deals", "median", "low", "high"]),
        median=float(quantile(whole["age_days"], whole["deals"], 0.5)) if enough else float("nan"),
        change=median_change(groups, places, SEED) if enough else (float("nan"),) * 3,
    )
