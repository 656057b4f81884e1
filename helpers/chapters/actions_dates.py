"""When something is looked at again: working days of the client, never a day off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from helpers.facts.workdays import USUAL_WEEK
from helpers.worktime import parse_hours, work_calendar

if TYPE_CHECKING:
    from helpers.client import Client

STRETCH = 30
"""Days of each part of the plan."""
NEXT_AUDIT = 91
"""Days until the next audit: earlier than after a quarter a change can hardly be told from chance."""
REACH = 90
"""Days more than working days are asked for: holidays and weekends between them."""


def after_working_days(client: Client, since: dt.date, days: int) -> dt.date:
    """The ``days``-th working day after ``since``, by the client's hours and holidays; 0: the first from it on."""
    hours = parse_hours(client.working_hours or USUAL_WEEK)
    first = since + dt.timedelta(days=1) if days else since
    until = first + dt.timedelta(days=7 * days // max(len(hours), 1) + REACH)
    pieces = work_calendar(hours, client.country, client.timezone, first, until).pieces
    working: list[dt.date] = sorted(set(pieces.loc[pieces["open"] > 0, "day"].dt.date))
    return working[max(days - 1, 0)]


def next_audit(client: Client, as_of: dt.date) -> dt.date:
    """A quarter after the audited day, or the cycle of a sale and two weeks if that is longer; a working day."""
    wait = max(NEXT_AUDIT, (client.cycle_days or 0) + 14)
    return after_working_days(client, as_of + dt.timedelta(days=wait), 0)
