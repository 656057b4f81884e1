"""Two things that may both make a rate: does a row differ, and do the columns differ within it? Exact, by permutation.

Nothing is modelled: under "it makes no difference" the successes of a row (or column) fall upon its trials blindly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

DRAWS = 4000
SEED = 20260104


@dataclass(frozen=True)
class TwoWay:
    """What was found for each row; nan where nothing can be said."""

    seen: np.ndarray
    """Successes of the row."""
    expected: np.ndarray
    """What the same columns reach with the trials of the other rows: successes, the row itself left out."""
    p_row: np.ndarray
    """Chance that a row without a difference of its own lies so far from ``expected``."""
    p_columns: np.ndarray
    """Chance that equal columns differ so much within the row."""


def two_way(successes: Any, trials: Any, draws: int = DRAWS, seed: int = SEED) -> TwoWay:
    """Rows against columns, from counts (rows x columns) of successes and trials.

    - Of a row: within each column the successes are dealt blindly over the rows; the row's sum is compared.
    - Of the columns within a row: the row's successes are dealt blindly over its columns; Pearson's statistic is
      compared.

    Source: stratified permutation test, Agresti, Categorical Data Analysis (3rd ed.), 6.4 and 16.5. Seeded draws.
    """
    k, n = np.asarray(successes, dtype=np.int64), np.asarray(trials, dtype=np.int64)
    if k.shape != n.shape or np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between 0 and trials, cell by cell")
    rng = np.random.default_rng(seed)
    rows = len(k)
    expected, p_row, p_columns = (np.full(rows, np.nan) for _ in range(3))
    others_n, others_k = n.sum(axis=0) - n, k.sum(axis=0) - k
    for row in range(rows):
        met = (n[row] > 0) & (others_n[row] > 0)
        if met.any():
            rate = others_k[row][met] / others_n[row][met]
            expected[row] = float((n[row][met] * rate).sum()) * n[row].sum() / n[row][met].sum()
            p_row[row] = _row(k[row][met], n[row][met], others_k[row][met], others_n[row][met], draws, rng)
        used = n[row] > 0
        if used.sum() > 1 and 0 < k[row].sum() < n[row].sum():
            p_columns[row] = _columns(k[row][used], n[row][used], draws, rng)
    return TwoWay(k.sum(axis=1), expected, p_row, p_columns)


def _row(
    k: np.ndarray, n: np.ndarray, others_k: np.ndarray, others_n: np.ndarray, draws: int, rng: np.random.Generator
) -> float:
    whole_k, whole_n = k + others_k, n + others_n
    dealt = rng.hypergeometric(whole_k, whole_n - whole_k, n, size=(draws, len(n))).sum(axis=1)
    middle = float((n * whole_k / whole_n).sum())
    # Of 4 000 draws the seen deal itself is one: a chance of nought is never claimed.
    return float((np.abs(dealt - middle) >= abs(k.sum() - middle) - 1e-9).sum() + 1) / (draws + 1)


def _columns(k: np.ndarray, n: np.ndarray, draws: int, rng: np.random.Generator) -> float:
    dealt = rng.multivariate_hypergeometric(n, int(k.sum()), size=draws, method="marginals")
    mean = n * k.sum() / n.sum()
    spread = ((dealt - mean) ** 2 / n).sum(axis=1)
    return float((spread >= ((k - mean) ** 2 / n).sum() - 1e-9).sum() + 1) / (draws + 1)


def holm(chances: Any) -> np.ndarray:
    """Chances corrected for how many were looked at; nan stays nan. Source: Holm (1979), Scand. J. Stat. 6, 65-70."""
    p = np.asarray(chances, dtype=float)
    out = np.full_like(p, np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    running = 0.0
    for place, at in enumerate(order):
        running = max(running, min(1.0, (len(order) - place) * p[at]))
        out[at] = running
    return out
