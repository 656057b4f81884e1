"""Spend that may be counted twice, and rows that look like corrections of each other: found, said, left as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any

import ibis

from helpers.sources.asking import asked, asked_row
from helpers.sources.names import canonical, usual_channels
from helpers.sources.notices import Code, Ledger, Notice

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client, Span

FINE = 0.2
"""From this share of rows on a report goes deeper than campaign and day: several rows of one campaign are usual."""
NEAR = 0.02
VAT = (1.0, 1.18, 1.19, 1.2, 1.22)
"""Two copies of one day's spend may differ by VAT."""
FEW_DAYS = 3
ROUNDING = 0.001
"""Share by which days may differ from their period because each was rounded."""


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
        ledger.add(*await _coarse_and_fine(spend, files))


async def reach_of(spend: ir.Table, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The days from ``first`` to ``last`` with all days of the rows of several days that touch them.

    A report of January to March belongs to leads of 3 January to 29 March as a whole.
    """
    long = spend.filter((spend["to"] > spend["from"]) & (spend["from"] <= ibis.literal(last)))
    long = long.filter(long["to"] >= ibis.literal(first))
    row = await asked_row(long.aggregate(first=long["from"].min().cast("date"), last=long["to"].max().cast("date")))
    if row["first"] is None or row["first"] != row["first"]:
        return first, last
    return min(first, _date(row["first"])), max(last, _date(row["last"]))


def _date(value: Any) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


async def check_borders(spend: ir.Table, period: Span, as_of: dt.date, ledger: Ledger) -> None:
    """Say which rows of several days lie across the borders of the period: nobody knows what of them is inside.

    A report that goes beyond the day of the audit was made on it: it holds nothing of later days.
    """
    first, last = ibis.literal(period.from_), ibis.literal(period.to)
    across = (spend["from"] < first) & (spend["to"] >= first)
    if period.to < as_of:
        across |= (spend["from"] <= last) & (spend["to"] > last)
    across = across.fill_null(False)
    money = spend.cost.sum(where=across).cast("decimal(38, 6)").cast("string")
    row = await asked_row(spend.aggregate(rows=across.sum(), money=money))
    ledger.add(Notice(Code.SPEND_ACROSS, "spend", int(row["rows"] or 0), Decimal(row["money"] or 0)))


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
    made = spend.mutate(_channel=spend.channel.fill_null(""), _day=spend["from"], _end=_end(spend))
    paid = made.filter(made.cost > 0)
    keys = ["_channel", "_day", "_end", "_file"]
    daily = paid.group_by(keys).agg(cost=paid.cost.sum().cast("float64"), rows=paid.count())
    days = (await asked(daily)).sort_values(keys)
    names = canonical({str(name): 1 for name in days["_channel"].unique() if name}, client.aliases.channel,
                      usual_channels())  # fmt: skip
    days["_channel"] = days["_channel"].map(lambda name: names.get(name, name))
    days = days.groupby(keys, as_index=False)[["cost", "rows"]].sum()
    shared = await _shared_campaigns(made)
    notices = []
    for channel, group in days.groupby("_channel", sort=True):
        shown = str(channel) or "-"
        for one, other in combinations(sorted(group["_file"].unique()), 2):
            sides = [group[group["_file"] == file].set_index(["_day", "_end"]) for file in (one, other)]
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
    words = [
        paid.select("_channel", "_day", "_end", "_file", _word=word)
        for word in (paid.campaign_id, paid.campaign.lower())
    ]
    named = ibis.union(*words).filter(lambda t: t._word.notnull() & (t._word != ""))
    each = named.group_by(["_channel", "_day", "_end", "_word", "_file"]).agg(n=named.count())
    pairs = each.inner_join(each.view().rename(other="_file").drop("n"), ["_channel", "_day", "_end", "_word"])
    pairs = pairs.filter(pairs._file < pairs.other)
    counted = await asked(pairs.group_by(["_file", "other", "_channel"]).agg(days=pairs._day.nunique()))
    found: dict[tuple[int, int], set[str]] = {}
    for row in counted.to_dict("records"):
        found.setdefault((int(row["_file"]), int(row["other"])), set()).add(str(row["_channel"]))
    return found


def _end(spend: ir.Table) -> ir.DateValue:
    """Last day that a row covers."""
    return ibis.coalesce(spend["to"], spend["from"])


async def _coarse_and_fine(spend: ir.Table, files: Sequence[str]) -> list[Notice]:
    """Rows of several days in one file, whose days another file names one by one (or by shorter spans) for the same
    campaign: a monthly report beside daily ones counts the month twice. Periods that overlap in part are said too."""
    made = spend.mutate(_channel=spend.channel.fill_null("").lower(), _end=_end(spend)).filter(spend.cost > 0)
    number, name = made.campaign_id.fill_null(""), made.campaign.fill_null("").lower()
    # One file may have the ids, the other the names alone; a third neither: then the channel's money must be the same.
    words = [(0, number, number != ""), (1, name, name != ""), (2, ibis.literal(""), ibis.literal(True))]
    parts = [
        made.filter(kept).select("_channel", "_file", "from", "_end", "cost", _word=word, _level=ibis.literal(level))
        for level, word, kept in words
    ]
    all_words = ibis.union(*parts)
    keys = ["_level", "_channel", "_word", "_file", "from", "_end"]
    each = all_words.group_by(keys).agg(cost=all_words.cost.sum().cast("float64"), rows=all_words.count())
    long = each.filter(each["from"] < each["_end"])
    fine = each.view().rename(fine_file="_file", fine_from="from", fine_end="_end", fine_cost="cost", fine_rows="rows")
    pairs = long.inner_join(fine, ["_level", "_channel", "_word"])
    pairs = pairs.filter(
        (pairs._file != pairs.fine_file)
        & (pairs.fine_from <= pairs._end)
        & (pairs.fine_end >= pairs["from"])
        & ((pairs.fine_from > pairs["from"]) | (pairs.fine_end < pairs._end))
    )
    days, fine_days = (pairs[last].epoch_seconds() - pairs[first].epoch_seconds() for first, last in
                       (("from", "_end"), ("fine_from", "fine_end")))  # fmt: skip
    pairs = pairs.filter((days > fine_days) | ((days == fine_days) & (pairs._file < pairs.fine_file)))
    inside = (pairs.fine_from >= pairs["from"]) & (pairs.fine_end <= pairs._end)
    spans = pairs.group_by([*keys, "fine_file"]).agg(
        cost=pairs.cost.max(), rows=pairs.rows.max(), fine=pairs.fine_cost.sum(where=inside)
    )
    spans = spans.mutate(fine=spans.fine.fill_null(0.0))
    both = spans.mutate(twice=ibis.least(spans.cost, spans.fine), same=_near(spans.cost, spans.fine))
    grouped = both.group_by(["_level", "_channel", "_file", "fine_file"]).agg(
        rows=both.rows.sum(), twice=both.twice.sum(), same=both.same.all()
    )
    found = (await asked(grouped)).sort_values(["_channel", "_file", "fine_file", "_level"])
    notices = []
    for _, part in found.groupby(["_channel", "_file", "fine_file"], sort=True):
        # Of the channel alone only equal sums are telling: two files may share out its campaigns.
        telling = part[(part["_level"] < 2) | part["same"].astype(bool)]
        if telling.empty:
            continue
        best = telling.sort_values(["twice", "_level"], ascending=[False, True]).iloc[0]
        money = Decimal(str(round(float(best["twice"]), 2))) or None
        detail = f"{best['_channel'] or '-'}: {files[int(best['_file'])]}, {files[int(best['fine_file'])]}"
        notices.append(Notice(Code.SPEND_SPANS, "spend", int(best["rows"]), money, detail=detail))
    return notices


def _near(one: ir.FloatingValue, other: ir.FloatingValue) -> ir.BooleanValue:
    """Equal but for roundings."""
    return (one - other).abs() <= ibis.greatest(ROUNDING * one.abs(), ibis.literal(0.02))
