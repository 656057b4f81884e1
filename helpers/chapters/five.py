"""The five figures both departments watch, collected from the chapters that count them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.client import Client

FIVE = ("run_rate", "pipeline", "manager_max", "manager_min", "qualified_share", "cac")
"""In the order of the meeting; conversion of managers is one figure with two ends."""


def five(figures: Mapping[str, Any]) -> dict[str, float | None]:
    """``five`` of audit.json from the chapters' figures: money in the client's currency, shares 0-1; None: unknown.

    ``run_rate`` is the revenue that the month of the audit comes to at its pace, ``pipeline`` the revenue expected of
    open deals, ``manager_max`` and ``manager_min`` conversions of those with 30 leads and more, ``cac`` spend a client
    of campaigns with spend and leads.
    """
    return {
        "run_rate": _number(figures, "plan", "revenue", "expected"),
        "pipeline": _number(figures, "plan", "pipeline", "expected"),
        "manager_max": _number(figures, "managers", "max", "conversion"),
        "manager_min": _number(figures, "managers", "min", "conversion"),
        "qualified_share": _number(figures, "leads", "qualified_share", "share"),
        "cac": _cac(figures.get("money")),
    }


def _number(figures: Mapping[str, Any], *path: str) -> float | None:
    found: Any = figures
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def cac_aim(money: Any, client: Client) -> float | None:
    """What a customer may cost by the client's own aim; None: it has none, or it cannot be said in money.

    That of ``aims``, else what ``earn_per_100`` allows: revenue of a customer of the matched campaigns, by 100 of spend
    for so much revenue.
    """
    if client.aims.cac is not None:
        return client.aims.cac
    if client.earn_per_100 is None or not money:
        return None
    matched = [row for row in money["campaigns"] if row["spend"] and row["leads"]]
    won, revenue = sum(row["won"] for row in matched), sum(row["revenue"] or 0 for row in matched)
    return round(revenue / won * 100 / client.earn_per_100, 2) if won and revenue > 0 else None


def _cac(money: Any) -> float | None:
    if not money:
        return None
    won = sum(row["won"] for row in money["campaigns"] if row["spend"] and row["leads"])
    return round(money["spend_matched"] / won, 2) if won and money["spend_matched"] else None
