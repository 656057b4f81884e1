"""E3: is it counted whether customers come back, and do they (METHOD.md "Claims", criteria.yml)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.claims_fact import Fact, Further, capped, lacking, too_few
from helpers.facts.records import RETENTION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpers.client import Client
    from helpers.facts import Facts

COHORTS = 4
"""Quarters of customers that are looked at."""


def e3_retention(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Of how many of the last four quarters of customers a figure of repeat purchases or referrals was written down.

    A quarter counts with the criterion's minimum of customers. Falling over three quarters without a decision about it:
    level 3 at most.
    """
    notes = facts.evidence.records.kpis
    noted = [week for week, kpi in zip(notes["week"], notes["kpi"], strict=True) if kpi == "retention"]
    words = re.compile(RETENTION)
    on_map = [item for item in client.journey if words.search(f"{item.stage} {item.kpi}".casefold())]
    noted += [pd.Timestamp(item.on) for item in on_map if item.value is not None and item.on is not None]
    if "kpis.kpi" not in facts.has and not client.journey:
        return lacking("kpis.retention")
    bought = facts.retention.customers
    if bought.empty:
        return lacking("deals.closed_at", "leads.person")
    this = pd.Timestamp(facts.as_of).to_period("Q")
    quarter = bought["cohort"].dt.to_period("Q")
    cohorts = [this - back for back in range(COHORTS, 0, -1)]
    sizes = {one: int(bought.loc[quarter == one, "customers"].sum()) for one in cohorts}
    enough = [one for one, size in sizes.items() if size >= need["customers"]]
    if not enough:
        return too_few(max(sizes.values()), need["customers"])
    inside = bought[quarter.isin(cohorts)]
    again = inside.loc[inside["again"].astype(bool), "customers"].sum()
    n = int(inside["customers"].sum())
    told = {week.to_period("Q") for week in noted}
    seen = float(sum(one in told for one in enough))
    found = Fact(seen, seen, seen, n, need["customers"], further=(Further("again", 100 * again / n, "%", n),))
    falling = _falling(bought, quarter, this) and not facts.evidence.records.kept_clients
    return capped(found, "falling", 3.0) if falling else found


def _falling(bought: pd.DataFrame, quarter: pd.Series, this: pd.Period) -> bool:
    """The share that came back within three months fell over the last three ripe quarters, beyond chance.

    Cochran-Armitage test for a trend, one-sided at 5 %. Source: Armitage (1955), Biometrics 11, 375-386.
    """
    x, n, back = [], [], []
    for place in range(3):
        cohort = bought[quarter == this - 4 + place]
        x.append(float(place))
        n.append(float(cohort["customers"].sum()))
        early = cohort["again"].astype(bool) & (cohort["months"] < 3)
        back.append(float(cohort.loc[early, "customers"].sum()))
    if min(n) < 20 or not sum(back):
        return False
    shares = np.array(back) / np.array(n)
    if not (shares[0] > shares[1] > shares[2]):
        return False
    p, scores, sizes = sum(back) / sum(n), np.array(x), np.array(n)
    mean = (sizes * scores).sum() / sizes.sum()
    spread = p * (1 - p) * (sizes * (scores - mean) ** 2).sum()
    return bool(spread > 0 and (np.array(back) * (scores - mean)).sum() / math.sqrt(spread) < -1.645)
