"""Working time: which minutes of the client's clock count, by working hours, holidays and daylight saving.

::

    calendar = work_calendar(parse_hours({"mon-fri": "09:00-19:00"}), "RU", "Europe/Moscow", first, last)
    calendar.until(answered) - calendar.until(created)      # working minutes between two moments

Moments are local time of the client without a zone, as the clean tables hold them.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pandas as pd

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60

Hours = Mapping[int, tuple[int, int]]
"""Day of the week (0 is Monday) → first and last minute of its working time; over 1440: it ends on the next day."""
Stretch = tuple[int, int]
"""From minute, to minute of a day's clock, half-open."""


def parse_hours(given: Mapping[str, str]) -> dict[int, tuple[int, int]]:
    """``{"mon-fri": "09:00-19:00", "sat": "10:00-16:00"}`` → hours by day of the week.

    "20:00-04:00" goes over midnight; "00:00-24:00" is the whole day. ValueError: no such day or time, a day twice.
    """
    hours: dict[int, tuple[int, int]] = {}
    for key, text in given.items():
        stretch = _stretch(text)
        for day in _days(key):
            if day in hours:
                raise ValueError(f"{DAYS[day]} stands here twice")
            hours[day] = stretch
    return hours


def _days(key: str) -> list[int]:
    names = [name.strip() for name in key.lower().split("-")]
    for name in names:
        if name not in DAYS:
            raise ValueError(f"{key!r} must be a day ({', '.join(DAYS)}) or days such as mon-fri")
    if len(names) > 2:
        raise ValueError(f"{key!r} must be one day or two with a hyphen, such as mon-fri")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    # "sat-mon" goes over the end of the week.
    return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]


