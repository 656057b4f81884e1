"""The four states of the total: borders, probabilities, and what holds a state back.

Borders are conventions, half-open, on the unrounded total: [20,40) apart, [40,60) agreed, [60,80) in_step,
[80,100] one_team.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

Band = Literal["apart", "agreed", "in_step", "one_team"]

BANDS: tuple[Band, ...] = ("apart", "agreed", "in_step", "one_team")
EDGES: tuple[float, ...] = (20.0, 40.0, 60.0, 80.0, 100.0)

ONE_TEAM_LEAST = 3.5
"""Mean (1-5) that every dimension needs for one_team."""
IN_STEP_LEAST = 2.5
"""Mean (1-5) that every dimension needs for in_step."""


def band_of(total: float) -> Band:
    """Band of a total of 20-100; ``ValueError`` outside of it."""
    if not EDGES[0] <= total <= EDGES[-1]:
        raise ValueError(f"a total lies between 20 and 100; not {total!r}")
    return BANDS[sum(total >= edge for edge in EDGES[1:4])]


def probabilities(total: float, se: float, df: float) -> dict[Band, float]:
    """How probable each band is for the total that all people together would give.

    With a flat prior the posterior of a mean is its t distribution (location ``total``, scale ``se``, ``df`` degrees
    of freedom); it is cut at 20 and 100, which no total can pass, and so sums to 1.
    """
    from scipy.stats import t

    if se == 0:
        own = band_of(total)
        return {band: float(band == own) for band in BANDS}
    below = [float(t.cdf((edge - total) / se, df)) for edge in EDGES]
    whole = below[-1] - below[0]
    return {band: (below[i + 1] - below[i]) / whole for i, band in enumerate(BANDS)}


def gated(
    band: Band, dimensions: Mapping[str, float], contradictions: Collection[str] = ()
) -> tuple[Band, tuple[str, ...]]:
    """The band after the gates of instrument.md 3.7, and what held it back (dimensions, contradicted criteria).

    one_team needs 3.5 in every dimension and no claim that the data contradict; in_step needs 2.5 in every dimension.
    """
    held: list[str] = []
    if band == "one_team":
        held = [key for key, mean in dimensions.items() if mean < ONE_TEAM_LEAST] + sorted(contradictions)
        band = "in_step" if held else band
    if band == "in_step":
        low = [key for key, mean in dimensions.items() if mean < IN_STEP_LEAST]
        band, held = ("agreed", low) if low else (band, held)
    return band, tuple(held)
