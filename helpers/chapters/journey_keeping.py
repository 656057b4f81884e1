"""After the sale: who buys again, and who comes by recommendation."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.funnel_measure import Ratio
from helpers.stats.shares import MINIMUM
from helpers.stats.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

HORIZONS = (3, 6, 12)
"""Months since the first purchase at which cohorts are compared."""
COHORTS = 8
"""Quarters shown, the last ones."""
FEWEST, SELDOM = 10, 0.03
"""Fewer customers, or a smaller share, who came back are an exception of a business in which people buy once."""
REFERRAL = re.compile(r"referr|recommend|word.of.mouth|рекоменд|сарафан|знаком|знайом|по совету|за порадою")
"""Channels and sources that are recommendations, by their name."""


@dataclass(frozen=True)
class Cohort:
    """Customers who first bought in one quarter."""

    first: dt.date
    """First day of the quarter."""
    customers: int
    seen: int
    """Whole months that all of them have been followed."""
    again: Survival

    def within(self, months: int) -> float | None:
        """Share who bought again within so many months, 0-1; None: under 30, or not all followed for so long."""
        if self.customers < MINIMUM or self.seen < months:
            return None
        return float(self.again.by(months))


@dataclass(frozen=True)
class Retained:
    """Customers who came back, over all the data reach."""

    customers: int
    again: int
    """Bought on a later day once more."""
    whole: Survival
    horizon: int
    """Months at which all customers together are judged: the longest of HORIZONS with 30 followed so long; 0: none."""
    cohorts: tuple[Cohort, ...]
    unnamed: int
    """Purchases that name no person."""

    @property
    def share(self) -> float | None:
        """Who bought again within ``horizon`` months, 0-1 (Kaplan-Meier); None: too few."""
        return float(self.whole.by(self.horizon)) if self.horizon else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of ``share``."""
        return self.whole.between(self.horizon) if self.horizon else None


def measure_retained(facts: Facts) -> Retained:
    """Time to the second purchase by cohort of the first: those who have not come back yet are censored.

    Source: METHOD.md "Journey" (retention by customer cohort).
    """
    table = facts.retention.customers
    whole = _survival(table)
    followed = [h for h in HORIZONS if table.loc[table["months"] >= h, "customers"].sum() >= MINIMUM]
    quarters = table["cohort"].dt.to_period("Q")
    cohorts = []
    for quarter in sorted(quarters.unique())[-COHORTS:]:
        part = table[quarters == quarter]
        last = min(quarter.end_time.date(), facts.as_of)
        seen = int((facts.as_of - last).days / 30.4375)
        cohorts.append(Cohort(quarter.start_time.date(), int(part["customers"].sum()), seen, _survival(part)))
    return Retained(
        customers=int(table["customers"].sum()),
        again=int(table.loc[table["again"].astype(bool), "customers"].sum()),
        whole=whole,
        horizon=max(followed, default=0),
        cohorts=tuple(cohorts),
        unnamed=facts.retention.unnamed,
    )


def _survival(table: pd.DataFrame) -> Survival:
    return kaplan_meier(
        table["months"].to_numpy(float), table["again"].to_numpy(bool), table["customers"].to_numpy(float)
    )


@dataclass(frozen=True)
class Referred:
    """Leads that came by recommendation, of the period."""

    channels: tuple[str, ...]
    """Channels that are recommendations; empty: the data name none."""
    leads: Ratio
    """Recommended, of all leads."""
    customers: Ratio
    """Recommended, of all customers."""
    own: Ratio
    """Customers of the recommended leads."""
    others: Ratio
    """Customers of the other leads."""
    months: tuple[tuple[dt.date, Ratio, Ratio], ...]
    """Month of the lead: share of leads, share of customers that were recommended."""


def measure_referred(facts: Facts) -> Referred:
    """Recommendations as a source: channels whose name says so."""
    leads = facts.leads[facts.leads["span"] == "now"]
    channels = tuple(sorted(name for name in leads["channel"].unique() if REFERRAL.search(str(name).casefold())))
    inside, won = leads["channel"].isin(channels), leads["outcome"] == "won"

    def total(rows: pd.Series) -> int:
        return int(leads.loc[rows, "leads"].sum())

    months = []
    for month in sorted(leads["month"].unique()):
        of = leads["month"] == month
        months.append(
            (
                pd.Timestamp(month).date(),
                Ratio(total(of & inside), total(of)),
                Ratio(total(of & inside & won), total(of & won)),
            )
        )
    every = pd.Series(data=True, index=leads.index)
    return Referred(
        channels=channels,
        leads=Ratio(total(inside), total(every)),
        customers=Ratio(total(inside & won), total(won)),
        own=Ratio(total(inside & won), total(inside)),
        others=Ratio(total(~inside & won), total(~inside)),
        months=tuple(months),
    )


def one_off(facts: Facts, client: Client) -> bool:
    """People buy once (windows, flats): the client's stages know no repeat purchase, and the data hardly show one."""
    table = facts.retention.customers
    again = table.loc[table["again"].astype(bool), "customers"].sum()
    return "repeat" not in client.stage_keys and bool(again < max(FEWEST, SELDOM * table["customers"].sum()))
