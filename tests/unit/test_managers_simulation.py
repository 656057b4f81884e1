"""Whether the managers chapter calls different who differs, and nobody else, on simulated teams of known truth.

Truth: every manager sells a lead of a channel, product and month at the same chance - or one of them at twice that
chance. Leads are handed out unevenly, each manager has a mix of channels of their own. The method sees counts only.
The table of the last run is committed beside this file (managers_simulation.csv, written by
`uv run python tests/unit/test_managers_simulation.py`); the test fails when it is no longer true.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.stats.limits import ALARM, WARNING, critical
from helpers.stats.peers import compare
from helpers.stats.shares import MINIMUM

TEAMS = 2000
RESULT = Path(__file__).with_name("managers_simulation.csv")


def team(
    rng: np.random.Generator, managers: int, leads: int | None, rate: float, skill: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells (channel, product, month), leads and sales per manager (rows) and cell. ``leads`` None: uneven, 20-600."""
    channels, products, months = int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(1, 7))
    keys = np.array([(c, p, m) for c in range(channels) for p in range(products) for m in range(months)])
    by_channel, by_product = rng.normal(0, 0.5, channels), rng.normal(0, 0.4, (channels, products))
    chance = np.exp(by_channel[keys[:, 0]] + by_product[keys[:, 0], keys[:, 1]] + rng.normal(0, 0.1, len(keys)))
    share = rng.dirichlet(np.full(len(keys), 2.0))
    # The mean over the leads of the team is the rate that is asked for.
    chance = np.clip(rate * chance / (share @ chance), 0, 0.45)
    trials = np.zeros((managers, len(keys)))
    for manager in range(managers):
        own = share * np.exp(rng.normal(0, 0.7, len(keys)))
        many = leads if leads is not None else int(np.exp(rng.uniform(np.log(20), np.log(600))))
        trials[manager] = rng.multinomial(many, own / own.sum())
    return keys, trials, rng.binomial(trials.astype(int), np.minimum(chance * skill[:, None], 0.95)).astype(float)


def simulated() -> pd.DataFrame:
    """One row per manager: kind of team, whether they truly differ, deviation."""
    rows = []
    for number in range(TEAMS):
        for kind in (
            "equal, 3-12 managers, 20-600 leads",
            "equal, 8 managers, 300 leads",
            "one of 8 sells twice as often",
        ):
            rng = np.random.default_rng([11, number, len(kind)])
            uneven, star = "20-600" in kind, "twice" in kind
            managers = int(rng.integers(3, 13)) if uneven else 8
            rate = 0.10 if star else float(np.exp(rng.uniform(np.log(0.03), np.log(0.2))))
            skill = np.ones(managers)
            skill[0] = 2.0 if star else 1.0
            found = compare(*team(rng, managers, None if uneven else 300, rate, skill))
            rows += [
                (kind, skill[i] != 1.0, found.trials[i], float(np.nan_to_num(found.deviation[i])))
                for i in range(managers)
            ]
    return pd.DataFrame(rows, columns=["kind", "differs", "leads", "deviation"])


def summary(managers: pd.DataFrame) -> pd.DataFrame:
    """Share called different, perhaps different, and called in the wrong direction."""
    judged = managers[managers["leads"] >= MINIMUM]
    far = judged["deviation"].abs()
    rows = []
    for (kind, differs), of in judged.groupby(["kind", "differs"], sort=True):
        here = far[of.index]
        rows.append(
            {
                "kind": kind + (" (that one)" if differs else " (the others)" if "twice" in kind else ""),
                "managers": len(of),
                "called_different": (here > critical(ALARM)).mean(),
                "perhaps": ((here > critical(WARNING)) & (here <= critical(ALARM))).mean(),
                "called_lower": (of["deviation"] < -critical(ALARM)).mean(),
            }
        )
    return pd.DataFrame(rows).round(4)


@pytest.fixture(scope="module")
def managers() -> pd.DataFrame:
    return simulated()


@pytest.mark.slow
def test_equal_managers_are_not_called_different_and_a_better_one_is_found(managers: pd.DataFrame) -> None:
    found = summary(managers).set_index("kind")
    print(found.to_string())
    equal = [kind for kind in found.index if kind.startswith("equal")]
    assert len(equal) == 2
    assert (found.loc[equal, "called_different"] < 0.01).all()
    assert (found.loc[equal, "managers"] > 10_000).all()
    assert found.loc["one of 8 sells twice as often (the others)", "called_different"] < 0.01
    star = found.loc["one of 8 sells twice as often (that one)"]
    assert star["called_different"] > 0.9
    assert star["called_lower"] == 0
    assert star["called_different"] + star["perhaps"] > 0.98


@pytest.mark.slow
def test_the_committed_table_is_that_of_this_method(managers: pd.DataFrame) -> None:
    committed = pd.read_csv(RESULT, index_col="kind")
    pd.testing.assert_frame_equal(summary(managers).set_index("kind"), committed, check_exact=False, atol=0.006, rtol=0)


if __name__ == "__main__":
    summary(simulated()).to_csv(RESULT, index=False)
