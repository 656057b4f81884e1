"""Leads, qualified leads, sales and revenue by day: what the present pace is counted from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.exact import total
from helpers.facts.ground import Ground, empty, fetched
from helpers.facts.steps import events_of_leads
from helpers.sources.asking import asked_row, together

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir

COUNTS = ["leads", "qualified", "won", "revenue"]
REACH = 7 * 120
"""Days before ``as_of`` that are counted at least: the weeks a meeting may look at, and the 13 weeks before each."""


@dataclass(frozen=True)
class Days:
    """Counted by the day on which something happened, not by the day the lead came."""

    days: pd.DataFrame
    """day | COUNTS; days on which nothing happened are absent. Qualified leads by the day they became so: the history
    of stages, else the day sales accepted them, else the day they came. Sales and revenue by the day of winning."""
    dated: float
    """Share of the qualified leads whose own day is known, 0-1; nan without qualified leads."""
    undated_revenue: float
    """Revenue of won deals without a day: in no pace."""

    @classmethod
    def empty(cls) -> Days:
        """Nothing happened."""
        return cls(days=empty(["day"], COUNTS), dated=float("nan"), undated_revenue=0.0)


async def count_days(ground: Ground) -> Days:
    """Count by day from the beginning of the audited period (at least `REACH` days back) to ``as_of``."""
    first = min(ground.data.period.from_, ground.data.as_of - dt.timedelta(days=REACH))
    if ground.leads is None and ground.deals is None:
        return Days.empty()
    of_leads, of_deals = await together(_of_leads(ground), _of_deals(ground))
    parts, dated = of_leads
    more, undated = of_deals
    parts += more
    frame = pd.concat([part.set_index("day") for part in parts], axis=1, sort=True)
    frame = frame.reindex(columns=COUNTS).fillna(0.0)
    inside = (frame.index >= pd.Timestamp(first)) & (frame.index <= pd.Timestamp(ground.data.as_of))
    return Days(frame[inside].rename_axis("day").reset_index(), dated, undated)


async def _of_leads(ground: Ground) -> tuple[list[pd.DataFrame], float]:
    """Leads and qualified leads by day; the share of these whose own day is known."""
    if ground.leads is None:
        return [], float("nan")
    came = ground.leads.select(day=ground.leads.created_at.cast("date"))
    arrived, (qualified, dated) = await together(
        _counted(came, leads=lambda t: t.count()), _qualified(ground, ground.leads)
    )
    return [arrived, qualified], dated


async def _of_deals(ground: Ground) -> tuple[list[pd.DataFrame], float]:
    """Sales and revenue by day of winning; revenue without a day."""
    if ground.deals is None:
        return [], 0.0
    won = ground.deals.filter(ground.deals.outcome == "won").mutate(day=lambda t: t.closed_at.cast("date"))
    sold, lost = await together(
        _counted(won, won=lambda t: t.count(), revenue=lambda t: total(t.amount).fill_null(0)),
        asked_row(won.aggregate(money=total(won.amount, won.day.isnull()))),
    )
    return [sold], float(lost["money"] or 0)


async def _counted(table: ir.Table, **sums: Callable[[ir.Table], ir.Scalar]) -> pd.DataFrame:
    days = table.filter(table.day.notnull()).group_by("day").agg(**sums)
    return (await fetched(days, ["day"])).astype(dict.fromkeys(sums, "float64"))


async def _qualified(ground: Ground, leads: ir.Table) -> tuple[pd.DataFrame, float]:
    """Qualified leads by day; the share of them whose day of qualification itself is known."""
    keys = ground.client.stage_keys
    at = keys.index("qualified") if "qualified" in keys else None
    events = events_of_leads(ground.data, ground.deals)
    if at is not None and events is not None:
        entered = events.filter(events["at"] >= at).group_by("key").agg(stage_day=events.entered_at.min().cast("date"))
        leads = leads.left_join(entered, [("lead_id", "key")]).drop("key")
        reached = leads.stage >= at
    else:
        leads = leads.mutate(stage_day=ibis.null("date"))
        reached = ibis.literal(False)
    accepted = ibis.ifelse(leads.accepted, leads.accepted_at.cast("date"), ibis.null("date"))
    day = ibis.coalesce(leads.stage_day, accepted)
    rows = leads.select(
        day=ibis.coalesce(day, leads.created_at.cast("date")), own=day.notnull(),
        marked=leads.qualified.fill_null(False), reached=reached,
    )  # fmt: skip
    marks = leads.aggregate(n=leads.qualified.count())
    made = rows.filter(rows.marked | rows.reached)
    names = ["day", "own", "marked", "reached"]
    counted, known = await together(
        fetched(made.group_by(names).agg(qualified=made.count()), names),
        asked_row(marks),
    )
    # Without any mark in the CRM the stage is the mark.
    by_stage = at is not None and events is not None and not known["n"]
    counted = counted[(counted["reached"] if by_stage else counted["marked"]).astype(bool)]
    every, own = int(counted["qualified"].sum()), int(counted.loc[counted["own"].astype(bool), "qualified"].sum())
    days = counted.groupby("day", sort=True)[["qualified"]].sum().astype("float64").reset_index()
    return days, own / every if every else float("nan")