def _stretch(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", text.strip())
    if not found:
        raise ValueError(f"{text!r} must look like 09:00-19:00")
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    begins, ends = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or begins >= DAY or ends > DAY:
        raise ValueError(f"{text!r} holds a time that does not exist")
    if begins == ends:
        raise ValueError(f"{text!r} begins when it ends; write 00:00-24:00 for the whole day")
    return begins, ends if ends > begins else ends + DAY


@dataclass(frozen=True)
class WorkCalendar:
    """Every day from the first to the last, cut into stretches that count and stretches that do not."""

    pieces: pd.DataFrame
    """day | from_min, to_min (minutes of the day's clock, half-open), before (working minutes from the beginning of the
    calendar to the stretch), open (1: it counts, 0: it does not). The stretches of a day cover it."""
    hours_given: bool
    """False: no working hours are known, so every minute counts."""
    holidays: bool | None
    """Whether the holidays of the country are taken into account; None: no country was given."""
    country: str | None

    @cached_property
    def _days(self) -> dict[dt.date, list[tuple[int, int, int, int]]]:
        found: dict[dt.date, list[tuple[int, int, int, int]]] = {}
        for day, *rest in self.pieces.itertuples(index=False):
            found.setdefault(day.date(), []).append(tuple(rest))
        return found

    def until(self, moment: dt.datetime) -> float:
        """Working minutes from the beginning of the calendar to the moment; KeyError outside of the calendar.

        Of an hour that the clock shows twice the first is taken.
        """
        minute = moment.hour * 60 + moment.minute + (moment.second + moment.microsecond / 1e6) / 60
        for begins, ends, before, is_open in self._days[moment.date()]:
            if begins <= minute < ends:
                return before + is_open * (minute - begins)
        raise KeyError(moment)


def work_calendar(hours: Hours, country: str | None, zone: str, first: dt.date, last: dt.date) -> WorkCalendar:
    """The calendar of the days first to last.

    Without ``hours`` every minute counts. A holiday has no working time; where the country moves a day off to another
    day, the Saturday or Sunday that is worked instead has Friday's hours (or its own, where it has some). An hour that
    the clock skips in spring does not exist, one that it repeats in autumn counts twice.
    """
    import pandas as pd

    free, worked = _public_days(country, range(first.year, last.year + 1)) if country and hours else (None, set())
    shifts = _shifts(ZoneInfo(zone), first, last)
    rows: list[tuple[dt.date, int, int, int, int]] = []
    before, late = 0, 0
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if not hours:
            open_parts: list[Stretch] = [(0, DAY)]
        else:
            if number == 0:
                late = _over_midnight(first - dt.timedelta(days=1), hours, free or (), worked)
            open_parts = [(0, late)] if late else []
            own = _hours_of(day, hours, free or (), worked)
            late = max(own[1] - DAY, 0) if own else 0
            if own:
                open_parts.append((own[0], min(own[1], DAY)))
        begins, ends, step = shifts.get(day, (0, 0, 0))
        open_parts = _merged(open_parts)
        if step > 0:
            open_parts = _without(open_parts, (begins, ends))
        twice = sum(max(0, min(b, ends) - max(a, begins)) for a, b in open_parts) if step < 0 else 0
        cuts = sorted({0, DAY, *(minute for part in open_parts for minute in part), *((ends,) if step < 0 else ())})
        for a, b in itertools.pairwise(cuts):
            if step < 0 and a == ends:
                before += twice
            is_open = int(any(x <= a and b <= y for x, y in open_parts))
            rows.append((day, a, b, before, is_open))
            before += is_open * (b - a)
        if step < 0 and ends == DAY:
            before += twice
    pieces = pd.DataFrame(rows, columns=["day", "from_min", "to_min", "before", "open"])
    pieces["day"] = pd.to_datetime(pieces["day"]).astype("datetime64[us]")
    known = None if not country else bool(free is not None or not hours)
    return WorkCalendar(pieces, bool(hours), known, country)


def _hours_of(
    day: dt.date, hours: Hours, free: Collection[dt.date], worked: Collection[dt.date]
) -> tuple[int, int] | None:
    """Working time of a day; None: the day is free."""
    if day in free:
        return None
    return hours.get(day.weekday()) or (hours.get(4) if day in worked else None)


def _over_midnight(day: dt.date, hours: Hours, free: Collection[dt.date], worked: Collection[dt.date]) -> int:
    own = _hours_of(day, hours, free, worked)
    return max(own[1] - DAY, 0) if own else 0


def _public_days(country: str, years: Iterable[int]) -> tuple[set[dt.date] | None, set[dt.date]]:
    """Holidays, and days of the weekend that are worked instead; None where the country's are not known."""
    import holidays

    try:
        found = holidays.country_holidays(country, years=years)
    except NotImplementedError:
        return None, set()
    return set(found), set(getattr(found, "weekend_workdays", ()))


def _shifts(zone: ZoneInfo, first: dt.date, last: dt.date) -> dict[dt.date, tuple[int, int, int]]:
    """Days on which the clock is moved → the minutes it skips (step > 0) or shows twice (step < 0), and the step."""
    found: dict[dt.date, tuple[int, int, int]] = {}
    midnight = dt.datetime.combine(first, dt.time(), zone)
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        following = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
        if (old := midnight.utcoffset()) != following.utcoffset() and old is not None:
            found[day] = _shift(midnight.astimezone(dt.UTC), old, zone)
        midnight = following
    return found


def _shift(start: dt.datetime, old: dt.timedelta, zone: ZoneInfo) -> tuple[int, int, int]:
    for minute in range(2 * DAY):
        offset = (start + dt.timedelta(minutes=minute)).astimezone(zone).utcoffset()
        if offset is not None and offset != old:
            step = round((offset - old).total_seconds() / 60)
            return (minute, min(minute + step, DAY), step) if step > 0 else (max(minute + step, 0), minute, step)
    raise AssertionError("the clock of this day does not move")


def _merged(parts: list[Stretch]) -> list[Stretch]:
    out: list[Stretch] = []
    for begins, ends in sorted(parts):
        if out and begins <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], ends))
        elif ends > begins:
            out.append((begins, ends))
    return out


def _without(parts: list[Stretch], gap: Stretch) -> list[Stretch]:
    out = [(a, min(b, gap[0])) for a, b in parts] + [(max(a, gap[1]), b) for a, b in parts]
    return sorted((a, b) for a, b in out if a < b)
