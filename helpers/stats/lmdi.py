"""A change of a product split exactly among its factors: LMDI-I, and exact Shapley values where it has no meaning."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np


def log_mean(one: Any, other: Any) -> np.ndarray:
    """Logarithmic mean (a - b) / ln(a / b) of two numbers of the same sign; a where both are equal, 0 where one is 0.

    Source: Ang (2005), Energy Policy 33, 867-871.
    """
    a, b = np.broadcast_arrays(np.asarray(one, dtype=float), np.asarray(other, dtype=float))
    same = a * b > 0
    ratio = np.divide(a, b, out=np.ones(a.shape), where=same)
    step = np.log(np.where(same, ratio, 1.0))
    # Near a = b the difference of both loses its digits: b (e^x - 1) / x does not.
    grown = np.divide(np.expm1(step), step, out=np.ones(a.shape), where=step != 0)
    return np.where(same, b * grown, 0.0)


def lmdi(before: Any, after: Any) -> np.ndarray:
    """Contribution of each factor to the change of their product; their sum is the change, without a rest.

    ``before`` and ``after`` hold factors along the first axis; other axes are separate cases. Each factor must keep its
    sign and be no zero. Source: Ang (2005), Energy Policy 33, 867-871 (additive LMDI-I).
    """
    x, y = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return np.asarray(log_mean(y.prod(axis=0), x.prod(axis=0)) * np.log(y / x))


def shapley(before: Any, after: Any) -> np.ndarray:
    """Exact Shapley value of each factor of a product that changes from ``before`` to ``after``; zeros are welcome.

    A factor's mean contribution over all orders in which the factors can change. The product makes the sum over all
    subsets a polynomial: coefficient k is the sum over the subsets of k other factors that have already changed.
    Source: Ang, Liu and Chew (2003), Energy Policy 31, 1561-1566; Shapley (1953).
    """
    x, y = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    n = len(x)
    out = np.zeros(x.shape)
    for i in range(n):
        sums = [np.ones(x.shape[1:])]
        for j in (j for j in range(n) if j != i):
            grown = [part * x[j] for part in sums] + [np.zeros(x.shape[1:])]
            for size, part in enumerate(sums):
                grown[size + 1] = grown[size + 1] + part * y[j]
            sums = grown
        weights = [factorial(size) * factorial(n - 1 - size) / factorial(n) for size in range(n)]
        out[i] = (y[i] - x[i]) * sum(weight * part for weight, part in zip(weights, sums, strict=True))
    return out


def split(before: Any, after: Any) -> np.ndarray:
    """Contributions of the factors of a product, by the rule that has a meaning in each case (first axis: factors).

    LMDI-I where every factor keeps its sign and none is zero; nothing where the product is zero both times (limits of
    Ang and Liu); exact Shapley where a factor appears, vanishes or turns its sign.
    A factor that does not exist on one side (nan: nothing to divide) is taken as on the other: what is not there did
    not change. Source: Ang and Liu (2007), Energy Policy 35, 238-246; METHOD.md "Drivers".
    """
    x, y = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    x, y = np.where(np.isnan(x), y, x), np.where(np.isnan(y), x, y)
    x, y = np.nan_to_num(x, nan=1.0), np.nan_to_num(y, nan=1.0)
    whole_x, whole_y = x.prod(axis=0), y.prod(axis=0)
    nothing = (whole_x == 0) & (whole_y == 0)
    smooth = np.all(x * y > 0, axis=0) & ~nothing
    safe_x, safe_y = np.where(smooth, x, 1.0), np.where(smooth, y, 1.0)
    return np.where(nothing, 0.0, np.where(smooth, lmdi(safe_x, safe_y), shapley(x, y)))
