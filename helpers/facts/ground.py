"""What every counted table stands on: the joined leads and deals, and the one spelling of each name."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    "month": "datetime64[us]", "until": "datetime64[us]", "day": "datetime64[us]", "exact": "bool",
    "age_days": "int64", "minutes_to": "float64",
}  # fmt: skip
"""Types of key columns that are not text."""


@dataclass(frozen=True)
class Names:
    """One spelling of every name; what waiting times stand on."""

    channels: dict[str, str]
    managers: dict[str, str]
    """Spelling → name as shown, an alias where the table of people has one."""
    campaigns: dict[str, str]
    """Only what the client calls one under aliases."""
    clock: Clock = field(default_factory=Clock)
    people: tuple[tuple[str, str, str], ...] = ()
    """Name, alias and team of the table of people."""


@dataclass(frozen=True)
class Ground:
    """The clean tables and, where there are leads or deals, both joined and typed once.

    ``leads``: a row per lead with span, month, outcome, reached stage and what its deals brought. ``deals``: the clean
    deals and ``to_lead``, the lead each grew from (NULL: none). ``touches``: calls and messages, see `linked_touches`.

    All is counted in one round of questions: names are known when its answers come, not before.
    """

    data: Data
    leads: ir.Table | None
    deals: ir.Table | None
    touches: ir.Table | None
    told: list[Names] = field(default_factory=list)
    """Empty until the answers come, then the one; whoever fills it stands first in `together`."""

    @property
    def names(self) -> Names:
        """Spellings, to be used on counted tables only."""
        return self.told[0]

    @property
    def channels(self) -> dict[str, str]:
        """Spelling → the one to show."""
        return self.names.channels

    @property
    def managers(self) -> dict[str, str]:
        """Spelling → name as shown."""
        return self.names.managers

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
            ("campaign", self.names.campaigns),
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
