"""Hand-made facts: what facts would count, from a short list of campaigns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pandas as pd

from helpers.facts.quality import Quality

KEYS = {"span": "now", "month": pd.Timestamp("2026-01-01"), "channel": "", "campaign_id": "", "campaign": ""}
LEADS = {
    **KEYS, "manager": "", "product": "", "stage": "leads", "exact": True, "outcome": "open", "leads": 0, "answered": 0,
    "qualified": 0, "marked": 0, "accepted": 0, "rejected": 0, "rated": 0, "rating_sum": 0.0, "rating_sq": 0.0,
    "priced": 0, "revenue": 0.0, "revenue_sq": 0.0, "gross": 0.0, "gross_sq": 0.0,
}  # fmt: skip
SPEND = {**KEYS, "until": KEYS["month"], "spend": 0.0, "impressions": float("nan"), "clicks": float("nan"), "rows": 1}
AGES = {"span": "now", "month": KEYS["month"], "outcome": "won", "age_days": 20, "leads": 0}
OPEN_AGES = {**KEYS, "age_days": 0, "leads": 0}
LOOSE = {"span": "now", "deals": 0, "won": 0, "revenue": 0.0}


def table(rows: list[dict[str, Any]], columns: dict[str, Any]) -> pd.DataFrame:
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"no such column: {unknown}"
    made = pd.DataFrame([{**columns, **row} for row in rows], columns=list(columns))
    if "until" in made and not any("until" in row for row in rows):
        made["until"] = made["month"]
    return made


@dataclass
class Facts:
    leads: pd.DataFrame
    spend: pd.DataFrame
    ages: pd.DataFrame
    open_ages: pd.DataFrame
    loose: pd.DataFrame
    has: frozenset[str] = frozenset({"leads.rating", "leads.qualified"})
    snapshot: bool = False
    as_of: dt.date = dt.date(2026, 7, 15)
    period: Any = field(default_factory=lambda: SimpleNamespace(from_=dt.date(2026, 1, 1), to=dt.date(2026, 6, 30)))
    compare: Any = None
    quality: Quality = field(default_factory=Quality.empty)


def campaign(
    name: str = "",
    *,
    channel: str = "ads",
    campaign_id: str = "",
    spend: float | None = None,
    won: int = 0,
    lost: int = 0,
    still_open: int = 0,
    age: int = 0,
    amount: float = 10_000.0,
    revenue: float | None = None,
    qualified: int | None = None,
    rating: float | None = None,
    rated: int | None = None,
    margin: float = 1.0,
    span: str = "now",
) -> dict[str, list[dict[str, Any]]]:
    """Rows of one campaign. Won deals are of ``amount`` each unless ``revenue`` is given."""
    key = {"span": span, "channel": channel, "campaign_id": campaign_id, "campaign": name}
    revenue = won * amount if revenue is None else revenue
    square = revenue**2 / won if won else 0.0
    money = {
        "priced": won, "revenue": revenue, "revenue_sq": square, "gross": revenue * margin,
        "gross_sq": square * margin**2, "stage": "won",
    }  # fmt: skip
    all_leads = won + lost + still_open
    of_first = {}
    if qualified is not None:
        of_first |= {"qualified": qualified, "marked": all_leads}
    if rating is not None:
        rated = all_leads if rated is None else rated
        of_first |= {"rated": rated, "rating_sum": rating * rated, "rating_sq": rating**2 * rated}
    leads = [
        {**key, "outcome": "won", "leads": won, **money},
        {**key, "outcome": "lost", "leads": lost},
        {**key, "outcome": "open", "leads": still_open},
    ]
    leads = [row for row in leads if row["leads"]]
    if leads:
        leads[0] |= of_first
    return {
        "leads": leads,
        "spend": [] if spend is None else [{**key, "spend": spend}],
        "open_ages": [{**key, "age_days": age // 7 * 7, "leads": still_open}] if still_open else [],
        "ages": [
            {"span": span, "outcome": outcome, "age_days": days, "leads": leads}
            for outcome, days, leads in (("won", 20, won), ("lost", 10, lost), ("open", age, still_open))
            if leads
        ],
    }


def facts_of(*campaigns: dict[str, list[dict[str, Any]]], loose: float = 0.0, **more: Any) -> Facts:
    """Facts of these campaigns; ``loose`` is revenue of deals that belong to no lead."""
    rows = {name: [row for one in campaigns for row in one[name]] for name in ("leads", "spend", "ages", "open_ages")}
    return Facts(
        leads=table(rows["leads"], LEADS),
        spend=table(rows["spend"], SPEND),
        ages=table(rows["ages"], AGES),
        open_ages=table(rows["open_ages"], OPEN_AGES),
        loose=table([{"deals": 1, "won": 1, "revenue": loose}] if loose else [], LOOSE),
        **more,
    )


def client_of(**more: Any) -> Any:
    from helpers.client import Client

    return Client.model_validate({"client": "Windows Plus", "currency": "RUB", **more})
