"""Each stage by itself: conversion into it month by month and channel by channel, and how long leads wait for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.funnel_counts import ADVERTISING, Advertising, Counts, advertised, count_stages
from helpers.chapters.funnel_measure import MeasuredFunnel, Ratio, Step
from helpers.chapters.spans import of_several_months
from helpers.stats.shares import MINIMUM
from helpers.stats.survival import kaplan_meier

if TYPE_CHECKING:
    from helpers.facts import Facts

CHANNELS = 6
"""Channels named beside a stage; the others are summed."""


@dataclass(frozen=True)
class Part:
    """Conversion into a stage of the leads of one month or one channel."""

    ratio: Ratio
    open: int = 0
    """Of those who have not passed: still open, may yet pass."""
    month: dt.date | None = None
    channel: str | None = None
    """None: all channels that are not named."""

    @property
    def unfinished(self) -> bool:
        """So many are still open that the rate may yet rise above its range."""
        interval = self.ratio.interval
        return interval is not None and (self.ratio.part + self.open) / self.ratio.whole > interval[1]


@dataclass(frozen=True)
class Wait:
    """Time since the stage before, of the leads that passed and those still open."""

    after: str
    """The recorded stage before."""
    passed: int
    waiting: int
    hours: float | None
    """Median, rounded down to hours under three days and to days from there on; None: half have not passed yet."""
    by_day: bool
    """The history holds no time of day."""


@dataclass(frozen=True)
class Panel:
    """One stage."""

    step: Step
    months: tuple[Part, ...]
    channels: tuple[Part, ...]
    """Most leads first; the others, summed, last."""
    wait: Wait | None
    """None: no history of stages, or fewer than 30 leads in it."""


@dataclass(frozen=True)
class Bounds:
    """A stage that nobody knows, and between which numbers its count lies."""

    step: Step
    low: int
    high: int | None
    """None: no upper bound, the stage is before the leads or was never counted."""


@dataclass(frozen=True)
class Stages:
    """All stages after the first: those that are known as panels, the others as bounds."""

    panels: tuple[Panel, ...]
    unknown: tuple[Bounds, ...]


def measure_stages(facts: Facts, funnel: MeasuredFunnel, recorded: Collection[str], span: str = "now") -> Stages:
    """Panels of one span; ``recorded`` as for `measure_funnel`. Source: METHOD.md "Funnel"."""
    leads = facts.leads[facts.leads["span"].eq(span)].reset_index(drop=True)
    spend = facts.spend[facts.spend["span"].eq(span)].reset_index(drop=True)
    tables = _Tables(leads, spend, count_stages(leads, facts.stages, recorded, facts.has),
                     {stage: advertised(spend, stage, facts.has) for stage in ADVERTISING})  # fmt: skip
    panels, unknown = [], []
    for step in funnel.steps:
        if step.count is None:
            unknown.append(tables.bounds(step, funnel))
        elif step.step is not None and step.previous is not None and step.step.possible:
            cut = tables.cut(step)
            # Where nobody came so far there is nothing to divide by.
            if cut is not None and step.step.whole:
                # Advertising told for several months at once has no month; it counts in the stage as a whole.
                whole = {step.stage, step.previous} & set(ADVERTISING) and of_several_months(spend).any()
                months = () if whole else _months(tables, cut)
                panels.append(Panel(step, months, _channels(tables, cut), _wait(facts, step, span)))
    return Stages(tuple(panels), tuple(unknown))


Cut = Callable[["pd.Series", "pd.Series"], Part]
"""Counts the leads, and the spend, of the rows marked in both tables."""


@dataclass(frozen=True)
class _Tables:
    leads: pd.DataFrame
    spend: pd.DataFrame
    counts: Counts
    ads: dict[str, Advertising]

    def cut(self, step: Step) -> Cut | None:
        """How the conversion into a stage is counted over some rows; None where it is counted in people."""
        stage, before = step.stage, str(step.previous)
        if stage in ADVERTISING:
            return lambda _, spend: Part(Ratio(self.summed(stage, spend), self.summed(before, spend)))
        if before in ADVERTISING:
            counting = self.leads["channel"].isin(self.ads[before].channels)
            clicked = self.spend["channel"].isin(self.ads[before].channels)
            return lambda leads, spend: Part(
                Ratio(self.at(stage, leads & counting), self.summed(before, spend & clicked))
            )
        whole = step.step.whole if step.step is not None else 0
        if self.at(before, pd.Series(data=True, index=self.leads.index)) != whole:
            return None
        still = self.leads["outcome"].eq("open")

        def of_leads(leads: pd.Series, _: pd.Series) -> Part:
            waiting = self.at(before, leads & still) - self.at(stage, leads & still)
            return Part(Ratio(self.at(stage, leads), self.at(before, leads)), waiting)

        return of_leads

    def at(self, stage: str, rows: pd.Series) -> int:
        return self.counts.at(stage, rows.to_numpy(bool))[0]

    def summed(self, column: str, rows: pd.Series) -> int:
        return round(float(self.spend.loc[rows, column].sum()))

    def bounds(self, step: Step, funnel: MeasuredFunnel) -> Bounds:
        """Between which numbers an unknown stage lies; after the purchase people are counted, not leads."""
        if step.stage in ADVERTISING:
            return Bounds(step, self.ads[step.stage].at_least or 0, None)
        low, high = self.counts.at(step.stage)
        return Bounds(step, step.at_least or 0, high if funnel.leads and high > low else None)


def _months(tables: _Tables, cut: Cut) -> tuple[Part, ...]:
    found = []
    for month in sorted({*tables.leads["month"], *tables.spend["month"]}):
        part = cut(tables.leads["month"].eq(month), tables.spend["month"].eq(month))
        if part.ratio.whole:
            found.append(Part(part.ratio, part.open, month=pd.Timestamp(month).date()))
    return tuple(found)


def _channels(tables: _Tables, cut: Cut) -> tuple[Part, ...]:
    names = sorted({*tables.leads["channel"], *tables.spend["channel"]})
    every = [(name, cut(tables.leads["channel"].eq(name), tables.spend["channel"].eq(name))) for name in names]
    every = sorted((one for one in every if one[1].ratio.whole), key=lambda one: -one[1].ratio.whole)
    # One channel is no "others": it takes no more room than the line that would stand for it.
    kept = len(every) if len(every) <= CHANNELS + 1 else CHANNELS
    found = [Part(part.ratio, part.open, channel=name) for name, part in every[:kept]]
    if every[kept:]:
        rest = [part for _, part in every[kept:]]
        whole = Ratio(sum(part.ratio.part for part in rest), sum(part.ratio.whole for part in rest))
        found.append(Part(whole, sum(part.open for part in rest)))
    return tuple(found)


def _wait(facts: Facts, step: Step, span: str) -> Wait | None:
    """Kaplan-Meier median of the time since the stage before: open leads are censored, lost ones do not wait."""
    of = facts.steps.waits
    of = of[of["span"].eq(span) & of["stage"].eq(step.stage)]
    if of["leads"].sum() < MINIMUM:
        return None
    passed = of["passed"].to_numpy(bool)
    leads = of["leads"].to_numpy(float)
    median = kaplan_meier(of["hours"].to_numpy(float), passed, leads).median
    return Wait(
        after=str(of["after"].iloc[0]),
        passed=int(leads[passed].sum()),
        waiting=int(leads[~passed].sum()),
        hours=None if not np.isfinite(median) else float(median),
        by_day=facts.steps.by_day,
    )
