"""Leads, qualified leads, sales and revenue by day: what the present pace is counted from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.ground import Ground, empty, fetched
from helpers.facts.steps import events_of_leads

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir
    from ibis.common.deferred import Deferred

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


def count_days(ground: Ground) -> Days:
    """Count by day from the beginning of the audited period (at least `REACH` days back) to ``as_of``."""
    first = min(ground.data.period.from_, ground.data.as_of - dt.timedelta(days=REACH))
    parts: list[pd.DataFrame] = []
    dated, undated = float("nan"), 0.0
    if ground.leads is not None:
        came = ground.leads.select(day=ground.leads.created_at.cast("date"))
        parts.append(_counted(came, leads=lambda t: t.count()))
        qualified = _qualified(ground, ground.leads)
        parts.append(_counted(qualified, qualified=lambda t: t.count()))
        known = qualified.aggregate(share=qualified.own.mean()).to_pandas()["share"].iloc[0]
        dated = float("nan") if pd.isna(known) else float(known)
    if ground.deals is not None:
        won = ground.deals.filter(ground.deals.outcome == "won").mutate(day=lambda t: t.closed_at.cast("date"))
        revenue = ibis._.amount.sum().cast("float64").fill_null(0)
        parts.append(_counted(won, won=lambda t: t.count(), revenue=revenue))
        lost = won.filter(won.day.isnull()).aggregate(money=won.amount.sum().cast("float64").fill_null(0))
        undated = float(lost.to_pandas()["money"].fillna(0).iloc[0])
    if not parts:
        return Days.empty()
    frame = pd.concat([part.set_index("day") for part in parts], axis=1, sort=True)
    frame = frame.reindex(columns=COUNTS).fillna(0.0)
    inside = (frame.index >= pd.Timestamp(first)) & (frame.index <= pd.Timestamp(ground.data.as_of))
    return Days(frame[inside].rename_axis("day").reset_index(), dated, undated)


def _counted(table: ir.Table, **sums: Callable[[ir.Table], ir.Scalar] | Deferred) -> pd.DataFrame:
    days = table.filter(table.day.notnull()).group_by("day").agg(**sums)
    return fetched(days, ["day"]).astype(dict.fromkeys(sums, "float64"))


def _qualified(ground: Ground, leads: ir.Table) -> ir.Table:
    """Qualified leads with the day; ``own``: it is the day of qualification itself, not that of the lead."""
    keys = ground.client.stage_keys
    at = keys.index("qualified") if "qualified" in keys else None
    events = events_of_leads(ground.data, ground.deals)
    if at is not None and events is not None:
        entered = events.filter(events["at"] >= at).group_by("key").agg(stage_day=events.entered_at.min().cast("date"))
        leads = leads.left_join(entered, [("lead_id", "key")]).drop("key")
        # Without any mark in the CRM the stage is the mark.
        by_mark = bool(leads.qualified.count().to_pandas())
        marked = leads.qualified.fill_null(False) if by_mark else leads.stage >= at
    else:
        leads = leads.mutate(stage_day=ibis.null("date"))
        marked = leads.qualified.fill_null(False)
    accepted = ibis.ifelse(leads.accepted, leads.accepted_at.cast("date"), ibis.null("date"))
    day = ibis.coalesce(leads.stage_day, accepted)
    return leads.filter(marked).select(day=ibis.coalesce(day, leads.created_at.cast("date")), own=day.notnull())
