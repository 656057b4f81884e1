"""The same identity against the plan, where there is no period to compare with (METHOD.md "Drivers")."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.drivers_measure import (
    COUNTS,
    DAYS_A_MONTH,
    DRAWS,
    SEED,
    MeasuredDrivers,
    Part,
    channel_counts,
    interval,
    nothing,
)
from helpers.chapters.drivers_split import OWNERS, Side, drawn
from helpers.stats.lmdi import split
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpers.chapters.common_age import CommonAge
    from helpers.client import Client
    from helpers.facts import Facts

CHAIN = ("spend", "leads", "qualified", "won", "gross")
NAMES = {
    ("", "spend"): "spend",
    ("", "leads"): "leads",
    ("spend", "leads"): "price",
    ("leads", "qualified"): "quality",
    ("qualified", "won"): "closing",
    ("leads", "won"): "conversion",
    ("won", "gross"): "deal",
    ("qualified", "gross"): "per_qualified",
    ("leads", "gross"): "per_lead",
}
"""A factor is one figure of the plan divided by the one before it; figures the plan does not hold are stepped over."""
PLAN_OWNERS = {**OWNERS, "leads": "marketing", "per_qualified": "sales", "per_lead": "joint"}


def against_plan(facts: Facts, client: Client, age: CommonAge) -> MeasuredDrivers:
    """Profit a month of the ripe months that have a plan (leads and revenue at least), against that plan."""
    wanted = {month: client.plan.get(month.strftime("%Y-%m")) for month in age.months["now"]}
    held = {month: plan for month, plan in wanted.items() if plan is not None and plan.leads and plan.revenue}
    if not held or not facts.outcomes.leads["span"].eq("now").any():
        return nothing(age)
    known = [
        name for name in CHAIN
        if name in ("leads", "gross") or all(getattr(plan, name) for plan in held.values())
    ]  # fmt: skip
    if "leads.qualified" not in facts.has and "qualified" in known:
        known.remove("qualified")
    spent = "spend" in known and bool(facts.spend["spend"].any())
    if not spent and "spend" in known:
        known.remove("spend")
    sums = {name: math.fsum(getattr(plan, name) or 0.0 for plan in held.values()) for name in ("spend", "leads")}
    sums |= {name: math.fsum(getattr(plan, name) or 0.0 for plan in held.values()) for name in ("qualified", "won")}
    sums["gross"] = client.margin * math.fsum(plan.revenue or 0.0 for plan in held.values())
    table = channel_counts(_only(facts, held), None, "now").sum()
    months = _length(facts, list(held)) / DAYS_A_MONTH
    fact, squares = _side(table, months)
    rng = np.random.default_rng(SEED)
    draws = drawn(fact, squares, "qualified" in known, False, DRAWS, rng)
    before = _chain(sums, known, months)
    after = _chain({name: float(getattr(fact, name)[0]) for name in CHAIN}, known, months)
    later = _chain({name: getattr(draws, name)[0] for name in CHAIN}, known, months)
    value = split(before[:, None], after[:, None])[:, 0]
    spread = split(np.repeat(before[:, None], DRAWS, axis=1), later)
    if spent:
        value[0] -= (table["spend"] - sums["spend"]) / months
        spread[0] -= (table["spend"] - sums["spend"]) / months
    names = [NAMES[pair] for pair in zip(["", *known], known, strict=False)]
    parts = [
        Part(name, PLAN_OWNERS[name], float(value[i]), *interval(spread[i]), *_figures(name, before[i], after[i]))
        for i, name in enumerate(names)
    ]
    owners = {}
    for owner in dict.fromkeys(part.owner for part in parts):
        rows = [i for i, part in enumerate(parts) if part.owner == owner]
        owners[owner] = (math.fsum(parts[i].value for i in rows), *interval(spread[rows].sum(axis=0)))
    low, high = interval(spread.sum(axis=0))
    paid = sums["spend"] / months if spent else 0.0
    return MeasuredDrivers(
        basis="plan",
        before=sums["gross"] / months - paid,
        after=(float(table["gross"]) - (float(table["spend"]) if spent else 0.0)) / months,
        low=low,
        high=high,
        parts=tuple(parts),
        owners=owners,
        channels=pd.DataFrame(),
        age=age,
        first={"now": max(facts.period.from_, min(held))},
        marked="qualified" in known,
        spent=spent,
        enough=bool(table["leads"] >= MINIMUM),
    )


def _only(facts: Facts, held: Iterable[dt.date]) -> Facts:
    """The facts of these months."""
    from dataclasses import replace

    def of(table: pd.DataFrame) -> pd.DataFrame:
        kept: pd.DataFrame = table[table["month"].dt.date.isin(list(held))]
        return kept

    return replace(facts, outcomes=replace(facts.outcomes, leads=of(facts.outcomes.leads)), spend=of(facts.spend))


def _length(facts: Facts, months: list[dt.date]) -> float:
    """Days of these months within the period."""
    days = pd.date_range(facts.period.from_, facts.period.to)
    return float(days.to_period("M").to_timestamp().isin(pd.to_datetime(months)).sum())


def _side(table: pd.Series, months: float) -> tuple[Side, np.ndarray]:
    arrays = {name: np.array([float(table[name])]) for name in COUNTS}
    squares = arrays.pop("gross_sq")
    arrays["sales"] = arrays["won"]
    return Side(**arrays, months=months), squares


def _chain(sums: dict[str, float] | dict[str, np.ndarray], known: list[str], months: float) -> np.ndarray:
    """Factors of the figures that are known: the first per month, each other per one of the figure before it."""
    values = [np.asarray(sums[name], dtype=float) for name in known]
    out = [values[0] / months]
    for before, after in pairwise(values):
        out.append(np.divide(after, before, out=np.full(after.shape, np.nan), where=before > 0))
    return np.stack(out)


def _figures(name: str, before: float, after: float) -> tuple[float, float]:
    """The factor as a reader knows it: a lead's price is spend per lead."""
    if name != "price":
        return float(before), float(after)
    return tuple(1 / float(value) if value > 0 else math.nan for value in (before, after))  # type: ignore[return-value]
