"""Cohen's kappa by hand, by a plain formula over single answers, and against a published example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats.kappa import cohen_kappa


def test_by_hand():
    # 50 leads: both yes 20, first only 5, second only 10, both no 15. They agree on 35; by chance on
    # .5 x .6 + .5 x .4 = .5; kappa = (.7 - .5) / .5.
    found = cohen_kappa(20, 5, 10, 15)
    assert (found.n, found.observed, found.chance, found.kappa) == pytest.approx((50, 0.7, 0.5, 0.4))
    # Agreeing .4 x .34² + .3 x .46² = .10972, differing .6² x (.1 x 1.1² + .2 x .9²) = .10188, less (.4 - .3)²:
    # variance .2016 / (50 x .5²), standard error .127.
    assert (found.low, found.high) == pytest.approx((0.4 - 1.96 * 0.126996, 0.4 + 1.96 * 0.126996), abs=1e-4)


answers = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60)


@given(answers)
def test_equals_the_plain_formula(answers):
    pairs = np.array(answers)
    table = [int(np.sum((pairs[:, 0] == a) & (pairs[:, 1] == b))) for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))]
    found = cohen_kappa(*table)
    same = np.mean(pairs[:, 0] == pairs[:, 1])
    dice = np.mean([x == y for x in pairs[:, 0] for y in pairs[:, 1]])
    assert found.observed == pytest.approx(same)
    assert found.chance == pytest.approx(dice)
    if dice < 1:
        assert found.kappa == pytest.approx((same - dice) / (1 - dice))
        assert found.low <= found.kappa <= found.high
    else:
        assert np.isnan(found.kappa)


def test_the_interval_covers():
    # Two people who each err on a fifth of the leads, half of which are good: kappa = (.68 - .5) / .5 = .36.
    rng, covered = np.random.default_rng(3), 0
    for _ in range(2000):
        truth = rng.random(200) < 0.5
        first, second = (truth ^ (rng.random(200) < 0.2) for _ in range(2))
        found = cohen_kappa(
            int(np.sum(first & second)),
            int(np.sum(first & ~second)),
            int(np.sum(~first & second)),
            int(np.sum(~first & ~second)),
        )
        covered += found.low <= 0.36 <= found.high
    assert 0.93 < covered / 2000 < 0.97


def test_nothing_sorted_and_one_answer_only():
    assert np.isnan(cohen_kappa(0, 0, 0, 0).observed)
    alike = cohen_kappa(30, 0, 0, 0)
    assert alike.observed == 1
    assert np.isnan(alike.kappa)
    with pytest.raises(ValueError, match="0 or more"):
        cohen_kappa(-1, 0, 0, 2)
