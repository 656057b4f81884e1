"""When leads are won: cumulative incidence by age, so that young leads are not counted as lost.

A lead ends as won or lost, or is still open when the data end. "Lost" competes with "won"; "open" is censored.
One minus Kaplan-Meier would treat a lost lead as one that may still be won, and overstate: wrong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

PLATEAU_SHARE = 0.9
"""The cycle ends where this share of all wins to come has come (METHOD.md "Ripeness")."""
SPEAKS_FOR = 10
"""Ages are used as long as one lead still followed stands for at most so many: later the curve is luck."""
FOLLOWED = 1.5
"""The plateau counts as seen when leads were followed this many times longer than the cycle."""
FEWEST_WON = 10
"""Under this many wins a plateau cannot be told from chance."""


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidence of winning and losing by the age of a lead, in whole days."""

    days: np.ndarray
    """Ages at which something ended, rising; starts with 0."""
    won: np.ndarray
    """Probability of having been won by that age, 0-1."""
    lost: np.ndarray
    """Probability of having been lost by that age, 0-1."""
    open: np.ndarray
    """Probability of being still open after that age: 1 - won - lost."""
    leads: float
    """How many leads it is counted from."""
    followed: float
    """Largest age that is used, in days: see SPEAKS_FOR."""
    plateau: float
    """Probability of ever being won, as far as the data reach; nan without leads. Where ``plateau_known`` is False
    this is a lower bound."""
    plateau_known: bool
    """Whether leads were followed long enough (or so few stay open) that hardly any win can still come."""
    cycle_days: float
    """Age at which the incidence of winning reaches 90 % of its plateau; nan without a win."""

    def won_at(self, age: Any) -> Any:
        """Probability of having been won by this age in days, 0-1 (a step function); number or array."""
        return self._at(self.won, age)

    def open_at(self, age: Any) -> Any:
        """Probability of being still open after this age in days, 0-1; number or array."""
        return self._at(self.open, age)

    def late(self, age: Any) -> tuple[Any, Any]:
        """Of the leads that will be won, and of all others: what share is still open at this age (0-1 each).

        These two tell what an open lead of that age says about the win rate p of its campaign: it is still open with
        probability ``p * late[0] + (1 - p) * late[1]``. Both are 1 (an open lead says nothing) while nobody has won.
        """
        won, rest = np.asarray(self.won_at(age)), np.asarray(self.open_at(age))
        if not self.plateau > 0:
            return np.ones_like(won), np.ones_like(won)
        to_come = np.clip(self.plateau - won, 0, None)
        others = np.clip(rest - to_come, 0, None) / (1 - self.plateau) if self.plateau < 1 else np.zeros_like(won)
        return to_come / self.plateau, np.clip(others, 0, 1)

    def pending(self, age: Any) -> Any:
        """P(won later | still open at this age), 0-1; number or array. 0 after the last age that is used.

        Follows from the two incidences: (plateau - won) / open.
        """
        won, rest = np.asarray(self.won_at(age)), np.asarray(self.open_at(age))
        to_come = np.clip(self.plateau - won, 0, None)
        out = np.divide(to_come, rest, out=np.zeros_like(to_come, dtype=float), where=(rest > 0) & (to_come > 0))
        out = np.clip(out, 0, 1)
        return float(out) if out.ndim == 0 else out

    def _at(self, values: np.ndarray, age: Any) -> Any:
        where = np.searchsorted(self.days, np.asarray(age, dtype=float), side="right") - 1
        before = 1.0 if values is self.open else 0.0
        out = np.where(where >= 0, values[np.clip(where, 0, None)], before)
        return float(out) if out.ndim == 0 else out


def incidence(ages: pd.DataFrame) -> Incidence:
    """Aalen-Johansen estimate of winning by age from counts: columns ``outcome``, ``age_days``, ``leads``.

    ``outcome`` is "won", "lost" (competes) or "open" (censored at that age); other columns (span, month) are summed
    over. Wins and losses of the same day happen before the open leads of that day leave.

    Source: Aalen and Johansen (1978), Scand. J. Stat. 5, 141-150; METHOD.md "Common". Raises ValueError for an
    unknown outcome or a negative age.
    """
    outcome = ages["outcome"].to_numpy(dtype=object)
    unknown = set(outcome) - {"won", "lost", "open"}
    if unknown:
        raise ValueError(f"outcome must be one of 'won', 'lost' or 'open'; not {sorted(map(str, unknown))}")
    age = ages["age_days"].to_numpy(dtype=float)
    leads = ages["leads"].to_numpy(dtype=float)
    if not np.all(age >= 0):
        raise ValueError("age_days must be 0 or more")
    days, at = np.unique(np.concatenate([[0.0], age]), return_inverse=True)
    at = at[1:]
    ended = {
        kind: np.bincount(at[outcome == kind], weights=leads[outcome == kind], minlength=len(days))
        for kind in ("won", "lost", "open")
    }
    return _estimate(days, ended["won"], ended["lost"], ended["open"])


def _estimate(days: np.ndarray, won: np.ndarray, lost: np.ndarray, censored: np.ndarray) -> Incidence:
    left = won + lost + censored
    total = float(left.sum())
    at_risk = total - np.concatenate([[0.0], np.cumsum(left)[:-1]])
    known = at_risk > 0
    hazard = np.divide(won + lost, at_risk, out=np.zeros_like(at_risk), where=known)
    # Rounding can leave the last factor at 1e-17 instead of 0.
    still_open = np.cumprod(np.clip(1 - hazard, 0, 1))
    before = np.concatenate([[1.0], still_open[:-1]])
    weight = np.divide(before, at_risk, out=np.zeros_like(at_risk), where=known)
    won_by, lost_by = np.cumsum(weight * won), np.cumsum(weight * lost)
    if total == 0:
        return Incidence(days, won_by, lost_by, still_open, 0.0, 0.0, float("nan"), False, float("nan"))
    usable = known & (weight * total <= SPEAKS_FOR)
    last = int(np.flatnonzero(usable)[-1])
    plateau, followed = float(won_by[last]), float(days[last])
    if plateau <= 0:
        return Incidence(days, won_by, lost_by, still_open, total, followed, plateau, False, float("nan"))
    cycle = float(days[np.flatnonzero(won_by >= PLATEAU_SHARE * plateau * (1 - 1e-12))[0]])
    few_left = float(still_open[last]) <= (1 - PLATEAU_SHARE) * plateau
    seen = bool(won.sum() >= FEWEST_WON and (few_left or FOLLOWED * cycle <= followed))
    return Incidence(days, won_by, lost_by, still_open, total, followed, plateau, seen, cycle)
