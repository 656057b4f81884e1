"""What every counted table stands on: the joined leads and deals, and the one spelling of each name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.waits import Clock
from helpers.sources.asking import asked
from helpers.sources.names import canonical

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client
    from helpers.sources.engines import Engine
    from helpers.sources.loading import Data

TYPES = {
    "month": "datetime64[us]", "day": "datetime64[us]", "exact": "bool", "age_days": "int64", "minutes_to": "float64",
}  # fmt: skip
"""Types of key columns that are not text."""


@dataclass(frozen=True)
class Ground:
    """The clean tables and, where there are leads or deals, both joined and typed once.

    ``leads``: a row per lead with span, month, outcome, reached stage and what its deals brought. ``deals``: the clean
    deals and ``to_lead``, the lead each grew from (NULL: none). ``touches``: calls and messages, see `linked_touches`.
    ``managers``: spelling → name as shown, an alias where the table of people has one.
    """

    data: Data
    leads: ir.Table | None
    deals: ir.Table | None
    touches: ir.Table | None
    clock: Clock
    channels: dict[str, str]
    managers: dict[str, str]
    campaigns: dict[str, str]
    """Only what the client calls one under aliases."""
    people: tuple[tuple[str, str, str], ...] = ()
    """Name, alias and team of the table of people."""

    @property
    def engine(self) -> Engine:
        """Where the rows are."""
        return self.data.engine

    @property
    def client(self) -> Client:
        """What the client told us."""
        return self.data.client

    def table(self, name: str) -> ir.Table | None:
        """A clean table, None where the client has none."""
        return self.data.tables.get(name)

    def one_spelling(self, frame: pd.DataFrame, sums: list[str]) -> pd.DataFrame:
        """The counted table with channels, managers and campaigns in one spelling, rows that fell together summed."""
        for name, spellings in (
            ("channel", self.channels),
            ("manager", self.managers),
            ("campaign", self.campaigns),
        ):
            if name in frame:
                frame[name] = frame[name].map(lambda text, known=spellings: known.get(text, text))
        keys = [name for name in frame.columns if name not in sums]
        return frame.groupby(keys, dropna=False, sort=True)[sums].sum(min_count=1).reset_index()


def empty(keys: list[str], sums: list[str]) -> pd.DataFrame:
    """A counted table of no rows."""
    return pd.DataFrame(
        {**{k: pd.Series(dtype=TYPES.get(k, "object")) for k in keys}, **{k: pd.Series(dtype="float64") for k in sums}}
    )


def span_of(day: ir.DateValue, data: Data) -> ir.StringValue:
    """ "now" (the period), "before" (compare_with) or "other"."""
    branches = [(day.between(ibis.literal(data.period.from_), ibis.literal(data.period.to)), "now")]
    if data.compare is not None:
        branches.append((day.between(ibis.literal(data.compare.from_), ibis.literal(data.compare.to)), "before"))
    return ibis.cases(*branches, else_="other")


async def fetched(table: ir.Table, keys: list[str]) -> pd.DataFrame:
    """Fetched in a fixed order, so that sums of floats repeat to the last bit."""
    frame = await asked(table)
    return frame.sort_values(keys, ignore_index=True)


def spellings(
    aliases: dict[str, tuple[str, ...]], *columns: pd.Series, usual: dict[str, str] | None = None
) -> dict[str, str]:
    """Spelling found -> the one to show, over all the columns that hold such names."""
    counts = pd.concat(columns).value_counts()
    return {"": "", **canonical({str(name): int(n) for name, n in counts.items() if name}, aliases, usual)}
