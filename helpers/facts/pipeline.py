"""Open deals by stage and age, what became of such deals before, deals that lie still, and how long a deal takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.facts.exact import squares, total
from helpers.facts.ground import Ground, empty, fetched
from helpers.sources.asking import asked_row, together
from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

LANDMARKS = (0, 7, 14, 21, 28, 42, 56, 84, 112, 168, 224, 336)
"""Ages in days at which the stage of every deal that was still open is looked up."""
STALE_ROWS = 1000
SLOWEST = 9
"""A deal that has not moved for longer than so many tenths of won deals took in all lies still."""
FEWEST_WON = 10
"""Under this many won deals their age says nothing."""

OPEN = ["stage", "age_days"]
OPEN_SUMS = ["deals", "priced", "amount", "amount_sq"]
AGES = ["recent", "outcome", "age_days"]
PAST = ["recent", "landmark", "stage", "outcome", "after_days"]
STALE = ["deal_id", "manager", "stage", "opened", "moved", "expected", "quiet_days", "overdue", "amount", "age_days"]


@dataclass(frozen=True)
class Pipeline:
    """Counted tables of deals; money in the client's currency.

    ``stage`` is the furthest stage known to be reached; ``recent``: opened since the audited period began.
    """

    open: pd.DataFrame
    """OPEN | OPEN_SUMS: open deals by age in whole weeks (as days; -7: the day it was opened is not known). ``priced``:
    with an amount above zero."""
    ages: pd.DataFrame
    """AGES | deals, age since the deal was opened: at its end, or at ``as_of`` for open ones."""
    past: pd.DataFrame
    """PAST | deals. Deals still open ``landmark`` days after they were opened, by the stage reached by then; their
    outcome so many days (whole weeks) later. Without a history of stages: empty."""
    won: pd.DataFrame
    """month (of winning), age_days | deals, revenue: how long won deals took."""
    stale: pd.DataFrame
    """STALE, at most 1 000 open deals that lie still, largest amount first; ``overdue``: past its expected day."""
    stale_deals: int
    """How many there are in all."""
    stale_amount: float
    """Their amount in all."""
    quiet_after: int | None
    """Days without movement after which a deal lies still: 90 % of won deals took less in all; None: too few."""

    @classmethod
    def empty(cls) -> Pipeline:
        """No deals."""
        return cls(
            open=empty(OPEN, OPEN_SUMS),
            ages=empty(AGES, ["deals"]).astype({"recent": "bool"}),
            past=empty(PAST, ["deals"]).astype({"recent": "bool", "landmark": "int64", "after_days": "int64"}),
            won=empty(["month", "age_days"], ["deals", "revenue"]),
            stale=empty(STALE, []),
            stale_deals=0,
            stale_amount=0.0,
            quiet_after=None,
        )


async def count_pipeline(ground: Ground) -> Pipeline:
    """Count the deals of a client; ``Pipeline.empty()`` without deals."""
    if ground.deals is None:
        return Pipeline.empty()
    engine, names = ground.engine, dict(enumerate(ground.client.stage_keys))
    events = _events(ground, ground.deals)
    if events is not None:
        events = engine.keep("deal_events", events)
    deals = engine.keep("aged_deals", _aged(ground, ground.deals, events))
    slow = engine.keep("slow_deals", _slow(deals))
    stale = deals.filter((deals.outcome == "open") & _still(deals, slow.quiet_after.as_scalar()))
    open_deals, ages, past, won, rows, every, slowest = await together(
        _open(deals), _ages(deals), _past(deals, events, ground.client.stage_keys.index("leads")), _won(deals),
        _stale(ground, stale), asked_row(stale.aggregate(n=stale.count(), amount=total(stale.amount))),
        asked_row(slow),
    )  # fmt: skip
    quiet_after = slowest["quiet_after"]
    return Pipeline(
        open=_named(open_deals, names),
        ages=ages,
        past=_named(past, names),
        won=won,
        stale=_named(rows, names),
        stale_deals=int(every["n"]),
        stale_amount=float(every["amount"] or 0),
        quiet_after=None if quiet_after is None else int(quiet_after),
    )


def _named(frame: pd.DataFrame, names: dict[int, str]) -> pd.DataFrame:
    frame["stage"] = frame["stage"].map(names)
    return frame


def _events(ground: Ground, deals: ir.Table) -> ir.Table | None:
    """History of stages of deals: deal_id, at, day. An event names the deal, or the lead it grew from."""
    events = ground.table("stage_events")
    if events is None:
        return None
    entered = events.select("deal_id", "lead_id", "at", day=events.entered_at.cast("date"))
    by_deal = entered.filter(entered.deal_id.notnull()).select(key="deal_id", at="at", day="day")
    by_lead = entered.filter(entered.deal_id.isnull()).select(key="lead_id", at="at", day="day")
    own = deals.select(of="deal_id", deal="deal_id")
    grown = deals.filter(deals.to_lead.notnull()).select(of="to_lead", deal="deal_id")
    parts = [
        events_of.inner_join(ids, [("key", "of")]).select(deal_id="deal", at="at", day="day")
        for events_of, ids in ((by_deal, own), (by_lead, grown))
    ]
    return ibis.union(*parts)


def _aged(ground: Ground, deals: ir.Table, events: ir.Table | None) -> ir.Table:
    """Deals with ``age`` at their end or ``as_of`` (NULL where the dates contradict) and the day they last moved."""
    as_of = ibis.literal(ground.data.as_of)
    opened = deals.opened_at.cast("date")
    end = ibis.ifelse(deals.outcome == "open", as_of, deals.closed_at.cast("date"))
    age = end.epoch_days() - opened.epoch_days()
    table = deals.select(
        "deal_id", "outcome", "at", "to_lead", "expected_at", opened=opened, end=end,
        manager=deals.manager.fill_null(""), recent=(opened >= ibis.literal(ground.data.period.from_)).fill_null(False),
        amount=deals.amount.fill_null(0).cast(MONEY),
        age=ibis.ifelse((age >= 0) & (end <= as_of), age, ibis.null("int64")), moved=opened,
    )  # fmt: skip
    if events is not None:
        last = events.group_by("deal_id").agg(last=events.day.max())
        table = table.left_join(last, "deal_id").drop("deal_id_right")
        table = table.mutate(moved=ibis.greatest(table.moved, ibis.coalesce(table["last"], table.moved))).drop("last")
    if ground.touches is not None:
        touches = ground.touches.filter(ground.touches.lead.notnull())
        last = touches.group_by("lead").agg(last=touches["at"].max().cast("date"))
        table = table.left_join(last, [("to_lead", "lead")]).drop("lead")
        table = table.mutate(moved=ibis.greatest(table.moved, ibis.coalesce(table["last"], table.moved))).drop("last")
    return table


def _slow(deals: ir.Table) -> ir.Table:
    """One row: ``quiet_after``, the whole days within which SLOWEST tenths of won deals were won (between two of them
    in proportion, Hyndman and Fan, type 7); NULL for fewer than FEWEST_WON. In whole numbers, the same everywhere."""
    won = deals.filter((deals.outcome == "won") & deals.age.notnull())
    counted = won.group_by(age=won.age.cast("int64")).agg(deals=won.count())
    deals_up_to = counted.deals.sum().over(ibis.cumulative_window(order_by="age"))
    found = counted.mutate(up_to=deals_up_to, won=counted.deals.sum().over(ibis.window()))
    before = (found.won - 1) * SLOWEST
    ages = found.aggregate(
        won=found.won.max(),
        lower=found.age.min(where=found.up_to > (before / 10).floor().cast("int64")),
        upper=found.age.min(where=found.up_to > (before / 10).floor().cast("int64") + 1),
    )
    rest = ((ages.won - 1) * SLOWEST) % 10
    further = ((ages.upper.fill_null(ages.lower) - ages.lower) * rest / 10).floor().cast("int64")
    return ages.select(quiet_after=ibis.ifelse(ages.won >= FEWEST_WON, ages.lower + further, ibis.null("int64")))


def _still(deals: ir.Table, quiet_after: ir.IntegerScalar) -> ir.BooleanValue:
    overdue = (deals.expected_at.cast("date") < deals.end).fill_null(False)
    return overdue | ((deals.end.epoch_days() - deals.moved.epoch_days()) > quiet_after).fill_null(False)


async def _open(deals: ir.Table) -> pd.DataFrame:
    made = deals.filter(deals.outcome == "open").mutate(
        stage=deals["at"], age_days=((deals.age // 7) * 7).fill_null(-7).cast("int64")
    )
    table = made.group_by(OPEN).agg(
        deals=made.count(),
        priced=(made.amount > 0).sum(),
        amount=total(made.amount),
        amount_sq=squares(made.amount),
    )
    return await fetched(table, OPEN)


async def _ages(deals: ir.Table) -> pd.DataFrame:
    known = deals.filter(deals.age.notnull()).mutate(age_days=deals.age.cast("int64"))
    return await fetched(known.group_by(AGES).agg(deals=known.count()), AGES)


async def _past(deals: ir.Table, events: ir.Table | None, first: int) -> pd.DataFrame:
    if events is None:
        return Pipeline.empty().past
    known = deals.filter(deals.age.notnull()).select("deal_id", "recent", "outcome", "opened", "age")
    # For each deal the stage it had reached by each landmark, from one join.
    joined = known.left_join(events, "deal_id").drop("deal_id_right")
    after = joined.day.epoch_days() - joined.opened.epoch_days()
    reached = joined.group_by(["deal_id", "recent", "outcome", "age"]).agg(
        **{f"at_{days}": joined["at"].max(where=after <= days) for days in LANDMARKS}
    )
    parts = []
    for days in LANDMARKS:
        waiting = reached.filter((reached.age > days) | ((reached.outcome == "open") & (reached.age >= days)))
        parts.append(
            waiting.select(
                recent=waiting.recent,
                landmark=ibis.literal(days, "int64"),
                stage=waiting[f"at_{days}"].fill_null(first),
                outcome=waiting.outcome,
                after_days=(((waiting.age - days) // 7) * 7).cast("int64"),
            )
        )
    table = ibis.union(*parts)
    return await fetched(table.group_by(PAST).agg(deals=table.count()), PAST)


async def _won(deals: ir.Table) -> pd.DataFrame:
    keys = ["month", "age_days"]
    won = deals.filter((deals.outcome == "won") & deals.age.notnull())
    made = won.mutate(month=won.end.truncate("M"), age_days=won.age.cast("int64"))
    return await fetched(made.group_by(keys).agg(deals=made.count(), revenue=total(made.amount)), keys)


async def _stale(ground: Ground, stale: ir.Table) -> pd.DataFrame:
    made = stale.select(
        deal_id="deal_id", manager="manager", stage="at", opened="opened", moved="moved",
        expected=stale.expected_at.cast("date"), quiet_days=stale.end.epoch_days() - stale.moved.epoch_days(),
        overdue=(stale.expected_at.cast("date") < stale.end).fill_null(False),
        amount=stale.amount, age_days=stale.age,
    )  # fmt: skip
    largest = made.order_by([ibis.desc("amount"), ground.engine.ordered(made.deal_id)]).limit(STALE_ROWS)
    frame = (await fetched(largest, ["deal_id"])).sort_values(
        "amount", ascending=False, kind="stable", ignore_index=True
    )
    frame["manager"] = frame["manager"].map(lambda name: ground.managers.get(name, name))
    return frame[STALE]
