"""The week a joint meeting looks at: ISO week, its days, how much of it the exports hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpers.batch.wishes import parse_week
from helpers.chapters.plan_measure import free_days
from helpers.errors import ParameterError, Problem
from helpers.facts.days import REACH

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """An ISO week as the exports see it."""

    monday: dt.date
    as_of: dt.date
    began: dt.date
    """First day of leads, deals and spend."""
    missing_work: bool = False
    """Working days of the week lie after ``as_of``."""

    @property
    def sunday(self) -> dt.date:
        """Its last day."""
        return self.monday + dt.timedelta(days=6)

    @property
    def end(self) -> dt.date:
        """Its last day that the exports hold."""
        return min(self.sunday, self.as_of)

    @property
    def label(self) -> str:
        """'2026-W40'."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def number(self) -> int:
        """1-53."""
        return self.monday.isocalendar().week

    @property
    def days_held(self) -> int:
        """Days of it up to ``as_of``; 0: it lies in the future."""
        return max(0, (self.end - self.monday).days + 1)

    @property
    def state(self) -> Literal["whole", "part", "future", "before"]:
        """How much of it the exports hold; "whole" too where only days without work are missing."""
        if self.days_held == 0:
            return "future"
        if self.sunday < self.began:
            return "before"
        return "part" if self.missing_work else "whole"

    @property
    def first(self) -> bool:
        """Nothing was recorded before it."""
        return self.began >= self.monday

    def back(self, weeks: int) -> dt.date:
        """Monday so many weeks earlier."""
        return self.monday - weeks * WEEK


def week_of(facts: Facts, client: Client, text: str = "") -> Week:
    """The week named, else the last one of which no working day is missing in the exports.

    Raises:
        ParameterError: there is no such week, or it lies farther back than weeks are counted.
    """
    as_of = facts.as_of
    began = min((first for first, _ in facts.dates.values()), default=as_of)
    running = as_of - dt.timedelta(days=as_of.weekday())
    try:
        monday = parse_week(text) or running
    except ValueError as error:
        raise ParameterError([Problem(str(error), key="week")]) from None
    oldest = as_of - dt.timedelta(days=REACH - 14 * 7)
    if monday < oldest:
        first = Week(oldest + WEEK, as_of, began).label
        raise ParameterError([Problem(f"week {text} lies too far back", f"the earliest is {first}", key="week")])
    sunday = running + dt.timedelta(days=6)
    ahead = [as_of + dt.timedelta(days=n) for n in range(1, (sunday - as_of).days + 1)]
    free = free_days(client, as_of, sunday)
    missing = any(day not in free for day in ahead)
    if not text and missing and running > began:
        monday = running - WEEK
    return Week(monday, as_of, began, missing and monday == running)
