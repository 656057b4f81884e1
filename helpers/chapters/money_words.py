"""What the money chapter says: names, verdicts, tables, alt texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.chapters.campaigns import lines, plain
from helpers.chapters.money_silent import UNTIED
from helpers.report.model import Cell, Column, Quantity, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from helpers.chapters.feeling import Feeling
    from helpers.chapters.money_measure import Measured, Reconciliation
    from helpers.chapters.money_sales import Sales
    from helpers.language import Language

TABLE_ROWS = 50
"""A table names so many campaigns; the rest is summed in one line (audit.json holds them all)."""


def campaign_name(row: Any, say: Language) -> str:
    """'Yandex: Windows in Moscow', as a reader finds it in the ad account."""
    channel = row.channel or say("channel unknown")
    if row.whole_channel:
        return say("{channel}: all campaigns", channel=channel)
    if not plain(row.campaign):
        return (
            say("{channel}: no campaign named", channel=channel)
            if not row.campaign_id
            else f"{channel}: {row.campaign_id}"
        )
    return f"{channel}: {row.campaign}"


def verdict_text(verdict: str, say: Language) -> str:
    """The verdict of a campaign in words."""
    return {
        "earns": say("earns"),
        "loses": say("loses"),
        "too_early": say("too early to say"),
        "too_few": say("too few to judge"),
        "untied": say("leads under another name?"),
    }.get(verdict, "")


def action_text(action: str, say: Language) -> str:
    """What to do with a campaign, in one word."""
    return {
        "scale": say("scale"),
        "hold": say("hold"),
        "fix": say("fix"),
        "stop": say("stop"),
        "wait": say("wait"),
    }[action]


def quadrant_text(quadrant: str, say: Language) -> str:
    """Name of a quadrant of feeling against money."""
    return {
        "liked_earning": say("liked and earning"),
        "liked_losing": say("liked but losing"),
        "disliked_earning": say("disliked but earning"),
        "disliked_losing": say("disliked and losing"),
    }[quadrant]


def money_writer(say: Language, currency: str) -> Callable[[Any], str]:
    """Writes an amount of money as short as a headline wants it."""
    return lambda value: say.money_short(value, currency)


def sum_parts(sums: Reconciliation, say: Language) -> tuple[list[tuple[str, float, str]], list[tuple[str, float, str]]]:
    """Parts of spend and of revenue: (label, money, colour key); parts that are nothing are left out."""
    spend = [
        (say("Spend followed to its leads"), sums.spend_matched, "marketing"),
        (say("Spend of campaigns without leads"), round(sums.spend_only - sums.spend_unnamed, 2), "neutral"),
        (say("Spend that names no campaign"), sums.spend_unnamed, "unknown"),
    ]
    revenue = [
        (say("Revenue of leads with spend"), sums.revenue_matched, "sales"),
        (say("Revenue of leads without spend"), sums.revenue_leads_only, "neutral"),
        (say("Revenue of deals without a lead"), sums.revenue_loose, "unknown"),
    ]
    return [part for part in spend if part[1]], [part for part in revenue if part[1]]


def sums_table(sums: Reconciliation, sales: Sales, say: Language) -> Table:
    """Spend and revenue with their parts, to the kopeck; what was given back has lines of its own below each."""
    spend, revenue = sum_parts(sums, say)
    rows: list[tuple[Cell, ...]] = []
    back = say("of it before credits"), say("of it credits (negative spend)"), sales.credited
    returned = say("of it before returns"), say("of it returns (negative amounts)"), sales.returned
    for whole, value, parts, (before, less, given) in (
        (say("All spend"), sums.spend, spend, back), (say("All revenue"), sums.revenue, revenue, returned),
    ):  # fmt: skip
        rows += [(label, money, money / value if value > 0 else None) for label, money, _ in parts]
        rows.append((whole, value, 1.0 if value > 0 else None))
        if given:
            rows += [(before, round(value - given, 2), None), (less, given, None)]
    columns = (
        Column(label=say("Part")),
        Column(label=say("Money"), kind="money", digits=2),
        Column(label=say("Share"), kind="share", digits=1),
    )
    return Table(columns=columns, rows=tuple(rows), note=say("Each total equals its parts to the last digit."))


def _cut(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Campaigns that a table names, in the order given, and those it sums up."""
    if len(table) <= TABLE_ROWS + 1:
        return table, table.iloc[:0]
    weight = (table["spend"].abs() + table["gross"].abs()).rank(ascending=False, method="first")
    return table[weight <= TABLE_ROWS], table[weight > TABLE_ROWS]


