"""Where a month ends at the present pace: what has come, and days to come drawn from such days of the last weeks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

WEEKS = 13
DAYS = 7 * WEEKS
"""History that the pace is drawn from (METHOD.md "Plan")."""
FEWEST_DAYS = 28
"""With less history no pace is drawn."""
FEWEST_ALIKE = 4
"""A day to come is drawn from at least so many days of its kind; else from all that are working days, or all free."""
DRAWS = 4000
GROWTH = 0.015
"""Growth a week, as a part, that is usual either way: how far a trend of the last weeks is believed when it may be
luck. A company that keeps up twice that much grows nearly threefold in a year."""
FEWEST_WEEKS = 4
FREE = 7
"""Kind of a day: its weekday (Monday is 0), and FREE more where nobody works."""


@dataclass(frozen=True)
class Pace:
    """Total of the period as it is to be expected."""

    fact: float
    """What has come so far."""
    draws: np.ndarray
    """Draws of the total; empty: too little history."""

    @property
    def known(self) -> bool:
        """Whether anything can be said of the total."""
        return len(self.draws) > 0

    @property
    def expected(self) -> float:
        """Mean total; nan where nothing can be said."""
        return float(self.draws.mean()) if self.known else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of the totals that such days make."""
        if not self.known:
            return float("nan"), float("nan")
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return float(low), float(high)

    def reaches(self, plan: float) -> float:
        """Probability that the total is the plan or more, 0-1; nan where nothing can be said."""
        return float((self.draws >= plan).mean()) if self.known else float("nan")


def run_rate(fact: float, history: Any, kinds: Any, to_come: Any, seed: int, draws: int = DRAWS) -> Pace:
    """The total of a period from ``fact`` (so far), ``history`` and the days ``to_come``.

    ``history``: what came on each of the last days, oldest first, whole weeks (the last `DAYS` are used); ``kinds``:
    kind of each of them; ``to_come``: kinds of the days to come. Each day to come is drawn from the days of its kind;
    the deviations from the mean are then widened by what drawing days one by one cannot know: the mean of each kind is
    itself an estimate, a pool of few days is narrower than its source, and days of one week rise and fall together.
    Weeks that grow or shrink go on doing so, as far as their trend is more than luck, and its error widens the range.

    Source: METHOD.md "Plan"; Davison and Hinkley (1997), Bootstrap Methods and their Application, 6.3 (prediction);
    the trend: a normal posterior with the prior `GROWTH`, Harvey (1989), Forecasting, Structural Time Series Models, 3.
    """
    values, kinds = np.asarray(history, dtype=float)[-DAYS:], np.asarray(kinds, dtype=int)[-DAYS:]
    coming = np.asarray(to_come, dtype=int)
    if not len(coming):
        return Pace(fact, np.full(draws, float(fact)))
    if len(values) < FEWEST_DAYS or not np.any(values):
        return Pace(fact, np.empty(0))
    rng = np.random.default_rng(seed)
    total, drawn, true = np.zeros(draws), 0.0, 0.0
    mean, ahead = 0.0, 0.0
    trend = _trend(values, kinds)
    for kind, days in zip(*np.unique(coming, return_counts=True), strict=True):
        pool = _alike(values, kinds, int(kind))
        total += rng.choice(pool, size=(int(days), draws)).sum(axis=0)
        spread = float(pool.var(ddof=1))
        mean += days * float(pool.mean())
        # Weeks from the middle of the history to these days.
        places = len(values) + np.flatnonzero(coming == kind) - (len(values) - 1) / 2
        ahead += float(pool.mean()) * float(places.sum()) / 7
        drawn += days * float(pool.var())
        true += days * spread * (1 + days / len(pool))
    if drawn > 0:
        total = mean + (total - mean) * np.sqrt(trend.together * true / drawn)
    total = total + ahead * (trend.growth + trend.error * rng.standard_normal(draws))
    if values.min() >= 0:
        total = np.maximum(total, 0.0)
    return Pace(fact, fact + total)


def _alike(values: np.ndarray, kinds: np.ndarray, kind: int) -> np.ndarray:
    """Days of this kind; where they are few, all working days or all free ones; where there is none, all days."""
    pool = values[kinds == kind]
    if len(pool) < FEWEST_ALIKE:
        pool = values[(kinds >= FREE) == (kind >= FREE)]
    return pool if len(pool) >= FEWEST_ALIKE else values


@dataclass(frozen=True)
class _Trend:
    """What weeks tell that days do not."""

    growth: float
    """Growth a week as a part of the mean week, drawn towards nought as far as it may be luck."""
    error: float
    """Its standard deviation."""
    together: float
    """How many times the variance of a week, its trend taken off, exceeds that of its days on their own; 1 or more."""


def _trend(values: np.ndarray, kinds: np.ndarray) -> _Trend:
    usual, own = np.zeros(len(values)), np.zeros(len(values))
    for kind in np.unique(kinds):
        here = kinds == kind
        usual[here] = values[here].mean()
        own[here] = values[here].var(ddof=1) if here.sum() > 1 else 0.0
    weeks = len(values) // 7
    if weeks < 2 or not own.sum() > 0:
        return _Trend(0.0, 0.0, 1.0)
    rest, week, alone = (part[-7 * weeks :].reshape(weeks, 7).sum(axis=1) for part in (values - usual, usual, own))
    place = np.arange(weeks) - (weeks - 1) / 2
    level, single = float(week.mean()), float(alone.mean())
    if weeks < FEWEST_WEEKS or not level > 0:
        return _Trend(0.0, 0.0, max(1.0, float((rest**2).sum() / (weeks - 1)) / single))
    square = float((place**2).sum())
    slope = float((place * rest).sum()) / square
    spread = float(((rest - slope * place) ** 2).sum() / (weeks - 2))
    # The spread of few weeks is itself uncertain; it is not below that of days on their own.
    error = math.sqrt(max(spread, single) / square) / level
    keep = GROWTH**2 / (GROWTH**2 + error**2)
    return _Trend(keep * slope / level, math.sqrt(keep) * error, max(1.0, spread / single))
