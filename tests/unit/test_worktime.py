"""Working minutes against a plain slow calendar that looks at every minute."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.worktime import WorkCalendar, parse_hours, work_calendar

OFFICE = {"mon-fri": "09:00-19:00", "sat": "10:00-16:00"}
ZONES = ("Europe/Kyiv", "Europe/Moscow", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe")
"""Beirut moves the clock at midnight, Lord Howe by half an hour, Moscow not at all."""


@cache
def public(country: str) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    found = holidays.country_holidays(country, years=[2024, 2025])
    return frozenset(found), frozenset(found.weekend_workdays)


def slow(created: dt.datetime, answered: dt.datetime, given: dict[str, str], country: str | None, zone: str) -> int:
    """Every minute that really passes between the two, where the clock on the wall shows working time."""
    where, hours = ZoneInfo(zone), parse_hours(given)
    now, end = created.replace(tzinfo=where).astimezone(dt.UTC), answered.replace(tzinfo=where).astimezone(dt.UTC)
    free, worked = public(country) if country else (frozenset(), frozenset())

    @cache
    def of_day(day: dt.date) -> tuple[int, int]:
        if not hours:
            return 0, 1440
        if day in free:
            return 0, 0
        return hours.get(day.weekday(), hours.get(4, (0, 0)) if day in worked else (0, 0))

    minutes = 0
    while now < end:
        wall = now.astimezone(where)
        minute, day = wall.hour * 60 + wall.minute, wall.date()
        opens, closes = of_day(day)
        late = of_day(day - dt.timedelta(days=1))[1]
        minutes += opens <= minute < closes or minute + 1440 < late
        now += dt.timedelta(minutes=1)
    return minutes


def calendar(given: dict[str, str], country: str | None = None, zone: str = "Europe/Moscow") -> WorkCalendar:
    return _calendar(tuple(given.items()), country, zone)


@cache
def _calendar(given: tuple[tuple[str, str], ...], country: str | None, zone: str) -> WorkCalendar:
    return work_calendar(parse_hours(dict(given)), country, zone, dt.date(2024, 1, 1), dt.date(2025, 12, 31))


def between(calendar: WorkCalendar, created: str, answered: str) -> float:
    return calendar.until(dt.datetime.fromisoformat(answered)) - calendar.until(dt.datetime.fromisoformat(created))


@settings(max_examples=50, deadline=None)
@given(
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2025, 12, 1)),
    st.integers(0, 6 * 24 * 60),
    st.sampled_from([{}, OFFICE, {"mon-sun": "00:00-24:00"}, {"fri-mon": "20:00-04:00", "wed": "08:30-12:15"}]),
    st.sampled_from([None, "RU", "UA"]),
    st.sampled_from(ZONES),
)
def test_equals_the_slow_calendar(created, minutes, given, country, zone):
    created = created.replace(second=0, microsecond=0)
    answered = created + dt.timedelta(minutes=minutes)
    _refuse_what_the_clock_never_shows(zone, created, answered)
    work = calendar(given, country, zone)
    assert work.until(answered) - work.until(created) == slow(created, answered, given, country, zone)


@pytest.mark.parametrize("given", [{}, {"mon-sun": "01:00-05:30"}, {"sat-sun": "22:00-05:00"}])
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Kyiv", dt.date(2024, 3, 31)),
        ("Europe/Kyiv", dt.date(2024, 10, 27)),
        ("America/New_York", dt.date(2025, 3, 9)),
        ("America/New_York", dt.date(2025, 11, 2)),
        ("Asia/Beirut", dt.date(2024, 3, 31)),
        ("Asia/Beirut", dt.date(2024, 10, 26)),
        ("Australia/Lord_Howe", dt.date(2024, 4, 7)),
        ("Australia/Lord_Howe", dt.date(2024, 10, 6)),
    ],
)
def test_the_day_the_clock_is_moved(given, zone, day):
    work = calendar(given, None, zone)
    noon = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(12))
    for minutes in range(600, 2160, 35):
        answered = noon + dt.timedelta(minutes=minutes)
        if _shown(zone, answered):
            assert work.until(answered) - work.until(noon) == slow(noon, answered, given, None, zone), answered


def _shown(zone: str, moment: dt.datetime) -> bool:
    there = moment.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).astimezone(ZoneInfo(zone))
    return there.replace(tzinfo=None) == moment


def _refuse_what_the_clock_never_shows(zone: str, *moments: dt.datetime) -> None:
    from hypothesis import assume

    assume(all(_shown(zone, moment) for moment in moments))


@pytest.mark.parametrize(
    ("created", "answered", "minutes"),
    [
        ("2024-02-28T18:50", "2024-03-01T09:10", 10 + 600 + 10),  # February 29 is a working Thursday
        ("2024-03-02T15:00", "2024-03-04T09:30", 90),  # one hour of Saturday, Sunday is free
        ("2024-03-02T20:00", "2024-03-03T11:00", 0),  # asked and answered while the office is closed
        ("2024-03-04T22:00", "2024-03-05T09:05", 5),
        ("2024-03-07T18:00", "2024-03-09T10:15", 75),  # March 8 is a holiday
        ("2024-03-05T09:00:00", "2024-03-05T09:00:30", 0.5),
        ("2024-04-26T18:30", "2024-04-29T12:00", 30 + 360),  # Saturday as agreed, Monday is moved to it
    ],
)
def test_worked_examples(created, answered, minutes):
    assert between(calendar(OFFICE, "RU"), created, answered) == minutes


def test_a_saturday_worked_instead_of_a_moved_day_has_fridays_hours():
    week = {"mon-fri": "09:00-18:00"}
    assert between(calendar(week, "RU"), "2024-04-27T00:00", "2024-04-28T00:00") == 540
    assert between(calendar(week), "2024-04-27T00:00", "2024-04-28T00:00") == 0


def test_without_working_hours_every_minute_counts():
    work = calendar({}, "RU")
    assert not work.hours_given
    assert between(work, "2024-01-01T00:00", "2024-01-08T00:00") == 7 * 1440


def test_what_is_known_of_holidays_is_said():
    assert calendar(OFFICE).holidays is None
    assert calendar(OFFICE, "RU").holidays is True
    # A country that the package does not know: the calendar goes on without its holidays.
    assert calendar(OFFICE, "XX").holidays is False
    assert between(calendar(OFFICE, "XX"), "2024-03-08T09:00", "2024-03-08T10:00") == 60


def test_the_stretches_of_a_day_cover_it():
    pieces = calendar({"fri-mon": "20:00-04:00"}, "UA", "Europe/Kyiv").pieces
    for _, day in pieces.groupby("day"):
        assert day["from_min"].iloc[0] == 0
        assert day["to_min"].iloc[-1] == 1440
        assert (day["from_min"].iloc[1:].to_numpy() == day["to_min"].iloc[:-1].to_numpy()).all()
    assert pieces["before"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        ({"mon-wed": "9:00-18:00"}, {0: (540, 1080), 1: (540, 1080), 2: (540, 1080)}),
        ({"Sat - Mon": "00:00-24:00"}, {5: (0, 1440), 6: (0, 1440), 0: (0, 1440)}),
        ({"fri": "20:00-04:00"}, {4: (1200, 1680)}),
    ],
)
def test_hours_are_read(given, hours):
    assert parse_hours(given) == hours


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"monday": "09:00-18:00"}, "'monday' must be a day"),
        ({"mon-tue-wed": "09:00-18:00"}, "one day or two"),
        ({"mon-fri": "09:00-18:00", "fri": "10:00-16:00"}, "fri stands here twice"),
        ({"mon": "09:00-24:30"}, "does not exist"),
        ({"mon": "09:75-18:00"}, "does not exist"),
        ({"mon": "9-18"}, "must look like 09:00-19:00"),
        ({"mon": "09:00-09:00"}, "begins when it ends"),
    ],
)
def test_hours_that_cannot_be_meant(given, error):
    with pytest.raises(ValueError, match=error):
        parse_hours(given)
