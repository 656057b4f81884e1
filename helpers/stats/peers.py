"""What a member of a team would have reached at the rate of all others in the same work, and whether it differs.

Work is told apart in nested cells (channel → product → month). The rate of a cell is that of the others who worked in
it; the fewer they are, the more it leans on the wider group, as far as the client's own cells are alike, and wholly
where nobody else worked in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.stats.limits import ALARM, critical, mid_p_z
from helpers.stats.shares import MINIMUM

WEAKEST, STRONGEST = 1.0, 1e5
"""A wider group weighs as much as so many trials of a cell: bounds of the search."""


@dataclass(frozen=True)
class Peers:
    """One entry per member of the team."""

    trials: np.ndarray
    successes: np.ndarray
    expected: np.ndarray
    """Successes at the rate of the others in the same cells; nan where there are no others."""
    z: np.ndarray
    """Deviation in standard deviations (exact binomial, mid-P), the others' own luck allowed for, before widening."""
    widen: np.ndarray
    """Factor on the standard deviation: spread of the other members beyond luck, and luck in what is expected; >= 1."""
    dispersion: np.ndarray
    """Over-dispersion among the other members (without this one), >= 1; 1 where it cannot be told."""

    @property
    def rate(self) -> np.ndarray:
        """Expected rate, 0-1."""
        return np.asarray(self.expected / np.where(self.trials > 0, self.trials, np.nan))

    @property
    def deviation(self) -> np.ndarray:
        """Deviation after widening: beyond 1.96 "perhaps", beyond 3.09 "differs"."""
        return np.asarray(self.z / np.sqrt(self.dispersion))


