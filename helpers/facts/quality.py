"""How well leads can be followed to their source, and what spend was paid for: the counts of the data chapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.exact import total
from helpers.facts.ground import Ground, empty, fetched, span_of
from helpers.sources.asking import together

if TYPE_CHECKING:
    import ibis.expr.types as ir

TRACKED = ["leads", "won", "revenue"]
PAID = ["spend", "rows", "credit"]
SIZE = ["span", "loose", "size"]
SOLD = ["deals", "revenue"]
MEDIA = "media"
"""Spend of no other kind."""


@dataclass(frozen=True)
class Quality:
    """Counted tables; money in the client's currency."""

    tracking: pd.DataFrame
    """span, channel, trace | leads, won, revenue. ``trace``: how far a lead can be followed - "campaign", "channel"
    (only), "unfilled" (not that far, and a template of the advertising system came instead of a value),
    "nothing"."""
    kinds: pd.DataFrame
    """span, kind | spend, rows, credit (the part of spend that is negative)."""
    counts: pd.DataFrame
    """span | leads and deals by definition: leads, tests, people (NaN: no person in the export), duplicates (refused as
    such), accepted, contacted, qualified, reached (the stage "qualified"), won (leads), sales (won deals), priced (won
    deals with an amount), revenue (of leads of the span), closed (won deals closed in the span), earned (their
    revenue)."""
    sizes: pd.DataFrame
    """span (of the lead, else of the deal), loose (no lead), size | deals, revenue - won deals. ``size``: "priced",
    "zero", "empty" (no amount was filled in), "returned" (a negative amount)."""

    @classmethod
    def empty(cls) -> Quality:
        """Nothing."""
        return cls(
            empty(["span", "channel", "trace"], TRACKED), empty(["span", "kind"], PAID), empty(["span"], COUNTED),
            empty(SIZE, SOLD),
        )  # fmt: skip


COUNTED = [
    "leads", "tests", "people", "duplicates", "accepted", "contacted", "qualified", "reached", "won", "sales", "priced",
    "revenue", "closed", "earned",
]  # fmt: skip
DUPLICATE = "duplicate|дубл|повтор|repeat"
"""Reasons by which a lead was refused as one that was there already."""


async def count_quality(ground: Ground) -> Quality:
    """Count what the data chapter tells."""
    return Quality(
        *await together(
            _tracking(ground, ground.leads), _kinds(ground, ground.table("spend")), _counts(ground, ground.leads),
            _sizes(ground, ground.deals),
        )
    )  # fmt: skip


async def _tracking(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return Quality.empty().tracking
    keys = ["span", "channel", "trace"]
    named = (leads.campaign != "") | (leads.campaign_id != "")
    made = leads.mutate(
        trace=ibis.cases(
            # A template left unfilled in another tag does not hide the campaign that came.
            (named & (leads.channel != ""), "campaign"),
            (leads.unfilled, "unfilled"),
            (leads.channel == "", "nothing"),
            else_="channel",
        )
    )
    counted = made.group_by(keys).agg(
        leads=made.count(), won=(made.outcome == "won").sum(), revenue=total(made.revenue)
    )
    return ground.one_spelling(await fetched(counted, keys), TRACKED)


async def _kinds(ground: Ground, spend: ir.Table | None) -> pd.DataFrame:
    if spend is None:
        return Quality.empty().kinds
    keys = ["span", "kind"]
    made = spend.mutate(span=span_of(spend["from"], ground.data), kind=spend.kind.lower().fill_null(MEDIA))
    credit = total(made.cost, made.cost < 0).fill_null(0)
    return await fetched(made.group_by(keys).agg(spend=total(made.cost), rows=made.count(), credit=credit), keys)


async def _sizes(ground: Ground, deals: ir.Table | None) -> pd.DataFrame:
    if deals is None:
        return Quality.empty().sizes
    won = deals.filter(deals.outcome == "won")
    own = span_of(ibis.coalesce(won.opened_at, won.closed_at).cast("date"), ground.data)
    won = won.select("to_lead", "amount", own=own)
    if ground.leads is None:
        won = won.mutate(of_lead=ibis.null("string"))
    else:
        won = won.left_join(ground.leads.select(key="lead_id", of_lead="span"), [("to_lead", "key")])
    made = won.select(
        "amount",
        span=ibis.ifelse(won.to_lead.isnull(), won.own, won.of_lead).fill_null("other"),
        loose=won.to_lead.isnull(),
        size=ibis.cases(
            (won.amount.isnull(), "empty"), (won.amount == 0, "zero"), (won.amount < 0, "returned"), else_="priced"
        ),
    )
    return await fetched(made.group_by(SIZE).agg(deals=made.count(), revenue=total(made.amount).fill_null(0)), SIZE)


async def _counts(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    tables = []
    if leads is not None:
        tables.append(_of_leads(leads, ground.client.stage_keys))
    if ground.deals is not None:
        tables.append(_sold(ground, ground.deals))
    if not tables:
        return Quality.empty().counts
    parts = await together(*(fetched(table, ["span"]) for table in tables))
    frame = pd.concat([part.set_index("span") for part in parts], axis=1)
    frame = frame.reindex(columns=COUNTED).astype("float64")
    if ground.deals is not None:
        frame = frame.fillna({"closed": 0.0, "earned": 0.0})
    counts: pd.DataFrame = frame.rename_axis("span").reset_index().sort_values("span", ignore_index=True)
    return counts


def _of_leads(leads: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    stage, none = leads["stage"], ibis.null("int64")

    def reached(key: str) -> ir.IntegerValue:
        return (stage >= keys.index(key)).sum() if key in keys else none

    counted = leads.group_by("span").agg(
        leads=leads.count(),
        tests=leads.test.sum(),
        people=ibis.ifelse(leads.person.count() > 0, leads.person.nunique(), none),
        duplicates=leads.reason.lower().re_search(DUPLICATE).sum(),
        accepted=leads.accepted.fill_null(False).sum(),
        contacted=reached("contacted"),
        qualified=leads.qualified.fill_null(False).sum(),
        reached=reached("qualified"),
        won=(leads.outcome == "won").sum(),
        sales=leads.sales.sum(),
        priced=((leads.outcome == "won") & (leads.revenue > 0)).sum(),
        revenue=total(leads.revenue),
    )
    return counted


def _sold(ground: Ground, deals: ir.Table) -> ir.Table:
    sold = deals.filter((deals.outcome == "won") & deals.closed_at.notnull())
    sold = sold.mutate(span=span_of(sold.closed_at.cast("date"), ground.data))
    return sold.group_by("span").agg(closed=sold.count(), earned=total(sold.amount).fill_null(0))
