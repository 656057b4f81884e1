from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.stats.medians import median_change, median_interval, quantile
from helpers.stats.runrate import DAYS, FREE, GROWTH, run_rate

WEEK = np.arange(DAYS) % 7


def test_nothing_to_come_is_the_fact() -> None:
    pace = run_rate(12.0, np.ones(DAYS), WEEK, [], seed=1)
    assert (pace.expected, pace.interval) == (12.0, (12.0, 12.0))
    assert (pace.reaches(12.0), pace.reaches(12.5)) == (1.0, 0.0)


def test_each_day_is_drawn_from_its_own_kind() -> None:
    """Ten on every Monday and nothing else: two Mondays and a Tuesday to come are twenty, surely."""
    history = np.where(WEEK == 0, 10.0, 0.0)
    pace = run_rate(5.0, history, WEEK, [0, 1, 0], seed=1)
    assert (pace.expected, pace.interval) == (25.0, (25.0, 25.0))


def test_a_holiday_is_no_working_day() -> None:
    """Nothing comes on free days, so a Monday off brings nothing although Mondays bring ten."""
    kinds = WEEK + FREE * (WEEK >= 5)
    history = np.where(WEEK < 5, 10.0, 0.0)
    assert run_rate(0.0, history, kinds, [0 + FREE], seed=1).expected == 0.0


def test_spread_is_that_of_a_mean_and_a_trend_learnt_from_so_many_days() -> None:
    """Normal days: the variance of r days to come from n days is r s² (1 + r / n), kind by kind; to it comes that of a
    slope over 13 weeks, as far as the usual growth allows for it, carried on to the middle of the days to come."""
    rng = np.random.default_rng(3)
    spreads = []
    for seed in range(40):
        history = rng.normal(100, 10, DAYS)
        pace = run_rate(0.0, history, np.zeros(DAYS, dtype=int), [0] * 20, seed=seed)
        spreads.append(pace.draws.var())
    slope = 7 * 100 / (13 * (13**2 - 1) / 12) / 700**2
    slope = 1 / (1 / slope + 1 / GROWTH**2)
    wanted = 20 * 100 * (1 + 20 / DAYS) + slope * (20 * 100 * (DAYS + 20) / 2 / 7) ** 2
    # Weeks that rise and fall together by luck widen it now and then, never narrow it.
    assert wanted * 0.95 < np.mean(spreads) < wanted * 1.35


def test_days_of_a_week_that_move_together_widen_the_range() -> None:
    rng = np.random.default_rng(4)
    alone = rng.poisson(20, DAYS).astype(float)
    together = rng.poisson(20 * np.repeat(rng.lognormal(0, 0.4, DAYS // 7), 7)).astype(float)
    shuffled = rng.permutation(together)
    wide, narrow = (run_rate(0.0, days, WEEK, [0, 1, 2, 3, 4] * 2, seed=5).draws.std() for days in (together, shuffled))
    assert wide > 1.3 * narrow
    assert run_rate(0.0, alone, WEEK, [0] * 5, seed=5).draws.std() > 0


def test_a_trend_goes_on_as_far_as_it_is_more_than_luck() -> None:
    """Ten a day in the middle week and 1 % a week more: four weeks to come stand 9 weeks after the middle."""
    rng = np.random.default_rng(6)
    weeks = np.arange(DAYS) // 7 - 6
    sure = 10 * (1 + 0.01 * weeks) * np.where(WEEK == 0, 1.1, 1 - 0.1 / 6)
    pace = run_rate(0.0, sure, WEEK, list(WEEK[:28]), seed=1)
    assert pace.expected == pytest.approx(280 * (1 + 0.01 * 8.5), rel=0.01)
    # Days of pure luck hide such a trend: it is hardly believed, and the range holds it all the same.
    lucky = rng.gamma(0.5, 20, DAYS) * (1 + 0.01 * weeks)
    pace = run_rate(0.0, lucky, WEEK, list(WEEK[:28]), seed=1)
    assert abs(pace.expected / (28 * lucky.mean()) - 1) < 0.05
    assert pace.interval[0] < 28 * 10 * 1.085 < pace.interval[1]


def test_too_little_history() -> None:
    short = run_rate(3.0, np.ones(27), np.zeros(27, dtype=int), [0], seed=1)
    assert not short.known
    assert math.isnan(short.expected)
    assert math.isnan(short.reaches(1.0))
    assert not run_rate(0.0, np.zeros(DAYS), WEEK, [0], seed=1).known


def test_totals_are_never_below_the_fact_unless_days_were() -> None:
    rare = np.zeros(DAYS)
    rare[::13] = 1.0
    assert run_rate(4.0, rare, WEEK, [0, 1, 2], seed=1).draws.min() >= 4.0
    refunds = np.where(WEEK == 0, -5.0, 1.0)
    assert run_rate(4.0, refunds, WEEK, [0], seed=1).draws.min() < 4.0


def test_the_same_draws_every_time() -> None:
    days = np.arange(DAYS) % 11
    one, other = (run_rate(0.0, days, WEEK, [1, 2, 3], seed=9).draws for _ in range(2))
    assert np.array_equal(one, other)


def test_median_of_counts() -> None:
    assert quantile([5, 1, 9], [1, 2, 1], 0.5) == 1
    assert quantile([5, 1, 9], [1, 1, 1], 0.5) == 5
    assert math.isnan(quantile([], [], 0.5))
    values = np.random.default_rng(1).integers(0, 50, 101)
    at, n = np.unique(values, return_counts=True)
    assert quantile(at, n, 0.5) == np.median(values)


def test_interval_of_a_median_covers_it() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(1000):
        low, high = median_interval(rng.exponential(30, 25), np.ones(25))
        inside += low <= 30 * math.log(2) <= high
    assert 930 <= inside <= 975


def test_change_of_medians() -> None:
    rng = np.random.default_rng(3)

    def months(step: float) -> list[tuple[np.ndarray, np.ndarray]]:
        return [(rng.normal(30 + step * month, 3, 60), np.ones(60)) for month in range(7)]

    middle, low, high = median_change(months(2.0), range(7), seed=1)
    assert low < 12 < high
    assert middle == pytest.approx(12, abs=2)
    _, low, high = median_change(months(0.0), range(7), seed=1)
    assert low < 0 < high
    assert all(math.isnan(value) for value in median_change(months(1.0)[:2], range(2), seed=1))
