"""Hand-made facts of cohorts: leads by manager and channel with what became of them, spend, days, deals."""

from __future__ import annotations

import datetime as dt
from dataclasses import MISSING, fields
from typing import Any

import pandas as pd

from helpers.client import Client, Span
from helpers.facts import Facts
from helpers.facts.days import Days
from helpers.facts.outcomes import KEYS, SUMS, Outcomes
from helpers.facts.pipeline import Pipeline

PERIOD = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
BEFORE = (dt.date(2025, 7, 1), dt.date(2025, 12, 31))
AS_OF = dt.date(2026, 12, 31)
HAS = frozenset({"leads.qualified", "leads.manager", "deals.amount", "leads.product"})


def cell(
    leads: int,
    won: int,
    *,
    manager: str = "Анна",
    channel: str = "ads",
    product: str = "",
    span: str = "now",
    month: str = "2026-01-01",
    weeks: int = 2,
    qualified: int | None = None,
    sales: int | None = None,
    amount: float = 1000.0,
    spread: float = 0.0,
) -> list[dict[str, Any]]:
    """``won`` of ``leads`` in so many weeks, each of ``amount`` on average; the others were lost."""
    key = {"span": span, "month": pd.Timestamp(month), "channel": channel, "product": product, "manager": manager}
    through = won if qualified is None else qualified
    gross = won * amount
    rows = [
        {**key, "outcome": "won", "won_weeks": weeks, "leads": won, "qualified": won, "reached": won,
         "sales": won if sales is None else sales, "revenue": gross, "gross": gross,
         "gross_sq": won * (amount**2 + spread**2)},
        {**key, "outcome": "lost", "won_weeks": -1, "leads": leads - won, "qualified": through - won,
         "reached": through - won, "sales": 0, "revenue": 0.0, "gross": 0.0, "gross_sq": 0.0},
    ]  # fmt: skip
    return [row for row in rows if row["leads"]]


def spent(money: float, channel: str = "ads", span: str = "now", month: str = "2026-01-01") -> dict[str, Any]:
    """A line of spend."""
    return {"span": span, "month": pd.Timestamp(month), "until": pd.Timestamp(month), "channel": channel,
            "campaign_id": "", "campaign": "", "spend": money, "impressions": float("nan"), "clicks": float("nan"),
            "rows": 1}  # fmt: skip


def make_facts(
    *cells: list[dict[str, Any]],
    spend: list[dict[str, Any]] | None = None,
    staff: list[tuple[str, str, str | None]] | None = None,
    period: tuple[dt.date, dt.date] = PERIOD,
    compare: tuple[dt.date, dt.date] | None = None,
    as_of: dt.date = AS_OF,
    **more: Any,
) -> Facts:
    """Facts of these cells; what no test here reads is empty."""
    rows = [row for part in cells for row in part]
    leads = pd.DataFrame(rows, columns=[*KEYS, *SUMS]).astype({"month": "datetime64[us]", "won_weeks": "int64"})
    ages = leads.assign(age_days=(leads["won_weeks"] * 7).where(leads["won_weeks"] >= 0, 20))
    ages = ages[["span", "month", "outcome", "age_days", "leads"]]
    people = pd.DataFrame(staff or [], columns=["manager", "team", "last_day"]).astype({"last_day": "datetime64[us]"})
    money = ["span", "month", "until", "channel", "campaign_id", "campaign"]
    spending = pd.DataFrame(spend or [], columns=[*money, "spend", "impressions", "clicks", "rows"])
    given = {
        # Whatever else the facts hold: empty tables, unless they know themselves what nothing is.
        **{one.name: pd.DataFrame() for one in fields(Facts) if one.default_factory is MISSING},
        "spend": spending.astype({"month": "datetime64[us]", "until": "datetime64[us]"}),
        "ages": ages,
        "stages": ("leads", "qualified", "won"),
        "period": Span(**{"from": period[0], "to": period[1]}),
        "compare": Span(**{"from": compare[0], "to": compare[1]}) if compare else None,
        "as_of": as_of,
        "snapshot": True,
        "has": HAS,
        "dates": {"leads": (dt.date(2025, 1, 1), as_of), "deals": (dt.date(2025, 1, 1), as_of)},
        "outcomes": Outcomes(leads, people, 0),
        "days": Days.empty(),
        "pipeline": Pipeline.empty(),
    }
    return Facts(**{**given, **more})


def make_client(**more: Any) -> Client:
    """A client without anything that is not given."""
    return Client.model_validate({"client": "Окна", "currency": "RUB", "margin": 0.5, **more})


def days_of(values: dict[dt.date, dict[str, float]], dated: float = 1.0) -> Days:
    """What happened on which day."""
    rows = [{"day": pd.Timestamp(day), "leads": 0.0, "qualified": 0.0, "won": 0.0, "revenue": 0.0, **counts}
            for day, counts in sorted(values.items())]  # fmt: skip
    table = pd.DataFrame(rows, columns=["day", "leads", "qualified", "won", "revenue"])
    return Days(table.astype({"day": "datetime64[us]"}), dated, 0.0)
