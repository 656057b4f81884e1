"""Between which bounds the number that reached each stage lies, from counted rows (METHOD.md, "Funnel").

Every count is bracketed between what the data show for certain and what they cannot rule out. Where the two meet the
count is exact; where they do not, it is a lower bound.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

ADVERTISING = ("impressions", "clicks")
"""Stages counted by advertising systems, before anybody is a lead."""
AFTERWARDS = ("repeat", "referral")
"""Stages counted in people, after the first purchase."""
NEARLY_ALL = 0.95
"""Share of leads whose qualification must be known for the marks to count the stage exactly."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]
Source = Literal["leads", "outcome", "stage", "answers", "marks"]


@dataclass(frozen=True)
class Counts:
    """Bounds of how many leads reached each stage, from counted rows; one number per row and stage."""

    stages: tuple[str, ...]
    low: Floats
    high: Floats
    source: Mapping[str, Source]
    """What the data hold of a stage's own; a stage that is absent was never recorded."""

    def at(self, stage: str, rows: Rows | None = None) -> tuple[int, int]:
        """Lower and upper bound for a stage over the chosen rows."""
        k = self.stages.index(stage)
        chosen = slice(None) if rows is None else rows
        return round(float(self.low[k][chosen].sum())), round(float(self.high[k][chosen].sum()))

    def exact(self, stage: str) -> bool:
        """The stage is recorded and its bounds meet."""
        low, high = self.at(stage)
        return stage in self.source and low == high


def count_stages(leads: pd.DataFrame, stages: Sequence[str], recorded: Collection[str], has: Collection[str]) -> Counts:
    """Bounds of the leads that reached each stage from ``leads`` on.

    ``leads`` are rows of ``facts.leads``; ``recorded`` the stages the client's data can show at all. A lead that
    reached a later stage has reached the earlier ones. A lost lead whose way is not known may have reached any stage
    before ``won``, none after.
    """
    kept = tuple(stage for stage in stages if stage not in ADVERTISING)
    number = leads["leads"].to_numpy(float)
    won = leads["outcome"].eq("won").to_numpy()
    exact = leads["exact"].to_numpy(bool) | won
    order = {stage: place for place, stage in enumerate(kept)}
    won_at = order["won"]
    place = leads["stage"].map(order).fillna(order["leads"]).to_numpy(int)
    place = np.where(won, np.maximum(place, won_at), place)
    # Marks that only a part of the leads carries bound the stage; they do not count it.
    marked = leads["marked"].to_numpy(float)
    all_marked = number.sum() > 0 and marked.sum() >= NEARLY_ALL * number.sum()
    source: dict[str, Source] = {stage: "stage" for stage in kept if stage in recorded}
    source |= {"leads": "leads", "won": "outcome"}

    low = np.zeros((len(kept), len(leads)))
    high = np.zeros_like(low)
    for k, stage in enumerate(kept):
        reached = place >= k
        own = np.zeros(len(leads))
        spare = np.where(exact | (k >= won_at), 0.0, number)
        if stage == "leads":
            own, spare = number, np.zeros(len(leads))
        elif stage == "contacted" and {"leads.first_answer_min", "leads.first_answer_at"} & set(has):
            own, spare = leads["answered"].to_numpy(float), np.zeros(len(leads))
            source[stage] = "answers"
        elif stage == "qualified" and marked.sum() > 0:
            own = leads["qualified"].to_numpy(float)
            if all_marked:
                source[stage] = "marks"
                spare = np.zeros(len(leads))
            else:
                spare = np.minimum(spare, number - marked)
        low[k] = np.where(reached, number, own)
        high[k] = np.where(reached, number, np.minimum(number, own + spare))
    for k in range(len(kept) - 2, -1, -1):
        low[k] = np.maximum(low[k], low[k + 1])
    high = np.maximum(high, low)
    for k in range(order["leads"] + 1, len(kept)):
        high[k] = np.maximum(np.minimum(high[k], high[k - 1]), low[k])
    return Counts(kept, low, high, source)


@dataclass(frozen=True)
class Advertising:
    """A stage counted by the advertising systems."""

    count: int | None
    at_least: int | None
    channels: frozenset[str]
    """Channels that count the stage, each without a gap."""
    in_channels: int
    """What these channels counted."""


def advertised(spend: pd.DataFrame, column: str, has: Collection[str]) -> Advertising:
    """Impressions or clicks of ``facts.spend``; a paid row without a number makes the sum a lower bound."""
    if f"spend.{column}" not in has or spend[column].isna().all():
        return Advertising(None, None, frozenset(), 0)
    gap = spend[column].isna() & spend["spend"].ne(0)
    total = round(float(spend[column].sum()))
    gaps = set(spend.loc[gap, "channel"])
    counting = spend[spend[column].gt(0) & ~spend["channel"].isin(gaps) & spend["channel"].ne("")]
    channels, inside = frozenset(counting["channel"]), round(float(counting[column].sum()))
    if gap.any():
        return Advertising(None, total, channels, inside)
    return Advertising(total, None, channels, inside)


def recorded_stages(leads: pd.DataFrame, mapped: Collection[str]) -> frozenset[str]:
    """Stages the data can show: some lead of any span stands there, or the client mapped a CRM stage to it."""
    return frozenset(leads["stage"]) | frozenset(mapped)
