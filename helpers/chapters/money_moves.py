"""Where the spend goes, campaign by campaign's verdict, and where it would go instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.campaigns import lines

if TYPE_CHECKING:
    import pandas as pd

    from helpers.chapters.money_measure import Measured

ACTIONS = ("scale", "hold", "wait", "fix", "stop")
GROW = 0.5
"""A campaign is grown by at most half of its spend at once; a convention: its next leads need not be like these."""


@dataclass(frozen=True)
class Move:
    """Money for one campaign that earns, from those to stop."""

    place: int
    """Row in ``Measured.campaigns``."""
    spend: float
    """What it spends today."""
    more: float
    """What it would get in addition."""
    per_100: float
    """Expected gross profit per 100 of spend, as today."""


@dataclass(frozen=True)
class Moves:
    """Spend of the period by what to do with its campaign, and where money that loses would go instead."""

    spend: dict[str, float]
    """Action → spend of the campaigns that end with it."""
    campaigns: dict[str, int]
    """Action → number of campaigns with spend."""
    losing: float
    """Spend of the campaigns that lose: those to stop, and those to fix."""
    no_leads: float
    """Of the spend to fix: that of campaigns no lead names."""
    losing_per_100: float
    """Gross profit expected per 100 of the moved spend where it is now; nan where nothing is moved."""
    to: tuple[Move, ...]
    """Best return first."""
    gain: float
    """Expected profit more of the period if the moved money earned as the campaigns it goes to do today; nan without
    moves."""
    even: float
    """Share of today's return of these campaigns at which the moved money just pays for itself, 0-1; nan without moves.
    """

    @property
    def moved(self) -> float:
        """Money that finds a place."""
        return sum(move.more for move in self.to)


def measure_moves(measured: Measured) -> Moves:
    """What the spend of the period ended with, and money of losing campaigns dealt out over the campaigns to scale.

    Taken where it brings back least; given where the expected return is best, to each at most half of its spend
    (`GROW`): a campaign that grows need not earn as before. Source: METHOD.md "Money" (where the money would go).
    """
    table = measured.campaigns[measured.campaigns["spend"] > 0]
    by = table.groupby("action")
    known = table[table["expected"].notna()]
    per_100 = 100 * (known["expected"] + known["spend"]) / known["spend"]
    known = known.assign(gross_per_100=per_100)
    losing = known[known["verdict"] == "loses"].sort_values("gross_per_100", kind="stable")
    scale = known[known["action"] == "scale"].sort_values("gross_per_100", ascending=False, kind="stable")
    moves = _dealt(scale, float(losing["spend"].sum()))
    moved = sum(move.more for move in moves)
    returned = sum(move.more * move.per_100 / 100 for move in moves)
    lost = _brought_back(losing, moved)
    return Moves(
        spend={name: float(by["spend"].sum().get(name, 0.0)) for name in ACTIONS},
        campaigns={name: int(by.size().get(name, 0)) for name in ACTIONS},
        losing=float(losing["spend"].sum()),
        no_leads=float(table.loc[table["kind"] == "spend_only", "spend"].sum()),
        losing_per_100=100 * lost / moved if moved else float("nan"),
        to=tuple(moves),
        gain=returned - lost if moved else float("nan"),
        even=moved / returned if returned > 0 else float("nan"),
    )


def _dealt(scale: pd.DataFrame, money: float) -> list[Move]:
    moves, left = [], money
    for row in lines(scale):
        more = min(left, GROW * row.spend)
        if more <= 0:
            break
        moves.append(Move(int(row.Index), float(row.spend), float(more), float(row.gross_per_100)))
        left -= more
    return moves


def _brought_back(losing: pd.DataFrame, moved: float) -> float:
    """Gross profit expected of the spend that is taken away, worst campaigns first."""
    gross, left = 0.0, moved
    for row in lines(losing):
        part = min(left, row.spend)
        gross += part * row.gross_per_100 / 100
        left -= part
    return gross
