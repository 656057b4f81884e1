"""Shares: what part of a whole, and how sure one can be of it."""

from __future__ import annotations

from typing import Any

import numpy as np

MINIMUM = 30
"""Smallest denominator of a rate that is judged; under it the report says "too few to judge" (METHOD.md)."""


def wilson(successes: Any, trials: Any, level: float = 0.95) -> tuple[Any, Any]:
    """Wilson score interval of a share, without continuity correction: (low, high), 0-1.

    Takes numbers (returns floats) or arrays of equal shape (returns arrays). Where ``trials`` is 0 or unknown both
    ends are nan: nothing was seen, so nothing is said.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; METHOD.md "Common".
    """
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    won, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(trials, dtype=float))
    if np.any(won < 0) or np.any(won > n):
        raise ValueError("successes must lie between 0 and trials")
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    known = n > 0
    n = np.where(known, n, np.nan)
    share = won / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # At 0 of n and n of n the ends are exactly 0 and 1; floating point would leave 1e-18.
    low = np.where(won == 0, np.where(known, 0.0, np.nan), np.clip(middle - half, 0, 1))
    high = np.where(won == n, 1.0, np.clip(middle + half, 0, 1))
    return (float(low), float(high)) if low.ndim == 0 else (low, high)
