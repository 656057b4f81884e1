"""Whether the intervals of the drivers hold the truth, on simulated clients of known truth.

Estimand: the parts of the change of profit a month at the true rates of both periods - leads a channel's spend brings
on average, true shares of qualified leads and of sales, true sales per customer and gross profit of a sale. The method
sees counts and sums. The committed table beside this file (drivers_simulation.csv) is written by
`uv run python tests/unit/test_drivers_simulation.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.chapters.drivers_split import FACTORS, Side, contributions, drawn

CLIENTS = 2000
FEWEST = 10
"""Sales in each period from which a client counts among those with sales."""
RESULT = Path(__file__).with_name("drivers_simulation.csv")


def client(rng: np.random.Generator) -> tuple[list[Side], list[np.ndarray], list[Side], np.ndarray]:
    """Counts and sums of squares of two half-years, their truths, and which channels are paid for."""
    channels = int(rng.integers(1, 9))
    paid = rng.random(channels) < 0.65
    flow = np.exp(rng.normal(np.log(150), 0.8, channels))
    spend = np.where(paid, flow * np.exp(rng.normal(np.log(800), 0.4, channels)), 0.0)
    quality, closing = rng.beta(8, 14, channels), rng.beta(6, 24, channels)
    deal = np.exp(rng.normal(np.log(9_000), 0.3, channels))
    skew = np.sqrt(np.log1p(rng.uniform(0.3, 1.1) ** 2))
    more = float(rng.choice([0.0, 0.0, 0.1]))

    def moved(spread: float) -> np.ndarray:
        return np.exp(rng.normal(0, spread) + rng.normal(0, spread / 2, channels))

    counts, squares, truths = [], [], []
    for period in (0, 1):
        if period:
            change = moved(0.25)
            spend = spend * change
            flow = np.where(paid, flow * change, flow * moved(0.2)) * moved(0.15)
            quality = np.clip(quality * moved(0.12), 0.02, 0.95)
            closing, deal = np.clip(closing * moved(0.25), 0.01, 0.9), deal * moved(0.1)
        leads = rng.poisson(flow)
        qualified = rng.binomial(leads, quality)
        won = rng.binomial(qualified, closing)
        sales, gross, squared = np.zeros(channels), np.zeros(channels), np.zeros(channels)
        for i in range(channels):
            times = 1 + rng.poisson(more, won[i])
            amounts = times * deal[i] * np.exp(rng.normal(0, skew, won[i]) - skew**2 / 2)
            sales[i], gross[i], squared[i] = times.sum(), amounts.sum(), (amounts**2).sum()
        counts.append(Side(spend, *(x.astype(float) for x in (leads, qualified, won)), sales, gross, 6.0))
        squares.append(squared)
        truly = flow * quality * closing
        truths.append(Side(spend, flow, flow * quality, truly, truly * (1 + more), truly * (1 + more) * deal, 6.0))
    return counts, squares, truths, paid


def simulated() -> pd.DataFrame:
    """One row per client and factor (and the whole change): truth and interval."""
    rows = []
    for number in range(CLIENTS):
        rng = np.random.default_rng([17, number])
        (before, after), squares, truths, paid = client(rng)
        if not before.won.sum() + after.won.sum():
            continue
        truth = contributions(*truths, paid, marked=True).sum(axis=1)
        repeats = bool(np.any(before.sales > before.won) or np.any(after.sales > after.won))
        sides = [drawn(side, sq, True, repeats, 500, rng) for side, sq in zip((before, after), squares, strict=True)]
        draws = contributions(*sides, paid, marked=True).sum(axis=1)
        low, high = np.quantile(draws, [0.025, 0.975], axis=1)
        fewest = int(min(before.won.sum(), after.won.sum()))
        for i, factor in enumerate(FACTORS):
            # A factor that no channel has (no repeats, no free leads) is no part at all.
            if low[i] != 0 or high[i] != 0 or abs(truth[i]) > 1e-6:
                rows.append((factor, fewest, truth[i], low[i], high[i]))
        rows.append(("whole change", fewest, truth.sum(), *np.quantile(draws.sum(axis=0), [0.025, 0.975])))
    return pd.DataFrame(rows, columns=["factor", "fewest", "truth", "low", "high"])


def summary(parts: pd.DataFrame) -> pd.DataFrame:
    """Coverage by factor, and of all factors by how many sales there are."""
    of_factors = parts["factor"] != "whole change"
    enough = parts["fewest"] >= FEWEST
    kinds = {factor: enough & parts["factor"].eq(factor) for factor in [*FACTORS, "whole change"]}
    kinds |= {
        "all parts": enough & of_factors,
        "all parts, 10-29 sales in the poorer period": of_factors & parts["fewest"].between(10, 29),
        "all parts, 30-99 sales": of_factors & parts["fewest"].between(30, 99),
        "all parts, 100 sales or more": of_factors & (parts["fewest"] >= 100),
        "all parts, under 10 sales": of_factors & ~enough,
    }
    inside = parts["truth"].between(parts["low"], parts["high"])
    sure = (parts["low"] > 0) | (parts["high"] < 0)
    wrong = sure & (np.sign(parts["low"]) != np.sign(parts["truth"]))
    rows = [
        {
            "kind": kind,
            "parts": int(of.sum()),
            "covered": inside[of].mean(),
            "below": (parts["truth"] < parts["low"])[of].mean(),
            "above": (parts["truth"] > parts["high"])[of].mean(),
            "sure": sure[of].mean(),
            "sure_and_wrong": wrong[of].mean(),
        }
        for kind, of in kinds.items()
    ]
    return pd.DataFrame(rows).round(3)


@pytest.fixture(scope="module")
def parts() -> pd.DataFrame:
    return simulated()


@pytest.mark.slow
def test_intervals_hold_the_true_parts(parts: pd.DataFrame) -> None:
    found = summary(parts).set_index("kind")
    print(found.to_string())
    assert found.loc["whole change", "parts"] > 1500
    for kind in ("all parts", "whole change", "closing", "quality", "price", "deal", "mix", "spend", "free"):
        assert 0.93 <= found.loc[kind, "covered"] <= 0.97, kind
    # Sales per customer differ by few counts, if at all.
    assert 0.90 <= found.loc["repeat", "covered"] <= 0.98
    assert found.loc["all parts", "sure_and_wrong"] < 0.025


@pytest.mark.slow
def test_the_committed_table_is_that_of_this_method(parts: pd.DataFrame) -> None:
    committed = pd.read_csv(RESULT, index_col="kind")
    pd.testing.assert_frame_equal(summary(parts).set_index("kind"), committed, check_exact=False, atol=0.006, rtol=0)


if __name__ == "__main__":
    summary(simulated()).to_csv(RESULT, index=False)
