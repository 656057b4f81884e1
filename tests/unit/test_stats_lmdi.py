from __future__ import annotations

import itertools
from decimal import Decimal, getcontext
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats.lmdi import lmdi, log_mean, shapley, split

FACTOR = st.floats(1e-3, 1e4)
ANY_FACTOR = st.one_of(st.just(0.0), st.floats(1e-3, 1e4), st.floats(-100, -1e-2))


def by_brute_force(before: list[float], after: list[float]) -> np.ndarray:
    """Shapley values from their definition: mean over all orders in which the factors change."""
    n = len(before)
    out = np.zeros(n)
    for order in itertools.permutations(range(n)):
        now = list(before)
        for factor in order:
            old = np.prod(now)
            now[factor] = after[factor]
            out[factor] += np.prod(now) - old
    return out / factorial(n)


def test_energy_example_of_ang() -> None:
    """Two sectors, energy = output · share · intensity: the standing example of B. W. Ang's papers.

    Ang and Zhang (2000), Energy 25, 1149-1176, data of table 1: output 10 and 40 → 40 and 40, energy 30 and 20 → 80 and
    16. The parts are worked out here from the formula of Ang (2005), equation 5, with 40 decimal digits.
    """
    getcontext().prec = 40
    output, energy = ((10, 40), (40, 40)), ((30, 20), (80, 16))
    wanted = [Decimal(0)] * 3
    for sector in (0, 1):
        sides = []
        for when in (0, 1):
            whole = Decimal(sum(output[when]))
            q, e = Decimal(output[when][sector]), Decimal(energy[when][sector])
            sides.append((whole, q / whole, e / q, e))
        (a, b) = sides
        weight = (b[3] - a[3]) / (b[3].ln() - a[3].ln())
        for factor in range(3):
            wanted[factor] += weight * (b[factor] / a[factor]).ln()
    assert sum(wanted) == pytest.approx(Decimal(46))

    x, y = (
        np.array([[sum(q), sum(q)], [q[0] / sum(q), q[1] / sum(q)], [e[0] / q[0], e[1] / q[1]]])
        for q, e in zip(output, energy, strict=True)
    )
    assert lmdi(x, y).sum(axis=1) == pytest.approx([float(part) for part in wanted], rel=1e-14)
    # More output and a mix with more of the first sector ask for more energy, lower intensity for less.
    assert [round(float(part), 2) for part in wanted] == [32.38, 38.28, -24.67]


def test_numbers_of_an_independent_implementation() -> None:
    """The example of the R package LMDIR (M. K. Heun): its years 1971 and 1972, its parts."""
    x, y = np.array([[1, 4], [10, 5], [2, 3]]), np.array([[4, 5], [5, 6], [3, 4]])
    found = lmdi(x, y)
    assert found[:, 0] == pytest.approx([50.47438029, -25.23719014, 14.76280986])
    assert found[:, 1] == pytest.approx([19.31568569, 15.78206435, 24.90224996])
    assert found.sum() == pytest.approx(100)


@given(st.lists(st.tuples(FACTOR, FACTOR), min_size=2, max_size=6))
def test_parts_add_up_to_the_change(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T
    parts = split(x[:, None], y[:, None])
    change = y.prod() - x.prod()
    assert abs(parts.sum() - change) <= 1e-9 * max(abs(change), 1e-3 * max(x.prod(), y.prod()))


@given(st.lists(st.tuples(ANY_FACTOR, ANY_FACTOR), min_size=2, max_size=5))
def test_parts_add_up_whatever_appears_or_turns_its_sign(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T
    parts = split(x[:, None], y[:, None])
    assert np.all(np.isfinite(parts))
    # Shapley values of factors that differ by seven orders of magnitude lose digits to the largest mixed product.
    largest = np.maximum(np.abs(x), np.abs(y)).prod()
    assert abs(parts.sum() - (y.prod() - x.prod())) <= 1e-9 * max(largest, 1e-9)


@given(st.lists(st.tuples(ANY_FACTOR, ANY_FACTOR), min_size=2, max_size=5))
def test_shapley_equals_its_definition(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T
    wanted = by_brute_force([a for a, _ in pairs], [b for _, b in pairs])
    largest = np.maximum(np.abs(x), np.abs(y)).prod()
    assert shapley(x[:, None], y[:, None])[:, 0] == pytest.approx(wanted, abs=1e-9 * max(largest, 1e-9))


def test_limits_where_the_product_is_nought() -> None:
    """Nought before and after: no part, whatever the factors did (Ang, Zhang and Choi 1998, table 2, cases 5-8)."""
    x, y = np.array([[0.0, 2.0, 5.0]]).T, np.array([[3.0, 0.0, 7.0]]).T
    assert split(x, y).tolist() == [[0.0], [0.0], [0.0]]


def test_a_factor_that_appears_is_split_by_shapley() -> None:
    x, y = np.array([[0.0, 4.0]]).T, np.array([[3.0, 6.0]]).T
    assert split(x, y)[:, 0].tolist() == [15.0, 3.0]
    assert split(y, x)[:, 0].tolist() == [-15.0, -3.0]


def test_what_does_not_exist_on_one_side_did_not_change() -> None:
    """A channel without leads has no conversion: its appearance is that of its leads alone."""
    x, y = np.array([[0.0], [np.nan], [np.nan]]), np.array([[50.0], [0.2], [1000.0]])
    assert split(x, y)[:, 0] == pytest.approx([10_000.0, 0.0, 0.0])
    nowhere = np.array([[0.0], [np.nan]])
    assert split(nowhere, nowhere)[:, 0].tolist() == [0.0, 0.0]


def test_negative_on_both_sides_keeps_its_sign() -> None:
    x, y = np.array([[-2.0], [5.0]]), np.array([[-4.0], [5.0]])
    assert split(x, y)[:, 0] == pytest.approx([-10.0, 0.0])


def test_log_mean() -> None:
    assert log_mean(2.0, 2.0) == 2.0
    assert log_mean(1.0, 0.0) == 0.0
    assert log_mean(1.0, np.e) == pytest.approx(np.e - 1)
    assert log_mean(1.0, 1.0 + 1e-13) == pytest.approx(1.0 + 5e-14, rel=1e-15)
