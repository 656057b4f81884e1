"""How long leads wait for the first human answer, in working minutes (METHOD.md "Speed")."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from helpers.facts.ground import Ground, empty, fetched
from helpers.facts.ripe import RIPE_KEYS, by_age_of_winning
from helpers.facts.waits import Clock
from helpers.sources.asking import together

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

ANSWER_EDGES = (5, 15, 30, 60, 120, 240, 480, 1440)
"""Upper edges, in working minutes, of coarse waiting times; the agreed limit is one more, and the last one is open."""
STEPS = ((240, 1), (600, 5), (3000, 30), (math.inf, 300))
"""Up to so many minutes a waiting time is rounded up to so many: fine where it matters, some hundred values in all."""
WORKLIST = 1000
"""Rows of bounded detail that may leave facts."""
WAIT_SUMS = ["leads"]
FATES = [
    "leads", "timed", "early", "untimed", "silent", "silent_lost", "silent_reason", "proven", "proven_timed",
]  # fmt: skip
DETAIL = ["lead_id", "created_at", "channel", "campaign", "product", "manager", "waited"]


@dataclass(frozen=True)
class Speed:
    """Counted waiting times of leads from the first compared day to ``as_of``.

    ``minutes`` are working minutes to the first answer, or, where ``answered`` is False, to the end of ``as_of``: as
    long as the lead has been waiting. Times are rounded up (`STEPS`), never across the agreed limit.
    """

    months: pd.DataFrame
    """span, month, minutes, answered | leads."""
    channels: pd.DataFrame
    """span, channel, minutes, answered | leads."""
    managers: pd.DataFrame
    """span, manager, minutes, answered | leads."""
    arrivals: pd.DataFrame
    """span, weekday (0 is Monday), hour, working (came in working time), minutes_to (upper edge of ANSWER_EDGES: within
    it, and not within the one before, the lead was answered or waited up to ``as_of``), answered | leads."""
    outcomes: pd.DataFrame
    """span, month, minutes_to, won_weeks (see `by_age_of_winning`) | leads, answered ones of a known time only."""
    fates: pd.DataFrame
    """span | leads, timed, early, untimed, silent (see `with_waits`), silent_lost (silent and closed as lost),
    silent_reason (of these, with a reason: somebody dealt with them), proven (went so far that somebody must have
    answered), proven_timed (of them, with a time)."""
    untouched: pd.DataFrame
    """span, channel, age_days (whole weeks, rounded down) | leads: open, not refused, and nobody has answered or called
    for longer than the limit."""
    worklist: pd.DataFrame
    """DETAIL of ``untouched`` since the period began, oldest first; of more than WORKLIST the latest, which are worth
    most. ``waited`` in working minutes."""
    clock: Clock
    """What the times stand on."""

    @classmethod
    def empty(cls) -> Speed:
        """No leads."""
        waits = ["minutes", "answered"]
        return cls(
            months=empty(["span", "month", *waits], WAIT_SUMS),
            channels=empty(["span", "channel", *waits], WAIT_SUMS),
            managers=empty(["span", "manager", *waits], WAIT_SUMS),
            arrivals=empty(["span", "weekday", "hour", "working", "minutes_to", "answered"], ["leads"]),
            outcomes=empty(["span", "minutes_to", *RIPE_KEYS], ["leads"]),
            fates=empty(["span"], FATES),
            untouched=empty(["span", "channel", "age_days"], ["leads"]),
            worklist=empty(DETAIL, []),
            clock=Clock(),
        )


async def count_speed(ground: Ground) -> Speed:
    """Waiting times of a client's leads; ``Speed.empty()`` without leads."""
    if ground.leads is None:
        return Speed.empty()
    limit = ground.client.limits.first_answer_min
    waits = ground.leads.filter(ground.leads.fate.notnull())
    known = waits.filter(waits.fate.isin(["timed", "silent"]) & waits.waited_min.notnull())
    known = known.mutate(
        answered=known.fate == "timed",
        minutes=_rounded(ibis.ifelse(known.fate == "timed", known.answer_min, known.waited_min), limit),
        minutes_to=_edge(ibis.ifelse(known.fate == "timed", known.answer_min, known.waited_min), limit),
    )
    months, channels, managers, arrivals, outcomes, fates, untouched = await together(
        _counted(known, ["span", "month", "minutes", "answered"], ground),
        _counted(known, ["span", "channel", "minutes", "answered"], ground),
        _counted(known, ["span", "manager", "minutes", "answered"], ground),
        _arrivals(known, ground),
        _outcomes(waits, limit),
        _fates(waits),
        _untouched(waits, ground, limit),
    )
    return Speed(months, channels, managers, arrivals, outcomes, fates, **untouched, clock=ground.names.clock)


