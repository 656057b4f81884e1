"""Working minutes from a lead to its first human answer, lead by lead (METHOD.md "Speed")."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.sources.asking import asked_row
from helpers.sources.engines import inline
from helpers.worktime import parse_hours, work_calendar

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.sources.loading import Data
    from helpers.worktime import WorkCalendar

EPOCH = pd.Timestamp("1970-01-01")
BEFOREHAND = 60
"""Minutes: a call so shortly before the lead was written down is the call that it was written down from."""


@dataclass(frozen=True)
class Clock:
    """What the waiting times stand on."""

    source: str = ""
    """Where the first answer comes from: "recorded", "touches", "both"; "" where nothing tells it."""
    clocked: bool = False
    """The export knows the time of day at which leads come."""
    hours_given: bool = False
    """Working hours are known; False: plain minutes of the clock are counted."""
    holidays: bool | None = None
    """Holidays of the client's country are taken into account; None: no country is given, or no hours."""


async def with_waits(data: Data, leads: ir.Table | None, touches: ir.Table | None) -> tuple[ir.Table | None, Clock]:
    """Leads with their waiting time, of those created since the first compared day; NULL for older ones.

    - ``fate``: "timed" (answered, the time is known), "early" (the answer is dated before the lead), "untimed" (the
      lead went further than it can without an answer, or only the day is recorded), "silent" (no answer, the rest)
    - ``answer_min``: working minutes from the lead to the first human answer, where ``fate`` is "timed"
    - ``waited_min``: working minutes from the lead to the end of ``as_of``
    - ``proven``: it went so far that somebody must have answered it; ``working``: it came in working time

    The first answer is the recorded one, else the first call or message to the lead, or call from it that was answered.
    A duration that goes over the night in which the clock is moved is taken to the same time by the clock.
    """
    if leads is None:
        return None, Clock()
    client = data.client
    first = min(data.period.from_, data.compare.from_) if data.compare else data.period.from_
    end = dt.datetime.combine(data.as_of + dt.timedelta(days=1), dt.time())
    day = leads.created_at.cast("date")
    every, leads = leads, leads.filter(day.between(ibis.literal(first), ibis.literal(data.as_of)))
    leads, source, clocked = await _with_answers(data, leads, touches)
    calendar = work_calendar(
        parse_hours(client.working_hours) if clocked else {}, client.country, client.timezone, first, end.date()
    )
    pieces = data.engine.keep("calendar", pieces_of(calendar))
    leads = leads.mutate(answer_at=ibis.ifelse(leads.answer_at < ibis.literal(end), leads.answer_at, None))
    leads = with_clock(with_clock(leads, "created_at", "asked", pieces), "answer_at", "told", pieces)
    minutes = _minutes(leads, calendar, clocked)
    keys = client.stage_keys
    further = keys.index("contacted") if "contacted" in keys else keys.index("leads") + 1
    leads = leads.mutate(
        minutes=minutes,
        waited_min=calendar.until(end) - leads.asked,
        proven=(leads.outcome == "won") | (leads.stage >= further),
    )
    waits = leads.select(
        of=leads.lead_id,
        answer_min=leads.minutes,
        waited_min=leads.waited_min,
        proven=leads.proven,
        working=leads.asked_open == 1,
        fate=ibis.cases(
            (leads.minutes.notnull(), "timed"),
            (leads.early, "early"),
            (leads.proven | leads.dayless | leads.answer_at.notnull(), "untimed"),
            else_="silent",
        ),
    )
    known = calendar.holidays if calendar.hours_given else None
    return every.left_join(waits, [("lead_id", "of")]).drop("of"), Clock(source, clocked, calendar.hours_given, known)


