"""At which hours of the week leads wait: a map of arrivals, and the surely slow stretches (METHOD.md "Speed")."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.shares import Share
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    import pandas as pd

BLOCKS = (2, 3, 4, 6)
"""Hours that a cell of the map may span, finest first."""
FILLED = 0.8
"""The finest cells are taken in which at least this share of the leads stands with 30 others or more."""
SURE = 4.0
"""Standard errors by which hours must be slower than the rest to be named: some 600 stretches of the week are looked
at, and of equal weeks fewer than 1 in 50 shows one by luck."""
SLOW_HOURS = 3
SOME = 0.15
"""Fewer than this share answered within the limit, or not answered within it, do not tell good hours from bad ones."""


@dataclass(frozen=True)
class Cell:
    """Leads that came on a weekday (0 is Monday) in the hours ``first`` to ``last``."""

    weekday: int
    first: int
    last: int
    kept: Share


@dataclass(frozen=True)
class Slow:
    """Hours in which leads are surely answered later than at all other hours; ``last`` before ``first``: over night."""

    weekday: int | None
    """0 is Monday; None: of every day."""
    first: int
    last: int
    kept: Share
    others: Share


def kept_within(arrivals: pd.DataFrame, keys: list[str], within: float) -> dict[tuple[object, ...], Share]:
    """Answered within so many minutes, by group; leads that have not waited for so long yet are left out."""
    answered = arrivals["answered"].astype(bool)
    told = arrivals[answered | (arrivals["minutes_to"] > within)]
    told = told.assign(kept=told["leads"].where(told["answered"].astype(bool) & (told["minutes_to"] <= within), 0))
    summed = told.groupby(keys, sort=True)[["kept", "leads"]].sum()
    named = (((key if isinstance(key, tuple) else (key,)), row) for key, row in summed.iterrows())
    return {key: Share.of("", row["kept"], row["leads"]) for key, row in named}


def telling_time(arrivals: pd.DataFrame, limit: float) -> float:
    """The limit, where some leads are answered within it and some are not; else the edge nearest to half of them."""
    every = arrivals.assign(all=0)
    edges = sorted({limit, *(edge for edge in arrivals["minutes_to"] if math.isfinite(edge))})
    shares: dict[float, float] = {edge: f[0,].share for edge in edges if (f := kept_within(every, ["all"], edge))}
    if limit not in shares or SOME <= shares[limit] <= 1 - SOME:
        return limit
    return min(shares, key=lambda edge: (abs(shares[edge] - 0.5), edge))


def map_cells(arrivals: pd.DataFrame, within: float) -> tuple[Cell, ...]:
    """The map of weekdays and hours, as fine as the number of leads allows."""
    if not len(arrivals):
        return ()
    cells: list[Cell] = []
    for hours in BLOCKS:
        blocks = arrivals.assign(first=arrivals["hour"] // hours * hours)
        found = kept_within(blocks, ["weekday", "first"], within)
        cells = [Cell(int(day), int(first), int(first) + hours, kept) for (day, first), kept in found.items()]  # type: ignore[call-overload]
        if sum(cell.kept.whole for cell in cells if cell.kept.enough) >= FILLED * arrivals["leads"].sum():
            break
    return tuple(cells)


def slow_hours(cells: Sequence[Cell]) -> tuple[Slow, ...]:
    """Stretches of a weekday, each the one that stands out most from all that are left; none overlaps."""
    found: list[Slow] = []
    while len(found) < SLOW_HOURS:
        free = [cell for cell in cells if not any(_covers(slow, cell) for slow in found)]
        runs = [run for day in range(7) for run in _runs([cell for cell in free if cell.weekday == day])]
        worst = _worst(runs, free)
        if worst is None:
            break
        found.append(worst)
    return tuple(found)


def slow_nights(cells: Sequence[Cell]) -> tuple[Slow, ...]:
    """The stretch of the clock, whatever the day, that stands out most: without working hours nights count in full."""
    hours = sorted({cell.first for cell in cells})
    columns = [[cell for cell in cells if cell.first == first] for first in hours]
    runs = [
        [cell for step in range(length) for cell in columns[(start + step) % len(hours)]]
        for start in range(len(hours))
        for length in range(1, len(hours))
    ]
    worst = _worst(runs, cells)
    return () if worst is None else (Slow(None, worst.first, worst.last, worst.kept, worst.others),)


def _covers(slow: Slow, cell: Cell) -> bool:
    return slow.weekday == cell.weekday and slow.first <= cell.first < slow.last


def _runs(day: Sequence[Cell]) -> list[Sequence[Cell]]:
    """Stretches of neighbouring cells of one weekday."""
    every = [day[start:stop] for start in range(len(day)) for stop in range(start + 1, len(day) + 1)]
    return [run for run in every if run[-1].last - run[0].first == sum(cell.last - cell.first for cell in run)]


def _worst(runs: Sequence[Sequence[Cell]], cells: Sequence[Cell]) -> Slow | None:
    """The stretch that lies most standard errors below all other cells, more than SURE; None: there is none."""
    part, whole = _sum(cells)
    worst, farthest = None, SURE
    for run in runs:
        kept, leads = _sum(run)
        if min(leads, whole - leads) < MINIMUM:
            continue
        error = math.sqrt(part / whole * (1 - part / whole) * (1 / leads + 1 / (whole - leads)))
        below = ((part - kept) / (whole - leads) - kept / leads) / error if error else 0.0
        if below > farthest:
            farthest, worst = below, (run, kept, leads)
    if worst is None:
        return None
    run, kept, leads = worst
    others = Share.of("", part - kept, whole - leads)
    return Slow(run[0].weekday, run[0].first, run[-1].last, Share.of("", kept, leads), others)


def _sum(cells: Sequence[Cell]) -> tuple[float, float]:
    """Answered in time, and all."""
    known = [cell.kept for cell in cells if cell.kept.whole]
    return sum(round(kept.share * kept.whole) for kept in known), sum(kept.whole for kept in known)
