"""From a figure of the company to a level of 1-5, and from claim and level to a verdict (METHOD.md "Claims")."""

from __future__ import annotations

from typing import Literal

import numpy as np

Verdict = Literal["confirmed", "overclaimed", "hidden_strength", "unclear", "no_data"]
VERDICTS: tuple[Verdict, ...] = ("overclaimed", "hidden_strength", "confirmed", "unclear", "no_data")
"""In the order in which they are shown."""
Anchors = tuple[float, float, float]
"""Value of the fact at level 1, 3 and 5; it rises or falls all the way."""

NEAR = 1.0
"""Levels: a claim nearer to the fact than this is confirmed."""
FAR = 1.5
"""Levels: a claim as far from the fact as this, or farther, is contradicted - if the interval says so too."""
CLEAR = 1.0
"""Levels by which even the nearer end of the interval must stay away from a contradicted claim."""
DUST = 1e-9


def level_of(value: float, anchors: Anchors) -> float:
    """Level 1-5 of a value by straight lines between the anchors; beyond the ends 1 and 5."""
    sign = 1 if anchors[0] < anchors[2] else -1
    return float(np.interp(sign * value, [sign * at for at in anchors], [1.0, 3.0, 5.0]))


def levels_of(low: float, high: float, anchors: Anchors) -> tuple[float, float]:
    """The interval of a value as an interval of levels, the lower level first."""
    ends = sorted((level_of(low, anchors), level_of(high, anchors)))
    return ends[0], ends[1]


def verdict_of(claimed: float | None, level: float | None, low: float, high: float) -> Verdict:
    """What the data say to a claim; ``low`` and ``high`` are the levels of the fact's interval.

    Source: METHOD.md "Claims", instrument.md 5: confirmed within one level; contradicted from 1.5 levels on, where the
    end of the interval that lies nearer to the claim is still a level away; unclear between.
    """
    if claimed is None or level is None:
        return "no_data"
    above = claimed - level
    if abs(above) < NEAR - DUST:
        return "confirmed"
    if above >= FAR - DUST and claimed - high >= CLEAR - DUST:
        return "overclaimed"
    if -above >= FAR - DUST and low - claimed >= CLEAR - DUST:
        return "hidden_strength"
    return "unclear"
