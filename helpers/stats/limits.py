"""How far a count may stray from what is expected by luck alone: exact binomial, mid-P.

The mid-P value counts half of the probability of what was seen: the plain exact test of a small count is too careful.
"""

from __future__ import annotations

from typing import Any

import numpy as np

WARNING, ALARM = 0.95, 0.998
"""Limits of a funnel plot: outside the first "perhaps", outside the second "differs" (METHOD.md "Managers")."""
_FAR = 38.0
"""A deviation beyond this many standard deviations has no probability that a computer can hold."""


def mid_p_z(successes: Any, trials: Any, rate: Any) -> np.ndarray:
    """Deviation of a count from ``trials * rate``, in standard deviations of a normal with the same mid-P value.

    Numbers or arrays; positive above the expectation. nan where nothing was tried or the rate is not within 0-1.

    Source: Lancaster (1961), J. Am. Stat. Assoc. 56, 223-234; Spiegelhalter (2005), Stat. Med. 24, 1185-1202.
    """
    from scipy.special import betainc, ndtri

    k, n, p = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (successes, trials, rate)))
    known = (n > 0) & (p >= 0) & (p <= 1)
    k, n, p = (np.where(known, x, safe) for x, safe in ((k, 0.0), (n, 1.0), (p, 0.5)))
    p = np.clip(p, 1e-12, 1 - 1e-12)

    def at_least(count: np.ndarray) -> np.ndarray:
        inside = betainc(np.maximum(count, 1e-300), np.maximum(n - count + 1, 1e-300), p)
        return np.where(count <= 0, 1.0, np.where(count > n, 0.0, inside))

    def at_most(count: np.ndarray) -> np.ndarray:
        inside = betainc(np.maximum(n - count, 1e-300), np.maximum(count + 1, 1e-300), 1 - p)
        return np.where(count < 0, 0.0, np.where(count >= n, 1.0, inside))

    low, high = (at_most(k) + at_most(k - 1)) / 2, (at_least(k) + at_least(k + 1)) / 2
    # The smaller tail is the exact one: 1 less a tiny number is 1.
    tail = np.clip(np.minimum(low, high), 1e-320, 0.5)
    z = np.clip(np.where(low < high, ndtri(tail), -ndtri(tail)), -_FAR, _FAR)
    return np.where(known, z, np.nan)


def critical(level: float) -> float:
    """Standard deviations outside which a share 1 - ``level`` lies, both sides together."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def limits(trials: float, rate: float, level: float, widen: float = 1.0) -> tuple[float, float]:
    """Lowest and highest share of ``trials`` that luck explains at this level, 0-1.

    ``widen`` is the factor on the standard deviation (root of the over-dispersion). Between two counts the limit is
    interpolated, so that a count lies outside exactly when ``abs(mid_p_z) > widen * critical(level)``. A side that no
    possible count crosses ends at 0 or 1. (nan, nan) without trials.
    """
    n = int(trials)
    if n <= 0 or not 0 <= rate <= 1:
        return float("nan"), float("nan")
    far = widen * critical(level)
    return _crossing(n, rate, -far) / n, _crossing(n, rate, far) / n


def _crossing(n: int, rate: float, z: float) -> float:
    """The count, with a fraction, at which ``mid_p_z`` is ``z``; it rises with the count."""
    low, high = 0, n
    at_low, at_high = (float(mid_p_z(k, n, rate)) for k in (low, high))
    if z <= at_low:
        return 0.0
    if z >= at_high:
        return float(n)
    while high - low > 1:
        middle = (low + high) // 2
        here = float(mid_p_z(middle, n, rate))
        if here <= z:
            low, at_low = middle, here
        else:
            high, at_high = middle, here
    return low + (z - at_low) / (at_high - at_low) if at_high > at_low else float(low)
