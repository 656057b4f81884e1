"""Ages of leads at their outcome, made whole: what ended without a sound date ended like what has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from helpers.facts import Facts

KEY = ["span", "month", "outcome"]


def whole_ages(facts: Facts) -> pd.DataFrame:
    """``facts.ages`` with as many leads of each span, month and outcome as there are; counts become fractional.

    A CRM often holds no closing date for a part of its sales, or one before the lead came. Left out, these sales would
    be missing from every curve, and its plateau would be too low; so the dated leads of the same month (else of the
    same outcome) stand for the undated ones too. Leads of a month and outcome without any date anywhere stay out.
    """
    there = facts.leads.groupby(KEY)["leads"].sum()
    dated = facts.ages.groupby(KEY)["leads"].sum()
    if facts.ages.empty or there.empty:
        return facts.ages
    weight = (there.reindex(dated.index) / dated).fillna(1.0)
    # A month none of whose outcomes is dated: its leads are spread over the other months of the span.
    lost = there[~there.index.isin(dated.index)].groupby(["span", "outcome"]).sum()
    rest = (there.reindex(dated.index).groupby(["span", "outcome"]).sum()).reindex(lost.index)
    more = (1 + lost / rest).dropna()
    keys = list(zip(*(facts.ages[name] for name in KEY), strict=True))
    factor = [weight.get(key, 1.0) * more.get((key[0], key[2]), 1.0) for key in keys]
    return facts.ages.assign(leads=facts.ages["leads"].to_numpy(dtype=float) * factor)
