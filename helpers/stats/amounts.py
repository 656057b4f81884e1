"""The average deal of many small groups, from counted sums and sums of squares, shrunk to what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.stats.shrink import FEWEST_GROUPS

OWN_VARIANCE = 30
"""After so many deals a group's own variance weighs as much as the variance common to all groups."""


@dataclass(frozen=True)
class Amounts:
    """What is known of the mean amount of a deal in each group; money in the unit of the sums."""

    counts: np.ndarray
    """Deals of the group."""
    own: np.ndarray
    """Plain mean of the group; 0 without deals."""
    variance: np.ndarray
    """Variance of one deal: the group's own, shrunk towards the common one."""
    freedom: float
    """Degrees of freedom behind the common variance; inf where it had to be assumed."""
    common: float
    """Mean over all deals of all groups."""
    spreads: np.ndarray
    """Thinkable standard deviations between the groups' true means; empty: too few groups, nothing is shrunk."""
    likely: np.ndarray
    """How likely each of ``spreads`` is; sums to 1."""
    centres: np.ndarray
    """For each of ``spreads``: the mean of the groups' true means."""
    errors: np.ndarray
    """Its standard error."""
    positive: bool
    """No group's sum is negative: draws are kept above zero and skewed as amounts are."""

    def mean(self) -> np.ndarray:
        """Shrunken mean amount of each group."""
        if not len(self.spreads):
            return np.where(self.counts > 0, self.own, self.common)
        centre = self.centres[:, None]
        keep = self._keep(self.spreads[:, None], slice(None))
        return np.asarray(self.likely @ (centre + keep * (self.own - centre)))

    def shared(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """What all groups share in one draw: (centre, spread), ``size`` of each."""
        if not len(self.spreads):
            return np.full(size, self.common), np.full(size, np.inf)
        at = rng.choice(len(self.spreads), size=size, p=self.likely)
        return self.centres[at] + self.errors[at] * rng.standard_normal(size), self.spreads[at]

    def draws(self, groups: slice, shared: tuple[np.ndarray, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Draws of the true mean amount, one row per group of the slice, one column per draw of `shared`."""
        centre, spread = shared
        own, keep = self.own[groups, None], self._keep(spread, groups)
        middle = centre + keep * (own - centre)
        counts = self.counts[groups, None]
        alone = np.sqrt(self.variance[groups, None] / np.maximum(counts, 1))
        # Without deals of its own a group is as uncertain as the groups differ, or, unknown, as one deal is.
        unseen = np.where(np.isfinite(spread), spread, alone)
        error = np.where(counts > 0, np.sqrt(keep) * alone, unseen)
        if np.isfinite(self.freedom):
            error = error * np.sqrt(self.freedom / rng.chisquare(self.freedom, len(centre)))
        noise = rng.standard_normal(middle.shape)
        if not self.positive:
            return np.asarray(middle + error * noise)
        middle = np.maximum(middle, 1e-6 * self.common)
        width = np.log1p((error / middle) ** 2)
        # The seen mean is right on average and usually a little low (few large deals are missed); so the true one,
        # given what is seen, is as much higher: log of the seen is log of the true less width / 2, plus noise.
        return np.asarray(middle * np.exp(noise * np.sqrt(width) + width / 2))

    def _keep(self, spread: np.ndarray, groups: slice) -> np.ndarray:
        """Weight of the group's own mean, 0-1; its rest goes to the centre."""
        counts = self.counts[groups]
        own_error = self.variance[groups] / np.maximum(counts, 1)
        own_error = own_error if spread.ndim == 2 else own_error[:, None]
        has = counts > 0 if spread.ndim == 2 else (counts > 0)[:, None]
        between = spread**2
        whole = between + own_error
        keep = np.divide(between, whole, out=np.ones(whole.shape), where=(whole > 0) & np.isfinite(whole))
        return np.where(has, keep, 0.0)


def fit_amounts(counts: Any, sums: Any, squares: Any) -> Amounts | None:
    """Normal-normal shrinkage of means from the number of deals, their sum and the sum of their squares per group.

    The common variance is pooled within the groups; the spread between the groups' true means is not one number but
    its likelihood over a grid (flat from 0 to 1.2 of the common mean), so that few groups do not feign certainty. With
    fewer than 5 groups nothing is shrunk. A single deal per group tells no variance: a coefficient of variation of 1
    is assumed. None when there is no deal at all.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), 5.4; METHOD.md "Money" (uncertain).
    """
    n = np.asarray(counts, dtype=float)
    total, square = np.asarray(sums, dtype=float), np.asarray(squares, dtype=float)
    if not n.sum() > 0:
        return None
    has = n > 0
    own = np.divide(total, n, out=np.zeros_like(total), where=has)
    common = float(total.sum() / n.sum())
    # A sum of squares less its mean part is a difference of large numbers: below zero it is zero.
    within = np.clip(square - n * own**2, 0, None) * (square - n * own**2 > 1e-9 * square)
    freedom = np.clip(n - 1, 0, None)
    known = freedom.sum() > 0
    pooled = float(within.sum() / freedom.sum()) if known else common**2
    variance = (OWN_VARIANCE * pooled + within) / (OWN_VARIANCE + freedom)
    positive = bool(common > 0 and np.all(total[has] > 0))
    spreads, likely, centres, errors = (np.empty(0),) * 4
    if has.sum() >= FEWEST_GROUPS and pooled > 0:
        spreads, likely, centres, errors = _between(own[has], variance[has] / n[has], 1.2 * max(abs(common), 1e-9))
    return Amounts(
        n, own, variance, float(freedom.sum()) if known else np.inf, common, spreads, likely, centres, errors, positive
    )


def _between(own: np.ndarray, error: np.ndarray, widest: float) -> tuple[np.ndarray, ...]:
    """Grid of spreads between groups with their likelihood (common centre integrated out), centres and errors."""
    spreads = np.linspace(0, widest, 49)
    whole = error + spreads[:, None] ** 2
    weight = 1 / whole
    sum_of_weights = weight.sum(axis=1)
    centres = (weight * own).sum(axis=1) / sum_of_weights
    misfit = (weight * (own - centres[:, None]) ** 2).sum(axis=1)
    fit = -0.5 * (np.log(whole).sum(axis=1) + misfit + np.log(sum_of_weights))
    likely = np.exp(fit - fit.max())
    return spreads, likely / likely.sum(), centres, 1 / np.sqrt(sum_of_weights)
