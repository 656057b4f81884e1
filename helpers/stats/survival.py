"""How long it takes until something happens, when some are still waiting: Kaplan-Meier from counts.

::

    waiting = kaplan_meier(minutes, answered, leads)
    waiting.median                  # half of the leads were answered by then
    waiting.by(60), waiting.between(60)     # share answered within 60 minutes, and its interval
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.stats.shares import wilson


@dataclass(frozen=True)
class Survival:
    """Share still waiting as a step function of time; times in the unit that was given."""

    times: np.ndarray
    """Times at which something happened, rising."""
    waiting: np.ndarray
    """Share still waiting right after each of ``times``, 0-1."""
    low: np.ndarray
    """Lower end of its interval."""
    high: np.ndarray
    """Upper end of its interval."""
    n: float
    """How many are counted."""
    happened: float
    """To how many it happened."""
    followed: float
    """Longest time that anybody was followed; nan without anybody. Nothing is known beyond it."""

    def by(self, time: float) -> float:
        """Share to which it has happened by this time, 0-1; nan where nobody was followed for so long."""
        at = self._at(time)
        return float("nan") if at is None else 1 - (float(self.waiting[at]) if at >= 0 else 1.0)

    def between(self, time: float) -> tuple[float, float]:
        """Interval of `by`."""
        at = self._at(time)
        if at is None:
            return float("nan"), float("nan")
        if at < 0:
            return 0.0, float(wilson(0, self.n)[1])
        return 1 - float(self.high[at]), 1 - float(self.low[at])

    @property
    def median(self) -> float:
        """Time by which it has happened to half; nan where it has not."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> float:
        """Earliest time by which it has happened to this share (0-1); nan where it has not."""
        return _first(self.times, self.waiting, 1 - share)

    def _at(self, time: float) -> int | None:
        """Place of the last time that is not later; -1: before the first; None: beyond what is known."""
        if not self.n or (time > self.followed and (not len(self.waiting) or self.waiting[-1] > 0)):
            return None
        return int(np.searchsorted(self.times, time, side="right")) - 1


def kaplan_meier(times: Any, happened: Any, counts: Any = None, level: float = 0.95) -> Survival:
    """Kaplan-Meier estimate from counts: ``counts`` (1 each by default) of those to whom it happened at a time, or who
    have waited for that long in vain (``happened`` False: censored). What happens at a time happens before anybody
    leaves at that time.

    The interval is that of the complementary log-log transformation with Greenwood's variance; where nobody, or
    everybody, is left it is Wilson's, on those who were at risk. ValueError for a negative time or count.

    Source: Kaplan and Meier (1958), J. Am. Stat. Assoc. 53, 457-481; Kalbfleisch and Prentice, The Statistical Analysis
    of Failure Time Data (2nd ed.), 1.4. METHOD.md "Speed".
    """
    from scipy.special import ndtri

    t, event = np.asarray(times, dtype=float), np.asarray(happened, dtype=bool)
    weight = np.ones_like(t) if counts is None else np.asarray(counts, dtype=float)
    if np.any(~(t >= 0)) or np.any(weight < 0):
        raise ValueError("times and counts must be 0 or more")
    t, event, weight = t[weight > 0], event[weight > 0], weight[weight > 0]
    n, followed = float(weight.sum()), float(t.max()) if len(t) else float("nan")
    moments, at = np.unique(t, return_inverse=True)
    events = np.bincount(at, weights=weight * event, minlength=len(moments))
    leave = np.bincount(at, weights=weight, minlength=len(moments))
    at_risk = n - np.concatenate([[0.0], np.cumsum(leave)[:-1]]) if len(moments) else np.empty(0)
    keep = events > 0
    moments, events, at_risk = moments[keep], events[keep], at_risk[keep]
    waiting = np.cumprod(np.clip(1 - events / at_risk, 0, 1))
    left = at_risk - events
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(left > 0, events / (at_risk * left), np.inf))
        log = np.log(waiting)
        half = float(ndtri(0.5 + level / 2)) * np.sqrt(greenwood) / np.abs(log)
        low, high = waiting ** np.exp(half), waiting ** np.exp(-half)
    nobody = waiting <= 0
    if nobody.any():
        low[nobody] = 0.0
        high[nobody] = wilson(0, float(at_risk[nobody][0]), level)[1]
    return Survival(moments, waiting, low, high, n, float(events.sum()), followed)


def _first(times: np.ndarray, curve: np.ndarray, level: float) -> float:
    """First time at which a falling curve is at or below the level; nan: never."""
    below = np.flatnonzero(curve <= level + 1e-12)
    return float(times[below[0]]) if len(below) else float("nan")
