"""The weeks of the joint meeting: leads, refusals, sellers by ISO week, and what the meetings wrote down.

One query a table, not a week: any week of the last two years can be looked at from these counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.days import REACH
from helpers.facts.ground import Ground, empty, fetched
from helpers.facts.handover import gone_leads, one_wording
from helpers.sources.asking import asked, together

if TYPE_CHECKING:
    import ibis.expr.types as ir

LEAD_SUMS = ["leads", "qualified", "marked", "accepted", "rejected"]
EXAMPLES = 3
"""Refused leads of a week that are named, one of each of the commonest reasons first."""
ROWS = 1000
"""Records of each kind that are kept, the latest."""

TASKS = ["date", "decision", "owner", "due", "done"]
MEETINGS = ["date", "present", "decision"]
PROMOTIONS = ["name", "starts", "ends", "brief_at"]
NOTES = ["date", "kind", "text", "department", "channel"]
DAYS = ("date", "due", "done", "starts", "ends", "brief_at")


@dataclass(frozen=True)
class Weeks:
    """Counted tables and, of what people wrote themselves, at most ROWS rows each; ``week`` is its Monday."""

    leads: pd.DataFrame
    """week (the lead came), channel | LEAD_SUMS: as they stand on ``as_of``."""
    refused: pd.DataFrame
    """week (the lead came), reason ("": none given) | leads that sales refused."""
    examples: pd.DataFrame
    """week, lead_id, channel, reason: at most EXAMPLES refused leads of a week."""
    sellers: pd.DataFrame
    """manager, week (the lead came), won_week (NaT: not won) | leads."""
    tasks: pd.DataFrame
    """TASKS: decisions with owner, day due and day done (NaT: not given). The owner as the meeting wrote it, without
    the alias of the table of people: nobody can ask "Manager 2" about a task, and no figure stands beside it."""
    meetings: pd.DataFrame
    """MEETINGS."""
    promotions: pd.DataFrame
    """PROMOTIONS; ``brief_at`` is the day on which sales were told (NaT: nobody noted it)."""
    notes: pd.DataFrame
    """NOTES: changes, hypotheses, signals."""

    @classmethod
    def empty(cls) -> Weeks:
        """Nothing recorded."""
        return cls(
            leads=_weekly(empty(["week", "channel"], LEAD_SUMS)),
            refused=_weekly(empty(["week", "reason"], ["leads"])),
            examples=_weekly(empty(["week", "lead_id", "channel", "reason"], [])),
            sellers=_weekly(empty(["manager", "week", "won_week"], ["leads"])),
            tasks=_dated(empty(TASKS, [])),
            meetings=_dated(empty(MEETINGS, [])),
            promotions=_dated(empty(PROMOTIONS, [])),
            notes=_dated(empty(NOTES, [])),
        )


async def count_weeks(ground: Ground) -> Weeks:
    """Count the weeks up to ``as_of``."""
    leads = None if ground.leads is None else _recent(ground, ground.leads)
    counted, refused, sellers, tasks, meetings, promotions, notes = await together(
        _leads(ground, leads), _refused(ground, leads), _sellers(ground, leads),
        _records(ground, "tasks", TASKS), _records(ground, "meetings", MEETINGS),
        _records(ground, "promotions", PROMOTIONS), _records(ground, "notes", NOTES),
    )  # fmt: skip
    return Weeks(
        leads=counted,
        refused=refused[0],
        examples=refused[1],
        sellers=sellers,
        tasks=tasks,
        meetings=meetings,
        promotions=promotions,
        notes=_channels_shown(ground, notes),
    )


def _recent(ground: Ground, leads: ir.Table) -> ir.Table:
    as_of = ground.data.as_of
    created = leads.created_at.cast("date")
    inside = created.between(ibis.literal(as_of - dt.timedelta(days=REACH)), ibis.literal(as_of))
    return leads.filter(inside).mutate(week=created.truncate("W"))


async def _leads(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return Weeks.empty().leads
    keys = ["week", "channel"]
    table = leads.group_by(keys).agg(
        leads=leads.count(),
        qualified=leads.qualified.fill_null(False).sum(),
        marked=leads.qualified.count(),
        accepted=leads.accepted.fill_null(False).sum(),
        rejected=(~leads.accepted).fill_null(False).sum(),
    )
    return ground.one_spelling(_weekly(await fetched(table, keys)), LEAD_SUMS)


async def _refused(ground: Ground, leads: ir.Table | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    if leads is None:
        return Weeks.empty().refused, Weeks.empty().examples
    gone = gone_leads(ground, leads)
    gone = gone.filter(gone.kind == "rejected")
    keys = ["week", "reason"]
    ordered = ground.engine.ordered
    ranked = gone.select(
        "week", "lead_id", "channel", "reason",
        times=ibis.ifelse(gone.reason == "", 0, gone.count().over(ibis.window(group_by=keys))),
        nth=ibis.row_number().over(ibis.window(group_by=keys, order_by=ordered(gone.lead_id))),
    )  # fmt: skip
    # First one lead of each reason, the commonest reason first, then second ones.
    order = ["nth", ibis.desc("times"), ordered(ranked.reason), ordered(ranked.lead_id)]
    ranked = ranked.mutate(place=ibis.row_number().over(ibis.window(group_by="week", order_by=order)))
    few = ranked.filter(ranked.place < EXAMPLES).order_by([ibis.desc("week"), "place"]).limit(ROWS)
    counted, examples = await together(
        fetched(gone.group_by(keys).agg(leads=gone.count()), keys),
        fetched(few.select("week", "lead_id", "channel", "reason", "place"), ["week", "place"]),
    )
    counted, examples = _weekly(counted), _weekly(examples.drop(columns="place"))
    wording = one_wording(counted)
    counted["reason"] = counted["reason"].map(wording)
    examples["reason"] = examples["reason"].map(lambda text: wording.get(text, text))
    examples["channel"] = examples["channel"].map(lambda text: ground.channels.get(text, text))
    return counted.groupby(keys, sort=True)["leads"].sum().reset_index(), examples


async def _sellers(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return Weeks.empty().sellers
    keys = ["manager", "week", "won_week"]
    named = leads.filter(leads.manager != "")
    sold = ibis.ifelse(named.outcome == "won", named.closed_at.cast("date"), ibis.null("date"))
    named = named.mutate(won_week=sold.truncate("W"))
    frame = await fetched(named.group_by(keys).agg(leads=named.count()), keys)
    return ground.one_spelling(_weekly(frame), ["leads"])


async def _records(ground: Ground, name: str, columns: list[str]) -> pd.DataFrame:
    """The latest rows of a table that people keep by hand, as they wrote them, in order of time."""
    table = ground.table(name)
    if table is None:
        return _dated(empty(columns, []))
    ordered = ground.engine.ordered
    newest = [ibis.desc(ordered(table[n]) if table[n].type().is_string() else table[n]) for n in columns]
    frame = _dated(await asked(table.select(*columns).order_by(newest).limit(ROWS)))
    for column in columns:
        if column not in DAYS:
            # Written with an apostrophe before it, so that a spreadsheet takes it for no formula (meeting/record.py).
            text = frame[column].where(frame[column].notna(), "").astype(str).str.strip()
            frame[column] = text.str.replace(r"^'(?=[=+@])", "", regex=True)
    return frame[columns].sort_values(columns, ignore_index=True)


def _channels_shown(ground: Ground, notes: pd.DataFrame) -> pd.DataFrame:
    notes["channel"] = notes["channel"].map(lambda name: ground.channels.get(name, name))
    return notes


def _weekly(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("week", "won_week"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    for name in DAYS:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame
