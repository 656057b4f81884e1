"""Means of people: role → department → company, with their intervals.

A department's mean is the plain mean of its roles' means (leader, staff), so one leader weighs as much as all staff.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_FOR_INTERVAL = 3
"""People; fewer say nothing about how much people differ."""

TOTAL_ROUNDING = 20 / 12
"""Variance of a total that comes of rounding 20 answers to whole numbers (1/12 each), the least a variance can be."""
DIMENSION_ROUNDING = 1 / 12 / 4
"""The same for the mean of four answers."""


@dataclass(frozen=True)
class Mean:
    """A mean with its standard error; ``se`` and ``df`` are None where they cannot be known."""

    value: float
    people: int
    se: float | None = None
    df: float | None = None

    def interval(self, low: float, high: float, level: float = 0.95) -> tuple[float, float] | None:
        """The t interval, cut at ``low`` and ``high`` (the ends of the scale)."""
        if self.se is None or self.df is None:
            return None
        if self.se == 0:
            return self.value, self.value
        from scipy.special import stdtrit

        half = float(stdtrit(self.df, 0.5 + level / 2)) * self.se
        return max(low, self.value - half), min(high, self.value + half)


def role_weights(roles: Sequence[str]) -> list[float]:
    """Weight of each person: equal weight for each role that is present, equal within the role; they sum to 1."""
    return [1 / (len(set(roles)) * roles.count(role)) for role in roles]


def role_mean(values: Sequence[float], roles: Sequence[str], headcount: int | None, least: float = 0.0) -> Mean | None:
    """A department's mean; None without people.

    The variance between people is pooled over the roles of the department (a role often holds one person), about each
    role's own mean: leaders who rate higher do not widen the interval. Where that leaves one degree of freedom (three
    people in two roles) it is taken about the common mean instead. SE² = s² · Σw² · (1 - n/N).

    Args:
        values: one figure per person.
        roles: role of each person.
        headcount: people in the department (N), None: unknown, or as many as could be.
        least: smallest variance between people that is believed.
    """
    if not values:
        return None
    n = len(values)
    weights = role_weights(list(roles))
    value = math.fsum(weight * x for weight, x in zip(weights, values, strict=True))
    left = 1.0
    if headcount is not None and n <= headcount:
        left = 1 - n / headcount
    if n < LEAST_FOR_INTERVAL:
        return Mean(value, n)
    centres = {role: _mean([x for x, own in zip(values, roles, strict=True) if own == role]) for role in set(roles)}
    df = n - len(centres)
    if df < 2:
        centres, df = dict.fromkeys(centres, _mean(values)), n - 1
    squares = math.fsum((x - centres[role]) ** 2 for x, role in zip(values, roles, strict=True))
    variance = max(squares / df, least)
    return Mean(value, n, math.sqrt(variance * math.fsum(w * w for w in weights) * left), df)


def company_mean(marketing: Mean | None, sales: Mean | None) -> Mean | None:
    """Plain mean of the two departments, SE = ½√(SE_m² + SE_s²), Satterthwaite's degrees of freedom."""
    if marketing is None or sales is None:
        return None
    value, people = (marketing.value + sales.value) / 2, marketing.people + sales.people
    if marketing.se is None or sales.se is None:
        return Mean(value, people)
    se, df = difference(marketing, sales)
    return Mean(value, people, se / 2, df)


def difference(a: Mean, b: Mean) -> tuple[float, float]:
    """Standard error of the difference (or sum) of two independent means, and Satterthwaite's degrees of freedom.

    F. E. Satterthwaite, Biometrics Bulletin 2 (1946): (Σv)² / Σ(v²/df).
    """
    if a.se is None or b.se is None or a.df is None or b.df is None:
        raise ValueError("a mean without a standard error has no difference with one")
    variances = a.se**2, b.se**2
    whole = sum(variances)
    if whole == 0:
        return 0.0, min(a.df, b.df)
    return math.sqrt(whole), whole**2 / (variances[0] ** 2 / a.df + variances[1] ** 2 / b.df)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
