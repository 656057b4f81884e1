"""Leads that nobody has answered or called, and what they may still be worth (METHOD.md "Speed", worklist)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.common_age import CommonAge
from helpers.chapters.shares import Share
from helpers.stats.amounts import fit_amounts
from helpers.stats.incidence import Incidence, incidence
from helpers.stats.shares import MINIMUM
from helpers.stats.shrink import fit_beta

if TYPE_CHECKING:
    from helpers.facts import Facts

DRAWS, SEED = 4000, 20260105
LATE = 480
"""Working minutes after which an answer is late whatever was agreed: about a working day."""


@dataclass(frozen=True)
class Untouched:
    """Leads of the period and after it that nobody has answered or called."""

    leads: int
    older: int
    """As many more came before the period; they are neither listed nor valued."""
    rows: pd.DataFrame
    """lead_id, created_at, channel, campaign, product, manager, waited, age_days, worth (nan: unknown): dearest first,
    of equals the oldest."""
    worth: float
    """Expected gross profit of all ``leads``, if they are taken up now; nan: unknown."""
    low: float
    high: float
    late: float
    """How often leads answered late are sold, as part of how often all answered ones are, 0-1: the worth is lowered by
    it; nan: not known, not lowered."""


def measure_untouched(
    facts: Facts, age: CommonAge, spans: Sequence[str], slow: Share, groups: Sequence[Share]
) -> Untouched:
    """Who is still waiting, and what these leads may be worth.

    Worth of a lead = chance of a sale x mean gross profit of a sale in its channel. The chance starts from the shrunken
    win rate of the channel (leads of the compared months), is that of a lead still open at its age (`Incidence.late`)
    where this is less, and is lowered by how much worse leads answered late are sold (``groups``: conversion by minutes
    to the answer, their names; ``slow``: of all answered after the limit): whoever is called now is called late.
    """
    left = facts.speed.untouched
    fresh = left[~left["span"].eq("before")].groupby(["channel", "age_days"], sort=True)["leads"].sum()
    older = int(left.loc[left["span"].eq("before"), "leads"].sum())
    rows = facts.speed.worklist.copy()
    rows["age_days"] = (pd.Timestamp(facts.as_of) - rows["created_at"].astype("datetime64[us]").dt.normalize()).dt.days
    keys = list(fresh.index)
    worth, draws, late = _worth(facts, age, spans, keys, slow, groups)
    known = dict(zip(keys, worth, strict=True))
    rows["worth"] = [
        known.get((channel, days // 7 * 7), math.nan)
        for channel, days in zip(rows["channel"], rows["age_days"], strict=True)
    ]
    rows = rows.astype({"worth": "float64"}).sort_values(
        ["worth", "created_at", "lead_id"], ascending=[False, True, True], na_position="last", ignore_index=True
    )
    if not keys or not draws.size:
        return Untouched(int(fresh.sum()), older, rows, math.nan, math.nan, math.nan, late)
    number = fresh.to_numpy(float)
    low, high = np.quantile(number @ draws, [0.025, 0.975])
    return Untouched(int(number.sum()), older, rows, float(number @ worth), float(low), float(high), late)


def _worth(
    facts: Facts,
    age: CommonAge,
    spans: Sequence[str],
    keys: Sequence[tuple[str, int]],
    slow: Share,
    groups: Sequence[Share],
) -> tuple[np.ndarray, np.ndarray, float]:
    """Worth of a lead of each (channel, age), its draws (a row each), and what late answers lower it by."""
    leads = facts.outcomes.leads
    ripe = pd.concat([age.of(leads, span) for span in spans])
    ripe = ripe.assign(won=ripe["leads"].where(age.won(ripe), 0))
    rates = ripe.groupby("channel")[["won", "leads"]].sum()
    sold = leads[leads["outcome"].eq("won")].groupby("channel")[["leads", "gross", "gross_sq"]].sum()
    every = sorted({*(channel for channel, _ in keys), *rates.index, *sold.index})
    rates, sold = (table.reindex(every, fill_value=0).astype("float64") for table in (rates, sold))
    amounts = fit_amounts(sold["leads"], sold["gross"], sold["gross_sq"])
    if amounts is None or not rates["won"].sum():
        return np.full(len(keys), math.nan), np.empty((0, 0)), math.nan
    rng = np.random.default_rng(SEED)
    a, b = _rates(rates)
    lowered, factor = late_factor(slow, groups, rates["won"].sum(), rates["leads"].sum(), rng)
    rate = rng.beta(a[:, None], b[:, None], (len(every), DRAWS))
    money = amounts.draws(slice(0, len(every)), amounts.shared(DRAWS, rng), rng)
    timing, mean, middle = incidence(facts.ages), a / (a + b), amounts.mean()
    place = {channel: i for i, channel in enumerate(every)}
    worth, draws = np.empty(len(keys)), np.empty((len(keys), DRAWS))
    for row, (channel, days) in enumerate(keys):
        i = place[channel]
        worth[row] = float(_later(mean[i], days, timing)) * middle[i] * (1.0 if math.isnan(lowered) else lowered)
        draws[row] = _later(rate[i], days, timing) * money[i] * factor
    return worth, draws, lowered


def _rates(rates: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Beta posterior of each channel's win rate; few or equal channels share what they have in common."""
    won, leads = rates["won"].to_numpy(), rates["leads"].to_numpy()
    prior = fit_beta(won, leads)
    if prior.fitted:
        a, b = prior.posterior(won, leads)
        return np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.full(len(won), 0.5 + won.sum()), np.full(len(won), 0.5 + leads.sum() - won.sum())


def _later(rate: np.ndarray | float, days: int, timing: Incidence) -> np.ndarray:
    """Chance that a lead still open at this age is won, where leads of its kind are won at this rate; never more.

    That a lead is still open speaks for it where others were closed on talking to them; nobody has talked to this one.
    """
    winners, others = timing.late(days + 3)
    either = rate * winners + (1 - np.asarray(rate)) * others
    open_ones = np.divide(rate * winners, either, out=np.zeros_like(np.asarray(either, dtype=float)), where=either > 0)
    return np.asarray(np.minimum(rate, open_ones))


def late_factor(
    slow: Share, groups: Sequence[Share], won: float, leads: float, rng: np.random.Generator
) -> tuple[float, np.ndarray | float]:
    """Conversion after a late answer as part of the conversion of all leads, at most 1: estimate and draws.

    (nan, 1) where too few were answered late.
    """
    late = [group for group in groups if float(group.name) > LATE and group.enough] or [slow]
    late_leads = sum(group.whole for group in late)
    late_won = sum(group.share * group.whole for group in late if group.whole)
    if late_leads < MINIMUM or not won:
        return math.nan, 1.0
    draws = rng.beta(late_won + 0.5, late_leads - late_won + 0.5, DRAWS) / rng.beta(won + 0.5, leads - won + 0.5, DRAWS)
    return min(1.0, (late_won / late_leads) / (won / leads)), np.minimum(draws, 1.0)
