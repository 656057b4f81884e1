"""What has changed: against the table of Newcombe's paper, against the plain root of squares, by simulation."""

import math

import numpy as np
import pytest

from helpers.stats.change import difference_interval, is_real
from helpers.stats.shares import wilson
from helpers.survey.means import Mean

NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926), (0, 10, 0, 20, -0.1611, 0.2775), (10, 10, 0, 20, 0.6791, 1.0),
]  # fmt: skip
"""The paper's own table II, method 10."""


@pytest.mark.parametrize(("a", "n", "b", "m", "low", "high"), NEWCOMBE)
def test_shares_have_newcombes_interval(a, n, b, m, low, high):
    found = difference_interval(a / n, wilson(a, n), b / m, wilson(b, m))
    assert found == pytest.approx((low, high), abs=0.00006)


def test_symmetric_intervals_add_in_squares():
    half = math.hypot(7, 6)
    assert difference_interval(60, (53, 67), 50, (44, 56)) == pytest.approx((10 - half, 10 + half))


@pytest.mark.parametrize(("low", "high", "real"), [(0.1, 2, True), (-2, -0.1, True), (-1, 1, False), (0, 0, False)])
def test_a_change_is_real_when_nought_lies_outside(low, high, real):
    assert is_real((low, high)) is real


@pytest.mark.parametrize(("people", "together"), [(5, 0.0), (8, 0.0), (8, 0.6)])
def test_a_score_that_has_not_changed_is_called_changed_in_one_case_of_twenty_at_most(people, together):
    # The score's own t intervals; estimand: true change 0. ``together``: correlation of the same people's answers.
    rng = np.random.default_rng(5)
    cov = 144 * np.array([[1, together], [together, 1]])
    answers = rng.multivariate_normal((60, 60), cov, (4000, people))
    means, errors = answers.mean(axis=1), answers.std(axis=1, ddof=1) / math.sqrt(people)
    called = 0
    for (then, now), (error_then, error_now) in zip(means, errors, strict=True):
        ranges = [
            Mean(m, people, se, people - 1).interval(-1e9, 1e9) for m, se in ((now, error_now), (then, error_then))
        ]
        called += is_real(difference_interval(now, ranges[0], then, ranges[1]))
    assert called / 4000 < 0.055
    assert called > 0
