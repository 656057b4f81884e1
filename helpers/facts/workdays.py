"""Working days of the client, numbered: how many lie between two dates is one subtraction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.facts.waits import EPOCH
from helpers.sources.engines import inline
from helpers.worktime import parse_hours, work_calendar

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.facts.ground import Ground

USUAL_WEEK = {"mon-fri": "09:00-18:00"}
"""Taken where the client gives no working hours."""
BEFORE, AFTER = 400, 120
"""Days that the calendar reaches before the compared periods and after ``as_of``."""


@dataclass(frozen=True)
class Workdays:
    """``table``: day (since 1970), number (working days from the beginning of the calendar up to and with the day)."""

    table: ir.Table

    @classmethod
    def of(cls, ground: Ground) -> Workdays:
        """The days around what is audited, by working hours and holidays of client.yml."""
        data, client = ground.data, ground.client
        compared = data.compare.from_ if data.compare else data.period.from_
        first = min(data.period.from_, compared) - dt.timedelta(days=BEFORE)
        hours = parse_hours(client.working_hours or USUAL_WEEK)
        calendar = work_calendar(hours, client.country, client.timezone, first, data.as_of + dt.timedelta(days=AFTER))
        days = calendar.pieces.groupby("day", sort=True)["open"].max().cumsum()
        since = (pd.DatetimeIndex(days.index) - EPOCH).days
        rows = [[int(day), int(number)] for day, number in zip(since, days, strict=True)]
        return cls(data.engine.keep("workdays", inline(rows, ["day", "number"])))

    def numbered(self, table: ir.Table, column: str, name: str, shift: int = 0) -> ir.Table:
        """``table`` with ``name``: the number of the day in ``column``, so many days later; NULL outside the calendar.

        A minus B is the number of working days after B up to and with A.
        """
        day = (table[column].cast("date").epoch_days() + shift).cast("int64")
        days = self.table.select(**{"_workday": self.table.day, name: self.table.number})
        joined = table.mutate(_day=day).left_join(days, [("_day", "_workday")])
        return joined.drop("_day", "_workday")
