"""A client's place among the other audited clients, without their names: rank, quarter, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from helpers.portfolio.peers import Peer
from helpers.report.model import Cell, Column, Exhibit, Table
from helpers.stats.change import difference_interval
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.result import Score

LEAST = 5
"""Others: among fewer a place says little and may give one of them away."""
Quarter = Literal[1, 2, 3, 4]


@dataclass(frozen=True)
class Place:
    """One figure among those of the others; the highest has rank 1."""

    own: float
    rank: int
    others: int
    quarters: tuple[float, float, float]
    """Quartiles of the others."""
    possible: tuple[int, int] | None = None
    """Highest and lowest rank that the ranges allow; None: not known."""

    @property
    def quarter(self) -> Quarter:
        """1: at the upper quartile of the others or above, 4: below their lower one."""
        low, middle, high = self.quarters
        return 1 if self.own >= high else 2 if self.own >= middle else 3 if self.own >= low else 4


def place_of(own: float, others: Sequence[float]) -> Place | None:
    """The place of ``own``; equal figures share the better rank. None among fewer than five others."""
    if len(others) < LEAST:
        return None
    low, middle, high = (float(at) for at in np.quantile(others, (0.25, 0.5, 0.75)))
    return Place(own, 1 + sum(other > own for other in others), len(others), (low, middle, high))


def score_place(score: Score, peers: Sequence[Peer]) -> Place | None:
    """The place of the company's score among peers that answered the same questions; with the ranks that are possible.

    A rank is possible unless the difference from somebody is beyond chance (the interval of two independent scores).
    """
    if score.total is None:
        return None
    alike = [peer for peer in peers if peer.version == score.version]
    found = place_of(score.total.value, [peer.total for peer in alike])
    if found is None or score.total.interval is None:
        return found
    above = below = 0
    for peer in alike:
        if peer.interval is None:
            continue
        low, high = difference_interval(score.total.value, score.total.interval, peer.total, peer.interval)
        above, below = above + (high < 0), below + (low > 0)
    return Place(found.own, found.rank, found.others, found.quarters, (1 + above, 1 + found.others - below))


def place_exhibit(score: Score, peers: Sequence[Peer], say: Language) -> Exhibit | None:
    """Place of the score and of the five areas; None where there are too few others or no score."""
    place = score_place(score, peers)
    if place is None or score.total is None:
        return None
    alike = [peer for peer in peers if peer.version == score.version]
    rows: list[tuple[Cell, ...]] = [_row(say("Total of 100"), place, say)]
    for dimension in questionnaire().dimensions:
        mean = score.dimensions.get(dimension.id)
        others = [peer.dimensions[dimension.id] for peer in alike if dimension.id in peer.dimensions]
        if mean is not None and (found := place_of(mean.value, others)) is not None:
            rows.append(_row(dimension.title[say.code], found, say))
    return Exhibit(
        key="score-place",
        title=say("Place {rank} of {n} among the audited companies", rank=say.count(place.rank),
                  n=say.count(place.others + 1)),
        reading=(_sure(place, say), say(
            "The others are companies of the same consultant, of other trades and sizes, without names; they are no "
            "norm. What has changed since your own last audit says more.")),
        table=Table(
            columns=(
                Column(label=say("What")),
                Column(label=say("Your company"), kind="number", digits=1),
                Column(label=say("Place")),
                Column(label=say("Quarter")),
                *(
                    Column(label=label, kind="number", digits=1)
                    for label in (say("Others: lower quartile"), say("Others: middle"), say("Others: upper quartile"))
                ),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
        note=say("Source: the newest audits of {n} other companies with the same questionnaire, up to {day}.",
                 n=say.count(place.others), day=say.date(max(peer.as_of for peer in alike))),
    )  # fmt: skip


def _row(name: str, place: Place, say: Language) -> tuple[Cell, ...]:
    rank = say("{rank} of {n}", rank=say.count(place.rank), n=say.count(place.others + 1))
    # Of five others the quartiles are figures of single companies: no more digits than are shown.
    return name, place.own, rank, _quarter(place.quarter, say), *(round(at, 1) for at in place.quarters)


def _quarter(quarter: Quarter, say: Language) -> str:
    return {1: say("the highest"), 2: say("the second"), 3: say("the third"), 4: say("the lowest")}[quarter]


def _sure(place: Place, say: Language) -> str:
    if place.possible is None:
        return say("How sure the place is cannot be said: one person's view has no range.")
    first, last = place.possible
    if first == last:
        return say("No other place is likely: all differences are beyond chance.")
    return say("With the ranges (95 %) of all scores any place from {first} to {last} is possible.",
               first=say.count(first), last=say.count(last))  # fmt: skip
