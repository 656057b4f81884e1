from __future__ import annotations

import numpy as np
import pytest

from helpers.stats.best import OWN, SPREAD, WIDEST, mean_truths, rate_truths

SIZE = 20_000


def prior_spreads(rng: np.random.Generator, size: int) -> np.ndarray:
    out = np.abs(rng.normal(0, SPREAD, 4 * size))
    return out[out < WIDEST][:size]


def owners(rng: np.random.Generator, size: int, groups: int) -> np.ndarray:
    """Which groups have a value of their own, as the prior says."""
    share = rng.choice([one for one, _ in OWN], p=[weight for _, weight in OWN], size=size)
    return rng.random((size, groups)) < share[:, None]


def test_rates_agree_with_the_prior_weighed_by_the_likelihood() -> None:
    # Independent of the grid: draw from the prior, weigh each draw by how well it explains the counts.
    won, n = np.array([4.0, 9.0, 6.0]), np.array([40.0, 45.0, 60.0])
    rng, size = np.random.default_rng(1), 400_000
    mean = rng.beta(0.5, 0.5, size)
    spread = prior_spreads(rng, size)
    strength = np.maximum(1 / (spread**2 * mean * (1 - mean)) - 1, 1e-3)
    own = rng.beta((mean * strength)[:, None], ((1 - mean) * strength)[:, None], (size, 3))
    theta = np.where(owners(rng, size, 3), own, mean[:, None]).clip(1e-12, 1 - 1e-12)
    weight = np.exp((won * np.log(theta) + (n - won) * np.log1p(-theta)).sum(axis=1))
    weight /= weight.sum()
    gap = theta.max(axis=1) - theta[:, 0]
    found = rate_truths(won, n, SIZE, np.random.default_rng(2))
    assert found.values.mean(axis=0) == pytest.approx(weight @ theta, abs=0.004)
    expected = found.best([True] * 3) - found.values[:, 0]
    assert expected.mean() == pytest.approx(weight @ gap, abs=0.003)
    assert found.equal == pytest.approx(weight @ (np.ptp(theta, axis=1) == 0), abs=0.02)


def test_means_agree_with_the_prior_weighed_by_the_likelihood() -> None:
    y, error = np.array([1.0, 1.25, 0.9]), np.array([0.1, 0.12, 0.08])
    rng, size = np.random.default_rng(3), 400_000
    mean = rng.uniform(0, 2, size)
    own = mean[:, None] + prior_spreads(rng, size)[:, None] * rng.standard_normal((size, 3))
    theta = np.where(owners(rng, size, 3), own, mean[:, None])
    weight = np.exp(-0.5 * (((y - theta) / error) ** 2).sum(axis=1))
    weight /= weight.sum()
    found = mean_truths(y, error, SIZE, np.random.default_rng(4))
    assert found.values.mean(axis=0) == pytest.approx(weight @ theta, abs=0.006)
    assert found.best([True, True, True]).mean() == pytest.approx(weight @ theta.max(axis=1), abs=0.008)
    assert found.best([True, True, True], lowest=True).mean() == pytest.approx(weight @ theta.min(axis=1), abs=0.008)


def test_the_best_of_equal_groups_is_luck() -> None:
    rng = np.random.default_rng(5)
    n = np.full(6, 400.0)
    won = rng.binomial(400, 0.2, 6).astype(float)
    found = rate_truths(won, n, SIZE, rng)
    gap = found.best(n > 0) - found.pooled(n)
    assert won.max() / 400 - won.sum() / n.sum() > 0.015
    assert np.quantile(gap, 0.025) == 0
    assert np.median(gap) < 0.01


def test_a_group_that_really_differs_is_found() -> None:
    n = np.full(5, 2000.0)
    found = rate_truths(np.array([400, 410, 395, 405, 600.0]), n, SIZE, np.random.default_rng(6))
    gap = found.best(n > 0) - found.values[:, 0]
    assert np.quantile(gap, [0.025, 0.975]) == pytest.approx([0.07, 0.125], abs=0.02)
    assert found.equal < 0.001


def test_one_outlier_does_not_make_the_others_differ() -> None:
    # Their best is luck although the spread of all five is wide.
    n = np.full(5, 2000.0)
    found = rate_truths(np.array([400, 410, 395, 405, 250.0]), n, SIZE, np.random.default_rng(7))
    gap = found.best([True, True, True, True, False]) - found.values[:, 2]
    assert np.median(gap) < 0.004


def test_groups_without_trials_say_nothing() -> None:
    full = rate_truths([30, 45], [200, 210], SIZE, np.random.default_rng(8))
    more = rate_truths([30, 45, 0], [200, 210, 0], SIZE, np.random.default_rng(8))
    assert more.values[:, :2].mean(axis=0) == pytest.approx(full.values.mean(axis=0), abs=0.004)
    assert more.values[:, 2].std() > more.values[:, 0].std()
    empty = rate_truths([0.0], [0.0], 100, np.random.default_rng(9))
    assert np.all((empty.values > 0) & (empty.values < 1))


def test_huge_and_tiny_counts() -> None:
    found = rate_truths([200_000, 240_000], [1e6, 1e6], 4000, np.random.default_rng(10))
    assert found.values.mean(axis=0) == pytest.approx([0.2, 0.24], abs=2e-3)
    nobody = rate_truths([0, 0, 0], [50, 60, 70], 4000, np.random.default_rng(11))
    assert np.all(nobody.values < 0.2)
    everybody = rate_truths([50, 60], [50, 60], 4000, np.random.default_rng(12))
    assert everybody.values.mean() > 0.95


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and trials"):
        rate_truths([5], [4], 10, np.random.default_rng(0))


def test_same_seed_same_draws() -> None:
    one, other = (rate_truths([5, 9], [50, 60], 500, np.random.default_rng(1)).values for _ in range(2))
    assert np.array_equal(one, other)
