"""Lead quality or handling? Campaigns against the people who handle their leads (METHOD.md "Money")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from helpers.chapters.campaigns import row_numbers
from helpers.chapters.common_age import common_age
from helpers.chapters.managers_measure import kind_of
from helpers.chapters.money_silent import UNTIED
from helpers.stats.shares import MINIMUM, wilson
from helpers.stats.twoway import holm, two_way

if TYPE_CHECKING:
    from helpers.chapters.money_measure import Measured
    from helpers.client import Client
    from helpers.facts import Facts

SHOWN = 8
"""Campaigns looked at: those with most leads."""
PEOPLE = 6
"""Salespeople told apart: those with most of these leads; the others are one."""
SURE = 0.05
"""Chance, corrected for the number of campaigns, below which a difference is named."""

Reading = Literal["low", "high", "handling", "both", "same", "too_few"]
"""low, high: lower or higher than the same people reach elsewhere, whoever handles the leads; handling: it depends on
who handles them; both: low, and it depends; same: nothing beyond chance."""


@dataclass(frozen=True)
class Cell:
    """Leads of one campaign in the hands of one person, or of all."""

    leads: int
    won: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson 95 % interval of the conversion, 0-1; None under 30 leads."""
        if self.leads < MINIMUM:
            return None
        low, high = wilson(self.won, self.leads)
        return float(low), float(high)

    @property
    def rate(self) -> float | None:
        """Conversion, 0-1; None under 30 leads."""
        return self.won / self.leads if self.leads >= MINIMUM else None


@dataclass(frozen=True)
class Line:
    """One campaign."""

    place: int
    """Its row in ``Measured.campaigns``."""
    whole: Cell
    people: tuple[Cell, ...]
    """One per name of `Mix.people`, then the others."""
    dear: bool
    """A lead costs more than it is worth."""
    elsewhere: float | None
    """Conversion that the same people reach with leads of other campaigns, in the same shares; None: they have none."""
    reading: Reading


@dataclass(frozen=True)
class Mix:
    """The two-way table."""

    people: tuple[str, ...]
    others: int
    """Salespeople summed in the last column."""
    lines: tuple[Line, ...]
    """Most leads first."""
    whole: bool
    """All months of the period are ripe; False: the young ones are left out."""
    left_out: int
    """Leads whose handler is nobody, or a queue."""

    def of(self, *readings: Reading) -> tuple[Line, ...]:
        """Campaigns with one of these readings."""
        return tuple(line for line in self.lines if line.reading in readings)


def measure_mix(facts: Facts, client: Client, measured: Measured) -> Mix | None:
    """Campaigns by salespeople, over the ripe months of the period; None with fewer than two campaigns or people.

    A campaign is called low when it sells less than the same people sell elsewhere, by more than chance; handling is
    named when within the campaign people differ by more than chance. Both by permutation, corrected for the number of
    campaigns (Holm). Leads are not dealt by lot: it is an association, and worded so.
    """
    if facts.leads.empty:
        return None
    age = common_age(facts, client, "now")
    leads = age.of(facts.leads, "now")
    named = leads["manager"].map({name: kind_of(name, "") == "person" for name in leads["manager"].unique()})
    left_out, leads = int(leads.loc[~named.astype(bool), "leads"].sum()), leads[named.astype(bool)]
    if leads.empty:
        return None
    rows = row_numbers(leads, measured.join.leads)
    matched = measured.matched
    counted = leads.assign(row=rows, won=leads["leads"].where(leads["outcome"] == "won", 0))
    by_row, by_person = (counted.groupby(name)["leads"].sum() for name in ("row", "manager"))
    # Nobody knows what a lead costs whose money stands under another name.
    known = matched[matched["row"].isin(by_row.index[by_row > 0]) & (matched["verdict"] != UNTIED)]
    known = known.assign(ripe=by_row.reindex(known["row"]).to_numpy())
    known = known.sort_values(["ripe", "row"], ascending=[False, True]).head(SHOWN)
    if len(known) < 2 or len(by_person) < 2:
        return None
    order = by_person.sort_values(ascending=False, kind="stable").index
    people = tuple(order[:PEOPLE]) if len(order) > PEOPLE + 1 else tuple(order)
    n, k = (_table(counted, name, known["row"].to_numpy(), people) for name in ("leads", "won"))
    found = two_way(k, n)
    dear = (known["cpl"] > known["worth"]).to_numpy(dtype=bool)
    p_row, p_people = holm(found.p_row[:-1]), holm(found.p_columns[:-1])
    lines = [
        Line(
            place=int(place),
            whole=Cell(int(n[i].sum()), int(k[i].sum())),
            people=tuple(Cell(int(a), int(b)) for a, b in zip(n[i], k[i], strict=True)),
            dear=bool(dear[i]),
            elsewhere=None if np.isnan(found.expected[i]) else float(found.expected[i] / n[i].sum()),
            reading=_reading(int(n[i].sum()), k[i].sum() - found.expected[i], p_row[i], p_people[i]),
        )
        for i, place in enumerate(known.index)
    ]
    return Mix(people, len(order) - len(people), tuple(lines), age.whole, left_out)


def _table(counted: pd.DataFrame, name: str, rows: np.ndarray, people: tuple[str, ...]) -> np.ndarray:
    """Campaigns and, last, all other leads, by people and, last, all other people."""
    sums = counted.pivot_table(index="row", columns="manager", values=name, aggfunc="sum", fill_value=0)
    ordered = sums.reindex(columns=[*people, *[name for name in sums.columns if name not in people]])
    values, at = ordered.to_numpy(dtype=np.int64), pd.Index(ordered.index).get_indexer(pd.Index(rows))
    values = np.column_stack([values[:, : len(people)], values[:, len(people) :].sum(axis=1)])
    rest = np.delete(values, at, axis=0).sum(axis=0)
    return np.vstack([values[at], rest])


def _reading(leads: int, more: float, p_row: float, p_people: float) -> Reading:
    if leads < MINIMUM or np.isnan(p_row):
        return "too_few"
    differs, depends = p_row < SURE, p_people < SURE
    if depends:
        return "both" if differs and more < 0 else "handling"
    if not differs:
        return "same"
    return "low" if more < 0 else "high"
