"""The measure of the money chapter: what was spent, what it brought, what may be expected (METHOD.md "Money")."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from helpers.chapters.ages import whole_ages
from helpers.chapters.campaigns import (
    KEY,
    Join,
    count_campaigns,
    join_keys,
    lines,
    named,
    named_among,
    open_by_age,
    row_numbers,
)
from helpers.chapters.money_silent import UNTIED, Silent, silent_campaigns
from helpers.chapters.profit import Expected, expected_profit, verdict
from helpers.sources.leads import TEST_WORDS
from helpers.stats.incidence import Incidence, incidence
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from helpers.client import Client
    from helpers.facts import Facts

WORTH_A_REPAIR = 0.5
"""A losing campaign is worth repairing when its leads may be worth at least this share of what they cost."""
SHOWN = 12
"""Campaigns that a chart names, half of them the most earning, half the most losing; the others are summed."""
EXPECTED = ["rate", "amount", "worth", "won_low", "won_high", "expected", "low", "high", "p_profit"]


@dataclass(frozen=True)
class Reconciliation:
    """Where spend and revenue are: each sum equals its parts to the kopeck."""

    spend: float
    """All spend of the period."""
    spend_matched: float
    """Spend of campaigns that have leads."""
    spend_unnamed: float
    """Spend that carries no campaign: its leads cannot be told."""
    spend_only: float
    """Spend without leads, ``spend_unnamed`` among it: spend - spend_matched."""
    spend_elsewhere: float
    """Of it, spend of campaigns whose id or name leads carry in another channel only, and of channels without leads
    that name no campaign."""
    revenue: float
    """All revenue: of the leads of the period, and of won deals without a lead."""
    revenue_matched: float
    """Revenue of the leads of campaigns with spend."""
    revenue_leads_only: float
    """Revenue of leads without spend."""
    revenue_loose: float
    """Revenue of won deals that belong to no lead."""
    profit: float
    """Gross profit of all revenue, less all spend."""
    leads: int
    """Leads of the period."""
    leads_matched: int
    """Leads of campaigns with spend."""

    @property
    def coverage(self) -> float | None:
        """Share of spend that can be followed to its leads, 0-1; None without spend."""
        return self.spend_matched / self.spend if self.spend > 0 else None


@dataclass(frozen=True)
class Measured:
    """All numbers of the chapter."""

    campaigns: pd.DataFrame
    """One row per campaign, best profit so far first: columns of `count_campaigns`, and ``profit`` (so far), ``cpl``,
    ``cost_per_qualified``, ``cac``, ``conversion`` (0-1), ``romi`` (ratio), ``per_100`` (revenue per 100 of spend),
    ``expected`` ... (of `Expected`; nan where money and leads are untied), ``verdict``, ``action``, ``row`` (of
    ``join``). nan: unknown or not to be divided."""
    sums: Reconciliation
    expected: Expected
    timing: Incidence
    rest: np.ndarray
    """Rows of ``campaigns`` that a chart sums up: positions."""
    join: Join
    """Which row each campaign of leads and of spend belongs to."""
    untied: Mapping[int, Silent]
    """``row`` of the campaigns with the verdict "untied" → where their leads may be."""

    @property
    def matched(self) -> pd.DataFrame:
        """Campaigns with both spend and leads."""
        return self.campaigns[self.campaigns["kind"] == "matched"]


def measure_money(facts: Facts, client: Client) -> Measured:
    """Money of the audited period."""
    import pandas as pd

    leads, spend = facts.leads[facts.leads["span"] == "now"], facts.spend[facts.spend["span"] == "now"]
    opened = facts.open_ages[facts.open_ages["span"] == "now"]
    join = join_keys(_keys(spend), _keys(pd.concat([leads[KEY], opened[KEY]])))
    table = count_campaigns(leads, spend, join)
    timing = incidence(whole_ages(facts))
    table = _rates(table)
    table = table.sort_values(["profit", *KEY], ascending=[False, True, True, True])
    expected, rest = _expected(table, opened, join, timing)
    table = table.join(expected.campaigns[EXPECTED])
    loose = facts.loose[facts.loose["span"] == "now"]["revenue"].sum()
    sums = reconcile(table, float(loose), client.margin, _elsewhere(table, spend, leads, join))
    table["verdict"] = [
        verdict(row.leads, row.open, row.p_profit, row.profit, timing) if row.kind == "matched" else ""
        for row in lines(table)
    ]
    untied = {
        number: silent
        for number, silent in silent_campaigns(table, leads, spend, join).items()
        if table.loc[number, "verdict"] in ("loses", "too_early")
    }
    # Profit over leads that are not all of its leads is no estimate of anything.
    table.loc[list(untied), EXPECTED] = np.nan
    table.loc[list(untied), "verdict"] = UNTIED
    table["action"] = _actions(table, client)
    at = table.index.get_indexer(rest)
    return Measured(table.assign(row=table.index).reset_index(drop=True), sums, expected, timing, at, join, untied)


def shown_campaigns(measured: Measured) -> pd.DataFrame:
    """Campaigns with spend and leads that a chart names, best profit so far first."""
    matched = measured.matched
    return matched[~matched.index.isin(measured.rest)]


def judged(measured: Measured) -> pd.DataFrame:
    """Campaigns whose prices can be judged (30 leads, a sale, a price; not untied, no tests), most spend first."""
    table = measured.matched
    known = (table["leads"] >= MINIMUM) & (table["won"] > 0) & (table["cpl"] > 0) & (table["verdict"] != UNTIED)
    known &= ~table["channel"].astype(str).str.casefold().isin(TEST_WORDS)
    return table[known].sort_values(["spend", *KEY], ascending=[False, True, True, True])


def priced(measured: Measured) -> pd.DataFrame:
    """Of these the ones that a chart names, those with most spend; cheapest lead first."""
    table = judged(measured)
    # One campaign more takes no more room than the line that would tell of the cut.
    return (table.head(SHOWN) if len(table) > SHOWN + 1 else table).sort_values("cpl", kind="stable")


def _elsewhere(table: pd.DataFrame, spend: pd.DataFrame, leads: pd.DataFrame, join: Join) -> float:
    alone = table.index[(table["kind"] == "spend_only") & ~table["unnamed"]]
    here = spend[np.isin(row_numbers(spend, join.spend), alone)]
    return float(here.loc[named_among(here, leads) | ~named(here), "spend"].sum())


def reconcile(table: pd.DataFrame, loose: float, margin: float, elsewhere: float = 0.0) -> Reconciliation:
    """The sums with which the chapter opens, rounded to the kopeck so that the parts still add up to the whole."""

    def total(column: str, which: pd.Series | None = None) -> float:
        return round(math.fsum(table[column] if which is None else table.loc[which, column]), 2)

    matched, alone = table["kind"] == "matched", table["kind"] == "spend_only"
    spend, spend_matched = total("spend"), total("spend", matched)
    loose = round(loose, 2)
    of_leads, revenue_matched = total("revenue"), total("revenue", matched)
    return Reconciliation(
        spend=spend,
        spend_matched=spend_matched,
        spend_unnamed=total("spend", alone & table["unnamed"]),
        spend_only=round(spend - spend_matched, 2),
        spend_elsewhere=round(elsewhere, 2),
        revenue=round(of_leads + loose, 2),
        revenue_matched=revenue_matched,
        revenue_leads_only=round(of_leads - revenue_matched, 2),
        revenue_loose=loose,
        profit=round(total("gross") + loose * margin - spend, 2),
        leads=int(table["leads"].sum()),
        leads_matched=int(table.loc[matched, "leads"].sum()),
    )


def _keys(table: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(zip(*(table[name].astype(object) for name in KEY), strict=True))


def _rates(table: pd.DataFrame) -> pd.DataFrame:
    """Money per lead, qualified lead and customer: over matched money only. They are arithmetic, judged elsewhere."""
    out = table.copy()
    matched = out["kind"] == "matched"
    out["qualified"] = out["qualified"].where(out["marked"] > 0)
    out["rating"] = (out["rating_sum"] / out["rated"]).where(out["rated"] > 0)
    out["profit"] = out["gross"] - out["spend"]
    out["cpl"] = (out["spend"] / out["leads"]).where(matched)
    out["cost_per_qualified"] = (out["spend"] / out["qualified"]).where(matched & (out["qualified"] > 0))
    out["cac"] = (out["spend"] / out["won"]).where(matched & (out["won"] > 0))
    out["conversion"] = (out["won"] / out["leads"]).where(out["leads"] > 0)
    positive = matched & (out["spend"] > 0)
    out["romi"] = (out["profit"] / out["spend"]).where(positive)
    out["per_100"] = (100 * out["revenue"] / out["spend"]).where(positive)
    return out


def _expected(table: pd.DataFrame, opened: pd.DataFrame, join: Join, timing: Incidence) -> tuple[Expected, pd.Index]:
    """Expected profit of the matched campaigns, and the rows that charts sum up."""
    matched = table[table["kind"] == "matched"]
    counts, ages = open_by_age(opened, join, matched.index)
    known = matched[["leads", "won", "spend", "gross", "gross_sq"]].assign(
        # Counted as what is not won and not open, so that each lead is there once.
        lost=matched["leads"] - matched["won"] - counts.sum(axis=1)
    )
    known["lost"] = known["lost"].clip(lower=0)
    found = expected_profit(known, counts, ages, timing)
    return found, _unshown(found.campaigns["expected"].fillna(matched["profit"]))


def _unshown(profit: pd.Series) -> pd.Index:
    """Rows that a chart sums up: neither among the most earning nor among the most losing."""
    ordered = profit.sort_values(ascending=False, kind="stable").index
    # One campaign is no "rest": it takes no more room than the line that would stand for it.
    return ordered[SHOWN // 2 : len(ordered) - SHOWN // 2] if len(ordered) > SHOWN + 1 else ordered[:0]


def _actions(table: pd.DataFrame, client: Client) -> list[str]:
    """What to do with each campaign, the first rule that holds:

    - fix: money is spent and no lead is seen (or no campaign is named), or most of it in months without a lead
      (`silent_campaigns`): connect it before judging it
    - hold: leads without spend: there is no money to move
    - wait: too few leads, or too early to say; a channel of tests, whatever it earned
    - scale: earns, and expected revenue per 100 of spend reaches the aim (without an aim: the average of all campaigns)
    - hold: earns, but less than that
    - fix: loses, but its leads may be worth at least half of what they cost: cheaper leads or better handling can do
    - stop: loses, and not even that
    """
    matched = table[table["kind"] == "matched"]
    matched = matched[matched["verdict"] != UNTIED]
    brings = 100 * (matched["expected"] + matched["spend"]).sum() / max(matched["spend"].sum(), 1e-9)
    out = []
    for row in lines(table):
        if row.kind == "spend_only" or row.verdict == UNTIED:
            out.append("fix")
        elif row.kind == "leads_only":
            out.append("hold")
        elif str(row.channel).casefold() in TEST_WORDS:
            out.append("wait")
        elif row.verdict == "earns":
            share = row.revenue / row.gross if row.gross > 0 else 1 / (client.margin or 1)
            gross_per_100 = 100 * (row.expected + row.spend) / row.spend if row.spend > 0 else math.inf
            enough = gross_per_100 * share >= client.earn_per_100 if client.earn_per_100 else gross_per_100 >= brings
            out.append("scale" if enough else "hold")
        elif row.verdict == "loses":
            out.append("fix" if row.high + row.spend >= WORTH_A_REPAIR * row.spend else "stop")
        else:
            out.append("wait")
    return out
