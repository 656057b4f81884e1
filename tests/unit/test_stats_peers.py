from __future__ import annotations

import numpy as np
import pytest

from helpers.stats.limits import mid_p_z
from helpers.stats.peers import STRONGEST, _Cells, _strength, compare


def one_cell(*members: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Members with (trials, successes), all in one cell."""
    table = np.array(members, dtype=float)
    return np.array([[0, 0, 0]]), table[:, :1], table[:, 1:]


def test_expected_is_the_rate_of_all_others() -> None:
    found = compare(*one_cell((100, 10), (200, 30), (100, 20)))
    assert found.expected == pytest.approx([100 * 50 / 300, 200 * 30 / 200, 100 * 40 / 300])
    assert found.rate == pytest.approx([50 / 300, 0.15, 40 / 300])


def test_deviation_allows_for_luck_in_the_others() -> None:
    """Var(O - E) = n p q + n² p q / N of the others, for one cell."""
    found = compare(*one_cell((100, 25), (100, 10)))
    p = 0.10
    own, theirs = 100 * p * (1 - p), 100**2 * p * (1 - p) / 100
    assert found.z[0] == pytest.approx(float(mid_p_z(25, 100, p)) / np.sqrt(1 + theirs / own))
    assert found.widen[0] == pytest.approx(np.sqrt(2))


def test_mix_of_work_is_taken_into_account() -> None:
    """Everybody sells 30 % in one channel and 5 % in the other; who has more of the first is no better."""
    keys = np.array([[0, 0, 0], [1, 0, 0]])
    trials = np.array([[280.0, 20.0], [20.0, 280.0], [150.0, 150.0], [150.0, 150.0]])
    found = compare(keys, trials, trials * [0.3, 0.05])
    assert found.expected == pytest.approx(trials @ [0.3, 0.05], rel=0.05)
    assert np.abs(found.deviation).max() < 0.3
    sold = trials @ [0.3, 0.05]
    plain = compare(*one_cell(*[(int(n), int(k)) for n, k in zip(trials.sum(axis=1), sold, strict=True)]))
    assert np.abs(plain.z).max() > 3


def test_where_nobody_else_worked_the_wider_group_stands_in() -> None:
    """The first works alone in month 1; the channel's other month (40 of 200), not the other channel, counts."""
    keys = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 0]])
    trials = np.array([[100.0, 0.0, 0.0], [0.0, 200.0, 0.0], [0.0, 0.0, 1000.0]])
    found = compare(keys, trials, np.array([[10.0, 0.0, 0.0], [0.0, 40.0, 0.0], [0.0, 0.0, 10.0]]))
    assert found.rate[0] > 0.19
    # The third has a channel alone: the team stands in.
    assert found.rate[2] == pytest.approx(50 / 300)


def test_alone_nothing_is_said() -> None:
    found = compare(*one_cell((300, 30)))
    assert np.isnan(found.expected[0])
    assert np.isnan(found.deviation[0])


def test_no_success_at_all() -> None:
    found = compare(*one_cell((100, 0), (100, 0), (100, 0)))
    assert found.expected.tolist() == [0, 0, 0]
    assert np.abs(found.deviation).max() < 1


def test_who_stands_out_does_not_widen_the_limits_of_the_rest() -> None:
    equal = [(300, 30), (300, 33), (300, 28), (300, 31), (300, 27), (300, 30), (300, 32)]
    found = compare(*one_cell((300, 75), *equal))
    assert found.deviation[0] > 4
    assert found.dispersion.tolist() == [1.0] * 8
    # The others are measured against each other, not against a team that holds the one who differs.
    assert found.expected[1:] == pytest.approx([n * (211 - k) / 1800 for n, k in equal])


def test_a_team_that_differs_as_a_whole_widens_the_limits() -> None:
    spread = [(300, k) for k in (9, 15, 24, 30, 36, 48, 60, 75)]
    found = compare(*one_cell(*spread))
    assert found.dispersion.min() > 4
    assert np.abs(found.deviation).max() < 3.09 < np.abs(found.z).max()


def test_cells_that_are_alike_lean_on_the_wider_group() -> None:
    rng = np.random.default_rng(1)
    trials = np.full(60, 20.0)
    alike, apart = rng.binomial(20, 0.2, 60), rng.binomial(20, rng.beta(2, 8, 60))
    assert _strength(alike.astype(float), trials, np.full(60, 0.2)) > 100
    assert 4 < _strength(apart.astype(float), trials, np.full(60, 0.2)) < 30
    assert _strength(np.array([1.0]), np.array([10.0]), np.array([0.1])) == STRONGEST


def test_variance_of_the_expectation_by_simulation() -> None:
    """The variance that is allowed for is the one that the others' luck truly makes."""
    keys = np.array([[c, 0, m] for c in range(2) for m in range(3)])
    cells = _Cells(keys)
    own, others = np.array([5.0, 9, 3, 8, 2, 6]), np.array([12.0, 7, 20, 4, 15, 9])
    rates, strengths = np.array([0.1, 0.15, 0.1, 0.3, 0.3, 0.25]), [30.0, STRONGEST, 12.0]
    rng = np.random.default_rng(2)
    wins = rng.binomial(others.astype(int), rates, (20_000, 6)).astype(float)
    found, variance = cells.expected(own, np.broadcast_to(others, wins.shape), wins, strengths)
    assert np.mean(variance) == pytest.approx(np.var(found), rel=0.1)
