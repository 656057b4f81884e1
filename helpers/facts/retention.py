"""Who bought again: customers by the month of their first purchase, and when they came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.facts.ground import Ground, empty, fetched
from helpers.sources.asking import asked_row, together

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

KEYS = ["cohort", "again", "months"]
MONTH_DAYS = 30.4375
"""Mean length of a month."""


@dataclass(frozen=True)
class Retention:
    """Counted tables of purchases by people, over all the data reach, not the period alone."""

    customers: pd.DataFrame
    """cohort (month of the first purchase in the data), again (bought on a later day once more), months (whole months
    from the first to the second purchase, or to ``as_of``) | customers."""
    unnamed: int
    """Purchases that name no person: nobody can tell whether they were repeated."""

    @classmethod
    def empty(cls) -> Retention:
        """No purchases."""
        types = {"cohort": "datetime64[us]", "again": "bool", "months": "int64"}
        return cls(customers=empty(KEYS, ["customers"]).astype(types), unnamed=0)


async def count_retention(ground: Ground) -> Retention:
    """Customers who came back; ``Retention.empty()`` where nothing was sold or no day of a sale is known."""
    sold = _purchases(ground)
    if sold is None:
        return Retention.empty()
    as_of = ibis.literal(ground.data.as_of)
    sold = sold.filter(sold.day.notnull() & (sold.day <= as_of))
    days = sold.filter(sold.person.notnull()).select("person", "day").distinct()
    nth = ibis.row_number().over(ibis.window(group_by="person", order_by="day"))
    first_two = days.mutate(nth=nth).filter(lambda t: t.nth < 2)
    # Two purchases of one day are one visit: a person's rows differ in their days.
    people = first_two.group_by("person").agg(
        first=first_two.day.min(), last=first_two.day.max(), visits=first_two.count()
    )
    again = people.visits > 1
    end = ibis.ifelse(again, people["last"], as_of)
    months = ((end.epoch_days() - people["first"].epoch_days()) / MONTH_DAYS).floor().cast("int64")
    made = people.mutate(cohort=people["first"].truncate("M"), again=again, months=months)
    frame, unnamed = await together(
        fetched(made.group_by(KEYS).agg(customers=made.count()), KEYS),
        asked_row(sold.aggregate(n=sold.person.isnull().sum())),
    )
    return Retention(customers=frame, unnamed=int(unnamed["n"] or 0))


def _purchases(ground: Ground) -> ir.Table | None:
    """person, day of each sale: won deals, with the person of their lead where the deal names none."""
    if ground.deals is not None:
        won = ground.deals.filter(ground.deals.outcome == "won")
        day = ibis.coalesce(won.closed_at, won.opened_at).cast("date")
        if ground.leads is None:
            return won.select(person=won.person, day=day)
        who = ground.leads.select(of="lead_id", known="person")
        joined = won.mutate(day=day).left_join(who, [("to_lead", "of")])
        return joined.select(person=ibis.coalesce(joined.person, joined.known), day=joined.day)
    if ground.leads is not None:
        won = ground.leads.filter(ground.leads.outcome == "won")
        return won.select(person=won.person, day=won.closed_at.cast("date"))
    return None
