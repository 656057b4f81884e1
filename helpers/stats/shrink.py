"""Shrinkage of many small groups towards what the client's own groups have in common.

A campaign with two sales of thirty leads is not proof of a 7 % win rate. The spread of all campaigns of the same
client tells how much of that is luck; the estimate is moved towards the common rate by as much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FEWEST_GROUPS = 5
"""With fewer groups their spread cannot be told from chance: Jeffreys prior (METHOD.md "Common")."""
STRONGEST = 1e5
"""A fitted strength beyond this means that the groups show no spread of their own."""


@dataclass(frozen=True)
class Prior:
    """Beta(a, b): what is thought of a group's rate before its own counts are seen."""

    a: float
    b: float
    fitted: bool
    """True: fitted to the client's own groups; False: Jeffreys prior Beta(0.5, 0.5)."""

    @property
    def strength(self) -> float:
        """How many trials the prior weighs: a + b."""
        return self.a + self.b

    @property
    def mean(self) -> float:
        """Common rate, 0-1."""
        return self.a / self.strength

    def posterior(self, successes: Any, trials: Any) -> tuple[Any, Any]:
        """Parameters (a, b) of the Beta posterior of groups with these counts; numbers or arrays."""
        return self.a + successes, self.b + (trials - successes)

    def rate(self, successes: Any, trials: Any) -> Any:
        """Shrunken rate, 0-1: mean of the posterior."""
        a, b = self.posterior(successes, trials)
        return a / (a + b)


JEFFREYS = Prior(0.5, 0.5, fitted=False)


def fit_beta(successes: Any, trials: Any) -> Prior:
    """Beta prior of the rate, fitted to groups by maximum likelihood of the beta-binomial distribution.

    ``successes`` and ``trials`` are arrays with one entry per group and may be fractional (a lead seen for half of its
    way is half a trial). Groups without trials say nothing and are left out. Jeffreys prior when fewer than 5 groups
    remain, when no group or every trial succeeded, or when the groups differ no more than chance alone makes them.

    Source: Skellam (1948), J. R. Stat. Soc. B 10, 257-261; METHOD.md "Common" (shrinkage).
    """
    from scipy.optimize import minimize

    won = np.asarray(successes, dtype=float)
    n = np.asarray(trials, dtype=float)
    if np.any(won < 0) or np.any(won > n):
        raise ValueError("successes must lie between 0 and trials")
    won, n = won[n > 0], n[n > 0]
    if len(n) < FEWEST_GROUPS or not 0 < won.sum() < n.sum():
        return JEFFREYS
    # Strength is searched on its logarithm, the mean on its logit: both then behave well at their edges.
    mean = won.sum() / n.sum()
    start = np.array([np.log(mean / (1 - mean)), np.log(_strength_by_moments(won, n))])
    bounds = [(start[0] - 6, start[0] + 6), (np.log(0.05), np.log(10 * STRONGEST))]
    found = minimize(_minus_log_likelihood, start, args=(won, n), jac=True, method="L-BFGS-B", bounds=bounds)
    strength = float(np.exp(found.x[1]))
    if strength >= STRONGEST:
        return JEFFREYS
    common = float(1 / (1 + np.exp(-found.x[0])))
    return Prior(common * strength, (1 - common) * strength, fitted=True)


def log_likelihood(a: float, b: float, successes: Any, trials: Any) -> float:
    """Log-likelihood of the groups under Beta(a, b), without the binomial coefficients (they do not depend on a, b)."""
    from scipy.special import betaln

    won, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    return float(np.sum(betaln(a + won, b + n - won) - betaln(a, b)))


def _minus_log_likelihood(x: np.ndarray, won: np.ndarray, n: np.ndarray) -> tuple[float, np.ndarray]:
    from scipy.special import digamma

    mean, strength = 1 / (1 + np.exp(-x[0])), np.exp(x[1])
    a, b = mean * strength, (1 - mean) * strength
    both = np.sum(digamma(a + b) - digamma(a + b + n))
    by_a = np.sum(digamma(a + won) - digamma(a)) + both
    by_b = np.sum(digamma(b + n - won) - digamma(b)) + both
    slope = np.array([(by_a - by_b) * mean * (1 - mean) * strength, by_a * a + by_b * b])
    return -log_likelihood(float(a), float(b), won, n), -slope


def _strength_by_moments(won: np.ndarray, n: np.ndarray) -> float:
    """Where the search begins: strength at which the spread of the rates is what is seen (method of moments)."""
    mean = won.sum() / n.sum()
    chance = mean * (1 - mean)
    seen = np.sum(n * (won / n - mean) ** 2)
    own = (seen - (len(n) - 1) * chance) / (n.sum() - np.sum(n**2) / n.sum())
    return float(np.clip(chance / own - 1, 1, 1000)) if own > 0 else 1000.0


def plausible_priors(successes: Any, trials: Any, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """``size`` draws of (a, b): priors in proportion to how well they explain the groups.

    The best single prior pretends to be certain, and intervals made with it are too narrow (in simulation 95 % ones
    cover 92 %). Drawing the prior as well, flat on the logit of its mean and the logarithm of its strength, repairs
    that. Where `fit_beta` falls back to Jeffreys prior, so do all draws.

    Source: Gelman et al., Bayesian Data Analysis (3rd ed.), 5.3; METHOD.md "Money" (uncertain).
    """
    from scipy.special import betaln

    best = fit_beta(successes, trials)
    if not best.fitted:
        return np.full(size, best.a), np.full(size, best.b)
    won, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    won, n = won[n > 0], n[n > 0]
    at = np.array([np.log(best.a / best.b), np.log(best.strength)])
    reach = 5 * _standard_errors(at, won, n)
    logit = at[0] + np.linspace(-1, 1, 31) * min(reach[0], 2.5)
    log_strength = np.linspace(max(0.0, at[1] - reach[1]), min(max(np.log(3000), at[1] + 1), at[1] + reach[1]), 31)
    mean, strength = (1 / (1 + np.exp(-logit)))[:, None], np.exp(log_strength)[None, :]
    a, b = (mean * strength).ravel(), ((1 - mean) * strength).ravel()
    fit = -len(n) * betaln(a, b)
    # Equal groups are counted once: a client with thousands of campaigns has few different pairs of small counts.
    pairs, times = np.unique(np.column_stack([won, n]), axis=0, return_counts=True)
    for (k, m), many in zip(pairs, times, strict=True):
        fit += many * betaln(a + k, b + m - k)
    weight = np.exp(fit - fit.max())
    chosen = rng.choice(len(a), size=size, p=weight / weight.sum())
    return a[chosen], b[chosen]


def _standard_errors(at: np.ndarray, won: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Standard errors of logit mean and log strength, from the curvature of the likelihood at its top."""
    step = 1e-3
    curvature = [
        (_minus_log_likelihood(at + step * e, won, n)[1][i] - _minus_log_likelihood(at - step * e, won, n)[1][i])
        / (2 * step)
        for i, e in enumerate(np.eye(2))
    ]
    return np.array([1 / np.sqrt(max(c, 1e-2)) for c in curvature])
