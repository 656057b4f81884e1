"""Spend that may be counted twice, and rows that look like corrections of each other: found, said, left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

import ibis

from helpers.sources.asking import asked, asked_row
from helpers.sources.names import canonical, usual_channels
from helpers.sources.notices import Code, Ledger, Notice

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client

FINE = 0.2
"""From this share of rows on a report goes deeper than campaign and day: several rows of one campaign are usual."""
NEAR = 0.02
VAT = (1.0, 1.18, 1.19, 1.2, 1.22)
"""Two copies of one day's spend may differ by VAT."""
FEW_DAYS = 3


async def check_spend(client: Client, spend: ir.Table, files: Sequence[str], ledger: Ledger) -> None:
    """List what may be spend uploaded twice, and rows of one campaign and day with different amounts.

    Args:
        client: its names of channels.
        spend: clean rows with ``_file``.
        files: names by number.
        ledger: gets the notices.
    """
    ledger.add(*await _same_key(spend))
    if len(files) > 1:
        ledger.add(*await _twice(client, spend, files))


async def _same_key(spend: ir.Table) -> list[Notice]:
    keys = ["from", "to", "channel", "campaign", "campaign_id", "_file"]
    paid = spend.filter((spend.cost != 0) & (spend.campaign.notnull() | spend.campaign_id.notnull()))
    grouped = paid.group_by(keys).agg(n=paid.count(), amounts=paid.cost.nunique(), money=paid.cost.sum())
    several = grouped.amounts > 1
    found = grouped.aggregate(
        all=grouped.n.sum(),
        rows=grouped.n.sum(where=several),
        # As text: the account is exact to the last digit.
        money=grouped.money.sum(where=several).cast("decimal(38, 6)").cast("string"),
    )
    row = await asked_row(found)
    if not row["rows"] or row["rows"] > FINE * row["all"]:
        return []
    return [Notice(Code.SAME_KEY_OTHER_AMOUNT, "spend", int(row["rows"]), Decimal(row["money"]))]


async def _twice(client: Client, spend: ir.Table, files: Sequence[str]) -> list[Notice]:
    made = spend.mutate(_channel=spend.channel.fill_null(""), _day=spend["from"])
    paid = made.filter(made.cost > 0)
    daily = paid.group_by(["_channel", "_day", "_file"]).agg(cost=paid.cost.sum().cast("float64"), rows=paid.count())
    days = (await asked(daily)).sort_values(["_channel", "_day", "_file"])
    names = canonical({str(name): 1 for name in days["_channel"].unique() if name}, client.aliases.channel,
                      usual_channels())  # fmt: skip
    days["_channel"] = days["_channel"].map(lambda name: names.get(name, name))
    days = days.groupby(["_channel", "_day", "_file"], as_index=False)[["cost", "rows"]].sum()
    shared = await _shared_campaigns(made)
    notices = []
    for channel, group in days.groupby("_channel", sort=True):
        shown = str(channel) or "-"
        for one, other in combinations(sorted(group["_file"].unique()), 2):
            sides = [group[group["_file"] == file].set_index("_day") for file in (one, other)]
            both = sides[0].add_suffix("_1").join(sides[1].add_suffix("_2"), how="inner")
            if both.empty:
                continue
            ratio = (both["cost_1"] / both["cost_2"]).astype(float)
            near = sum((ratio - vat).abs().le(NEAR * vat) | (ratio - 1 / vat).abs().le(NEAR) for vat in VAT) > 0
            by_total = bool(near.mean() >= 0.5 and (len(both) >= FEW_DAYS or near.all()))
            if not by_total and not ((one, other) in shared and channel in shared[one, other]):
                continue
            less = 1 if both["cost_1"].sum() <= both["cost_2"].sum() else 2
            money = Decimal(str(round(float(both[f"cost_{less}"].sum()), 2)))
            notices.append(
                Notice(Code.SPEND_TWICE, "spend", int(both[f"rows_{less}"].sum()), money,
                       detail=f"{shown}: {files[int(one)]}, {files[int(other)]}")
            )  # fmt: skip
    return notices


async def _shared_campaigns(made: ir.Table) -> dict[tuple[int, int], set[str]]:
    """Pairs of files → channels in which both have spend of the same campaign on the same day."""
    paid = made.filter(made.cost > 0)
    # One file may have the ids, the other the names alone.
    words = [paid.select("_channel", "_day", "_file", _word=word) for word in (paid.campaign_id, paid.campaign.lower())]
    named = ibis.union(*words).filter(lambda t: t._word.notnull() & (t._word != ""))
    each = named.group_by(["_channel", "_day", "_word", "_file"]).agg(n=named.count())
    pairs = each.inner_join(each.view().rename(other="_file").drop("n"), ["_channel", "_day", "_word"])
    pairs = pairs.filter(pairs._file < pairs.other)
    counted = await asked(pairs.group_by(["_file", "other", "_channel"]).agg(days=pairs._day.nunique()))
    found: dict[tuple[int, int], set[str]] = {}
    for row in counted.to_dict("records"):
        found.setdefault((int(row["_file"]), int(row["other"])), set()).add(str(row["_channel"]))
    return found
