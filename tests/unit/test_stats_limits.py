from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from helpers.stats.limits import ALARM, WARNING, critical, limits, mid_p_z


@pytest.mark.parametrize(("k", "n", "p"), [(0, 30, 0.1), (3, 30, 0.1), (12, 30, 0.1), (300, 300, 0.99), (60, 300, 0.1)])
def test_z_is_the_normal_with_the_same_mid_p(k: int, n: int, p: float) -> None:
    below = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k))
    here = math.comb(n, k) * p**k * (1 - p) ** (n - k)
    above = 1 - below - here
    wanted = norm.ppf(below + here / 2) if below < above else -norm.ppf(above + here / 2)
    assert float(mid_p_z(k, n, p)) == pytest.approx(wanted, rel=1e-6)


def test_z_of_far_counts_stays_finite() -> None:
    assert float(mid_p_z(900, 1000, 0.01)) > 30
    assert float(mid_p_z(0, 100_000, 0.5)) < -30
    assert np.isnan(mid_p_z(0, 0, 0.5))
    assert np.isnan(mid_p_z(1, 3, np.nan))


@given(st.integers(1, 400), st.floats(0.001, 0.999), st.sampled_from([WARNING, ALARM]), st.floats(1, 3))
def test_a_count_lies_outside_exactly_when_its_z_does(n: int, p: float, level: float, widen: float) -> None:
    low, high = limits(n, p, level, widen)
    z = mid_p_z(np.arange(n + 1), n, p)
    far = widen * critical(level)
    for k in range(n + 1):
        if abs(abs(z[k]) - far) < 1e-6:
            continue
        assert (k / n < low - 1e-12) == (z[k] < -far)
        assert (k / n > high + 1e-12) == (z[k] > far)


def test_limits_hold_what_luck_makes() -> None:
    """At the 95 % and 99.8 % limits luck alone crosses about so often, by exact binomial probabilities."""
    for level in (WARNING, ALARM):
        low, high = limits(300, 0.1, level)
        inside = binom.cdf(math.floor(high * 300), 300, 0.1) - binom.cdf(math.ceil(low * 300) - 1, 300, 0.1)
        assert inside == pytest.approx(level, abs=0.012)


def test_sides_that_no_count_can_cross() -> None:
    low, high = limits(30, 0.02, ALARM)
    assert low == 0.0
    assert 0.1 < high < 0.2
    assert limits(3, 0.9, ALARM)[1] == 1.0
    assert all(math.isnan(end) for end in limits(0, 0.5, ALARM))
