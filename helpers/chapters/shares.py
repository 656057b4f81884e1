"""Shares of groups with their ranges: what most comparisons of the report are made of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import interval_cell, share_text
from helpers.stats.shares import MINIMUM, wilson

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.report.model import Quantity


@dataclass(frozen=True)
class Share:
    """One group: ``share`` of ``whole`` with its 95 % range; under 30 nothing is judged."""

    name: str
    """As shown; "" where the data name nothing."""
    whole: float
    share: float
    """0-1; nan: not known."""
    low: float
    high: float

    @classmethod
    def of(cls, name: str, part: float, whole: float) -> Share:
        """A share of counted things with Wilson's interval."""
        part, whole = float(part), float(whole)
        low, high = wilson(part, whole)
        return cls(name, whole, part / whole if whole else math.nan, low, high)

    @property
    def enough(self) -> bool:
        """At least 30 were counted, and the share is known."""
        return self.whole >= MINIMUM and not math.isnan(self.share)


def judged(groups: Iterable[Share]) -> list[Share]:
    """Groups with enough behind them, highest share first."""
    return sorted((group for group in groups if group.enough), key=lambda group: (-group.share, group.name))


def apart(groups: Iterable[Share]) -> tuple[Share, Share] | None:
    """The highest and the lowest group, where they differ more than luck explains at 95 %; else None.

    Of many equal groups the extreme ones always look different: the more groups, the farther apart they must lie
    (Bonferroni over all pairs). Difference of two shares from their own intervals: Newcombe (1998), Stat. Med. 17, 873.
    """
    from scipy.special import ndtri

    ranked = judged(groups)
    if len(ranked) < 2:
        return None
    high, low = ranked[0], ranked[-1]
    pairs = len(ranked) * (len(ranked) - 1) / 2
    stretch = float(ndtri(1 - 0.025 / pairs) / ndtri(0.975))
    if high.share - low.share <= stretch * math.hypot(high.share - high.low, low.high - low.share):
        return None
    return high, low


def range_text(group: Share, say: Language) -> str:
    """'31–45 %', or that there are too few to judge."""
    return str(range_cell(group, say))


def range_cell(group: Share, say: Language) -> Quantity | str:
    """The same in a table."""
    return interval_cell((group.low, group.high), say) if group.enough else say("too few to judge")


def listed(groups: Sequence[Share], say: Language) -> str:
    """'yandex: 34 % (31–38 %) of 812; …' for an alt text."""
    parts = [
        say("{name}: {share} ({range}) of {whole}",
            name=group.name, share=share_text(group.share, say), range=range_text(group, say),
            whole=say.count(group.whole))
        if group.enough
        else say("{name}: too few to judge ({whole})", name=group.name, whole=say.count(group.whole))
        for group in groups
    ]  # fmt: skip
    return "; ".join(parts)
