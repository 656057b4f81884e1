"""Hand-made facts of a client by month: what its leads became, how they were answered, what they cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
from facts_builder import AGES, LEADS, LOOSE, OPEN_AGES, SPEND, table

from helpers.client import Client, Span
from helpers.facts import Facts
from helpers.facts.ground import empty
from helpers.facts.quarters import Quarters
from helpers.facts.speed import Speed
from helpers.facts.waits import Clock

QUARTER = {"span": "now", "month": pd.Timestamp("2026-01-01"), "channel": "ads", "mark": "", "reply": ""}
QUARTER_LEADS = {**QUARTER, "shut_days": -1, "leads": 0}
QUARTER_WINS = {**QUARTER, "age_days": 7, "won": 0, "priced": 0, "revenue": 0.0, "revenue_sq": 0.0, "gross": 0.0}
PERIOD = Span(**{"from": dt.date(2026, 1, 1), "to": dt.date(2026, 6, 30)})


def month(
    day: str, leads: int = 0, qualified: int = 0, won: int = 0, *, amount: float = 10_000.0, within: int = 0,
    late: int = 0, silent: int = 0, spend: float = 0.0, marked: bool = True, priced: bool = True, margin: float = 1.0,
    spread: float = 0.2, channel: str = "ads",
) -> dict[str, Any]:  # fmt: skip
    """One month. All sales are of qualified leads answered late (or as many as there are), 7 days after the lead."""
    return locals()


def facts_of(
    *months: dict[str, Any], as_of: dt.date = dt.date(2026, 9, 30), has: tuple[str, ...] = ("leads.qualified",),
    clock: Clock | None = None,
) -> Facts:  # fmt: skip
    """Facts of these months; first answers count as recorded where any month has some."""
    leads, spend, quarters, wins = [], [], [], []
    for one in months:
        at = pd.Timestamp(one["day"])
        span = "now" if PERIOD.from_ <= at.date() <= PERIOD.to else "other"
        key = {"span": span, "month": at, "channel": one["channel"]}
        revenue = one["won"] * one["amount"] if one["priced"] else 0.0
        square = one["won"] * one["amount"] ** 2 * (1 + one["spread"] ** 2) if one["priced"] else 0.0
        money = {"revenue": revenue, "revenue_sq": square, "gross": revenue * one["margin"],
                 "priced": one["won"] if one["priced"] else 0}  # fmt: skip
        marks = {"qualified": one["qualified"], "marked": one["leads"] if one["marked"] else 0}
        leads += [
            {**key, "outcome": "won", "leads": one["won"], "stage": "won", **money},
            {**key, "outcome": "lost", "leads": one["leads"] - one["won"], **marks},
        ]
        if one["spend"]:
            spend.append({**key, "campaign": "all", "spend": one["spend"]})
        yes = one["qualified"] if one["marked"] else 0
        for mark, number in (("yes", yes), ("no" if one["marked"] else "", one["leads"] - yes)):
            told = {"in": one["within"], "late": one["late"], "none": one["silent"]}
            share = {reply: round(n * number / one["leads"]) if one["leads"] else 0 for reply, n in told.items()}
            rest = number - sum(share.values())
            quarters += [{**key, "mark": mark, "reply": reply, "leads": n} for reply, n in {**share, "": rest}.items()]
        mark = "yes" if one["marked"] else ""
        wins.append({**key, "mark": mark, "reply": "late" if one["late"] else "", "won": one["won"], **money})
    ages = [{**AGES, "month": row["month"], "outcome": row["outcome"], "leads": row["leads"], "age_days": 7}
            for row in leads if row["leads"]]  # fmt: skip
    answered = any(one["within"] or one["late"] for one in months)
    speed = Speed.empty()
    if answered:
        fates = pd.DataFrame([{"span": "now", "proven": 100, "proven_timed": 100}])
        speed = replace(speed, fates=fates, clock=clock or Clock("recorded", True, False, None))
    return Facts(
        leads=table([row for row in leads if row["leads"]], LEADS),
        spend=table(spend, SPEND),
        ages=table(ages, AGES),
        open_ages=table([], OPEN_AGES),
        reasons=empty(["span", "outcome", "reason"], ["leads"]),
        people=empty(["span"], ["leads", "people", "repeats"]),
        buyers=pd.DataFrame({"buyers": [float("nan")], "repeat_buyers": [float("nan")]}),
        loose=table([], LOOSE),
        stages=("leads", "qualified", "won"),
        period=PERIOD,
        compare=None,
        as_of=as_of,
        snapshot=True,
        has=frozenset(has),
        dates={"leads": (PERIOD.from_, PERIOD.to)} if months else {},
        quarters=replace(
            Quarters.empty(),
            leads=table([row for row in quarters if row["leads"] > 0], QUARTER_LEADS).astype(
                {"month": "datetime64[us]"}
            ),
            wins=table([row for row in wins if row["won"]], QUARTER_WINS).astype({"month": "datetime64[us]"}),
        ),
        speed=speed,
    )


def client_of(**more: Any) -> Client:
    """A client whose sales take 20 days."""
    given = {"client": "Windows Plus", "currency": "RUB", "cycle_days": 20, "margin": 1.0, **more}
    return Client.model_validate(given)
