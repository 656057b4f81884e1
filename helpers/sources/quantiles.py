"""Quantiles of values that an engine has counted: one definition for all engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def quantile(counted: pd.DataFrame, value: str, weight: str, share: float) -> float:
    """Quantile of values that were counted, between two values in proportion (Hyndman and Fan, type 7); nan of none.

    Taken here and not in the engines, each of which has another definition.
    """
    rows = counted.groupby(value, sort=True)[weight].sum()
    ends = rows.cumsum()
    if not len(rows) or not ends.iloc[-1]:
        return float("nan")
    place = (int(ends.iloc[-1]) - 1) * share
    low, part = int(place), place - int(place)
    lower = float(rows.index[int(ends.searchsorted(low, side="right"))])
    if not part:
        return lower
    upper = float(rows.index[int(ends.searchsorted(low + 1, side="right"))])
    return lower + (upper - lower) * part
