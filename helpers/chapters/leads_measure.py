"""The measure of the leads chapter: how many are qualified, taken or refused, and why (METHOD.md "Leads")."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from helpers.chapters.shares import Share
from helpers.facts.handover import CELLS
from helpers.sources.rawfiles import normal
from helpers.stats.kappa import Kappa, cohen_kappa
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

NEARLY_ALL = 0.95
"""From this share of marked leads on, a lead without a mark makes no difference."""

Verdict = Literal["above", "within", "below", "unclear", "no_norm", "too_few"]


@dataclass(frozen=True)
class Month:
    """Leads of one month, without those of experimental channels where ``qualified`` is counted."""

    month: dt.date
    qualified: Share
    """Of all leads."""
    marked: int
    """Leads that are marked as qualified or not."""
    accepted: int
    rejected: int
    undecided: int


@dataclass(frozen=True)
class Reasons:
    """Why leads were refused, or lost later; the commonest first."""

    named: tuple[tuple[str, int], ...]
    without: int
    """No reason was given."""

    @property
    def all(self) -> int:
        """With and without a reason."""
        return self.without + sum(number for _, number in self.named)

    def most(self, share: float = 0.8) -> int:
        """How many of the commonest reasons make up this share of all that have one."""
        total, gathered = sum(number for _, number in self.named), 0
        for place, (_, number) in enumerate(self.named, start=1):
            gathered += number
            if gathered >= share * total:
                return place
        return len(self.named)


@dataclass(frozen=True)
class Channel:
    """What became of the leads of one channel."""

    name: str
    qualified: Share
    """Of all leads."""
    marked: Share
    """Qualified, of the leads that are marked."""
    refused: Share
    """Refused, of the leads that sales has decided on."""
    accepted: int
    rejected: int
    undecided: int
    people: int | None
    """Different persons among its leads; None: the export holds no person."""
    repeats: int | None
    experimental: bool

    @property
    def leads(self) -> int:
        """All its leads."""
        return int(self.qualified.whole)


@dataclass(frozen=True)
class Reported:
    """One month as each department counts it, and as the CRM does; None: not said."""

    month: dt.date
    what: str
    """leads, qualified or customers."""
    marketing: float | None
    sales: float | None
    crm: float | None

    @property
    def gap(self) -> float:
        """Difference between the departments in parts of the larger count; nan where one says nothing."""
        if self.marketing is None or self.sales is None:
            return math.nan
        most = max(self.marketing, self.sales)
        return abs(self.marketing - self.sales) / most if most else 0.0


@dataclass(frozen=True)
class MeasuredLeads:
    """All numbers of the chapter but those of pay."""

    leads: int
    usual: Share
    """Qualified, of all leads but those of experimental channels."""
    usual_marked: Share
    """The same, of marked leads."""
    experimental: Share
    norm: tuple[float, float] | None
    verdict: Verdict
    before: Share | None
    """``usual`` of the compared period."""
    months: tuple[Month, ...]
    channels: tuple[Channel, ...]
    """Those with most leads first."""
    accepted: int
    rejected: int
    undecided: int
    rejections: Reasons
    losses: Reasons
    marks: pd.DataFrame
    """mark | yes, no, unknown: of the period."""
    people: int | None
    repeats: int | None
    reported: tuple[Reported, ...]
    sorting: tuple[tuple[str, str, Kappa], ...]
    """Two people and how alike they sort."""

    @property
    def decided(self) -> int:
        """Leads that sales has accepted or refused."""
        return self.accepted + self.rejected

    @property
    def all_marked(self) -> bool:
        """Hardly any lead is without a mark."""
        return self.usual_marked.whole >= NEARLY_ALL * self.usual.whole


def measure_leads(facts: Facts, client: Client) -> MeasuredLeads:
    """Leads of the audited period."""
    leads = facts.leads[facts.leads["span"].eq("now")]
    odd = {normal(name) for name in client.experimental}
    apart = leads["channel"].map(normal).isin(odd)
    usual, usual_marked = _qualified(leads[~apart]), _marked(leads[~apart])
    before = facts.leads[facts.leads["span"].eq("before")]
    before = before[~before["channel"].map(normal).isin(odd)]
    people = facts.people[facts.people["span"].eq("now")]
    named = people["people"].notna().any()
    norm = client.limits.qualified_share
    accepted, rejected = int(leads["accepted"].sum()), int(leads["rejected"].sum())
    marks = facts.handover.marks
    return MeasuredLeads(
        leads=int(leads["leads"].sum()),
        usual=usual,
        usual_marked=usual_marked,
        experimental=_qualified(leads[apart]),
        norm=norm,
        verdict=verdict(usual, usual_marked, norm),
        before=_qualified(before) if before["leads"].sum() else None,
        months=_months(leads, apart),
        channels=_channels(leads, facts.handover.persons, odd),
        accepted=accepted,
        rejected=rejected,
        undecided=int(leads["leads"].sum()) - accepted - rejected,
        rejections=_reasons(facts, "rejected"),
        losses=_reasons(facts, "lost"),
        marks=marks[marks["span"].eq("now")].drop(columns="span").reset_index(drop=True),
        people=int(people["people"].sum()) if named else None,
        repeats=int(people["repeats"].sum()) if named else None,
        reported=_reported(facts),
        sorting=tuple(
            (str(row["first"]), str(row["second"]), cohen_kappa(*(int(row[cell]) for cell in CELLS)))
            for _, row in facts.handover.sorting.iterrows()
        ),
    )


def verdict(usual: Share, marked: Share, norm: tuple[float, float] | None) -> Verdict:
    """Where the share of qualified leads lies against the norm.

    Leads without a mark may turn out either way: below is named only where the marked ones are below it as well; above
    and below only where the whole range is.
    """
    if not usual.enough or not marked.whole:
        return "too_few"
    if norm is None:
        return "no_norm"
    if usual.low > norm[1]:
        return "above"
    if usual.high < norm[0] and marked.high < norm[0]:
        return "below"
    return "within" if norm[0] <= usual.share <= norm[1] else "unclear"


def _qualified(leads: pd.DataFrame) -> Share:
    return Share.of("", leads["qualified"].sum(), leads["leads"].sum())


def _marked(leads: pd.DataFrame) -> Share:
    return Share.of("", leads["qualified"].sum(), leads["marked"].sum())


def _months(leads: pd.DataFrame, apart: pd.Series) -> tuple[Month, ...]:
    out = []
    for month in sorted(leads["month"].unique()):
        rows = leads[leads["month"].eq(month)]
        usual = rows[~apart.loc[rows.index]]
        accepted, rejected = int(rows["accepted"].sum()), int(rows["rejected"].sum())
        undecided = int(rows["leads"].sum()) - accepted - rejected
        marked = int(usual["marked"].sum())
        out.append(Month(pd.Timestamp(month).date(), _qualified(usual), marked, accepted, rejected, undecided))
    return tuple(out)


def _channels(leads: pd.DataFrame, persons: pd.DataFrame, odd: set[str]) -> tuple[Channel, ...]:
    known = {row.channel: row for row in persons[persons["span"].eq("now")].itertuples(index=False)}
    out = []
    for name, rows in leads.groupby("channel", sort=True):
        accepted, rejected = int(rows["accepted"].sum()), int(rows["rejected"].sum())
        people = repeats = None
        person: Any = known.get(name)
        if person is not None and person.named:
            people, repeats = int(person.people), int(person.named - person.people)
        out.append(
            Channel(
                name=str(name),
                qualified=Share.of(str(name), rows["qualified"].sum(), rows["leads"].sum()),
                marked=Share.of(str(name), rows["qualified"].sum(), rows["marked"].sum()),
                refused=Share.of(str(name), rejected, accepted + rejected),
                accepted=accepted,
                rejected=rejected,
                undecided=int(rows["leads"].sum()) - accepted - rejected,
                people=people,
                repeats=repeats,
                experimental=normal(str(name)) in odd,
            )
        )
    return tuple(sorted(out, key=lambda channel: (-channel.leads, channel.name)))


def _reasons(facts: Facts, kind: str) -> Reasons:
    table = facts.handover.reasons
    own = table[table["span"].eq("now") & table["kind"].eq(kind)].groupby("reason")["leads"].sum()
    named = sorted(((str(reason), int(n)) for reason, n in own.items() if reason), key=lambda pair: (-pair[1], pair[0]))
    return Reasons(tuple(named), int(own.get("", 0)))


def _reported(facts: Facts) -> tuple[Reported, ...]:
    """What the departments report for the months of the period, beside what the CRM holds for leads of the month."""
    table = facts.handover.reported
    inside = table["month"].between(pd.Timestamp(facts.period.from_).replace(day=1), pd.Timestamp(facts.period.to))
    table = table[inside]
    leads = facts.leads
    crm = {
        "leads": leads.groupby("month")["leads"].sum(),
        "qualified": leads.groupby("month")["qualified"].sum(),
        "customers": leads[leads["outcome"].eq("won")].groupby("month")["leads"].sum(),
    }
    out = []
    for month in sorted(table["month"].unique()):
        rows = table[table["month"].eq(month)].set_index("department")
        for what in ("leads", "qualified", "customers"):
            said = [_said(rows, side, what) for side in ("marketing", "sales")]
            if any(number is not None for number in said):
                counted = float(crm[what].get(month, 0)) if month in crm["leads"].index else None
                out.append(Reported(pd.Timestamp(month).date(), what, said[0], said[1], counted))
    return tuple(out)


SIDES = {"marketing": ("market", "маркет", "реклам"), "sales": ("sale", "продаж", "збут", "сбыт")}
"""How a department of the table of own figures is told, where client.yml maps nothing."""


def _said(rows: pd.DataFrame, side: str, what: str) -> float | None:
    own = [name for name in rows.index if any(word in str(name).casefold() for word in SIDES[side])]
    values = rows.loc[own, what].dropna()
    return float(values.iloc[0]) if len(values) else None


def worst_gap(reported: Sequence[Reported]) -> Reported | None:
    """The count on which the departments differ most, of those large enough to compare; None: they agree on all."""
    compared = [
        one for one in reported if not math.isnan(one.gap) and max(one.marketing or 0, one.sales or 0) >= MINIMUM
    ]
    found = max(compared, key=lambda one: one.gap, default=None)
    return found if found is not None and found.gap > 0 else None
