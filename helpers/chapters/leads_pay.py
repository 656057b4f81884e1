"""Pay for bringing leads: what is paid today, and what would be paid for qualified leads only (METHOD.md "Leads").

Plan 100, delivered 130, qualified 90, one rate: today 130 are paid for, then 90; the plan is kept to 130 % or to 90 %.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.spans import of_several_months

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

FOR_LEADS = ("per_lead", "per_accepted", "per_qualified")
"""Kinds of pay that depend on the number of leads."""
FOR_GOOD = ("per_accepted", "per_qualified")
"""Of these the ones that depend on what sales says of the lead."""
FOR_SALES = ("per_won", "per_deal", "per_revenue", "percent_of_revenue", "per_sale")
"""Kinds that pay for selling."""


@dataclass(frozen=True)
class PayMonth:
    """One month; money in the client's currency."""

    month: dt.date
    plan: float | None
    """Leads planned (qualified ones, or all, as the client plans); None: no plan."""
    all_leads: int
    all_qualified: int
    """Of the company, whatever is paid for: what the plan is compared with."""
    delivered: int
    """Leads that are paid for by number."""
    qualified: int
    """Of these."""
    unmarked: int
    """Of these; nobody has said yet whether they are qualified."""
    today: float | None
    """By today's scheme; None: it is not known."""
    proposed: float | None
    """By the scheme that pays for qualified leads; None: no rate is known."""
    paid: float | None
    """What the pay sheet says was paid for bringing leads; None: no pay sheet for the month."""

    @property
    def raw(self) -> float:
        """All leads of plan; nan without a plan."""
        return self.all_leads / self.plan if self.plan else math.nan

    @property
    def attained(self) -> float:
        """Qualified leads of plan; nan without a plan."""
        return self.all_qualified / self.plan if self.plan else math.nan


@dataclass(frozen=True)
class PayPerson:
    """What one person was paid for one thing in the period."""

    person: str
    kind: str
    leads: float | None
    paid: float
    proposed: float
    """The same with pay for qualified leads: pay per lead becomes pay for those that were qualified."""


@dataclass(frozen=True)
class MeasuredPay:
    """Pay of the audited period."""

    months: tuple[PayMonth, ...]
    persons: tuple[PayPerson, ...]
    """Of those who bring leads."""
    selling: tuple[tuple[str, float], ...]
    """What sales is paid for → money of the period."""
    scheme: Mapping[str, float]
    """Today's scheme of client.yml."""
    proposal: Mapping[str, float]
    assumed: bool
    """client.yml proposes nothing: today's rate per lead is taken per qualified lead."""
    paid_channels: bool
    """Counted are leads of channels with spend: the pay sheet counts these."""
    for_good: float
    """Of the pay that depends on leads, the share that depends on their quality, 0-1; nan: nothing depends on leads."""

    def total(self, what: str) -> float | None:
        """Sum of ``today``, ``proposed`` or ``paid`` over the months; None where a month is not known."""
        values = [getattr(month, what) for month in self.months]
        return None if any(value is None for value in values) or not values else float(sum(values))

    @property
    def wasted(self) -> float | None:
        """What today's pay per lead cost for leads that are not qualified; None: nothing is paid per lead."""
        sheet = [person for person in self.persons if person.kind == "per_lead"]
        if sheet:
            return sum(person.paid * (1 - self.share) for person in sheet)
        rate = self.scheme.get("per_lead")
        return rate * sum(month.delivered - month.qualified for month in self.months) if rate else None

    @property
    def share(self) -> float:
        """Qualified of delivered, 0-1."""
        delivered = sum(month.delivered for month in self.months)
        return sum(month.qualified for month in self.months) / delivered if delivered else 0.0

    @property
    def neutral(self) -> float | None:
        """Rate per qualified lead at which pay stays the same in total; None: it is not known."""
        today, qualified = self.total("today"), sum(month.qualified for month in self.months)
        if today is None or not qualified:
            return None
        return (today - self.proposal.get("fixed", 0.0) * len(self.months)) / qualified


def scheme_pay(scheme: Mapping[str, float], leads: float, qualified: float, won: float, spend: float) -> float:
    """Pay of a month by a scheme of client.yml: ``per_spend`` is a part of the spend, the others are money each.

    nan where it depends on spend that is not known.
    """
    return (
        scheme.get("fixed", 0.0)
        + scheme.get("per_lead", 0.0) * leads
        + scheme.get("per_qualified", 0.0) * qualified
        + scheme.get("per_won", 0.0) * won
        + (scheme["per_spend"] * spend if "per_spend" in scheme else 0.0)
    )


