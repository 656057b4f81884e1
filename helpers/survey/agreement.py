"""How far people of one department agree, and how far two departments differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, variance

from helpers.survey.means import LEAST_FOR_INTERVAL, Mean, difference, role_mean, role_weights

CHANCE_VARIANCE = 2.0
"""Variance of answers 1-5 given by chance, (5² - 1) / 12."""
NO_CONSENSUS = 0.60
"""Below it a mean speaks for nobody (Brown and Hauenstein's reading)."""


def r_wg(values: Sequence[float]) -> float | None:
    """Agreement 0-1 among the raters of one criterion: 1 - s²/2.0 (James, Demaree and Wolf 1984).

    None below three raters. Answers more spread than chance would give a negative value; it is set to 0, no agreement.
    """
    if len(values) < LEAST_FOR_INTERVAL:
        return None
    return min(1.0, max(0.0, 1 - variance(values) / CHANCE_VARIANCE))


def hedges_g(
    a: Sequence[float],
    b: Sequence[float],
    roles_a: Sequence[str] | None = None,
    roles_b: Sequence[str] | None = None,
    level: float = 0.95,
) -> tuple[float, float, float] | None:
    """Hedges' g of a - b with its interval: (g, low, high).

    g = J · (mean a - mean b) / pooled s, J = 1 - 3 / (4·df - 1). Where roles are given the means are role-weighted, as
    everywhere in the score, and 1/n becomes Σw². Variance after Hedges and Olkin (1985): Σw_a² + Σw_b² + g²/(2(n_a +
    n_b)), normal interval. None below three people a side or where nobody differs from his own side.
    """
    from statistics import NormalDist

    if min(len(a), len(b)) < LEAST_FOR_INTERVAL:
        return None
    weights = [role_weights(list(roles)) for roles in (roles_a or ["staff"] * len(a), roles_b or ["staff"] * len(b))]
    means = [math.fsum(w * x for w, x in zip(ws, xs, strict=True)) for ws, xs in zip(weights, (a, b), strict=True)]
    df = len(a) + len(b) - 2
    pooled = math.sqrt((math.fsum((x - fmean(a)) ** 2 for x in a) + math.fsum((x - fmean(b)) ** 2 for x in b)) / df)
    if pooled == 0:
        return None
    g = (1 - 3 / (4 * df - 1)) * (means[0] - means[1]) / pooled
    spread = math.sqrt(sum(w * w for ws in weights for w in ws) + g * g / (2 * (len(a) + len(b))))
    half = NormalDist().inv_cdf(0.5 + level / 2) * spread
    return g, g - half, g + half


def gap_interval(
    a: Sequence[float], roles_a: Sequence[str], b: Sequence[float], roles_b: Sequence[str]
) -> tuple[float, float] | None:
    """95 % interval of the gap a - b of one criterion in points (-4 to 4), None below three people a side."""
    # The rounding of one answer is the least variance: five equal answers are not five identical opinions.
    sides = [role_mean(values, roles, None, 1 / 12) for values, roles in ((a, roles_a), (b, roles_b))]
    first, second = sides
    if first is None or second is None or first.se is None or second.se is None:
        return None
    se, df = difference(first, second)
    return Mean(first.value - second.value, first.people + second.people, se, df).interval(-4.0, 4.0)
