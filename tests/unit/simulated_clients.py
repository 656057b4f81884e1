"""Small simulated clients of known truth, handed over as the counted tables that facts.py would make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WEEKS = np.arange(60) * 7
MARGIN = 0.35


@dataclass(frozen=True)
class Simulated:
    campaigns: pd.DataFrame
    """leads, won, lost, spend, gross, gross_sq of the audited half-year."""
    still_open: np.ndarray
    ages: pd.DataFrame
    """Of the audited half-year and the one before: outcome, age_days, leads."""
    true_profit: np.ndarray
    """leads x true win rate x true mean deal x margin - spend."""
    true_rate: np.ndarray
    """True win rate of each campaign."""
    equal: bool
    """All campaigns have one win rate."""
    young: float
    """Share of the audited leads that is still open."""


def simulate(rng: np.random.Generator) -> Simulated:
    """2-20 campaigns of some 120 leads, win rate 2-25 %, skewed amounts, wins and losses that take their time."""
    campaigns = int(rng.integers(2, 21))
    leads = np.clip(np.exp(rng.normal(np.log(120), 1, campaigns)), 5, 3000).astype(int)
    mean = np.exp(rng.uniform(np.log(0.02), np.log(0.25)))
    strength = np.exp(rng.uniform(np.log(8), np.log(400)))
    equal = bool(rng.random() < 0.15)
    rate = np.full(campaigns, mean) if equal else rng.beta(mean * strength, (1 - mean) * strength, campaigns)
    between = 0.0 if rng.random() < 0.3 else rng.uniform(0, 0.4)
    amount = 10_000 * np.exp(rng.normal(0, between, campaigns) - between**2 / 2)
    skew = np.sqrt(np.log1p(rng.uniform(0.2, 1.2) ** 2))
    spend = MARGIN * leads * mean * 10_000 * np.exp(rng.normal(0, 0.7, campaigns))
    days_to_win, days_to_lose = rng.uniform(8, 40), rng.uniform(5, 90)
    youngest = rng.uniform(0, 60)

    def half_year(of: np.ndarray, since: float) -> tuple[np.ndarray, np.ndarray]:
        seen = np.floor(rng.uniform(since, since + 180, len(of)))
        wins = rng.random(len(of)) < rate[of]
        to_win = np.exp(rng.normal(np.log(days_to_win), 0.8, len(of)))
        to_lose = np.exp(rng.normal(np.log(days_to_lose), 1.0, len(of)))
        takes = np.floor(np.where(wins, to_win, to_lose))
        forgotten = ~wins & (rng.random(len(of)) < 0.05)
        still_open = (takes > seen) | forgotten
        return np.where(still_open, "open", np.where(wins, "won", "lost")), np.where(still_open, seen, takes)

    of = np.repeat(np.arange(campaigns), leads)
    outcome, age = half_year(of, youngest)
    before, age_before = half_year(of, youngest + 180)
    ages = pd.DataFrame({"outcome": np.append(outcome, before), "age_days": np.append(age, age_before), "leads": 1})
    is_open, won = outcome == "open", outcome == "won"
    still_open = np.zeros((campaigns, len(WEEKS)))
    np.add.at(still_open, (of[is_open], (age[is_open] // 7).astype(int)), 1)
    gross = MARGIN * amount[of[won]] * np.exp(rng.normal(0, skew, won.sum()) - skew**2 / 2)
    table = pd.DataFrame(
        {
            "leads": leads,
            "won": np.bincount(of[won], minlength=campaigns),
            "lost": np.bincount(of[outcome == "lost"], minlength=campaigns),
            "spend": spend,
            "gross": np.bincount(of[won], weights=gross, minlength=campaigns),
            "gross_sq": np.bincount(of[won], weights=gross**2, minlength=campaigns),
        }
    )
    return Simulated(
        table,
        still_open,
        ages.groupby(["outcome", "age_days"], as_index=False)["leads"].sum(),
        leads * rate * amount * MARGIN - spend,
        rate,
        equal,
        float(is_open.mean()),
    )
