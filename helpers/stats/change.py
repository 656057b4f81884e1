"""What has changed between two samples, and whether it is more than chance."""

from __future__ import annotations

import math

Range = tuple[float, float]


def difference_interval(now: float, now_range: Range, then: float, then_range: Range) -> Range:
    """95 % interval of ``now - then`` from the 95 % intervals of both, taken as independent.

    Of a figure asked of the same people twice it is too wide rather than too narrow: their answers go together.

    Source: Newcombe (1998), Statist. Med. 17, 873-890, method 10, for shares; Zou and Donner (2008), Statist. Med. 27,
    1693-1702, for any two estimates. For intervals that are symmetric it is the usual root of the summed squares.
    """
    difference = now - then
    down = math.hypot(now - now_range[0], then_range[1] - then)
    up = math.hypot(now_range[1] - now, then - then_range[0])
    return difference - down, difference + up


def is_real(interval: Range) -> bool:
    """More than chance: the interval of the change does not hold nought."""
    low, high = interval
    return low > 0 or high < 0
