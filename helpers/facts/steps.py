"""How long leads wait for their next stage, from the history of stages; what came to pass and what still waits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.facts.ground import Ground, empty, fetched
from helpers.sources.asking import asked_row, together

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from helpers.sources.loading import Data

KEYS = ["span", "stage", "after", "passed", "hours"]
BY_THE_HOUR = 72
"""Waits shorter than so many hours are counted by the hour, longer ones by the day."""


@dataclass(frozen=True)
class Steps:
    """Counted tables of the history of stages. Who reached which stage is in ``Facts.leads``, by the same history."""

    waits: pd.DataFrame
    """span (of the lead's creation), stage, after (the recorded stage before it), passed (False: still open, waiting
    until ``as_of``), hours (since the stage before; rounded down to hours under 72, to days from there on) | leads.
    Lost leads wait for nothing and are not here. A stage that was skipped counts as entered with the one after it."""
    by_day: bool
    """The history holds days without the time of day."""

    @classmethod
    def empty(cls) -> Steps:
        """No history."""
        return cls(waits=empty(KEYS, ["leads"]).astype({"passed": "bool", "hours": "int64"}), by_day=False)


async def count_steps(ground: Ground) -> Steps:
    """Waits between the recorded stages; ``Steps.empty()`` without leads or without a history of stages."""
    events = events_of_leads(ground.data, ground.deals)
    if ground.leads is None or events is None:
        return Steps.empty()
    stages = ground.client.stage_keys
    first, won = stages.index("leads"), stages.index("won")
    known = ground.engine.keep("recorded_stages", _recorded(events, len(stages), first, won))
    entered = events.group_by("key").agg(
        **{f"in_{k}": events.entered_at.min(where=events["at"] >= k) for k in range(first + 1, len(stages))}
    )
    leads = ground.leads.select("lead_id", "span", "created_at", "closed_at", "outcome", "stage")
    joined = ground.engine.keep("counted_steps", leads.inner_join(entered, [("lead_id", "key")]).drop("key"))
    end = ibis.literal(dt.datetime.combine(ground.data.as_of + dt.timedelta(days=1), dt.time()))
    parts = [_waits(joined, known, stages, after, first, won, end) for after in range(first + 1, len(stages))]
    waits = ibis.union(*parts) if len(parts) > 1 else parts[0]
    counted, found = await together(fetched(waits.group_by(KEYS).agg(leads=waits.count()), KEYS), asked_row(known))
    return Steps(waits=counted, by_day=not found["timed"])


def _recorded(events: ir.Table, stages: int, first: int, won: int) -> ir.Table:
    """One row: ``before_<k>``, the recorded stage before stage k, NULL where k itself is not recorded; ``timed``,
    entries with a time of day. Sales are always known of: by the outcome, where the history does not hold them."""
    later = range(first + 1, stages)
    there = {k: (events["at"] == k).any().fill_null(False) for k in later if k != won}
    timed = (events.entered_at != events.entered_at.cast("date").cast("timestamp")).sum().fill_null(0)
    found = events.aggregate(timed=timed, **{f"has_{k}": value for k, value in there.items()})
    holds = {k: found[f"has_{k}"] if k in there else ibis.literal(True) for k in later}
    before: dict[str, ir.Value] = {}
    for k in later:
        last = (
            ibis.cases(*[(holds[j], j) for j in reversed(range(first + 1, k))], else_=first) if k > first + 1 else first
        )
        before[f"before_{k}"] = ibis.ifelse(holds[k], last, ibis.null("int8")).cast("int32")
    return found.select("timed", **before)


def events_of_leads(data: Data, deals: ir.Table | None) -> ir.Table | None:
    """History of stages with ``key``, the lead it belongs to: named itself, or the lead of the deal.

    ``deals`` are those of `Ground`, with ``to_lead``. None without a history.
    """
    events = data.tables.get("stage_events")
    if events is None:
        return None
    if deals is None:
        return events.mutate(key=ibis.coalesce(events.lead_id, events.deal_id))
    known = deals.select(of="deal_id", found="to_lead")
    joined = events.left_join(known, [("deal_id", "of")])
    # A CRM with one entity writes the id of the deal where it means the lead.
    return joined.mutate(key=ibis.coalesce(joined.lead_id, joined.found, joined.deal_id)).drop("of", "found")


def _waits(
    leads: ir.Table,
    known: ir.Table,
    stages: tuple[str, ...],
    after: int,
    first: int,
    won: int,
    end: ir.TimestampScalar,
) -> ir.Table:
    """Hours from the recorded stage before one to it; leads that were lost between them are left out. No rows for a
    stage that is not recorded."""  # fmt: skip
    leads = leads.mutate(_before=known[f"before_{after}"].as_scalar())
    earlier = range(first, after)
    entered = {k: leads.created_at if k == first else _entered(leads, k, won) for k in earlier}
    start = ibis.cases(*[(leads["_before"] == k, entered[k]) for k in earlier], else_=ibis.null("timestamp"))
    reached = _entered(leads, after, won)
    # After a purchase nothing is lost any more: all who bought may still come back.
    waiting = leads.outcome == ("won" if after > won else "open")
    hours = (ibis.coalesce(reached, end).epoch_seconds() - start.epoch_seconds()) / 3600
    whole = ibis.greatest(hours, 0).floor().cast("int64")
    return leads.filter(start.notnull() & (reached.notnull() | waiting)).select(
        span=leads.span,
        stage=ibis.literal(stages[after]),
        after=ibis.cases(*[(leads["_before"] == k, stages[k]) for k in earlier]),
        passed=reached.notnull(),
        hours=ibis.ifelse(whole < BY_THE_HOUR, whole, (whole // 24) * 24),
    )


def _entered(leads: ir.Table, at: int, won: int) -> ir.TimestampValue:
    """When a lead entered a stage or a later one; NULL where it never did.

    A sale is dated by the history, else by the day the deal was closed; what a later loss took back does not count.
    """
    entered = leads[f"in_{at}"]
    if at == won:
        entered = ibis.coalesce(entered, leads.closed_at)
    return ibis.ifelse(leads.stage >= at, entered.cast("timestamp"), ibis.null("timestamp"))
