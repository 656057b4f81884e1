"""How well leads can be followed to their source, and what spend was paid for: the counts of the data chapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.ground import Ground, empty, fetched, span_of
from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

TRACKED = ["leads", "won", "revenue"]
PAID = ["spend", "rows"]
MEDIA = "media"
"""Spend of no other kind."""


@dataclass(frozen=True)
class Quality:
    """Counted tables; money in the client's currency."""

    tracking: pd.DataFrame
    """span, channel, trace | leads, won, revenue. ``trace``: how far a lead can be followed - "campaign", "channel"
    (only), "unfilled" (a template of the advertising system came instead of a value), "nothing"."""
    kinds: pd.DataFrame
    """span, kind | spend, rows."""
    counts: pd.DataFrame
    """span | leads and deals by definition: leads, tests, people (NaN: no person in the export), duplicates (refused as
    such), accepted, contacted, qualified, reached (the stage "qualified"), won (leads), sales (won deals), priced (won
    deals with an amount), revenue (of leads of the span), closed (won deals closed in the span), earned (their
    revenue)."""

    @classmethod
    def empty(cls) -> Quality:
        """Nothing."""
        return cls(
            empty(["span", "channel", "trace"], TRACKED), empty(["span", "kind"], PAID), empty(["span"], COUNTED)
        )


COUNTED = [
    "leads", "tests", "people", "duplicates", "accepted", "contacted", "qualified", "reached", "won", "sales", "priced",
    "revenue", "closed", "earned",
]  # fmt: skip
DUPLICATE = "duplicate|дубл|повтор|repeat"
"""Reasons by which a lead was refused as one that was there already."""


def count_quality(ground: Ground) -> Quality:
    """Count what the data chapter tells."""
    leads, spend = ground.leads, ground.table("spend")
    return Quality(
        tracking=_tracking(ground, leads) if leads is not None else Quality.empty().tracking,
        kinds=_kinds(ground, spend) if spend is not None else Quality.empty().kinds,
        counts=_counts(ground, leads),
    )


def _tracking(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    keys = ["span", "channel", "trace"]
    made = leads.mutate(
        trace=ibis.cases(
            (leads.unfilled, "unfilled"),
            (leads.channel == "", "nothing"),
            ((leads.campaign != "") | (leads.campaign_id != ""), "campaign"),
            else_="channel",
        )
    )
    counted = made.group_by(keys).agg(
        leads=made.count(), won=(made.outcome == "won").sum(), revenue=made.revenue.sum().cast("float64")
    )
    return ground.one_spelling(fetched(counted, keys), TRACKED)


def _kinds(ground: Ground, spend: ir.Table) -> pd.DataFrame:
    keys = ["span", "kind"]
    made = spend.mutate(span=span_of(spend["from"], ground.data), kind=spend.kind.lower().fill_null(MEDIA))
    counted = made.group_by(keys).agg(spend=made.cost.sum().cast("float64"), rows=made.count())
    return fetched(counted, keys)


def _counts(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    parts = []
    if leads is not None:
        keys = ground.client.stage_keys
        stage = leads["stage"]

        def reached(key: str) -> ir.IntegerValue:
            return (stage >= keys.index(key)).sum() if key in keys else ibis.null("int64")

        parts.append(
            fetched(
                leads.group_by("span").agg(
                    leads=leads.count(),
                    tests=leads.test.sum(),
                    people=ibis.ifelse(leads.person.count() > 0, leads.person.nunique(), ibis.null("int64")),
                    duplicates=leads.reason.lower().re_search(DUPLICATE).sum(),
                    accepted=leads.accepted.fill_null(False).sum(),
                    contacted=reached("contacted"),
                    qualified=leads.qualified.fill_null(False).sum(),
                    reached=reached("qualified"),
                    won=(leads.outcome == "won").sum(),
                    sales=leads.sales.sum(),
                    priced=((leads.outcome == "won") & (leads.revenue > 0)).sum(),
                    revenue=leads.revenue.sum().cast("float64"),
                ),
                ["span"],
            ).set_index("span")
        )
    deals = ground.deals
    if deals is not None:
        sold = deals.filter((deals.outcome == "won") & deals.closed_at.notnull())
        sold = sold.mutate(span=span_of(sold.closed_at.cast("date"), ground.data))
        counted = sold.group_by("span").agg(
            closed=sold.count(), earned=sold.amount.sum().fill_null(0).cast(MONEY).cast("float64")
        )
        parts.append(fetched(counted, ["span"]).set_index("span"))
    if not parts:
        return Quality.empty().counts
    frame = pd.concat(parts, axis=1).reindex(columns=COUNTED).astype("float64")
    if deals is not None:
        frame = frame.fillna({"closed": 0.0, "earned": 0.0})
    return frame.rename_axis("span").reset_index().sort_values("span", ignore_index=True)
