"""Leads by month of creation with what became of them by age: what the steps of the first page are weighed by.

Months, not quarters, so that whoever reads them can leave out those that are too young for the age he compares at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.facts.exact import squares, total
from helpers.facts.ground import Ground, empty, fetched
from helpers.sources.asking import together

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

KEYS = ["span", "month", "channel", "mark", "reply"]
WON = ["won", "priced", "revenue", "revenue_sq", "gross"]
TAGS = ["channel", "source", "medium"]


@dataclass(frozen=True)
class Quarters:
    """Counted tables; money in the client's currency.

    ``mark`` is "yes" or "no" (qualified), "" where nobody marked the lead. ``reply`` is "in" or "late" (first answer
    within the agreed limit or after it), "none" (no answer), "shut" (no answer, but closed with a reason: somebody
    looked at it), "" where it cannot be told.
    """

    leads: pd.DataFrame
    """KEYS, shut_days (age at which a lead of reply "shut" was closed, whole weeks; -1 for the others) | leads."""
    wins: pd.DataFrame
    """KEYS, age_days (whole weeks, rounded down; -1: the dates contradict each other) | WON. ``priced``: won with an
    amount above zero."""
    tags: pd.DataFrame
    """span, TAGS as the export spells source and medium | leads, named (of them with a campaign)."""

    @classmethod
    def empty(cls) -> Quarters:
        """No leads."""
        return cls(
            leads=empty([*KEYS, "shut_days"], ["leads"]),
            wins=empty([*KEYS, "age_days"], WON),
            tags=empty(["span", *TAGS], ["leads", "named"]),
        )


async def count_quarters(ground: Ground) -> Quarters:
    """Count the leads of a client; ``Quarters.empty()`` without leads."""
    if ground.leads is None:
        return Quarters.empty()
    leads = _kinds(ground, ground.leads)
    return Quarters(*await together(_leads(ground, leads), _wins(ground, leads), _tags(ground, leads)))


def _kinds(ground: Ground, leads: ir.Table) -> ir.Table:
    limit = ground.client.limits.first_answer_min
    return leads.mutate(
        mark=ibis.cases((leads.qualified, "yes"), (~leads.qualified, "no"), else_=""),
        reply=ibis.cases(
            ((leads.fate == "silent") & (leads.outcome == "lost") & (leads.reason != ""), "shut"),
            (leads.fate == "silent", "none"),
            (leads.answer_min <= limit, "in"),
            (leads.answer_min > limit, "late"),
            else_="",
        ),
    )


async def _leads(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    keys = [*KEYS, "shut_days"]
    weeks = ((leads.age_days.fill_null(0) // 7) * 7).cast("int64")
    made = leads.mutate(shut_days=ibis.ifelse(leads.reply == "shut", weeks, ibis.literal(-1, "int64")))
    return ground.one_spelling(await fetched(made.group_by(keys).agg(leads=made.count()), keys), ["leads"])


async def _wins(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    keys = [*KEYS, "age_days"]
    won = leads.filter(leads.outcome == "won").mutate(
        age_days=lambda t: ((t.age_days // 7) * 7).fill_null(-1).cast("int64")
    )
    table = won.group_by(keys).agg(
        won=won.count(),
        priced=(won.revenue > 0).sum(),
        revenue=total(won.revenue),
        revenue_sq=squares(won.revenue),
        gross=total(won.gross),
    )
    return ground.one_spelling(await fetched(table, keys), WON)


async def _tags(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    keys = ["span", *TAGS]
    table = leads.mutate(
        source=leads.source.fill_null(""),
        medium=leads.medium.fill_null(""),
        is_named=(leads.campaign != "") | (leads.campaign_id != ""),
    )
    counted = table.group_by(keys).agg(leads=table.count(), named=table.is_named.sum())
    return ground.one_spelling(await fetched(counted, keys), ["leads", "named"])
