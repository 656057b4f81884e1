"""What young cohorts come to in the end: the final share of leads won, with the range it will be found in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from helpers.stats.incidence import Incidence, incidence

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 2000
CURVES = 40
"""Resampled curves of winning by age: the curve is an estimate, too."""
SEED = 20260103
RATES = 160
"""Points of the grid of win rates."""
STRENGTHS = np.exp(np.linspace(np.log(5), np.log(3000), 14))
"""Thinkable strengths (in leads) of what the cohorts have in common: 3 000 is "all alike"."""


@dataclass(frozen=True)
class Finals:
    """Wins still to come, one entry per cohort in the order of ``cohorts``; the last entry is all of them together."""

    cohorts: tuple[object, ...]
    more: np.ndarray
    """Mean number of wins still to come."""
    low: np.ndarray
    high: np.ndarray
    """95 % of the number that will be seen lies between these."""

    def of(self, cohort: object) -> tuple[float, float, float]:
        """(mean, low, high) of one cohort."""
        return self._at(self.cohorts.index(cohort))

    @property
    def whole(self) -> tuple[float, float, float]:
        """(mean, low, high) of all cohorts together."""
        return self._at(-1)

    def _at(self, place: int) -> tuple[float, float, float]:
        return float(self.more[place]), float(self.low[place]), float(self.high[place])


def final_wins(
    came: pd.DataFrame, ended: pd.DataFrame, reference: pd.DataFrame, draws: int = DRAWS, seed: int = SEED
) -> Finals | None:
    """How many of the open leads of each cohort will be won, as a prediction of the number itself.

    ``came``: cohort, age_days, leads - every lead by its age on the day of the data, whatever became of it. ``ended``:
    cohort, won, open - so far. ``reference``: outcome, age_days, leads, from which the curve of winning by age is known
    (`incidence`). None where the curve does not reach its end.

    Of the leads that will ever be won the share F(t) is won by the age t; of a cohort with win rate p such a lead
    has been won with probability p F(t), and, if not, will be with p (1 - F(t)) / (1 - p F(t)), but never more leads
    than are open. When leads are lost does not matter: some months are cleared of dead leads, others are not, and that
    says nothing about sales. The rates share a beta distribution whose mean and strength are drawn with the likelihood
    of all cohorts, the curve is resampled (Poisson bootstrap of the counts), the wins are drawn one by one. In
    simulation 95 % ranges hold the final number in 93-97 % of cohorts (tests/unit/test_cohorts_simulation.py).

    Source: METHOD.md "Common" (young leads) and "Funnel" (maturity); chain ladder, Mack (1993), ASTIN Bull. 23;
    Gelman et al., Bayesian Data Analysis, 5.3.
    """
    timing = incidence(reference)
    if not timing.plateau_known:
        return None
    names = tuple(sorted(came["cohort"].unique()))
    rng = np.random.default_rng(seed)
    counts = _counts(came, ended, names)
    grid = (np.arange(RATES) + 0.5) / RATES
    # Rates of winning are small: the grid is finer there.
    grid = grid**2
    a, b = _shared(_likelihood(counts, timing, grid), grid, draws, rng)
    density = (a[:, None] - 1) * np.log(grid) + (b[:, None] - 1) * np.log1p(-grid) + np.log(_widths())
    to_come = np.zeros((draws, len(names)))
    for part in np.array_split(np.arange(draws), CURVES):
        curve = _resampled(reference, timing, rng)
        share, fit = _share_won(curve, counts.ages), _likelihood(counts, curve, grid)
        for place in range(len(names)):
            weight = density[part] + fit[place]
            weight = np.exp(weight - weight.max(axis=1, keepdims=True)).cumsum(axis=1)
            at = (rng.random((len(part), 1)) * weight[:, -1:] > weight).sum(axis=1)
            rate = grid[at][:, None]
            later = rate * (1 - share) / (1 - rate * share)
            waiting = counts.left(place, share)
            has = waiting > 0
            drawn = rng.binomial(waiting[has], later[:, has]).sum(axis=1)
            to_come[part, place] = np.minimum(drawn, counts.open[place])
    whole = np.column_stack([to_come, to_come.sum(axis=1)])
    low, high = np.quantile(whole, [0.025, 0.975], axis=0)
    return Finals(names, whole.mean(axis=0), np.floor(low), np.ceil(high))


@dataclass(frozen=True)
class _Counts:
    came: np.ndarray
    """One row per cohort, one column per entry of ``ages``."""
    ages: np.ndarray
    """Days: weeks are enough, each by its middle."""
    won: np.ndarray
    open: np.ndarray

    def left(self, place: int, share: np.ndarray) -> np.ndarray:
        """Leads of a cohort that are not won, by age: its wins lie where the curve says."""
        expected = self.came[place] * share
        taken = self.won[place] * expected / max(float(expected.sum()), 1e-12)
        return np.asarray(np.rint(np.clip(self.came[place] - taken, 0, None)).astype(int))


def _counts(came: pd.DataFrame, ended: pd.DataFrame, names: tuple[object, ...]) -> _Counts:
    place = came["cohort"].map({name: i for i, name in enumerate(names)}).to_numpy(int)
    weeks, column = np.unique(came["age_days"].to_numpy(float) // 7, return_inverse=True)
    by_age = np.zeros((len(names), len(weeks)))
    np.add.at(by_age, (place, column), came["leads"].to_numpy(float))
    known = ended.set_index("cohort").reindex(list(names)).fillna(0.0)
    return _Counts(by_age, weeks * 7 + 3, known["won"].to_numpy(float), known["open"].to_numpy(float))


def _share_won(timing: Incidence, ages: np.ndarray) -> np.ndarray:
    """Of the leads that will be won, what share is won by each age, 0-1."""
    return np.clip(np.asarray(timing.won_at(ages)) / timing.plateau, 0, 1)


def _likelihood(counts: _Counts, timing: Incidence, grid: np.ndarray) -> np.ndarray:
    """Log-likelihood of each rate of the grid, one row per cohort."""
    share = _share_won(timing, counts.ages)
    not_won = np.log(np.clip(1 - grid * share[:, None], 1e-12, None))
    left = np.stack([counts.left(place, share) for place in range(len(counts.won))])
    return np.asarray(counts.won[:, None] * np.log(grid) + left @ not_won)


def _shared(fit: np.ndarray, grid: np.ndarray, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draws of (a, b) of the beta distribution that the cohorts' rates share, by their likelihood."""
    from scipy.special import betaln

    pooled = fit.sum(axis=0)
    likely = np.exp(pooled - pooled.max()) * _widths()
    centre = float((likely * grid).sum() / likely.sum())
    spread = float(np.sqrt((likely * (grid - centre) ** 2).sum() / likely.sum()))
    reach = min(max(6 * spread / (centre * (1 - centre)), 0.5), 2.5)
    means = 1 / (1 + np.exp(-(np.log(centre / (1 - centre)) + np.linspace(-reach, reach, 25))))
    a, b = (np.outer(means, STRENGTHS).ravel(), np.outer(1 - means, STRENGTHS).ravel())
    density = (a[:, None] - 1) * np.log(grid) + (b[:, None] - 1) * np.log1p(-grid) - betaln(a, b)[:, None]
    top = fit.max(axis=1, keepdims=True)
    marginal = np.log(np.clip((np.exp(density) * _widths()) @ np.exp(fit - top).T, 1e-300, None)).sum(axis=1)
    weight = np.exp(marginal - marginal.max())
    chosen = rng.choice(len(a), size=draws, p=weight / weight.sum())
    return a[chosen], b[chosen]


def _widths() -> np.ndarray:
    edges = (np.arange(RATES + 1) / RATES) ** 2
    return np.diff(edges)


def _resampled(reference: pd.DataFrame, timing: Incidence, rng: np.random.Generator) -> Incidence:
    """The curve as other leads of the same kind might have drawn it."""
    drawn = reference.assign(leads=rng.poisson(reference["leads"].to_numpy(float)))
    made = incidence(drawn[drawn["leads"] > 0])
    return made if made.plateau_known else timing
