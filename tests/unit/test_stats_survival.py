"""Kaplan-Meier against lifelines, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.shares import wilson
from helpers.stats.survival import Survival, kaplan_meier


# lifelines 0.30 uses what pandas 3 warns about, and warns that it interpolates.
@pytest.mark.filterwarnings("ignore::Warning")
@pytest.mark.parametrize("seed", range(6))
def test_equals_lifelines(seed):
    rng = np.random.default_rng(seed)
    times = np.round(rng.lognormal(3, 1.2, 400)) if seed % 2 else rng.lognormal(3, 1.2, 400)
    happened = rng.random(400) < 0.75
    counts = rng.integers(1, 6, 400) if seed > 3 else np.ones(400, dtype=int)
    from lifelines import KaplanMeierFitter

    mine, theirs = kaplan_meier(times, happened, counts), KaplanMeierFitter().fit(times, happened, weights=counts)
    last = times[happened].max()
    for time in (1, 5, 20, 60, 100, last):
        assert mine.by(time) == pytest.approx(1 - float(theirs.predict(time)), abs=1e-9)
    ends = theirs.confidence_interval_survival_function_
    for time in mine.times[:: max(1, len(mine.times) // 40)]:
        low, high = ends.loc[time]
        if mine.by(time) < 1:
            assert mine.between(time) == pytest.approx((1 - high, 1 - low), abs=1e-7)
    assert mine.median == float(theirs.median_survival_time_)
    for share in (0.1, 0.25, 0.7):
        assert mine.quantile(share) == pytest.approx(float(theirs.percentile(1 - share)))


def test_by_hand():
    # 10 leads: 2 answered at 5, 1 still waiting after 7, 3 of the 7 left answered at 10, 4 still waiting after 20.
    found = kaplan_meier([5, 7, 10, 20], [True, False, True, False], [2, 1, 3, 4])
    assert found.waiting.tolist() == pytest.approx([0.8, 0.8 * 4 / 7])
    assert (found.by(4.9), found.by(5), found.by(19)) == pytest.approx((0, 0.2, 1 - 0.8 * 4 / 7))
    assert found.median == 10
    assert np.isnan(found.quantile(0.9))
    assert (found.n, found.happened, found.followed) == (10, 5, 20)
    # Greenwood: 2 / (10 x 8) + 3 / (7 x 4)
    root = np.sqrt(2 / 80 + 3 / 28) * 1.959963984540054 / abs(np.log(0.8 * 4 / 7))
    assert found.between(12) == pytest.approx((1 - (0.8 * 4 / 7) ** np.exp(-root), 1 - (0.8 * 4 / 7) ** np.exp(root)))


def test_all_answered():
    found = kaplan_meier([1, 2, 3], [True] * 3, [40, 40, 20])
    assert (found.by(2), found.by(3), found.by(1000)) == pytest.approx((0.8, 1, 1))
    assert found.quantile(0.9) == 3
    assert found.between(3) == pytest.approx((1 - wilson(0, 20)[1], 1))


def test_none_answered():
    found = kaplan_meier([60, 90], [False, False], [30, 10])
    assert found.by(60) == 0
    assert found.between(60) == (0, wilson(0, 40)[1])
    assert np.isnan(found.median)
    # Nobody was followed for longer than 90.
    assert np.isnan(found.by(91))


def test_nobody():
    found = kaplan_meier([], [])
    assert (found.n, found.happened) == (0, 0)
    assert np.isnan(found.by(0))
    assert np.isnan(found.median)
    assert np.isnan(found.followed)


@pytest.mark.parametrize(("times", "counts"), [([-1], [1]), ([float("nan")], [1]), ([1], [-2])])
def test_what_cannot_be(times, counts):
    with pytest.raises(ValueError, match="0 or more"):
        kaplan_meier(times, [True], counts)


rows = st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.integers(0, 5)), min_size=1, max_size=30)


@settings(max_examples=100, deadline=None)
@given(rows)
def test_the_curve_falls_within_its_interval(rows):
    times, happened, counts = (list(column) for column in zip(*rows, strict=True))
    found = kaplan_meier(times, happened, counts)
    assert (np.diff(found.waiting) <= 1e-12).all()
    assert (found.low <= found.waiting + 1e-12).all()
    assert (found.waiting <= found.high + 1e-12).all()
    apart = kaplan_meier(np.repeat(times, counts), np.repeat(happened, counts))
    assert same(found, apart)


def same(one: Survival, other: Survival) -> bool:
    return all(np.allclose(getattr(one, name), getattr(other, name)) for name in ("times", "waiting", "low", "high"))


def test_intervals_cover():
    # Waiting times are exponential with a mean of 60, censored after 40 to 200: the share answered by 60 is 1 - 1/e.
    rng, covered, truth = np.random.default_rng(7), 0, 1 - np.exp(-1)
    for _ in range(2000):
        waits, ends = rng.exponential(60, 120), rng.uniform(40, 200, 120)
        low, high = kaplan_meier(np.minimum(waits, ends), waits <= ends).between(60)
        covered += low <= truth <= high
    assert 0.93 < covered / 2000 < 0.97
