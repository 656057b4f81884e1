"""What became of leads by the age at which they were won: cohorts of managers and channels, comparable at one age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.exact import squares, total
from helpers.facts.ground import Ground, empty, fetched
from helpers.facts.ripe import NOT_WON
from helpers.facts.staff import teams
from helpers.sources.asking import asked_row, together

if TYPE_CHECKING:
    import ibis.expr.types as ir

KEYS = ["span", "month", "channel", "product", "manager", "outcome", "won_weeks"]
SUMS = ["leads", "qualified", "reached", "sales", "revenue", "gross", "gross_sq"]


@dataclass(frozen=True)
class Outcomes:
    """Counted tables; money in the client's currency."""

    leads: pd.DataFrame
    """KEYS | SUMS. ``won_weeks``: age of a won lead in whole weeks, rounded up (0: its dates contradict each other or
    are missing), NOT_WON for the others. ``qualified``: marked so, or won; ``reached``: known to have reached the stage
    of qualified leads; ``sales``: won deals; gross profit with the sum of its squares, a lead's deals together."""
    staff: pd.DataFrame
    """manager (as shown), team, last_day (NaT: still there), from the table of people."""
    undated: int
    """Won leads of the period whose day of winning is missing or contradicts the others: taken as won at once."""

    @classmethod
    def empty(cls) -> Outcomes:
        """No leads."""
        leads = empty(KEYS, SUMS).astype({"won_weeks": "int64"})
        staff = empty(["manager", "team", "last_day"], []).astype({"last_day": "datetime64[us]"})
        return cls(leads=leads, staff=staff, undated=0)


async def count_outcomes(ground: Ground) -> Outcomes:
    """Count the leads of a client by what became of them; ``Outcomes.empty()`` without leads."""
    if ground.leads is None:
        return Outcomes.empty()
    leads, keys = ground.leads, ground.client.stage_keys
    won = leads.outcome == "won"
    weeks = ((leads.age_days.fill_null(0) + 6) // 7).cast("int64")
    reached = leads.stage >= (keys.index("qualified") if "qualified" in keys else keys.index("won"))
    made = leads.mutate(won_weeks=ibis.ifelse(won, weeks, ibis.literal(NOT_WON, "int64")))
    table = made.group_by(KEYS).agg(
        leads=made.count(),
        qualified=(made.qualified.fill_null(False) | (made.outcome == "won")).sum(),
        reached=reached.sum(),
        sales=made.sales.sum(),
        revenue=total(made.revenue),
        gross=total(made.gross),
        gross_sq=squares(made.gross),
    )
    question = leads.aggregate(n=(won & leads.age_days.isnull() & (leads.span == "now")).sum())
    frame, undated, staff = await together(fetched(table, KEYS), asked_row(question), _staff(ground))
    frame = ground.one_spelling(frame, SUMS)
    return Outcomes(leads=frame.astype({"won_weeks": "int64"}), staff=staff, undated=int(undated["n"] or 0))


async def _staff(ground: Ground) -> pd.DataFrame:
    """Who is in the table of people, a line per manager as shown: the last day only where no line is open."""
    people: ir.Table | None = ground.table("people")
    if people is None:
        return Outcomes.empty().staff
    rows = people.group_by("manager").agg(
        last_day=ibis.ifelse(people["to"].isnull().any(), ibis.null("date"), people["to"].max())
    )
    frame = await fetched(rows, ["manager"])
    frame["manager"] = frame["manager"].map(lambda name: ground.managers.get(name, name))
    frame["team"] = frame["manager"].map(teams(ground)).fillna("")
    frame["last_day"] = pd.to_datetime(frame["last_day"]).astype("datetime64[us]")
    frame = frame.drop_duplicates("manager", ignore_index=True)
    return frame[["manager", "team", "last_day"]]
