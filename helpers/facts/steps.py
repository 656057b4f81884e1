"""How long leads wait for their next stage, from the history of stages; what came to pass and what still waits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import ibis

from helpers.facts.ground import Ground, empty, fetched

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
    found = await fetched(
        events.group_by("at").agg(
            rows=events.count(), timed=(events.entered_at != events.entered_at.cast("date").cast("timestamp")).sum()
        ),
        ["at"],
    )
    recorded = sorted({first, won} | {int(at) for at in found["at"] if at > first})
    entered = events.group_by("key").agg(
        **{f"in_{k}": events.entered_at.min(where=events["at"] >= k) for k in recorded}
    )
    leads = ground.leads.select("lead_id", "span", "created_at", "closed_at", "outcome", "stage")
    joined = ground.engine.keep("counted_steps", leads.inner_join(entered, [("lead_id", "key")]).drop("key"))
    end = ibis.literal(dt.datetime.combine(ground.data.as_of + dt.timedelta(days=1), dt.time()))
    parts = [_waits(joined, stages, before, after, first, won, end) for before, after in pairwise(recorded)]
    waits = ibis.union(*parts) if len(parts) > 1 else parts[0]
    counted = waits.group_by(KEYS).agg(leads=waits.count())
    return Steps(waits=await fetched(counted, KEYS), by_day=not int(found["timed"].sum()))


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
    leads: ir.Table, stages: tuple[str, ...], before: int, after: int, first: int, won: int, end: ir.TimestampScalar
) -> ir.Table:
    """Hours from one recorded stage to the next; leads that were lost between them are left out."""
    start = leads.created_at if before == first else _entered(leads, before, won)
    reached = _entered(leads, after, won)
    # After a purchase nothing is lost any more: all who bought may still come back.
    waiting = leads.outcome == ("won" if after > won else "open")
    hours = (ibis.coalesce(reached, end).epoch_seconds() - start.epoch_seconds()) / 3600
    whole = ibis.greatest(hours, 0).floor().cast("int64")
    return leads.filter(start.notnull() & (reached.notnull() | waiting)).select(
        span=leads.span,
        stage=ibis.literal(stages[after]),
        after=ibis.literal(stages[before]),
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
