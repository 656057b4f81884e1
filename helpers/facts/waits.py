"""Working minutes from a lead to its first human answer, lead by lead (METHOD.md "Speed")."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.sources.asking import asked_row, together
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


@dataclass(frozen=True)
class Waits:
    """Leads with their waiting times, and what is still to be asked about them."""

    leads: ir.Table
    flags: ir.Table
    """One row, see `_flags`."""
    hours_given: bool
    holidays: bool | None
    """Of the client's country, where working hours are given."""

    async def clock(self, leads: ir.Table) -> Clock:
        """What the times stand on; ``leads`` are these, kept."""
        flags, touched = await together(asked_row(self.flags), asked_row(leads.aggregate(n=leads.by_touch.sum())))
        named = {"recorded": flags["recorded"], "touches": touched["n"]}
        sources = [name for name, rows in named.items() if rows]
        clocked = bool(flags["clocked"])
        hours_given = clocked and self.hours_given
        source = "both" if len(sources) > 1 else "".join(sources)
        return Clock(source, clocked, hours_given, self.holidays if hours_given else None)


def with_waits(data: Data, leads: ir.Table, touches: ir.Table | None) -> Waits:
    """Leads with their waiting time, of those created since the first compared day; NULL for older ones.

    - ``fate``: "timed" (answered, the time is known), "early" (the answer is dated before the lead), "untimed" (the
      lead went further than it can without an answer, or only the day is recorded), "silent" (no answer, the rest)
    - ``answer_min``: working minutes from the lead to the first human answer, where ``fate`` is "timed"
    - ``waited_min``: working minutes from the lead to the end of ``as_of``
    - ``proven``: it went so far that somebody must have answered it; ``working``: it came in working time
    - ``by_touch``: a call or message tells the answer, nothing else does

    The first answer is the recorded one, else the first call or message to the lead, or call from it that was answered.
    A duration that goes over the night in which the clock is moved is taken to the same time by the clock.
    """
    client = data.client
    first = min(data.period.from_, data.compare.from_) if data.compare else data.period.from_
    end = dt.datetime.combine(data.as_of + dt.timedelta(days=1), dt.time())
    flags = data.engine.keep("clock", _flags(data.tables["leads"], first, data.as_of))
    clocked = flags.clocked.as_scalar() > 0
    own, inside = leads.columns, leads.created_at.cast("date").between(ibis.literal(first), ibis.literal(data.as_of))
    leads = _with_answers(data, leads.mutate(_asked=inside), touches, flags)
    hours = parse_hours(client.working_hours)
    calendar = work_calendar(hours, client.country, client.timezone, first, end.date())
    # Leads without a time of day are not held against working hours; whether they have one the data know alone.
    plain = work_calendar({}, client.country, client.timezone, first, end.date()) if hours else calendar
    pieces = data.engine.keep("calendar", _either(pieces_of(calendar), pieces_of(plain), clocked, bool(hours)))
    leads = leads.mutate(answer_at=ibis.ifelse(leads.answer_at < ibis.literal(end), leads.answer_at, None))
    leads = with_clock(with_clock(leads, "created_at", "asked", pieces), "answer_at", "told", pieces)
    keys = client.stage_keys
    further = keys.index("contacted") if "contacted" in keys else keys.index("leads") + 1
    until = ibis.ifelse(clocked, calendar.until(end), plain.until(end)) if hours else ibis.literal(plain.until(end))
    leads = leads.mutate(
        minutes=ibis.ifelse(leads["_asked"], _minutes(leads, clocked, bool(hours)), ibis.null("float64")),
        waited_min=ibis.ifelse(leads["_asked"], until.cast("float64") - leads.asked, ibis.null("float64")),
        proven=ibis.ifelse(leads["_asked"], (leads.outcome == "won") | (leads.stage >= further), ibis.null("boolean")),
    )
    return Waits(
        leads.select(
            *own,
            answer_min=leads.minutes,
            waited_min=leads.waited_min,
            proven=leads.proven,
            working=ibis.ifelse(leads["_asked"], leads.asked_open == 1, ibis.null("boolean")),
            by_touch=leads.by_touch,
            fate=ibis.cases(
                (~leads["_asked"], ibis.null("string")),
                (leads.minutes.notnull(), "timed"),
                (leads.early, "early"),
                (leads.proven | leads.dayless | leads.answer_at.notnull(), "untimed"),
                else_="silent",
            ),
        ),
        flags,
        calendar.hours_given,
        calendar.holidays,
    )


