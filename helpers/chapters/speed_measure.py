"""The measure of the speed chapter: how long leads wait, where and when, what goes with it (METHOD.md "Speed")."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.common_age import CommonAge, common_age
from helpers.chapters.shares import Share
from helpers.chapters.speed_hours import Cell, Slow, kept_within, map_cells, slow_hours, slow_nights, telling_time
from helpers.chapters.speed_worth import Untouched, measure_untouched
from helpers.stats.shares import MINIMUM
from helpers.stats.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

MOST_UNLINKED = 0.2
"""Where more than this share of calls names no lead, nobody can say who was not called."""
ALL_RECORDED = 0.9
"""Of the leads that somebody must have answered at least this share has a time: then a lead without one was not
answered. Below, it may as well be that nobody wrote it down."""


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
    """See `slow_hours`; the worst first."""
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


def unlinked(facts: Facts) -> bool:
    """Too many calls name no lead to tell which leads were not called."""
    talks = facts.conversations.talks[["touches", "linked"]].sum()
    return bool(talks["touches"] - talks["linked"] > MOST_UNLINKED * talks["touches"])


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
    within = telling_time(arrivals, limit)
    working = kept_within(arrivals, ["working"], limit)
    cells = map_cells(arrivals, within)
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
        slow_hours=slow_hours(cells) if speed.clock.hours_given else slow_nights(cells),
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
