"""D3: were the five common figures written down each week, and do they agree with the CRM (criteria.yml)."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.claims_fact import Fact, Further, lacking, share, too_few
from helpers.chapters.claims_records import WEEKS, last_weeks
from helpers.chapters.meeting_five import WeeklyFive
from helpers.chapters.spans import spent
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpers.chapters.meeting_five import Five
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.facts.evidence import Evidence

FIVE = {
    "run_rate": ("run_rate",),
    "pipeline": ("pipeline",),
    "manager_conversion": ("manager_max", "manager_min"),
    "qualified_share": ("qualified_share",),
    "cac": ("cac",),
}
"""The five statistics and the lines of ``kpis`` that make each."""
WITHIN = 0.05
"""Part of our own value by which a noted one may differ."""
WINDOWS = (7, 28, 91)
"""Days that a weekly figure may look back over, besides the month so far: nobody has told us which the client means."""


def d3_five(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the last twelve weeks in which all five figures were written down and are right."""
    if "kpis.value" not in facts.has:
        return lacking("kpis")
    if facts.evidence.days.empty:
        return lacking("leads")
    notes = facts.evidence.records.kpis
    agenda = WeeklyFive(facts, client)
    found = {name: [0, 0] for name in FIVE}
    weeks, full = 0, 0
    for week in last_weeks(facts.as_of):
        this = notes[notes["week"] == week]
        noted = {str(kpi): float(value) for kpi, value in zip(this["kpi"], this["value"], strict=True)}
        own = own_values(facts.evidence, (week + pd.Timedelta(days=6)).date())
        if noted:
            own = with_agenda(own, agenda.of(week.date()))
        right = _right(noted, own)
        weeks += any(value is not None for value in right.values())
        full += all(right.values())
        for name, value in right.items():
            found[name][0] += bool(value)
            found[name][1] += value is not None
    if weeks < need["weeks"]:
        return too_few(weeks, need["weeks"])
    further = tuple(Further(name, float(right), "weeks", recorded) for name, (right, recorded) in found.items())
    return share(full, WEEKS, need["weeks"], further)


def with_agenda(own: Mapping[str, list[float]], five: Five) -> dict[str, list[float]]:
    """The same with what the agenda of the weekly meeting showed: who writes that down is right as well."""
    shown = {line: five.value(line) for line in own}
    return {line: [*values, *([value] if (value := shown[line]) is not None else [])] for line, values in own.items()}


def _right(noted: Mapping[str, float], own: Mapping[str, list[float]]) -> dict[str, bool | None]:
    """Figure → whether what was noted is right; None: it was not noted."""
    out: dict[str, bool | None] = {}
    for name, lines in FIVE.items():
        values = [noted.get(line) for line in lines]
        if any(value is None or math.isnan(value) for value in values):
            out[name] = None
        else:
            out[name] = all(_near(noted[line], own[line], line) for line in lines)
    return out


def _near(value: float, own: list[float], line: str) -> bool:
    scales = (1.0, 100.0) if line in ("manager_max", "manager_min", "qualified_share") else (1.0,)
    return any(abs(value - scale * one) <= WITHIN * abs(scale * one) + 1e-9 for one in own for scale in scales)


def own_values(evidence: Evidence, end: dt.date) -> dict[str, list[float]]:
    """The figures as the CRM gives them for the week that ends on ``end``: one value per way of counting.

    run_rate: revenue, or qualified leads, of the month so far, drawn on to the whole month. pipeline: amounts of deals
    open in the evening of ``end``. manager_max, manager_min: customers by then of the leads of each window, managers
    with 30 leads or more. qualified_share: of the leads of each window. cac: spend by customers of each window.
    """
    days = evidence.days
    day = pd.Timestamp(end)
    known = days[days["day"] <= day]
    month = known[known["day"] >= day.replace(day=1)]
    begins = [day.replace(day=1) - pd.Timedelta(days=1), *(day - pd.Timedelta(days=back) for back in WINDOWS)]
    ahead = calendar.monthrange(end.year, end.month)[1] / end.day
    sums = [known.loc[known["day"] > after, ["leads", "qualified", "won"]].sum() for after in begins]
    paid = [spent(evidence, after, day) for after in begins]
    best, worst = _sellers(evidence.sellers, day)
    return {
        "run_rate": [month["revenue"].sum() * ahead, month["qualified"].sum() * ahead],
        "pipeline": [known["opened"].sum() - known["ended"].sum()],
        "manager_max": best,
        "manager_min": worst,
        "qualified_share": [one["qualified"] / one["leads"] for one in sums if one["leads"]],
        "cac": [
            money / one["won"] for one, money in zip(sums, paid, strict=True) if one["won"] and not math.isnan(money)
        ],
    }


def _sellers(sellers: pd.DataFrame, end: pd.Timestamp) -> tuple[list[float], list[float]]:
    """Highest and lowest conversion of managers in each window of whole weeks."""
    best, worst = [], []
    for back in WINDOWS:
        inside = sellers[(sellers["week"] <= end) & (sellers["week"] > end - pd.Timedelta(days=back))]
        leads = inside.groupby("manager")["leads"].sum()
        won = inside[inside["won_week"] <= end].groupby("manager")["leads"].sum().reindex(leads.index).fillna(0)
        rates = (won / leads)[leads >= MINIMUM]
        if len(rates):
            best.append(float(rates.max()))
            worst.append(float(rates.min()))
    return best, worst
