"""Felt quality against money: what sales think of a campaign's leads, and what these leads bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.chapters.campaigns import lines
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    import pandas as pd

QUADRANTS = ("liked_earning", "liked_losing", "disliked_earning", "disliked_losing")
FEWEST_CAMPAIGNS = 6
"""Under this many rated campaigns an order of campaigns says nothing."""
NOTICEABLE = 0.3
"""Points of 1-5 under which nobody would say that a campaign is liked or disliked; a convention."""
RESAMPLES = 2000
SEED = 20260102


@dataclass(frozen=True)
class Feeling:
    """Mean rating by sales against profit per lead, campaign by campaign."""

    campaigns: pd.DataFrame
    """Campaigns with spend and at least 30 rated leads, best rated first: columns of the measure, and ``per_lead``
    (expected profit per lead), ``low_per_lead``, ``high_per_lead``, ``so_far`` (profit so far per lead), ``quadrant``
    (one of QUADRANTS), ``rating_margin`` (half of the 95 % interval of the rating, points)."""
    middle: float
    """Mean rating of all rated leads: above it a campaign is liked. nan without ratings."""
    rated: int
    """Rated leads of the period."""
    spearman: float
    """Rank correlation of rating and expected profit per lead, -1 to 1; nan with fewer than 6 campaigns."""
    interval: tuple[float, float]
    """Its 95 % bootstrap interval over campaigns."""

    def disagree(self, quadrant: str) -> pd.DataFrame:
        """Campaigns surely of a quadrant, most money first: money so far and expected money say so, and the rating
        differs from the average by more than chance and by a difference that people would notice."""
        found = self.campaigns[self.campaigns["quadrant"] == quadrant]
        found = found[np.sign(found["profit"]) == np.sign(found["per_lead"])]
        found = found[(found["rating"] - self.middle).abs() > np.maximum(found["rating_margin"], NOTICEABLE)]
        order = found["profit"].abs().sort_values(ascending=False, kind="stable").index
        ordered: pd.DataFrame = found.loc[order]
        return ordered

    def contradictions(self) -> tuple[Any, Any]:
        """Rows of the liked campaign that loses most and the disliked one that earns most; None where there is none."""
        liked, disliked = self.disagree("liked_losing"), self.disagree("disliked_earning")
        return next(lines(liked), None), next(lines(disliked), None)


def measure_feeling(campaigns: pd.DataFrame) -> Feeling:
    """Feeling against money from the campaigns of the money measure (columns of `Measured.campaigns`)."""
    rated = campaigns["rated"].sum()
    middle = campaigns["rating_sum"].sum() / rated if rated else float("nan")
    matched = campaigns[campaigns["kind"] == "matched"]
    known = (matched["rated"] >= MINIMUM) & matched["expected"].notna()
    table = matched[known].copy()
    for name, source in (
        ("per_lead", "expected"),
        ("low_per_lead", "low"),
        ("high_per_lead", "high"),
        ("so_far", "profit"),
    ):
        table[name] = table[source] / table["leads"]
    spread = (table["rating_sq"] - table["rating_sum"] * table["rating"]) / (table["rated"] - 1)
    table["rating_margin"] = 1.96 * np.sqrt(spread.clip(lower=0) / table["rated"])
    liked, earning = table["rating"] >= middle, table["per_lead"] > 0
    table["quadrant"] = [
        ("liked" if good else "disliked") + ("_earning" if money else "_losing")
        for good, money in zip(liked, earning, strict=True)
    ]
    table = table.sort_values(["rating", "per_lead"], ascending=False, kind="stable")
    rho, interval = rank_correlation(table["rating"].to_numpy(dtype=float), table["per_lead"].to_numpy(dtype=float))
    return Feeling(table, float(middle), int(rated), rho, interval)


def rank_correlation(x: np.ndarray, y: np.ndarray) -> tuple[float, tuple[float, float]]:
    """Spearman's rho of two columns with its percentile bootstrap interval (2 000 seeded resamples of campaigns,
    fewer from 300 campaigns on).

    nan with fewer than 6 pairs or where one column does not vary. Source: Efron and Tibshirani (1993), chapter 13.
    """
    nothing = float("nan"), (float("nan"), float("nan"))
    if len(x) < FEWEST_CAMPAIGNS or np.ptp(x) == 0 or np.ptp(y) == 0:
        return nothing
    rng = np.random.default_rng(SEED)
    # Thousands of campaigns leave little doubt and much to sort: fewer resamples, a few at a time.
    resamples = int(np.clip(RESAMPLES * 300 // len(x), 200, RESAMPLES))
    found = np.empty(resamples)
    for part in np.array_split(np.arange(resamples), -(-resamples * len(x) // 200_000)):
        drawn = rng.integers(0, len(x), size=(len(part), len(x)))
        found[part] = _spearman(x[drawn], y[drawn])
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(_spearman(x[None], y[None])[0]), (float(low), float(high))


def _spearman(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Row by row; nan where a resample holds one value only."""
    from scipy.stats import rankdata

    x, y = rankdata(x, axis=1), rankdata(y, axis=1)
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    size = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.asarray(np.divide((x * y).sum(axis=1), size, out=np.full(len(x), np.nan), where=size > 0))