def measure_pay(facts: Facts, client: Client) -> MeasuredPay | None:
    """Pay of the period by month and person; None where neither client.yml nor a pay sheet says anything of it."""
    sheet = facts.handover.pay
    first = pd.Timestamp(facts.period.from_).replace(day=1)
    sheet = sheet[sheet["month"].between(first, pd.Timestamp(facts.period.to))]
    selling = sheet["team"].eq("sales") | sheet["kind"].isin(FOR_SALES)
    bringing = sheet[~selling]
    scheme = {str(kind): rate for kind, rate in client.pay.today.items()} if client.pay else {}
    proposal = {str(kind): rate for kind, rate in client.pay.proposed.items()} if client.pay else {}
    if not scheme and bringing.empty:
        return None
    assumed = not proposal.get("per_qualified")
    if assumed:
        proposal = _same_rate(scheme, bringing)
    leads, paid_channels = _counted(facts, bringing)
    months = tuple(
        _month(pd.Timestamp(month), leads[leads["month"].eq(month)], facts, client, scheme, proposal, bringing)
        for month in sorted(leads["month"].unique())
    )
    sold = sheet[selling].groupby("kind")["amount"].sum()
    depends = bringing[bringing["kind"].isin(FOR_LEADS)]
    good = depends.loc[depends["kind"].isin(FOR_GOOD), "amount"].sum()
    return MeasuredPay(
        months=months,
        persons=_persons(bringing, months, proposal.get("per_qualified")),
        selling=tuple((str(kind), float(amount)) for kind, amount in sold.items()),
        scheme=scheme,
        proposal=proposal,
        assumed=assumed,
        paid_channels=paid_channels,
        for_good=float(good / depends["amount"].sum()) if depends["amount"].sum() else math.nan,
    )


def _same_rate(scheme: Mapping[str, float], sheet: pd.DataFrame) -> dict[str, float]:
    """Nothing is proposed: the rate per lead of today, paid for qualified leads only."""
    rate = scheme.get("per_lead")
    if rate is None:
        own = sheet[sheet["kind"].eq("per_lead") & sheet["leads"].gt(0)]
        rate = float(own["amount"].sum() / own["leads"].sum()) if len(own) else None
    fixed = {"fixed": scheme["fixed"]} if "fixed" in scheme else {}
    return fixed if rate is None else {**fixed, "per_qualified": rate}


def _counted(facts: Facts, sheet: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Leads of the period that are paid for: all, or those of channels with spend, whichever the pay sheet is nearer
    to."""
    leads = facts.leads[facts.leads["span"].eq("now")]
    told = sheet[sheet["kind"].eq("per_lead")]["leads"].sum()
    spend = facts.spend[facts.spend["span"].eq("now") & facts.spend["spend"].gt(0)]
    bought = leads[leads["channel"].isin(set(spend["channel"]) - {""})]
    nearer = abs(bought["leads"].sum() - told) < abs(leads["leads"].sum() - told)
    return (bought, True) if told and len(bought) and nearer else (leads, False)


def _month(
    month: pd.Timestamp,
    rows: pd.DataFrame,
    facts: Facts,
    client: Client,
    scheme: Mapping[str, float],
    proposal: Mapping[str, float],
    sheet: pd.DataFrame,
) -> PayMonth:
    delivered, qualified = int(rows["leads"].sum()), int(rows["qualified"].sum())
    won = float(rows.loc[rows["outcome"].eq("won"), "leads"].sum())
    spent = _spent(facts, month)
    paid = sheet[sheet["month"].eq(month)]
    plan = client.plan.get(f"{month:%Y-%m}")
    wanted = client.pay.plan if client.pay else "qualified"
    every = facts.leads[facts.leads["span"].eq("now") & facts.leads["month"].eq(month)]
    then = scheme_pay(proposal, delivered, qualified, won, spent) if "per_qualified" in proposal else math.nan
    return PayMonth(
        month=month.date(),
        plan=None if plan is None else (plan.qualified if wanted == "qualified" else plan.leads),
        all_leads=int(every["leads"].sum()),
        all_qualified=int(every["qualified"].sum()),
        delivered=delivered,
        qualified=qualified,
        unmarked=delivered - int(rows["marked"].sum()),
        today=_known(scheme_pay(scheme, delivered, qualified, won, spent)) if scheme else _sum(paid),
        proposed=_known(then),
        paid=_sum(paid),
    )


def _spent(facts: Facts, month: pd.Timestamp) -> float:
    """Spend of a month; nan where a row of spend covers other months too."""
    spend = facts.spend[facts.spend["span"].eq("now")]
    across = of_several_months(spend) & spend["month"].le(month) & spend["until"].ge(month)
    return math.nan if across.any() else float(spend.loc[spend["month"].eq(month), "spend"].sum())


def _known(pay: float) -> float | None:
    return None if math.isnan(pay) else pay


def _sum(sheet: pd.DataFrame) -> float | None:
    return float(sheet["amount"].sum()) if len(sheet) else None


def _persons(sheet: pd.DataFrame, months: tuple[PayMonth, ...], rate: float | None) -> tuple[PayPerson, ...]:
    share = {month.month: month.qualified / month.delivered if month.delivered else 0.0 for month in months}
    out = []
    for (person, kind), rows in sheet.groupby(["person", "kind"], sort=True):
        paid, leads = float(rows["amount"].sum()), rows["leads"].sum(min_count=1)
        proposed = paid
        if kind == "per_lead" and rate is not None and rows["leads"].notna().all():
            parts = zip(rows["leads"], rows["month"], strict=True)
            proposed = float(sum(rate * number * share.get(month.date(), 0.0) for number, month in parts))
        out.append(PayPerson(str(person), str(kind), None if pd.isna(leads) else float(leads), paid, proposed))
    return tuple(out)