class _Cells:
    """Cells in an order in which every wider group is one stretch of them."""

    def __init__(self, keys: Any) -> None:
        """``keys``: one row per cell, columns from the widest group to the narrowest; rows are sorted and differ."""
        self.starts = [np.array([0])]
        keys = np.asarray(keys)
        for width in range(1, keys.shape[1] + 1):
            new = np.any(keys[1:, :width] != keys[:-1, :width], axis=1)
            self.starts.append(np.flatnonzero(np.append(True, new)))
        self.size = len(keys)
        self.parents = [
            np.searchsorted(wide, narrow, side="right") - 1
            for wide, narrow in zip(self.starts, self.starts[1:], strict=False)
        ]

    def sums(self, values: np.ndarray) -> list[np.ndarray]:
        """Sums per group, widest (all) first; the last axis of ``values`` is the cells."""
        return [np.add.reduceat(values, starts, axis=-1) for starts in self.starts]

    def strengths(self, trials: np.ndarray, successes: np.ndarray) -> list[float]:
        """How many trials the wider group weighs in each narrower one, per level."""
        n, k = self.sums(trials), self.sums(successes)
        return [
            _strength(k[level + 1], n[level + 1], _divide(k[level], n[level])[parent])
            for level, parent in enumerate(self.parents)
        ]

    def expected(
        self, own: np.ndarray, trials: np.ndarray, successes: np.ndarray, strengths: list[float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Successes expected in ``own`` trials at the others' rates, and the variance of that expectation.

        The expectation is a weighted sum of the others' successes; ``trials`` and ``successes`` are the others'.
        """
        n, k = self.sums(trials), self.sums(successes)
        rates = [_divide(k[0], n[0])]
        for level, parent in enumerate(self.parents):
            lean = strengths[level]
            rates.append((k[level + 1] + lean * rates[-1][..., parent]) / (n[level + 1] + lean))
        found = (own * rates[-1]).sum(axis=-1)
        # The weight of each cell's successes, gathered from the narrowest level up.
        load, weights = own, []
        for level in range(len(self.parents) - 1, -1, -1):
            lean = strengths[level]
            whole = n[level + 1] + lean
            weights.append((level + 1, load / whole))
            load = np.add.reduceat(load * lean / whole, self._children(level), axis=-1)
        weights.append((0, load / np.maximum(n[0], 1e-300)))
        weight = np.zeros(np.broadcast_shapes(own.shape, trials.shape))
        for level, part in weights:
            weight = weight + np.repeat(part, np.diff(np.append(self.starts[level], self.size)), axis=-1)
        variance = (weight**2 * trials * rates[-1] * (1 - rates[-1])).sum(axis=-1)
        return found, variance

    def _children(self, level: int) -> np.ndarray:
        """Where the children of each group of ``level`` begin among the groups of the next level."""
        return np.searchsorted(self.starts[level + 1], self.starts[level])


def compare(keys: Any, trials: Any, successes: Any) -> Peers:
    """Each member against all others in the same cells.

    ``keys``: one row per cell, columns from the widest group to the narrowest (channel, product, month), sorted and
    without repetition. ``trials``, ``successes``: one row per member, one column per cell. The over-dispersion around a
    member is that of the others with at least 30 trials, each compared without this member; it never narrows.

    Who lies outside of 99.8 % is no measure for the rest: the farthest is set aside and the rest compared once more, as
    long as no more than a fifth of the members is set aside.

    Source: Spiegelhalter (2005), Stat. Med. 24, 1185-1202 (funnel plots, over-dispersion); METHOD.md "Managers".
    """
    n, k = np.asarray(trials, dtype=float), np.asarray(successes, dtype=float)
    cells, judged = _Cells(keys), n.sum(axis=1) >= MINIMUM
    team = np.ones(len(n), dtype=bool)
    expected, z, luck, dispersion = (np.full(len(n), fill) for fill in (np.nan, np.nan, 1.0, 1.0))
    most = max(1, int(judged.sum()) // 5)
    while True:
        for member in np.flatnonzero(team):
            expected[member], z[member], luck[member], dispersion[member] = _member(
                cells, n, k, int(member), team, judged
            )
        far = np.where(team & judged, np.nan_to_num(np.abs(z) / np.sqrt(dispersion)), 0.0)
        if far.max(initial=0.0) <= critical(ALARM) or np.sum(~team) >= most:
            break
        team[far.argmax()] = False
    return Peers(n.sum(axis=1), k.sum(axis=1), expected, z, luck * np.sqrt(dispersion), dispersion)


def _member(
    cells: _Cells, n: np.ndarray, k: np.ndarray, member: int, team: np.ndarray, judged: np.ndarray
) -> tuple[float, float, float, float]:
    """Expected successes, deviation, factor for luck in the expectation, over-dispersion of the rest of the team."""
    rest = team & (np.arange(len(n)) != member)
    others_n, others_k = n[rest].sum(axis=0), k[rest].sum(axis=0)
    whole = n[member].sum()
    if not others_n.sum() > 0 or not whole > 0:
        return np.nan, np.nan, 1.0, 1.0
    strengths = cells.strengths(others_n, others_k)
    found, variance = cells.expected(n[member], others_n, others_k, strengths)
    expected, luck = float(found), _luck(whole, float(found), float(variance))
    z = float(mid_p_z(k[member].sum(), whole, min(expected / whole, 1.0))) / luck
    rest &= judged
    third_n, third_k = others_n - n[rest], others_k - k[rest]
    enough = third_n.sum(axis=1) > 0
    if enough.sum() < 2:
        return expected, z, luck, 1.0
    own_n, own_k = n[rest][enough], k[rest][enough].sum(axis=1)
    e, v = cells.expected(own_n, third_n[enough], third_k[enough], strengths)
    total = own_n.sum(axis=1)
    lucks = np.array([_luck(a, b, c) for a, b, c in zip(total, e, v, strict=True)])
    spread = float(np.mean((mid_p_z(own_k, total, np.clip(e / total, 0, 1)) / lucks) ** 2))
    # A mean square above one may be luck itself: it counts when it is more than luck makes of so many members.
    return expected, z, luck, spread if spread > 1 + 2 * np.sqrt(2 / enough.sum()) else 1.0


def _luck(trials: float, expected: float, variance: float) -> float:
    """Factor on the standard deviation for the luck in the expectation itself."""
    own = expected * (1 - expected / trials) if trials > 0 else 0.0
    return float(np.sqrt(1 + variance / own)) if own > 0 else 1.0


def _divide(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(part / np.where(whole > 0, whole, np.inf))


def _strength(successes: np.ndarray, trials: np.ndarray, means: np.ndarray) -> float:
    """Trials that the mean weighs in each group: beta-binomial likelihood with the groups' given means.

    STRONGEST where the groups differ no more than chance alone makes them.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    has = (trials > 0) & (means > 0) & (means < 1)
    k, n, mean = successes[has], trials[has], means[has]
    if len(n) < 2:
        return STRONGEST

    def misfit(log_strength: float) -> float:
        a, b = mean * np.exp(log_strength), (1 - mean) * np.exp(log_strength)
        return -float(np.sum(betaln(a + k, b + n - k) - betaln(a, b)))

    found = minimize_scalar(misfit, bounds=(np.log(WEAKEST), np.log(STRONGEST)), method="bounded")
    return float(np.exp(found.x)) if misfit(found.x) < misfit(np.log(STRONGEST)) else STRONGEST
