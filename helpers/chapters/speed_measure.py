"""The measure of the speed chapter: how long leads wait, where and when, what goes with it (METHOD.md "Speed")."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.common_age import CommonAge, common_age
from helpers.chapters.shares import Share
from helpers.chapters.speed_worth import Untouched, measure_untouched
from helpers.stats.shares import MINIMUM
from helpers.stats.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

ALL_RECORDED = 0.9
"""Of the leads that somebody must have answered at least this share has a time: then a lead without one was not
answered. Below, it may as well be that nobody wrote it down."""
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
class Wait:
    """Waiting of one group of leads."""

    name: str
    curve: Survival
    kept: Share
    """Answered within the limit."""
    told: Share
    """Answered within `MeasuredSpeed.within`."""

    @property
    def silent(self) -> float:
        """Share not answered so far; nan without leads."""
        return 1 - self.curve.happened / self.curve.n if self.curve.n else math.nan


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


@dataclass(frozen=True)
class MeasuredSpeed:
    """All numbers of the chapter; minutes are working minutes where working hours are known."""

    limit: float
    all: Wait
    before: Wait | None
    fates: dict[str, int]
    """See `Speed.fates`; of the period."""
    recorded: float
    """Of the leads that somebody must have answered, the share with a time of it, 0-1; nan: nobody knows."""
    channels: tuple[Wait, ...]
    managers: tuple[Wait, ...]
    months: tuple[tuple[dt.date, Wait], ...]
    cells: tuple[Cell, ...]
    within: float
    """Minutes within which the leads of ``cells`` are answered or not: the limit, or, where hardly any or nearly all
    leads are answered within it, the time that tells hours apart best."""
    slow_hours: tuple[Slow, ...]
    """At most SLOW_HOURS, the worst first."""
    open_hours: Share
    """Answered within the limit, of those who came in working time."""
    closed_hours: Share
    conversion: tuple[Share, ...]
    """Won within the common age, by the time to the answer; ``name`` is the upper edge in minutes."""
    quick: Share
    """Of those answered within the limit."""
    slow: Share
    """Of those answered later."""
    age: CommonAge
    untouched: Untouched

    @property
    def known(self) -> bool:
        """Some answer is recorded."""
        return self.all.curve.happened > 0

    @property
    def sure(self) -> bool:
        """A lead without a recorded answer was not answered."""
        return self.recorded >= ALL_RECORDED


def measure_speed(facts: Facts, client: Client) -> MeasuredSpeed:
    """Waiting times of the audited period."""
    speed, limit = facts.speed, client.limits.first_answer_min
    now = _span(speed.months, "now")
    before = _span(speed.months, "before")
    fates = _span(speed.fates, "now").drop(columns="span").sum()
    spans = ("now", "before") if facts.compare is not None else ("now",)
    age = common_age(facts, client, *spans)
    conversion, quick, slow = _conversion(facts, age, spans, limit)
    arrivals = _span(speed.arrivals, "now")
    within = _telling(arrivals, limit)
    working = _kept(arrivals, ["working"], limit)
    cells = _cells(arrivals, within)
    return MeasuredSpeed(
        limit=limit,
        all=wait("", now, limit, within),
        before=wait("", before, limit, within) if before["leads"].sum() else None,
        fates={str(name): int(value) for name, value in fates.items()},
        recorded=float(fates["proven_timed"] / fates["proven"]) if fates["proven"] else math.nan,
        channels=_groups(_span(speed.channels, "now"), "channel", limit, within),
        managers=_groups(_span(speed.managers, "now"), "manager", limit, within),
        months=tuple(
            (pd.Timestamp(month).date(), wait("", now[now["month"].eq(month)], limit, within))
            for month in sorted(now["month"].unique())
        ),
        cells=cells,
        slow_hours=_slow_hours(cells) if speed.clock.hours_given else _slow_nights(cells),
        within=within,
        open_hours=working.get((True,), Share.of("", 0, 0)),
        closed_hours=working.get((False,), Share.of("", 0, 0)),
        conversion=conversion,
        quick=quick,
        slow=slow,
        age=age,
        untouched=measure_untouched(facts, age, spans, slow, conversion),
    )


def wait(name: str, rows: pd.DataFrame, limit: float, within: float) -> Wait:
    """The curve of a counted table of waiting times, and the shares answered within two times."""
    curve = kaplan_meier(rows["minutes"], rows["answered"].astype(bool), rows["leads"])
    kept, told = (Share(name, curve.n, curve.by(time), *curve.between(time)) for time in (limit, within))
    return Wait(name, curve, kept, told)


def _span(table: pd.DataFrame, span: str) -> pd.DataFrame:
    return table[table["span"].eq(span)]


def _groups(table: pd.DataFrame, column: str, limit: float, within: float) -> tuple[Wait, ...]:
    """One group per channel or manager, the quickest first; small ones after them."""
    found = [wait(str(name), rows, limit, within) for name, rows in table.groupby(column, sort=True)]
    return tuple(sorted(found, key=lambda one: (not one.told.enough, -_or(one.told.share, 0), one.name)))


def _or(value: float, other: float) -> float:
    return other if math.isnan(value) else value


def _kept(arrivals: pd.DataFrame, keys: list[str], within: float) -> dict[tuple[object, ...], Share]:
    """Answered within so many minutes, by group; leads that have not waited for so long yet are left out."""
    answered = arrivals["answered"].astype(bool)
    told = arrivals[answered | (arrivals["minutes_to"] > within)]
    told = told.assign(kept=told["leads"].where(told["answered"].astype(bool) & (told["minutes_to"] <= within), 0))
    summed = told.groupby(keys, sort=True)[["kept", "leads"]].sum()
    named = (((key if isinstance(key, tuple) else (key,)), row) for key, row in summed.iterrows())
    return {key: Share.of("", row["kept"], row["leads"]) for key, row in named}


def _telling(arrivals: pd.DataFrame, limit: float) -> float:
    """The limit, where some leads are answered within it and some are not; else the edge nearest to half of them."""
    every = arrivals.assign(all=0)
    edges = sorted({limit, *(edge for edge in arrivals["minutes_to"] if math.isfinite(edge))})
    shares: dict[float, float] = {edge: f[0,].share for edge in edges if (f := _kept(every, ["all"], edge))}
    if limit not in shares or SOME <= shares[limit] <= 1 - SOME:
        return limit
    return min(shares, key=lambda edge: (abs(shares[edge] - 0.5), edge))


def _cells(arrivals: pd.DataFrame, within: float) -> tuple[Cell, ...]:
    """The map of weekdays and hours, as fine as the number of leads allows."""
    if not len(arrivals):
        return ()
    cells: list[Cell] = []
    for hours in BLOCKS:
        blocks = arrivals.assign(first=arrivals["hour"] // hours * hours)
        found = _kept(blocks, ["weekday", "first"], within)
        cells = [Cell(int(day), int(first), int(first) + hours, kept) for (day, first), kept in found.items()]  # type: ignore[call-overload]
        if sum(cell.kept.whole for cell in cells if cell.kept.enough) >= FILLED * arrivals["leads"].sum():
            break
    return tuple(cells)


def _slow_hours(cells: Sequence[Cell]) -> tuple[Slow, ...]:
    """Stretches of a weekday, each the one that stands out most from all that are left; none overlaps."""
    found: list[Slow] = []
    while len(found) < SLOW_HOURS:
        free = [cell for cell in cells if not any(_covers(slow, cell) for slow in found)]
        runs = [slow for day in range(7) for slow in _runs([cell for cell in free if cell.weekday == day], free)]
        if not runs:
            break
        found.append(max(runs, key=_stands_out))
    return tuple(found)


def _covers(slow: Slow, cell: Cell) -> bool:
    return slow.weekday == cell.weekday and slow.first <= cell.first < slow.last


def _runs(day: Sequence[Cell], cells: Sequence[Cell]) -> list[Slow]:
    """Stretches of neighbouring cells of one weekday that are surely slower than all other cells."""
    part, whole = _sum(cells)
    out = []
    for start in range(len(day)):
        for stop in range(start + 1, len(day) + 1):
            run = day[start:stop]
            if run[-1].last - run[0].first != sum(cell.last - cell.first for cell in run):
                continue
            kept, leads = _sum(run)
            inside, outside = Share.of("", kept, leads), Share.of("", part - kept, whole - leads)
            if not (inside.enough and outside.enough):
                continue
            slow = Slow(run[0].weekday, run[0].first, run[-1].last, inside, outside)
            if _stands_out(slow) > SURE:
                out.append(slow)
    return out


def _slow_nights(cells: Sequence[Cell]) -> tuple[Slow, ...]:
    """The stretch of the clock, whatever the day, that stands out most: without working hours nights count in full."""
    hours = sorted({(cell.first, cell.last) for cell in cells})
    columns = [[cell for cell in cells if cell.first == first] for first, _ in hours]
    part, whole = _sum(cells)
    out = []
    for start in range(len(hours)):
        for length in range(1, len(hours)):
            places = [(start + step) % len(hours) for step in range(length)]
            kept, leads = _sum([cell for place in places for cell in columns[place]])
            inside, outside = Share.of("", kept, leads), Share.of("", part - kept, whole - leads)
            slow = Slow(None, hours[start][0], hours[places[-1]][1], inside, outside)
            if inside.enough and outside.enough and _stands_out(slow) > SURE:
                out.append(slow)
    return (max(out, key=_stands_out),) if out else ()


def _stands_out(slow: Slow) -> float:
    """Difference to all other hours in its standard errors."""
    inside, outside = slow.kept, slow.others
    every = (inside.share * inside.whole + outside.share * outside.whole) / (inside.whole + outside.whole)
    error = math.sqrt(every * (1 - every) * (1 / inside.whole + 1 / outside.whole))
    return (outside.share - inside.share) / error if error else 0.0


def _sum(cells: Sequence[Cell]) -> tuple[float, float]:
    """Answered in time, and all."""
    known = [cell.kept for cell in cells if cell.kept.whole]
    return sum(round(kept.share * kept.whole) for kept in known), sum(kept.whole for kept in known)


def _conversion(
    facts: Facts, age: CommonAge, spans: tuple[str, ...], limit: float
) -> tuple[tuple[Share, ...], Share, Share]:
    """Won within the common age by time to the answer; neighbours are joined until 30 leads stand in each."""
    table = facts.speed.outcomes
    ripe = pd.concat([age.of(table, span) for span in spans])
    ripe = ripe.assign(won=ripe["leads"].where(age.won(ripe), 0))
    by_edge = ripe.groupby("minutes_to", sort=True)[["won", "leads"]].sum()
    groups: list[Share] = []
    won = leads = 0.0
    for edge, sold, counted in by_edge.reset_index().itertuples(index=False):
        won, leads = won + sold, leads + counted
        # The limit always ends a group: before and after it is what the rule is about.
        if leads >= MINIMUM or edge == limit:
            groups.append(Share.of(repr(float(edge)), won, leads))
            won = leads = 0.0
    if leads:
        groups.append(Share.of(repr(math.inf), won, leads))
    in_time = by_edge.index <= limit
    quick, slow = (
        Share.of(name, by_edge.loc[rows, "won"].sum(), by_edge.loc[rows, "leads"].sum())
        for name, rows in (("quick", in_time), ("slow", ~in_time))
    )
    return tuple(groups), quick, slow
