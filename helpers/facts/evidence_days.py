"""Money and leads day by day, and when campaigns began: what goals and weekly figures are checked by."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.exact import SUM, total
from helpers.facts.ground import Ground, empty, fetched
from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

CAMPAIGN = ["channel", "campaign_id", "campaign"]
DAY_SUMS = ["leads", "qualified", "won", "revenue", "spend", "opened", "ended"]


def _money(ground: Ground) -> ir.Table | None:
    spend = ground.table("spend")
    if spend is None:
        return None
    paid = spend.filter(spend.cost > 0)
    texts = {name: paid[name].fill_null("") for name in ("channel", "campaign_id", "campaign")}
    return paid.select(day=paid["from"], end=ibis.coalesce(paid["to"], paid["from"]), cost=paid.cost, **texts)


async def count_launches(ground: Ground) -> pd.DataFrame:
    """``Evidence.launches``."""
    paid = _money(ground)
    if paid is None:
        return empty([*CAMPAIGN, "month"], ["first", "spend"]).astype({"first": "datetime64[us]"})
    keys = [*CAMPAIGN, "month"]
    period = ground.data.period
    now = paid.filter(paid.day.between(ibis.literal(period.from_), ibis.literal(period.to)))
    now = now.mutate(month=now.day.truncate("M"))
    table = now.group_by(keys).agg(first=now.day.min(), spend=total(now.cost))
    frame = await fetched(table, keys)
    frame["channel"] = frame["channel"].map(lambda text: ground.channels.get(text, text))
    return frame


async def count_opened(ground: Ground) -> pd.DataFrame:
    """``Evidence.opened``."""
    paid = _money(ground)
    if paid is None:
        return empty(CAMPAIGN, ["first"]).astype({"first": "datetime64[us]"})
    keys = CAMPAIGN
    frame = await fetched(paid.group_by(keys).agg(first=paid.day.min()), keys)
    frame["channel"] = frame["channel"].map(lambda text: ground.channels.get(text, text))
    return frame


def no_spans() -> pd.DataFrame:
    """``Evidence.spans`` where every row of spend is a day."""
    return empty(["day", "end"], ["rows"]).astype({"day": "datetime64[us]", "end": "datetime64[us]"})


async def count_spans(ground: Ground) -> pd.DataFrame:
    """``Evidence.spans``."""
    paid = _money(ground)
    if paid is None:
        return no_spans()
    keys = ["day", "end"]
    long = paid.filter(paid.end > paid.day)
    frame = await fetched(long.group_by(keys).agg(rows=long.count()), keys)
    return frame.astype(dict.fromkeys(keys, "datetime64[us]"))


async def count_days(ground: Ground) -> pd.DataFrame:
    """Everything a day brought, up to ``as_of``: what the client's weekly figures are checked by."""
    parts: list[ir.Table] = []
    names = DAY_SUMS

    def part(table: ir.Table, day: ir.DateValue, **values: ir.NumericValue) -> None:
        row = {name: values[name].cast(MONEY) if name in values else ibis.literal(0).cast(MONEY) for name in names}
        made = table.select(day=day, **row)
        made = made.filter(made.day.notnull())
        parts.append(made.group_by("day").agg(**{name: total(made[name]) for name in names}))

    leads, deals, paid = ground.leads, ground.deals, _money(ground)
    if leads is not None:
        qualified = leads.qualified.fill_null(False).cast("int32")
        part(leads, leads.created_at.cast("date"), leads=ibis.literal(1), qualified=qualified)
        won = leads.filter(leads.outcome == "won")
        part(won, won.closed_at.cast("date"), won=ibis.literal(1), revenue=won.revenue)
    if deals is not None:
        part(deals, deals.opened_at.cast("date"), opened=deals.amount)
        ended = deals.filter(deals.outcome != "open")
        part(ended, ended.closed_at.cast("date"), ended=ended.amount)
    if paid is not None:
        part(paid, paid.day, spend=paid.cost)
    if not parts:
        return empty(["day"], DAY_SUMS)
    every = parts[0] if len(parts) == 1 else ibis.union(*parts)
    every = every.filter(every.day <= ibis.literal(ground.data.as_of))
    sums = {name: every[name].sum().cast(SUM).fill_null(0) for name in names}
    return await fetched(every.group_by("day").agg(**sums), ["day"])


async def count_sellers(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    """``Evidence.sellers``."""
    keys = ["manager", "week", "won_week"]
    first = ibis.literal(ground.data.as_of - dt.timedelta(days=200))
    created = leads.created_at.cast("date")
    recent = leads.filter((created >= first) & (leads.manager != ""))
    sold = ibis.ifelse(recent.outcome == "won", recent.closed_at.cast("date"), ibis.null("date"))
    recent = recent.mutate(week=recent.created_at.cast("date").truncate("W"), won_week=sold.truncate("W"))
    frame = await fetched(recent.group_by(keys).agg(leads=recent.count()), keys)
    return ground.one_spelling(frame, ["leads"])