async def _with_answers(data: Data, leads: ir.Table, touches: ir.Table | None) -> tuple[ir.Table, str, bool]:
    """Leads with ``answer_at``, ``early``, ``dayless`` (only the day of the answer is known); the source; clocked."""
    question = leads.aggregate(
        clocked=(leads.created_at != _midnight(leads.created_at)).sum(),
        exact=(leads.first_answer_at != _midnight(leads.first_answer_at)).sum(),
        recorded=(leads.first_answer_at.notnull() | leads.first_answer_min.notnull()).sum(),
    )
    found = {name: int(value or 0) for name, value in (await asked_row(question)).items()}
    none = ibis.null("timestamp")
    given = leads.first_answer_at.notnull()
    seconds = (leads.first_answer_min * 60 + 0.5).floor().cast("int64")
    lasted = ibis.ifelse(given, none, data.engine.later(leads.created_at, seconds))
    early = given & (leads.first_answer_at < leads.created_at) if found["exact"] else ibis.literal(False)
    recorded = ibis.ifelse(early, none, leads.first_answer_at) if found["exact"] else none
    leads = leads.mutate(
        answer_at=ibis.coalesce(recorded, lasted), early=early, dayless=given if not found["exact"] else False
    )
    source = "recorded" if found["recorded"] else ""
    if touches is None:
        return leads, source, found["clocked"] > 0
    spoken = touches.filter(touches.human & touches.lead.notnull())
    joined = leads.inner_join(spoken.select(of=spoken.lead, touch_at=spoken["at"]), [("lead_id", "of")])
    after = joined.filter(joined.touch_at >= joined.created_at - ibis.interval(minutes=BEFOREHAND))
    leads = leads.left_join(after.group_by("of").agg(touch_at=after.touch_at.min()), [("lead_id", "of")]).drop("of")
    own = leads.answer_at.isnull() & ~leads.early & ~leads.dayless
    if (await asked_row(leads.aggregate(n=(own & leads.touch_at.notnull()).sum())))["n"]:
        source = "both" if source else "touches"
    # A call before the lead was written down answered it at once. (GREATEST would make NULL an answer.)
    touched = ibis.ifelse(leads.touch_at < leads.created_at, leads.created_at, leads.touch_at)
    first = ibis.ifelse(own, touched, leads.answer_at)
    return leads.mutate(answer_at=first).drop("touch_at"), source, found["clocked"] > 0


def pieces_of(calendar: WorkCalendar) -> ir.Table:
    """The stretches of a calendar as a table; ``day`` counts days since 1970."""
    rows = calendar.pieces.assign(day=(calendar.pieces["day"] - EPOCH).dt.days)
    names = ["day", "from_min", "to_min", "before", "open"]
    return inline(rows[names].to_numpy().tolist(), names)


def _midnight(moment: ir.TimestampValue) -> ir.TimestampValue:
    return moment.cast("date").cast("timestamp")


def _minutes(leads: ir.Table, calendar: WorkCalendar, clocked: bool) -> ir.FloatingValue:
    none = ibis.null("float64")
    lasted = ibis.ifelse(leads.first_answer_at.isnull() & leads.answer_at.notnull(), leads.first_answer_min, none)
    if not clocked:
        # Leads without a time of day: only a duration that the export itself gives can be trusted to the minute.
        return lasted
    worked = leads.told - leads.asked
    # Without working hours a given duration is the answer, also over the night in which the clock is moved.
    return worked if calendar.hours_given else ibis.coalesce(lasted, worked)


def with_clock(table: ir.Table, moment: str, name: str, pieces: ir.Table) -> ir.Table:
    """``table`` with ``name``, working minutes from the beginning of the calendar to a moment, and ``<name>_open``.

    ``pieces`` are those of a `WorkCalendar`, ``day`` counting from 1970; NULL where the moment is unknown or outside of
    it. The stretches of a day cover it, so each moment meets one of them.
    """
    at = table[moment]
    minute = at.hour() * 60 + at.minute() + at.second().cast("float64") / 60
    table = table.mutate(_day=at.cast("date").epoch_days().cast("int64"), _minute=minute)
    piece = pieces.select(
        _piece=pieces.day, _from=pieces.from_min, _to=pieces.to_min, _before=pieces.before,
        _open=pieces.open,
    )  # fmt: skip
    met = table.left_join(piece, [table._day == piece._piece, table._minute >= piece._from, table._minute < piece._to])
    clock = (met._before + met._open * (met._minute - met._from)).cast("float64")
    return met.mutate(**{name: clock, f"{name}_open": met._open}).drop(
        "_day", "_minute", "_piece", "_from", "_to", "_before", "_open"
    )
