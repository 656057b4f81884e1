"""Whether the intervals and verdicts of the money chapter keep what they promise, on simulated clients.

Estimands: the true expected profit of each campaign with its spend and its number of leads,
leads x true win rate x true mean deal x margin - spend, and its true win rate (simulated_clients.py). The method sees
counted tables only. The table of the last run is committed beside this file (money_simulation.csv, written by
`uv run python tests/unit/test_money_simulation.py`); the test fails when it is no longer true.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulated_clients import WEEKS, simulate

from helpers.chapters.profit import expected_profit, verdict
from helpers.stats.incidence import incidence

CLIENTS = 2000
RESULT = Path(__file__).with_name("money_simulation.csv")


def simulated() -> pd.DataFrame:
    """One row per campaign: truth, interval, verdict."""
    parts = []
    for number in range(CLIENTS):
        client = simulate(np.random.default_rng([7, number]))
        timing = incidence(client.ages)
        found = expected_profit(client.campaigns, client.still_open, WEEKS + 3, timing)
        table, still_open = found.campaigns, client.still_open.sum(axis=1)
        parts.append(
            table.assign(
                truth=client.true_profit,
                won_truth=client.true_rate * client.campaigns["leads"],
                verdict=[
                    verdict(leads, opened, p, so_far, timing)
                    for leads, opened, p, so_far in zip(
                        client.campaigns["leads"],
                        still_open,
                        table["p_profit"],
                        client.campaigns["gross"] - client.campaigns["spend"],
                        strict=True,
                    )
                ],
                groups=len(table),
                fitted=found.prior.fitted,
                equal=client.equal,
                young=client.young,
                sales=client.campaigns["won"],
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    # Without any sale of the client nothing is expected in money, and nothing is claimed.
    return whole[whole["low"].notna()]


@pytest.fixture(scope="module")
def campaigns() -> pd.DataFrame:
    return simulated()


def summary(campaigns: pd.DataFrame) -> pd.DataFrame:
    """Coverage of the interval and errors of named verdicts, in all and by kind of client or campaign."""
    inside = campaigns["truth"].between(campaigns["low"], campaigns["high"])
    rate = campaigns["won_truth"].between(campaigns["won_low"], campaigns["won_high"])
    named = campaigns["verdict"].isin(["earns", "loses"])
    wrong = named & ((campaigns["verdict"] == "earns") != (campaigns["truth"] > 0))
    everything = pd.Series(data=True, index=campaigns.index)
    kinds = {
        "all": everything,
        "2-4 campaigns": campaigns["groups"] < 5,
        "5-9 campaigns": campaigns["groups"].between(5, 9),
        "10-20 campaigns": campaigns["groups"] >= 10,
        "prior fitted": campaigns["fitted"],
        "5 or more campaigns, Jeffreys prior": ~campaigns["fitted"] & (campaigns["groups"] >= 5),
        "equal win rates": campaigns["equal"],
        "different win rates": ~campaigns["equal"],
        "under 15 % of leads open": campaigns["young"] < 0.15,
        "over 30 % of leads open": campaigns["young"] > 0.3,
        "no sale yet": campaigns["sales"] == 0,
        "1-4 sales": campaigns["sales"].between(1, 4),
        "5-19 sales": campaigns["sales"].between(5, 19),
        "20 or more sales": campaigns["sales"] >= 20,
    }
    rows = [
        {
            "kind": kind,
            "campaigns": int(of.sum()),
            "covered": inside[of].mean(),
            "below": (campaigns["truth"] < campaigns["low"])[of].mean(),
            "above": (campaigns["truth"] > campaigns["high"])[of].mean(),
            "named": named[of].mean(),
            "wrong": wrong[of].sum() / named[of].sum(),
            "rate_covered": rate[of].mean(),
        }
        for kind, of in kinds.items()
    ]
    return pd.DataFrame(rows).round(3)


@pytest.mark.slow
def test_interval_and_verdicts_keep_their_promise(campaigns: pd.DataFrame) -> None:
    found = summary(campaigns).set_index("kind")
    print(found.to_string())
    assert found.loc["all", "campaigns"] > 20_000
    assert 0.93 <= found.loc["all", "covered"] <= 0.97
    assert 0.93 <= found.loc["all", "rate_covered"] <= 0.97
    assert found.loc["all", "wrong"] < 0.05
    # No kind of client or campaign pays for the others.
    assert found["covered"].between(0.92, 0.98).all()
    assert (found["wrong"] < 0.05).all()


@pytest.mark.slow
def test_the_committed_table_is_that_of_this_method(campaigns: pd.DataFrame) -> None:
    committed = pd.read_csv(RESULT, index_col="kind")
    found = summary(campaigns).set_index("kind")
    pd.testing.assert_frame_equal(found, committed, check_exact=False, atol=0.006, rtol=0)


if __name__ == "__main__":
    summary(simulated()).to_csv(RESULT, index=False)
