"""A small client whose every figure of the sliders can be counted by hand: 720 leads of two channels in six months.

A lead of google is paid for; every second lead is qualified, every second pair is answered within an hour, and of
qualified ones those answered in time buy more often. All is a pattern, nothing is drawn.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from folders import make_folder

CLIENT = """\
client: Sliders
lang: en
currency: EUR
period: {from: 2026-01-01, to: 2026-06-30}
as_of: 2026-12-31
margin: 0.5
cycle_days: 28
sources:
  - {table: spend, file: exports/spend.csv, vat: excluded, columns: {from: Date, channel: Source, campaign: Campaign, cost: Cost}}
  - table: leads
    file: exports/leads.csv
    columns: {lead_id: Id, created_at: Created, first_answer_at: Answer, channel: Source, stage: Stage, closed_at: Closed, qualified: Good}
  - {table: deals, file: exports/deals.csv, columns: {deal_id: Id, lead_id: Id, opened_at: Opened, closed_at: Closed, stage: Stage, amount: Amount}}
outcomes: {"*": {Sold: {outcome: won}, Gone: {outcome: lost}}}
"""  # noqa: E501
MONTHS, EACH = 6, 120
SPEND = 1000
"""A month, all of it for google."""


@dataclass(frozen=True)
class One:
    """A lead."""

    number: int
    created: dt.datetime
    channel: str
    quick: bool
    good: bool
    amount: int
    """0: nothing was sold."""


def leads() -> list[One]:
    """All leads, in the order of time."""
    out = []
    for month in range(1, MONTHS + 1):
        for i in range(EACH):
            quick, good = i // 2 % 2 == 0, i % 2 == 0
            sold = good and i % (8 if quick else 24) in (0, 2)
            channel = "google" if i % 12 < 8 else "direct"
            created = dt.datetime(2026, month, 1 + i % 28, 10)
            out.append(One(len(out) + 1, created, channel, quick, good, 200 + 100 * (i % 5) if sold else 0))
    return out


def make_client(folder: Path) -> Path:
    """The client's folder."""
    rows, sales = ["Id,Created,Answer,Source,Stage,Closed,Good"], ["Id,Opened,Closed,Stage,Amount"]
    for one in leads():
        answered = one.created + dt.timedelta(minutes=30 if one.quick else 300)
        closed = one.created.date() + dt.timedelta(days=10)
        stage, good = "Sold" if one.amount else "Gone", "yes" if one.good else "no"
        rows.append(f"L{one.number},{one.created},{answered},{one.channel},{stage},{closed},{good}")
        if one.amount:
            sales.append(f"L{one.number},{one.created.date()},{closed},Sold,{one.amount}")
    spend = ["Date,Source,Campaign,Cost", *(f"2026-{m:02}-15,google,All,{SPEND}" for m in range(1, MONTHS + 1))]
    tables = {"leads": rows, "deals": sales, "spend": spend}
    files = {f"exports/{name}.csv": "\n".join([*lines, ""]) for name, lines in tables.items()}
    return make_folder(folder, {"client.yml": CLIENT, **files})