def profit_table(measured: Measured, say: Language, currency: str) -> Table:
    """Counts and money of each campaign, so far and expected, with verdict and what to do."""
    kinds: list[tuple[str, Any]] = [
        (say("Campaign"), "text"),
        (say("Spend"), "money"),
        (say("Leads"), "count"),
        (say("Qualified"), "count"),
        (say("Customers"), "count"),
        (say("Revenue"), "money"),
        (say("Profit so far"), "money"),
        (say("Expected profit (95 %)"), "text"),
        (say("Chance of a profit"), "share"),
        (say("Verdict"), "text"),
        (say("What to do"), "text"),
    ]
    write = money_writer(say, currency)
    named, rest = _cut(measured.campaigns)
    rows: list[tuple[Cell, ...]] = []
    for row in lines(named):
        known = row.p_profit == row.p_profit
        rows.append(
            (
                campaign_name(row, say),
                row.spend,
                int(row.leads),
                _count(row.qualified),
                int(row.won),
                row.revenue,
                row.profit,
                Quantity(text=say.interval(row.low, row.high, write), kind="money", low=row.low, high=row.high)
                if known
                else None,
                row.p_profit if known else None,
                verdict_text(row.verdict, say) or kind_text(row.kind, say),
                action_text(row.action, say),
            )
        )
    if len(rest):
        rows.append(_sum_row(rest, other_campaigns(len(rest), say)))
    rows.append(_sum_row(measured.campaigns, say("Together")))
    return Table(
        columns=tuple(Column(label=label, kind=kind) for label, kind in kinds),
        rows=tuple(rows),
        total=True,
        note=say("Profit is gross profit less spend. Deals that belong to no lead are not in this table."),
    )


def kind_text(kind: str, say: Language) -> str:
    """Why a row has no verdict."""
    return {"spend_only": say("no leads seen"), "leads_only": say("no spend")}.get(kind, "")


def other_campaigns(n: int, say: Language) -> str:
    """Name of the line that sums up the campaigns that are not named."""
    return say.plural("{n} other campaign", "{n} other campaigns", n)


def _sum_row(table: pd.DataFrame, label: str) -> tuple[Cell, ...]:
    qualified = float(table["qualified"].sum()) if table["qualified"].notna().any() else None
    counts = int(table["leads"].sum()), None if qualified is None else int(qualified), int(table["won"].sum())
    money = float(table["revenue"].sum()), float(table["profit"].sum())
    return (label, float(table["spend"].sum()), *counts, *money, None, None, None, None)


def costs_table(measured: Measured, say: Language) -> Table:
    """What a lead, a qualified lead and a customer cost, campaign by campaign; under 30 leads: too few to judge."""
    columns: tuple[Column, ...] = (
        Column(label=say("Campaign")),
        Column(label=say("Leads"), kind="count"),
        Column(label=say("Cost of a lead (CPL)"), kind="money"),
        Column(label=say("Break-even price of a lead"), kind="money"),
        Column(label=say("Cost of a qualified lead"), kind="money"),
        Column(label=say("Cost of a customer (CAC)"), kind="money"),
        Column(label=say("Conversion of lead to customer"), kind="share", digits=1),
        Column(label=say("ROMI"), kind="share"),
        Column(label=say("Revenue per 100 of spend"), kind="number", digits=0),
        Column(label=say("Remark")),
    )
    named, _ = _cut(measured.matched.sort_values(["cpl"], kind="stable"))
    rows: list[tuple[Cell, ...]] = []
    for row in lines(named):
        remark = verdict_text("too_few", say) if row.leads < MINIMUM else ""
        remark = verdict_text(row.verdict, say) if row.verdict == UNTIED else remark
        values = (
            row.cpl, row.worth, row.cost_per_qualified, row.cac, row.conversion, row.romi, row.per_100,
        )  # fmt: skip
        figures: list[Cell] = ["" if remark else _money(value) for value in values]
        rows.append((campaign_name(row, say), int(row.leads), *figures, remark))
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table(
        columns=columns,
        rows=tuple(rows),
        note=say(
            "Break-even price: what a lead may cost at most; above it a lead loses money. ROMI of 0 % is break-even."
        ),
    )


def _count(value: float) -> int | None:
    return None if value != value else int(value)


def _money(value: float) -> float | None:
    return None if value != value else float(value)


def feeling_table(feeling: Feeling, say: Language) -> Table:
    """Rating and profit per lead of each campaign with enough ratings."""
    columns = (
        Column(label=say("Campaign")),
        Column(label=say("Rated leads"), kind="count"),
        Column(label=say("Rating by sales, 1-5"), kind="number", digits=1),
        Column(label=say("Profit so far"), kind="money"),
        Column(label=say("Profit so far per lead"), kind="money"),
        Column(label=say("Expected profit per lead"), kind="money"),
        Column(label=say("Feeling and money")),
        Column(label=say("Verdict")),
    )
    rows = tuple(
        (
            campaign_name(row, say),
            int(row.rated),
            float(row.rating),
            float(row.profit),
            float(row.so_far),
            float(row.per_lead),
            quadrant_text(row.quadrant, say),
            verdict_text(row.verdict, say),
        )
        for row in lines(_cut(feeling.campaigns)[0])
    )
    return Table(columns=columns, rows=rows)
