"""What a company is before anything happens in it: its sources of leads, its sellers, its habits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

STEPS = ("contacted", "qualified", "meeting", "proposal")
"""Steps between a lead and a sale, in order; the same four in each sample, whatever the company calls them."""


@dataclass(frozen=True)
class Source:
    """Where leads come from: one campaign, or a source that costs nothing."""

    key: str
    channel: str
    per_day: float
    """Leads on a mean day of a mean month."""
    p_win: float
    """Chance that a lead of a usual seller, answered in a usual time, ends in a sale some day."""
    amount: float
    """Mean amount of a sale."""
    quality: float = 0.4
    """Chance to be qualified for a lead that is not sold."""
    rating: float = 3.0
    """Mean of what sales says about its leads, 1-5."""
    campaign: str = ""
    campaign_id: str = ""
    cpl: float = 0.0
    """Advertising money per lead; 0: nothing is spent here."""
    cpc: float = 1.0
    """Money per click."""
    ctr: float = 0.01
    """Clicks per impression."""
    counts_clicks: bool = True
    """False: the advertising system's export has no clicks."""
    daily: float = 0.0
    """Advertising money per day of a campaign that brings no lead."""
    untagged: float = 0.0
    """Share of leads whose macro stays unfilled: `{campaign_id}` instead of the id."""
    products: tuple[tuple[str, float], ...] = ()


def sources_of(leads: str, campaigns: str, products: dict[str, tuple[tuple[str, float], ...]]) -> tuple[Source, ...]:
    """Sources from two tables, what they bring and which are campaigns; the heads name fields of ``Source``.

    ``-`` is a field's default; the field ``products`` names a set of ``products``.
    """
    campaign_of = {cells["key"]: cells for cells in _cells(campaigns)}
    made = []
    for cells in _cells(leads):
        given = cells | campaign_of.get(cells["key"], {})
        wanted = products.get(given.pop("products", ""), ())
        values: dict[str, Any] = {name: _field(name, cell) for name, cell in given.items()}
        made.append(Source(**values, products=wanted))
    return tuple(made)


def _cells(text: str) -> list[dict[str, str]]:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return [{name: cell for name, cell in zip(head, row, strict=True) if cell != "-"} for row in rows]


def _field(name: str, cell: str) -> Any:
    if name in ("key", "channel", "campaign", "campaign_id"):
        return cell
    return cell == "yes" if name == "counts_clicks" else float(cell)


@dataclass(frozen=True)
class Seller:
    """A salesperson. ``skill`` multiplies the chance of a sale; 1 for everybody but one."""

    name: str
    skill: float = 1.0
    weight: float = 1.0
    prefers: tuple[str, ...] = ()
    """Sources of which this seller gets five times the usual share."""


@dataclass(frozen=True)
class Company:
    """A company's habits. Money is in its currency, times in its time zone."""

    slug: str
    seed: int
    currency: str
    first_day: dt.date
    as_of: dt.date
    period: tuple[dt.date, dt.date]
    compare: tuple[dt.date, dt.date]
    margin: float
    sources: tuple[Source, ...]
    sellers: tuple[Seller, ...]
    season: tuple[float, ...]
    """Leads by month, January first, around 1."""
    weekdays: tuple[float, ...]
    """Leads by day of the week, Monday first, around 1."""
    hours: tuple[float, ...]
    """Weight of each of 24 hours."""
    open_hours: dict[int, tuple[int, int]]
    """Day of the week → hours at work."""
    answer_min: float
    """Median minutes from the lead (or the next opening) to the first answer."""
    answer_sigma: float
    never_answered: float
    cycle_days: float
    """Median days from a lead to its sale."""
    cycle_sigma: float = 0.55
    stuck: float = 0.05
    """Share of leads that sales neither wins nor closes."""
    quick_gain: float = 1.2
    """A lead answered within the hour is sold this many times as often."""
    reject_share: float = 0.7
    """Share of unqualified lost leads that sales formally rejects."""
    reject_reasons: tuple[tuple[str, float], ...] = ()
    lost_reasons: tuple[tuple[str, float], ...] = ()
    reason_share: float = 0.9
    """Share of rejected leads that get a reason."""
    rated_share: float = 0.85
    repeat_share: float = 0.05
    """Leads of people who have asked before."""
    double_share: float = 0.02
    """The same form sent twice within the hour."""
    double_reason: str = ""
    test_reason: str = ""
    tests: int = 8
    no_seller: float = 0.01
    empty_amounts: tuple[int, int] = (3, 3)
    """How many sales lack an amount, and how many have a zero."""
    slow: dict[int, tuple[int, int, float]] = field(default_factory=dict)
    """Day of the week → from hour, to hour, how many times longer leads of these hours wait for an answer."""
    closed: frozenset[dt.date] = frozenset()
    """Public holidays: nobody is at work."""
    closing_until: dt.date | None = None
    """Day from which sales closes as ``Source.p_win`` says; leads before it were sold ``closing_before`` as often."""
    closing_before: float = 1.0


@dataclass
class Lead:
    """A lead and its whole fate, also the part that the company does not know yet on ``as_of``."""

    number: int
    created: dt.datetime
    source: Source
    person: int
    seller: str
    product: str
    p_win: float
    won: bool = False
    lost: bool = False
    closed: dt.datetime | None = None
    steps: dict[str, dt.datetime] = field(default_factory=dict)
    answered: dt.datetime | None = None
    amount: int | None = None
    rating: int | None = None
    rejected: bool = False
    reason: str = ""
    bant: tuple[bool, bool, bool, bool] | None = None
    untagged: bool = False
    test: bool = False
    double: bool = False

    def step_on(self, moment: dt.datetime) -> str:
        """The last step entered by ``moment``; 'leads' when none."""
        entered = [step for step in STEPS if step in self.steps and self.steps[step] <= moment]
        return entered[-1] if entered else "leads"


@dataclass(frozen=True)
class Spend:
    """Advertising money of one campaign on one day."""

    day: dt.date
    source: Source
    cost: float
    impressions: int
    clicks: int


@dataclass
class Story:
    """What happened in a company, where it was written by hand and not simulated."""

    company: Company
    leads: list[Lead]
    spend: list[Spend]
    now: dt.datetime
