"""What the open deals may bring: amount by the chance of winning at their stage and age (METHOD.md "Plan")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.stats.incidence import Incidence, incidence
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.facts.pipeline import Pipeline

AGE_BANDS = (0, 28, 56, 84, 168)
"""Where no history of stages is known, deals are told apart by age: lower ends in days."""
SIDES = 1.959964
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True)
class Weighted:
    """Open deals and what they may bring."""

    groups: pd.DataFrame
    """One row per stage (with a history of stages) or per age band, in order: ``stage``, ``from_days`` (of an age band,
    else -1) | deals, priced, amount (of priced deals), ``chance`` (mean, 0-1), ``expected`` (revenue of priced deals),
    ``guessed`` (expected revenue of deals without an amount, at the mean amount of won deals)."""
    deals: int
    priced: int
    amount: float
    expected: float
    """Expected revenue of all open deals, those without an amount at the mean of won deals."""
    guessed: float
    """Of it: from deals without an amount."""
    low: float
    high: float
    """95 % of what these deals may bring."""
    due: float
    """Of the expected revenue: by the end of the month."""
    mean: float
    """Mean amount of a won deal; nan without one."""
    by_stage: bool
    """Chances are by stage and age; False: by age only."""
    whole: bool
    """Deals were followed long enough: hardly any win comes later than was seen."""
    recent: bool
    """Chances are learnt from deals opened since the audited period began; False: from all, those being too few."""


def weigh(pipeline: Pipeline, days_left: int) -> Weighted | None:
    """Expected revenue of the open deals; None without open deals or without any won one to learn from."""
    table = pipeline.open
    won = pipeline.won
    if not table["deals"].sum() > 0 or not won["deals"].sum() > 0:
        return None
    chances = _Chances(pipeline, days_left)
    found = [chances.of(str(stage), float(age)) for stage, age in zip(table["stage"], table["age_days"], strict=True)]
    ever, due, seen = (np.array(part, dtype=float) for part in zip(*found, strict=True))
    mean, spread = _won_amount(pipeline)
    unpriced = (table["deals"] - table["priced"]).to_numpy(dtype=float)
    amount, square = table["amount"].to_numpy(dtype=float), table["amount_sq"].to_numpy(dtype=float)
    expected, guessed = ever * amount, ever * unpriced * mean
    # Each deal is won or not; the chance itself is an estimate from so many deals, shared by the whole line.
    luck = ever * (1 - ever) * square + unpriced * (ever * (1 - ever) * mean**2 + ever * spread**2)
    learnt = (amount + unpriced * mean) ** 2 * ever * (1 - ever) / seen
    error = float(np.sqrt(luck.sum() + learnt.sum()))
    whole = float(expected.sum() + guessed.sum())
    lines = table.assign(chance=ever * table["deals"], expected=expected, guessed=guessed)
    return Weighted(
        groups=_grouped(lines, chances.by_stage),
        deals=int(table["deals"].sum()),
        priced=int(table["priced"].sum()),
        amount=float(amount.sum()),
        expected=whole,
        guessed=float(guessed.sum()),
        low=max(0.0, whole - SIDES * error),
        high=whole + SIDES * error,
        due=float((due * (amount + unpriced * mean)).sum()),
        mean=mean,
        by_stage=chances.by_stage,
        whole=chances.all_ages.plateau_known,
        recent=chances.recent,
    )


class _Chances:
    """Chance that an open deal is won, ever and within some days, learnt from deals of the same stage and age."""

    def __init__(self, pipeline: Pipeline, days_left: int) -> None:
        self.days_left = days_left
        ages = pipeline.ages.rename(columns={"deals": "leads"})
        lately = ages[ages["recent"]]
        self.all_ages = incidence(lately)
        # What sales can do changes: deals of the audited period tell it better, if they have been followed to the end.
        self.recent = bool(self.all_ages.plateau_known and _wins(lately) >= MINIMUM)
        if not self.recent:
            self.all_ages = incidence(ages)
        past = pipeline.past[pipeline.past["recent"]] if self.recent else pipeline.past
        sums = past.groupby(["landmark", "stage", "outcome", "after_days"])["deals"].sum()
        self.past = sums.rename("leads").reset_index().rename(columns={"after_days": "age_days"})
        self.by_stage = len(pipeline.past) > 0
        self.known: dict[tuple[str, int], tuple[Incidence, float]] = {}

    def of(self, stage: str, age: float) -> tuple[float, float, float]:
        """Chance to be won ever, chance within the days left, and how many deals this is learnt from."""
        age = max(age, 0.0) + 3
        landmark, curve, seen = 0, self.all_ages, self.all_ages.leads
        if self.by_stage:
            marks = sorted({int(mark) for mark in self.past["landmark"]})
            # The last landmark before this age at which enough deals stood at this stage.
            for mark in reversed([mark for mark in marks if mark <= age]):
                found, deals = self._curve(stage, mark)
                if deals >= MINIMUM:
                    landmark, curve, seen = mark, found, deals
                    break
        here = age - landmark
        open_now = float(curve.open_at(here))
        if not open_now > 0:
            return 0.0, 0.0, max(seen, 1.0)
        soon = (float(curve.won_at(here + self.days_left)) - float(curve.won_at(here))) / open_now
        ever = float(curve.pending(here))
        return ever, min(max(soon, 0.0), ever), max(seen * open_now, 1.0)

    def _curve(self, stage: str, landmark: int) -> tuple[Incidence, float]:
        if (stage, landmark) not in self.known:
            rows = self.past[self.past["stage"].eq(stage) & self.past["landmark"].eq(landmark)]
            self.known[stage, landmark] = (incidence(rows), float(rows["leads"].sum()))
        return self.known[stage, landmark]


def _wins(ages: pd.DataFrame) -> float:
    return float(ages.loc[ages["outcome"].eq("won"), "leads"].sum())


def _won_amount(pipeline: Pipeline) -> tuple[float, float]:
    """Mean amount of a won deal, and its spread between months (of one deal, roughly)."""
    deals, revenue = pipeline.won["deals"].to_numpy(dtype=float), pipeline.won["revenue"].to_numpy(dtype=float)
    mean = float(revenue.sum() / deals.sum())
    # Lines of one deal each are deals; where none are, an amount is as uncertain as it is large.
    single = revenue[deals == 1]
    return mean, float(single.std(ddof=1)) if len(single) >= MINIMUM else mean


def _grouped(lines: pd.DataFrame, by_stage: bool) -> pd.DataFrame:
    if not by_stage:
        bands = np.searchsorted(AGE_BANDS, np.clip(lines["age_days"], 0, None), side="right") - 1
        lines = lines.assign(stage="", from_days=np.asarray(AGE_BANDS)[bands])
    else:
        lines = lines.assign(from_days=-1)
    sums = ["deals", "priced", "amount", "chance", "expected", "guessed"]
    out: pd.DataFrame = lines.groupby(["stage", "from_days"], sort=False)[sums].sum().reset_index()
    out["chance"] /= out["deals"]
    return out
