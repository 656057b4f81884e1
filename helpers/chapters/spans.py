"""Spend that is told for several days at once: it counts as a whole, and is in no chart that would cut it in two."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from helpers.facts.evidence import Evidence


def of_several_months(spend: pd.DataFrame) -> pd.Series:
    """Which rows of `Facts.spend` cover more than one month: they are in none."""
    return spend["until"] > spend["month"]


def with_each_month(spend: pd.DataFrame) -> pd.DataFrame:
    """`Facts.spend` with a row for each ``month`` that a row covers: for counting months, never for sums."""
    months = [
        list(pd.date_range(first, max(first, last), freq="MS"))
        for first, last in zip(spend["month"], spend["until"], strict=True)
    ]
    return spend.assign(month=pd.Series(months, index=spend.index, dtype="object")).explode("month")


def spent(evidence: Evidence, after: pd.Timestamp, end: dt.date | pd.Timestamp) -> float:
    """Money spent behind ``after`` up to ``end``; nan where a row of spend lies across one of these days."""
    first, last, spans = after + pd.Timedelta(days=1), pd.Timestamp(end), evidence.spans
    begun = (spans["day"] < first) & (spans["end"] >= first)
    unfinished = (spans["day"] <= last) & (spans["end"] > last)
    if (begun | unfinished).any():
        return float("nan")
    days = evidence.days
    return float(days.loc[(days["day"] > after) & (days["day"] <= last), "spend"].sum())
