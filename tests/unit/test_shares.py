"""Comparison of shares: of many equal groups hardly ever two are called different."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.chapters.shares import Share, apart, judged, range_text
from helpers.language import language
from helpers.stats.shares import wilson


def newcombe(a: int, n: int, b: int, m: int) -> tuple[float, float]:
    """Interval of a/n - b/m, method 10 of Newcombe (1998)."""
    (l1, u1), (l2, u2), p, q = wilson(a, n), wilson(b, m), a / n, b / m
    return p - q - math.hypot(p - l1, u2 - q), p - q + math.hypot(u1 - p, q - l2)


def test_a_share_and_its_range() -> None:
    share = Share.of("a", 30, 100)
    assert (share.share, share.whole, share.enough) == (0.3, 100, True)
    assert range_text(share, language("en")) == "22–40%"
    assert range_text(Share.of("a", 3, 29), language("en")) == "too few to judge"
    assert math.isnan(Share.of("a", 0, 0).share)
    assert [one.name for one in judged([Share.of("low", 3, 50), Share.of("few", 9, 10), Share.of("high", 9, 50)])] == [
        "high",
        "low",
    ]


def test_two_shares_differ_where_newcombes_interval_leaves_zero_out() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        n, m = rng.integers(30, 300, 2)
        a, b = rng.binomial(n, 0.3), rng.binomial(m, 0.4)
        found = apart([Share.of("a", a, n), Share.of("b", b, m)])
        low, high = newcombe(a, n, b, m)
        assert (found is not None) == (low > 0 or high < 0)


@pytest.mark.parametrize(("groups", "rate"), [(2, 0.3), (8, 0.3), (20, 0.1)])
def test_equal_groups_are_called_different_in_fewer_than_one_case_of_twenty(groups: int, rate: float) -> None:
    rng, named = np.random.default_rng(5), 0
    for _ in range(1000):
        sizes = rng.integers(40, 400, groups)
        named += apart([Share.of("", rng.binomial(n, rate), n) for n in sizes]) is not None
    assert named / 1000 < 0.065


def test_a_group_that_differs_is_found() -> None:
    shares = [Share.of(str(i), 30, 100) for i in range(7)] + [Share.of("odd", 70, 100)]
    found = apart(shares)
    assert found is not None
    assert found[0].name == "odd"
    assert apart(shares[:7]) is None
    assert apart(shares[:1]) is None