def _rounded(minutes: ir.FloatingValue, limit: float) -> ir.FloatingValue:
    """Rounded up by STEPS, but not across the limit."""
    branches = [(minutes <= edge, (minutes / step).ceil() * step) for edge, step in STEPS[:-1]]
    up = ibis.cases(*branches, else_=(minutes / STEPS[-1][1]).ceil() * STEPS[-1][1]).cast("float64")
    return ibis.ifelse(minutes <= limit, ibis.least(up, limit), up)


async def _counted(known: ir.Table, keys: list[str], ground: Ground) -> pd.DataFrame:
    return ground.one_spelling(await fetched(known.group_by(keys).agg(leads=known.count()), keys), WAIT_SUMS)


async def _arrivals(known: ir.Table, ground: Ground) -> pd.DataFrame:
    keys = ["span", "weekday", "hour", "working", "minutes_to", "answered"]
    told = known.mutate(
        weekday=known.created_at.day_of_week.index().cast("int64"), hour=known.created_at.hour().cast("int64")
    )
    counted = await fetched(told.group_by(keys).agg(leads=told.count()), keys)
    return counted if ground.names.clock.clocked else Speed.empty().arrivals


def _edge(minutes: ir.FloatingValue, limit: float) -> ir.FloatingValue:
    edges = sorted({*map(float, ANSWER_EDGES), float(limit)})
    return ibis.cases(*[(minutes <= edge, edge) for edge in edges], else_=math.inf).cast("float64")


async def _outcomes(waits: ir.Table, limit: float) -> pd.DataFrame:
    timed = waits.filter(waits.fate == "timed")
    return await by_age_of_winning(timed.mutate(minutes_to=_edge(timed.answer_min, limit)), ["span", "minutes_to"])


async def _fates(waits: ir.Table) -> pd.DataFrame:
    named = {name: (waits.fate == name).sum() for name in ("timed", "early", "untimed", "silent")}
    table = waits.group_by("span").agg(
        leads=waits.count(),
        **named,
        silent_lost=((waits.fate == "silent") & (waits.outcome == "lost")).sum(),
        silent_reason=((waits.fate == "silent") & (waits.outcome == "lost") & (waits.reason != "")).sum(),
        proven=waits.proven.sum(),
        proven_timed=(waits.proven & (waits.fate == "timed")).sum(),
    )
    return await fetched(table, ["span"])


async def _untouched(waits: ir.Table, ground: Ground, limit: float) -> dict[str, Any]:
    left = waits.filter(
        (waits.fate == "silent")
        & (waits.outcome == "open")
        & ~(~waits.accepted).fill_null(False)
        & (waits.waited_min > limit)
    )
    keys = ["span", "channel", "age_days"]
    left = left.mutate(age_days=((left.age_days // 7) * 7).cast("int64"))
    recent = left.filter(left.created_at.cast("date") >= ibis.literal(ground.data.period.from_))
    recent = recent.mutate(waited=recent.waited_min).select(*DETAIL)
    latest = recent.order_by(ibis.desc("created_at"), ground.engine.ordered(recent.lead_id)).limit(WORKLIST)
    counted, rows = await together(
        fetched(left.group_by(keys).agg(leads=left.count()), keys), fetched(latest, ["created_at", "lead_id"])
    )
    for name, known in (("channel", ground.channels), ("manager", ground.managers)):
        rows[name] = [known.get(text, text) for text in rows[name]]
    return {
        "untouched": ground.one_spelling(counted, ["leads"]),
        "worklist": rows,
    }
