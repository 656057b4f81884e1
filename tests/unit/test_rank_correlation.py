"""Spearman's rho of rating and profit against scipy, with ties, and its bootstrap interval against scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from helpers.chapters.feeling import FEWEST_CAMPAIGNS, rank_correlation


@pytest.mark.parametrize("seed", range(20))
def test_equals_scipy_with_and_without_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(FEWEST_CAMPAIGNS, 40))
    x = rng.integers(1, 6, n).astype(float) if seed % 2 else rng.normal(size=n)
    y = np.round(x + rng.normal(scale=2, size=n), 1)
    rho, (low, high) = rank_correlation(x, y)
    assert rho == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert low <= rho <= high


def test_the_interval_is_that_of_another_bootstrap() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=25)
    y = x + rng.normal(size=25)
    _, found = rank_correlation(x, y)
    other = stats.bootstrap(
        (x, y), lambda a, b: stats.spearmanr(a, b).statistic, paired=True, vectorized=False, method="percentile",
        n_resamples=1000, rng=np.random.default_rng(8),
    ).confidence_interval  # fmt: skip
    assert found == pytest.approx((other.low, other.high), abs=0.05)


@pytest.mark.parametrize(
    ("x", "y"), [(range(5), range(5)), ([3.0] * 8, range(8)), (range(8), [0.0] * 8)], ids=["five", "rating", "profit"]
)
def test_nothing_is_said_of_few_or_equal(x: object, y: object) -> None:
    rho, interval = rank_correlation(np.array(x, dtype=float), np.array(y, dtype=float))
    assert all(map(math.isnan, (rho, *interval)))
