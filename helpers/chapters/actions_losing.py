"""What campaigns that lose and still run cost a month: draws of the loss that would stop with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from helpers.chapters.campaigns import KEY, count_campaigns, join_keys, lines, open_by_age, row_numbers
from helpers.chapters.profit import expected_profit
from helpers.chapters.spans import with_each_month
from helpers.stats.incidence import incidence

if TYPE_CHECKING:
    import pandas as pd

    from helpers.chapters.money_measure import Measured
    from helpers.facts import Facts


@dataclass(frozen=True)
class Losing:
    """Campaigns with the verdict "loses" that still had spend in the last month with spend."""

    campaigns: pd.DataFrame
    """Lines of ``Measured.campaigns``, the dearest first."""
    spend: float
    """Their spend a month."""
    draws: np.ndarray
    """Draws of what they lose a month; empty where there are none."""


def losing_campaigns(measured: Measured | None, facts: Facts) -> Losing:
    """What the Money chapter calls losing, as long as it can still be stopped.

    A campaign's month is a month in which it had spend. The draws are those of the Money chapter, summed over these
    campaigns: what all campaigns share makes their losses go together.
    """
    if measured is None:
        return Losing(facts.spend.iloc[:0], 0.0, np.empty(0))
    losing = measured.campaigns[measured.campaigns["verdict"] == "loses"]
    leads, spend = facts.leads[facts.leads["span"] == "now"], facts.spend[facts.spend["span"] == "now"]
    opened = facts.open_ages[facts.open_ages["span"] == "now"]
    join = join_keys(*(set(zip(*(part[name] for name in KEY), strict=True)) for part in (spend, leads)))
    rows = row_numbers(losing, join.spend)
    months = spend[spend["spend"] > 0].assign(row=lambda t: row_numbers(t, join.spend))
    last = months[["month", "until"]].max(axis=1)
    running = set(months.loc[last == last.max(), "row"])
    losing = losing[[row in running for row in rows]]
    if losing.empty:
        return Losing(losing, 0.0, np.empty(0))
    lasted = with_each_month(months).groupby("row")["month"].nunique()
    table = count_campaigns(leads, spend, join)
    table = table[table["kind"] == "matched"]
    counts, ages = open_by_age(opened, join, table.index)
    known = table[["leads", "won", "spend", "gross", "gross_sq"]].assign(
        lost=(table["leads"] - table["won"] - counts.sum(axis=1)).clip(lower=0)
    )
    rows = row_numbers(losing, join.spend)
    weights = np.where(table.index.isin(rows), 1 / lasted.reindex(table.index).fillna(1).to_numpy(dtype=float), 0.0)
    draws = -expected_profit(known, counts, ages, incidence(facts.ages), weights=weights).draws
    cost = sum(row.spend / lasted[number] for row, number in zip(lines(losing), rows, strict=True))
    return Losing(losing.sort_values("profit", kind="stable"), float(cost), draws)
