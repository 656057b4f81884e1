"""Medians from counted values, how sure they are, and whether they move."""

from __future__ import annotations

from typing import Any

import numpy as np

DRAWS = 4000


def quantile(values: Any, counts: Any, share: Any) -> Any:
    """The value below which this share (0-1) of the counted values lies: the smallest that reaches it; nan for none."""
    at, n = np.asarray(values, dtype=float), np.asarray(counts, dtype=float)
    if not n.sum() > 0:
        return np.full(np.shape(share), np.nan) if np.ndim(share) else float("nan")
    order = np.argsort(at, kind="stable")
    reached = np.cumsum(n[order]) / n.sum()
    place = np.searchsorted(reached, np.asarray(share) - 1e-12)
    found = at[order][np.clip(place, 0, len(at) - 1)]
    return found if np.ndim(share) else float(found)


def median_interval(values: Any, counts: Any, level: float = 0.95) -> tuple[float, float]:
    """Interval of the median from order statistics, whatever the distribution; (nan, nan) for nothing.

    The share of values below the median of the source is Beta((n + 1) / 2, (n + 1) / 2).
    Source: David and Nagaraja (2003), Order Statistics, 7.1.
    """
    from scipy.special import betaincinv

    n = float(np.sum(np.asarray(counts, dtype=float)))
    if n <= 0:
        return float("nan"), float("nan")
    half = (n + 1) / 2
    low, high = betaincinv(half, half, (1 - level) / 2), betaincinv(half, half, (1 + level) / 2)
    return float(quantile(values, counts, low)), float(quantile(values, counts, high))


def median_change(
    groups: list[tuple[Any, Any]], places: Any, seed: int, draws: int = DRAWS
) -> tuple[float, float, float]:
    """By how much the medians of consecutive groups move from the first to the last place: (middle, low, high).

    ``groups``: (values, counts) of each; ``places``: where each stands in time. A straight line through the medians,
    weighted by the counts, in each of many draws of them. (nan, nan, nan) for fewer than three groups.
    """
    at = np.asarray(places, dtype=float)
    if len(groups) < 3:
        return (float("nan"),) * 3
    rng = np.random.default_rng(seed)
    sizes = np.array([float(np.sum(counts)) for _, counts in groups])
    medians = np.array(
        [
            quantile(values, counts, rng.beta((n + 1) / 2, (n + 1) / 2, draws))
            for (values, counts), n in zip(groups, sizes, strict=True)
        ]
    )
    from_middle = at - np.average(at, weights=sizes)
    slopes = (sizes * from_middle) @ medians / (sizes * from_middle**2).sum()
    low, middle, high = np.quantile(slopes * (at.max() - at.min()), [0.025, 0.5, 0.975])
    return float(middle), float(low), float(high)