def _flags(leads: ir.Table, first: dt.date, last: dt.date) -> ir.Table:
    """How many leads of these days came at a time of day, have an answer with one, have a recorded answer at all."""
    asked = leads.filter(leads.created_at.cast("date").between(ibis.literal(first), ibis.literal(last)))
    return asked.aggregate(
        clocked=(asked.created_at != _midnight(asked.created_at)).sum().fill_null(0),
        exact=(asked.first_answer_at != _midnight(asked.first_answer_at)).sum().fill_null(0),
        recorded=(asked.first_answer_at.notnull() | asked.first_answer_min.notnull()).sum().fill_null(0),
    )


def _with_answers(data: Data, leads: ir.Table, touches: ir.Table | None, flags: ir.Table) -> ir.Table:
    """Leads with ``answer_at``, ``early``, ``dayless`` (only the day of the answer is known) and ``by_touch``."""
    none, exact = ibis.null("timestamp"), flags.exact.as_scalar() > 0
    given = leads.first_answer_at.notnull()
    seconds = (leads.first_answer_min * 60 + 0.5).floor().cast("int64")
    lasted = ibis.ifelse(given, none, data.engine.later(leads.created_at, seconds))
    leads = leads.mutate(lasted=lasted, early=given & (leads.first_answer_at < leads.created_at) & exact)
    recorded = ibis.ifelse(exact & ~leads.early, leads.first_answer_at, none)
    leads = leads.mutate(answer_at=ibis.coalesce(recorded, leads.lasted), dayless=given & ~exact).drop("lasted")
    if touches is None:
        return leads.mutate(by_touch=ibis.literal(False))
    spoken = touches.filter(touches.human & touches.lead.notnull())
    asked = leads.select("lead_id", "created_at")
    joined = asked.inner_join(spoken.select(of=spoken.lead, touch_at=spoken["at"]), [("lead_id", "of")])
    after = joined.filter(joined.touch_at >= joined.created_at - ibis.interval(minutes=BEFOREHAND))
    leads = leads.left_join(after.group_by("of").agg(touch_at=after.touch_at.min()), [("lead_id", "of")]).drop("of")
    own = leads["_asked"] & leads.answer_at.isnull() & ~leads.early & ~leads.dayless
    # A call before the lead was written down answered it at once. (GREATEST would make NULL an answer.)
    touched = ibis.ifelse(leads.touch_at < leads.created_at, leads.created_at, leads.touch_at)
    first = ibis.ifelse(own, touched, leads.answer_at)
    return leads.mutate(answer_at=first, by_touch=own & leads.touch_at.notnull()).drop("touch_at")


def _either(worked: ir.Table, plain: ir.Table, clocked: ir.BooleanScalar, hours_given: bool) -> ir.Table:
    """The stretches of the calendar that holds: of working hours where leads have a time of day, else of the clock."""
    if not hours_given:
        return plain
    both = ibis.union(worked.mutate(_worked=ibis.literal(True)), plain.mutate(_worked=ibis.literal(False)))
    return both.filter(both["_worked"] == clocked).drop("_worked")


def pieces_of(calendar: WorkCalendar) -> ir.Table:
    """The stretches of a calendar as a table; ``day`` counts days since 1970."""
    rows = calendar.pieces.assign(day=(calendar.pieces["day"] - EPOCH).dt.days)
    names = ["day", "from_min", "to_min", "before", "open"]
    return inline(rows[names].to_numpy().tolist(), names)


def _midnight(moment: ir.TimestampValue) -> ir.TimestampValue:
    return moment.cast("date").cast("timestamp")


def _minutes(leads: ir.Table, clocked: ir.BooleanScalar, hours_given: bool) -> ir.FloatingValue:
    none = ibis.null("float64")
    lasted = ibis.ifelse(leads.first_answer_at.isnull() & leads.answer_at.notnull(), leads.first_answer_min, none)
    worked = leads.told - leads.asked
    # Without working hours a given duration is the answer, also over the night in which the clock is moved.
    # Leads without a time of day: only a duration that the export itself gives can be trusted to the minute.
    return ibis.ifelse(clocked, worked if hours_given else ibis.coalesce(lasted, worked), lasted)


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
