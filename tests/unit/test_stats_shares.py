from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from helpers.stats.shares import MINIMUM, wilson


@given(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
def test_equals_scipy(counts: tuple[int, int], level: float) -> None:
    won, n = counts
    want = binomtest(won, n).proportion_ci(level, method="wilson")
    assert wilson(won, n, level) == pytest.approx((want.low, want.high), abs=1e-12)


def test_worked_by_hand() -> None:
    # 10 of 100, z = 1.96: middle (0.1 + 0.019208) / 1.038416, half 1.96 sqrt(0.0009 + 0.00009604) / 1.038416.
    assert wilson(10, 100) == pytest.approx((0.05523, 0.17437), abs=1e-5)


def test_nothing_tried_says_nothing() -> None:
    low, high = wilson(np.array([0, 0, 5]), np.array([0, 10, 5]))
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert low[1] == 0
    assert high[2] == 1


@pytest.mark.parametrize(("won", "n"), [(3, 2), (-1, 2)])
def test_impossible_counts(won: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and trials"):
        wilson(won, n)


def test_minimum_is_the_methods() -> None:
    assert MINIMUM == 30
