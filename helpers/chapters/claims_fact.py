"""A figure of the company beside an answer: its value, how sure it is, what it still lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from helpers.stats.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

Why = Literal["", "missing", "few", "nothing", "not_applicable", "no_answers"]
"""Why there is no verdict. missing: a table or column; few: under the criterion's minimum; nothing: it did not happen
in the period; not_applicable: the company says so; no_answers: nobody rated the criterion, or too few to be shown."""
Rule = Literal[
    "", "no_marketing_plan", "fixed_pay", "no_referral", "no_decisions", "no_access", "falling", "rubber_stamp",
    "no_rejects", "not_visible", "next_unknown", "adverts_only",
]  # fmt: skip
"""A rule of the criterion that bears on the level: its words stand in ``claims_words``."""
SEED = 20260103
DRAWS = 2000


@dataclass(frozen=True)
class Further:
    """Another figure of the same criterion, shown beside, not graded."""

    key: str
    value: float
    unit: Literal["%", "minutes", "ratio", "weeks"]
    n: int


@dataclass(frozen=True)
class Fact:
    """One of the twenty. ``value`` is in the criterion's unit (per cent 0-100, ratio, count); None: it is not known."""

    value: float | None = None
    low: float = math.nan
    high: float = math.nan
    """95 % interval; both are the value where all there is was counted and nothing was sampled; nan with ``value``."""
    n: int = 0
    """What the minimum of the criterion counts."""
    need: int = 0
    """The minimum."""
    why: Why = ""
    missing: tuple[str, ...] = ()
    """Tables ("goals") and columns ("leads.accepted") to collect; parts of client.yml ("plan", "journey")."""
    rule: Rule = ""
    level: float | None = None
    """The level by rule, whatever the value."""
    cap: float = 5.0
    """The level is not above this, by rule."""
    further: tuple[Further, ...] = field(default=())

    @property
    def known(self) -> bool:
        """A level can be given."""
        return not self.why and (self.value is not None or self.level is not None)


def lacking(*missing: str) -> Fact:
    """No fact: these tables or columns are not there."""
    return Fact(why="missing", missing=missing)


def too_few(n: float, need: int, further: tuple[Further, ...] = (), rule: Rule = "") -> Fact:
    """No fact: under the criterion's minimum."""
    return Fact(why="few", n=int(n), need=need, further=further, rule=rule)


def share(part: float, whole: float, need: int, further: tuple[Further, ...] = (), rule: Rule = "") -> Fact:
    """``part`` of ``whole`` in per cent with its Wilson interval; too few under ``need`` in the whole."""
    if whole < need or whole <= 0:
        return too_few(whole, need, further, rule)
    low, high = wilson(part, whole)
    return Fact(100 * part / whole, 100 * low, 100 * high, int(whole), need, further=further, rule=rule)


def counted(value: float, n: float, need: int, further: tuple[Further, ...] = (), rule: Rule = "") -> Fact:
    """A figure of all there is: nothing was sampled, so there is no interval."""
    if n < need:
        return too_few(n, need, further, rule)
    return Fact(value, value, value, int(n), need, further=further, rule=rule)


def capped(fact: Fact, rule: Rule, cap: float) -> Fact:
    """The fact with a rule that holds its level down; one that is not known stays as it is."""
    return replace(fact, rule=rule, cap=cap) if fact.known else fact


def resampled(statistic: Callable[[np.ndarray], np.ndarray], units: int) -> tuple[float, float]:
    """95 % percentile bootstrap interval: ``statistic`` takes draws x units of indices and returns a value per draw.

    Source: Efron and Tibshirani (1993), chapter 13. Seeded.
    """
    rng = np.random.default_rng(SEED)
    low, high = np.nanquantile(statistic(rng.integers(0, units, size=(DRAWS, units))), [0.025, 0.975])
    return float(low), float(high)
