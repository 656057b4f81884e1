"""Working days of the client, numbered: how many lie between two dates is one subtraction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

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
    """``table``: day, number (working days from the beginning of the calendar up to and with the day)."""

    table: ir.Table

    @classmethod
    def of(cls, ground: Ground) -> Workdays:
        """The days around what is audited, by working hours and holidays of client.yml."""
        data, client = ground.data, ground.client
        compared = data.compare.from_ if data.compare else data.period.from_
        first = min(data.period.from_, compared) - dt.timedelta(days=BEFORE)
        hours = parse_hours(client.working_hours or USUAL_WEEK)
        calendar = work_calendar(hours, client.country, client.timezone, first, data.as_of + dt.timedelta(days=AFTER))
        days = calendar.pieces.groupby("day", sort=True)["open"].max().cumsum().rename("number").reset_index()
        name = ibis.util.gen_name("workdays")
        return cls(data.con.create_table(name, ibis.memtable(days)).mutate(day=ibis._.day.cast("date")))

    def numbered(self, table: ir.Table, column: str, name: str, shift: int = 0) -> ir.Table:
        """``table`` with ``name``: the number of the day in ``column``, so many days later; NULL outside the calendar.

        A minus B is the number of working days after B up to and with A.
        """
        day = table[column].cast("date") + ibis.interval(days=shift) if shift else table[column].cast("date")
        days = self.table.select(**{"_workday": self.table.day, name: self.table.number})
        joined = table.mutate(_day=day).left_join(days, [("_day", "_workday")])
        return joined.drop("_day", "_workday")
