"""Whether two people sort alike: Cohen's kappa, agreement beyond what chance alone would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Kappa:
    """Agreement of two people who sorted the same things into yes and no, each without seeing the other's answer."""

    n: int
    """Things that both sorted."""
    observed: float
    """Share on which they agree, 0-1; nan without any."""
    chance: float
    """Share on which they would agree if each threw dice with his own share of yes."""
    kappa: float
    """(observed - chance) / (1 - chance): 1 always alike, 0 like dice, below 0 worse; nan where both said one thing."""
    low: float
    high: float
    """95 % interval; nan where kappa is."""


def cohen_kappa(both_yes: int, first_only: int, second_only: int, both_no: int, level: float = 0.95) -> Kappa:
    """Kappa of a two-by-two table with the large-sample interval. ValueError for a negative count.

    Source: Cohen (1960), Educ. Psychol. Meas. 20, 37-46; Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72, 323-327;
    METHOD.md "Leads".
    """
    from scipy.special import ndtri

    table = np.array([[both_yes, first_only], [second_only, both_no]], dtype=float)
    if np.any(table < 0):
        raise ValueError("counts must be 0 or more")
    n = float(table.sum())
    none = float("nan")
    if not n:
        return Kappa(0, none, none, none, none, none)
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, chance = float(np.trace(p)), float(rows @ columns)
    if chance >= 1 - 1e-12:
        return Kappa(round(n), observed, chance, none, none, none)
    kappa = (observed - chance) / (1 - chance)
    agree = sum(p[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(2))
    differ = (1 - kappa) ** 2 * sum(p[i, j] * (columns[i] + rows[j]) ** 2 for i in range(2) for j in range(2) if i != j)
    variance = (agree + differ - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    half = float(ndtri(0.5 + level / 2)) * float(np.sqrt(max(variance, 0.0)))
    return Kappa(round(n), observed, chance, float(kappa), max(-1.0, kappa - half), min(1.0, kappa + half))
