"""Quarters of leads made comparable: counted at one age, and only where every lead has reached it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.common_age import common_age
from helpers.chapters.speed_measure import ALL_RECORDED, unlinked

if TYPE_CHECKING:
    import pandas as pd

    from helpers.client import Client
    from helpers.facts import Facts

DAYS_A_MONTH = 365.25 / 12
REPLIES = ("in", "late", "none")
COUNTS = [
    "leads", "qualified", "won_qualified", "won", "priced", "revenue", "revenue_sq", "gross", *REPLIES, "told",
]  # fmt: skip


@dataclass(frozen=True)
class Base:
    """Everything the money at stake is counted from.

    ``quarters`` and ``prices`` have a row per calendar quarter and ``now`` (True: its part in the audited period).
    """

    quarters: pd.DataFrame
    """quarter (first day), now | COUNTS: ripe leads; sales within ``age`` days of the lead, ``won_qualified`` of
    qualified leads; ``in``, ``late``, ``none``: leads by first answer, ``told``: leads of which it is known."""
    prices: pd.DataFrame
    """quarter, now | leads, spend of the channels with spend; ripe or not, a lead has its price."""
    replies: pd.DataFrame
    """channel, reply | leads, won: ripe leads of all quarters."""
    age: int
    """Days within which a sale counts; whole weeks."""
    short: bool
    """The period is younger than the cycle: compared at a lower age, later sales are not seen."""
    leads: float
    """Leads a month of the period, ripe or not."""
    spend: float
    """Spend a month of the channels with spend."""
    marked: bool
    """Whether leads are marked as qualified at all."""
    answered: bool
    """Whether first answers are recorded at all."""
    sure: bool
    """Whether a lead without a recorded answer was not answered; False: it may not have been written down."""

    @property
    def ripe(self) -> bool:
        """Whether any lead of the period is old enough."""
        return bool(self.quarters.loc[self.quarters["now"], "leads"].sum() > 0)


def measure_base(facts: Facts, client: Client) -> Base:
    """Counts of the client's own quarters, of all spans (METHOD.md "Common": one common age)."""
    leads, wins = facts.quarters.leads, facts.quarters.wins
    common = common_age(facts, client, "now")
    age = common.days
    youngest = facts.as_of - dt.timedelta(days=age)
    leads, wins = (table[over_by(table, youngest)] for table in (leads, wins))
    wins = wins[wins["age_days"] < age]
    # Left alone at that age: who was closed with a reason later counts as not looked at until then, in every quarter.
    reply = leads["reply"].where(leads["reply"] != "shut", "").mask(leads["shut_days"] >= age, "none")
    leads = leads.assign(reply=reply)
    months = facts.period.days / DAYS_A_MONTH
    prices = _prices(facts)
    of_now = facts.leads[facts.leads["span"] == "now"]
    return Base(
        quarters=_quarters(leads, wins),
        prices=prices,
        replies=_replies(leads, wins),
        age=age,
        short=common.short,
        leads=float(of_now["leads"].sum()) / months,
        spend=float(prices.loc[prices["now"], "spend"].sum()) / months,
        marked="leads.qualified" in facts.has,
        answered=bool(facts.speed.clock.source),
        sure=_sure(facts),
    )


def _sure(facts: Facts) -> bool:
    fates = facts.speed.fates
    # Where calls name no lead, one that has no answer noted may have been called all the same.
    return not unlinked(facts) and bool(fates["proven_timed"].sum() >= ALL_RECORDED * fates["proven"].sum() > 0)


def over_by(table: pd.DataFrame, day: dt.date) -> pd.Series[bool]:
    """Which lines are of months that had ended by this day."""
    import pandas as pd

    return (table["month"].astype("datetime64[us]") + pd.offsets.MonthEnd(0)).le(pd.Timestamp(day))


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    month = table["month"].astype("datetime64[us]")
    return table.assign(quarter=month.dt.to_period("Q").dt.start_time.dt.date, now=table["span"] == "now")


def _quarters(leads: pd.DataFrame, wins: pd.DataFrame) -> pd.DataFrame:
    leads, wins = _keyed(leads), _keyed(wins)
    key = ["quarter", "now"]
    out = leads.groupby(key)[["leads"]].sum()
    out["qualified"] = leads[leads["mark"] == "yes"].groupby(key)["leads"].sum()
    for reply in REPLIES:
        out[reply] = leads[leads["reply"] == reply].groupby(key)["leads"].sum()
    out["told"] = leads[leads["reply"] != ""].groupby(key)["leads"].sum()
    out["won_qualified"] = wins[wins["mark"] == "yes"].groupby(key)["won"].sum()
    for name in ("won", "priced", "revenue", "revenue_sq", "gross"):
        out[name] = wins.groupby(key)[name].sum()
    return out.reindex(columns=COUNTS).astype(float).fillna(0.0).reset_index()


def _prices(facts: Facts) -> pd.DataFrame:
    spend, leads = facts.spend, facts.leads
    paid = set(spend.loc[spend["spend"] > 0, "channel"].astype(object)) - {""}
    # The month of the audit is not over: its spend is there before its leads are.
    spend, leads = (
        _keyed(table[table["channel"].isin(paid) & over_by(table, facts.as_of)]) for table in (spend, leads)
    )
    key = ["quarter", "now"]
    out = spend.groupby(key)[["spend"]].sum().astype(float)
    out["leads"] = leads.groupby(key)["leads"].sum()
    return out.fillna(0.0).reset_index()


def _replies(leads: pd.DataFrame, wins: pd.DataFrame) -> pd.DataFrame:
    key = ["channel", "reply"]
    out = leads.groupby(key)[["leads"]].sum()
    out["won"] = wins.groupby(key)["won"].sum()
    return out.astype(float).fillna(0.0).reset_index()
