"""Campaigns whose money and whose leads seem to carry different names.

A campaign that was renamed, or whose tags say something else than the ad account, spends month after month without a
lead, while leads without spend come in its channel. Divided by the few leads that do bear its name, its spend looks
like a loss; stopping it would stop leads that somebody else is thanked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.campaigns import Join, row_numbers
from helpers.chapters.spans import of_several_months
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    import pandas as pd

SILENT = 0.5
"""From this share of its spend in months without a lead of its own a campaign's profit cannot be told; a convention."""
NAMED = 2
"""So many names are told that its leads may carry."""
UNTIED = "untied"
"""Verdict of such a campaign."""


@dataclass(frozen=True)
class Silent:
    """What a campaign spent in months in which none of its leads came."""

    months: int
    """Months with spend and without a lead."""
    spend: float
    """Money spent in them."""
    leads: int
    """Leads without spend that came in the same channel in these months."""
    names: tuple[tuple[str, int], ...]
    """Campaigns that these leads name most often, with their leads; a campaign of "" is none."""


def silent_campaigns(table: pd.DataFrame, leads: pd.DataFrame, spend: pd.DataFrame, join: Join) -> Mapping[int, Silent]:
    """Rows of ``table`` (`count_campaigns`, by its index) that spent at least half of their money in months without a
    lead of their own, while at least 30 leads without spend came in their channel in these months.

    ``leads`` and ``spend`` are the counted tables of the period that ``table`` was made from.
    """
    # Money of several months at once is in none of them: it cannot be silent in one.
    paid = spend[(spend["spend"] > 0) & ~of_several_months(spend)]
    bought = paid.groupby([row_numbers(paid, join.spend), "month"])["spend"].sum()
    row = row_numbers(leads, join.leads)
    came = leads.groupby([row, "month"])["leads"].sum()
    quiet = bought[~bought.index.isin(came[came > 0].index)]
    of_row = quiet.groupby(level=0).sum()
    matched = table["spend"].where(table["kind"] == "matched").reindex(of_row.index)
    loose = leads[table["kind"].reindex(row).eq("leads_only").to_numpy()]
    by_channel = dict(tuple(loose.groupby("channel", observed=True)))
    out = {}
    for number in of_row.index[of_row >= SILENT * matched]:
        months = quiet.loc[number].index
        here = by_channel.get(table.loc[number, "channel"], loose.iloc[:0])
        here = here[here["month"].isin(months)]
        if here["leads"].sum() < MINIMUM:
            continue
        names = here.assign(campaign=here["campaign"].astype(object).where(here["campaign"] != "", here["campaign_id"]))
        often = names.groupby("campaign")["leads"].sum().sort_values(ascending=False, kind="stable").head(NAMED)
        out[int(number)] = Silent(
            months=len(months),
            spend=float(of_row[number]),
            leads=int(here["leads"].sum()),
            names=tuple((str(name), int(n)) for name, n in often.items()),
        )
    return out
