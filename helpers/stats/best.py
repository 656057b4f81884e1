"""What the best of a few groups is truly worth when much of any difference may be luck.

The best of four equal quarters looks better than their average by chance alone. So the groups share a prior: each
either has the common value or, with some probability, one of its own around it; how many do and how far they lie apart
is drawn from what the counts leave possible. Then true values are compared, never the seen ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

OWN = ((0.0, 0.25), (0.35, 0.35), (1.0, 0.4))
"""(probability that a group has a value of its own, how probable that is beforehand): the first line says that the
groups do not differ at all, the second that a few do, the last that all do."""
SPREAD = 0.4
"""Scale of the half-normal prior of the spread between groups: of the logit of rates, of the logarithm of money."""
WIDEST = 3.5 * SPREAD
STEPS = 25


@dataclass(frozen=True)
class Truths:
    """Draws of the true values of some groups, given what was seen of them."""

    values: np.ndarray
    """One row per draw, one column per group."""
    equal: float
    """How probable it is, 0-1, that the groups do not differ at all."""

    def pooled(self, weights: Any) -> np.ndarray:
        """Draws of the mean of the groups with these weights (0: left out)."""
        weights = np.asarray(weights, dtype=float)
        return np.asarray(self.values @ (weights / weights.sum()))

    def best(self, which: Any, *, lowest: bool = False) -> np.ndarray:
        """Draws of the best true value among the groups that ``which`` marks."""
        chosen = self.values[:, np.asarray(which, dtype=bool)]
        return np.asarray(chosen.min(axis=1) if lowest else chosen.max(axis=1))


def rate_truths(successes: Any, trials: Any, size: int, rng: np.random.Generator) -> Truths:
    """Draws of the true rates of groups with these counts; rates of their own are beta around the common one.

    Common rate: Jeffreys prior. Everything is drawn from its exact posterior on a grid of common rate, spread and share
    of groups with a rate of their own; a group without trials is drawn from the common distribution.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), 5.3 and 5.7; Mitchell and Beauchamp (1988), J. Am. Stat.
    Assoc. 83, 1023-1032 (a value of its own or the common one); METHOD.md "Common" (shrinkage) and "Actions".
    """
    from scipy.special import betaln

    won, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    if np.any(won < 0) or np.any(won > n):
        raise ValueError("successes must lie between 0 and trials")
    edges = _places(*_logits(won, n), *_logits(won.sum(keepdims=True), n.sum(keepdims=True)))
    logit, step = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    mean = 1 / (1 + np.exp(-logit))
    spreads = _spreads()[0]
    # var(rate) = mean (1 - mean) / (strength + 1) is (spread of the logit x mean (1 - mean)) squared.
    strength = 1 / (spreads[None, :] ** 2 * (mean * (1 - mean))[:, None]) - 1
    a, b = mean[:, None] * strength, (1 - mean)[:, None] * strength
    same = won[:, None] * np.log(mean) + (n - won)[:, None] * np.log1p(-mean)
    own = betaln(a + won[:, None, None], b + (n - won)[:, None, None]) - betaln(a, b)
    prior = 0.5 * (np.log(mean) + np.log1p(-mean)) + np.log(step)

    def draw(at: np.ndarray, common: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rate = 1 / (1 + np.exp(-common))
        alpha, beta = a[at, spread][:, None], b[at, spread][:, None]
        return rate, rng.beta(alpha + won, beta + n - won)

    return _truths(edges, prior, same, own, draw, size, rng)


def mean_truths(means: Any, errors: Any, size: int, rng: np.random.Generator, freedom: float = np.inf) -> Truths:
    """Draws of the true means of groups with these estimates and standard errors; flat common mean.

    The spread between the true means is in units of ``means``: give logarithms, or means divided by their common size.
    ``freedom``: degrees of freedom behind the errors, where they are estimated themselves.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), 5.4; as `rate_truths`.
    """
    y, error = np.asarray(means, dtype=float), np.asarray(errors, dtype=float)
    weight = 1 / error**2
    pooled, pooled_error = np.array([(weight * y).sum() / weight.sum()]), np.array([1 / np.sqrt(weight.sum())])
    edges = _places(y, error, pooled, pooled_error)
    mean, step = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    spreads = _spreads()[0]
    variance = error[:, None, None] ** 2 + spreads**2
    gap = y[:, None] - mean

    def fit(squared: np.ndarray, of: np.ndarray) -> np.ndarray:
        ratio = squared / of
        tail = 0.5 * (freedom + 1) * np.log1p(ratio / freedom) if np.isfinite(freedom) else 0.5 * ratio
        return np.asarray(-0.5 * np.log(of) - tail)

    def draw(at: np.ndarray, common: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        between = spreads[spread][:, None] ** 2
        keep = between / (between + error**2)
        scale = np.sqrt(freedom / rng.chisquare(freedom, size)) if np.isfinite(freedom) else np.ones(size)
        noise = scale[:, None] * np.sqrt(keep) * error * rng.standard_normal((size, len(y)))
        return common, common[:, None] + keep * (y - common[:, None]) + noise

    return _truths(edges, np.log(step), fit(gap**2, error[:, None] ** 2), fit(gap[:, :, None] ** 2, variance), draw,
                   size, rng)  # fmt: skip


_Draw = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def _truths(
    edges: np.ndarray, prior: np.ndarray, same: np.ndarray, own: np.ndarray, draw: _Draw, size: int,
    rng: np.random.Generator,
) -> Truths:  # fmt: skip
    """Draws from the grid: common value (cells between ``edges``) x spread x share of groups with their own value.

    ``same`` (group, cell) and ``own`` (group, cell, spread): logarithm of what each group's counts say for it. ``draw``
    takes cells, common values and spreads, and gives the common value and the groups' own ones.
    """
    log_prior = prior[:, None] + np.log(_spreads()[1])
    layers = []
    for share, weight in OWN:
        with np.errstate(divide="ignore"):
            either = np.logaddexp(np.log(1 - share) + same[:, :, None], np.log(share) + own)
        layers.append(log_prior + np.log(weight) + either.sum(axis=0))
    fit = np.stack(layers)
    likely = np.exp(fit - fit.max()).ravel()
    chosen = rng.choice(likely.size, size=size, p=likely / likely.sum())
    layer, at, spread = np.unravel_index(chosen, fit.shape)
    common = edges[at] + rng.random(size) * (edges[at + 1] - edges[at])
    own_share = np.array([one for one, _ in OWN])[layer]
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = (np.log(own_share) - np.log(1 - own_share))[:, None] + own[:, at, spread].T - same[:, at].T
    shown, values = draw(at, common, spread)
    alone = rng.random(odds.shape) < 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
    return Truths(np.where(alone, values, shown[:, None]), float(np.mean(~alone.any(axis=1))))


def _logits(won: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logit of each rate and its standard error; never infinite."""
    won, lost = won + 0.5, n - won + 0.5
    return np.log(won / lost), np.sqrt(1 / won + 1 / lost)


def _places(middles: np.ndarray, errors: np.ndarray, pooled: np.ndarray, pooled_error: np.ndarray) -> np.ndarray:
    """Edges of cells for the common value: fine where the groups, or all of them together, could put it."""
    spots = [np.linspace(pooled[0] - 5 * pooled_error[0], pooled[0] + 5 * pooled_error[0], 41)]
    sound = errors < 100 * pooled_error[0] * max(len(errors), 1)
    spots += [m + e * np.linspace(-3, 3, 13) for m, e in zip(middles[sound], errors[sound], strict=True)]
    low, high = min(s.min() for s in spots), max(s.max() for s in spots)
    spots.append(np.linspace(low - 2 * SPREAD, high + 2 * SPREAD, 41))
    return np.unique(np.concatenate(spots))


def _spreads() -> tuple[np.ndarray, np.ndarray]:
    """Grid of spreads above nought (middles of equal steps) and the half-normal weight of each."""
    step = WIDEST / STEPS
    grid = step * (np.arange(STEPS) + 0.5)
    weight = np.exp(-0.5 * (grid / SPREAD) ** 2)
    return grid, weight / weight.sum()
