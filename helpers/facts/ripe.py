"""Leads by month and by the age at which they were won: what a conversion at one common age is counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from helpers.facts.ground import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

NOT_WON = -1
RIPE_KEYS = ["month", "won_weeks"]


async def by_age_of_winning(leads: ir.Table, keys: list[str]) -> pd.DataFrame:
    """``keys``, month, won_weeks | leads. ``won_weeks``: age of a won lead in whole weeks, rounded up (0: its dates
    contradict each other), NOT_WON for the others."""
    weeks = ((leads.age_days.fill_null(0) + 6) // 7).cast("int64")
    made = leads.mutate(won_weeks=ibis.ifelse(leads.outcome == "won", weeks, ibis.literal(NOT_WON, "int64")))
    every = [*keys, *RIPE_KEYS]
    return await fetched(made.group_by(every).agg(leads=made.count()), every)
