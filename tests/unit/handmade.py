"""Hand-made facts for the chapters on leads, speed and conversations: only what these read, by name."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from facts_builder import LEADS, SPEND, client_of, table

from helpers.client import Client, Span
from helpers.facts.conversations import CONTACT_KEYS, TALK_KEYS, TALK_SUMS, Conversations
from helpers.facts.handover import CELLS, Handover
from helpers.facts.outcomes import KEYS as OUTCOME_KEYS
from helpers.facts.outcomes import SUMS as OUTCOME_SUMS
from helpers.facts.outcomes import Outcomes
from helpers.facts.speed import DETAIL, FATES, Speed
from helpers.facts.waits import Clock

NOW = {"from": dt.date(2024, 1, 1), "to": dt.date(2024, 6, 30)}
BEFORE = {"from": dt.date(2023, 7, 1), "to": dt.date(2023, 12, 31)}


def months(*names: str) -> list[pd.Timestamp]:
    return [pd.Timestamp(f"{name}-01") for name in names]


def facts_of(leads: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    """Facts of January to June 2024, seen on September 30; ``leads`` are rows of ``facts.leads``."""
    counted = table(leads or [], LEADS)
    counted["month"] = pd.to_datetime(counted["month"]).astype("datetime64[us]")
    found = {
        "leads": counted,
        "spend": table([], SPEND),
        "ages": pd.DataFrame({"span": "now", "outcome": ["won", "lost"], "age_days": [20, 30], "leads": [50, 450]}),
        "people": pd.DataFrame({"span": [], "leads": [], "people": [], "repeats": []}),
        "speed": Speed.empty(),
        "handover": Handover.empty(),
        "conversations": Conversations.empty(),
        "outcomes": Outcomes.empty(),
        "period": Span.model_validate(NOW),
        "compare": None,
        "as_of": dt.date(2024, 9, 30),
        "has": frozenset(),
    }
    return SimpleNamespace(**{**found, **more})


def client(**more: Any) -> Client:
    return client_of(stages=[{"key": "leads"}, {"key": "contacted"}, {"key": "won"}], **more)


def speed(
    waits: list[dict[str, Any]],
    *,
    cells: list[tuple[int, int, float, int, int]] | None = None,
    outcomes: list[tuple[float, int, int]] | None = None,
    untouched: list[tuple[str, str, int, int]] | None = None,
    worklist: list[dict[str, Any]] | None = None,
    clock: Clock | None = None,
    **fates: int,
) -> Speed:
    """Waiting times: ``waits`` are minutes, answered, leads and, if need be, span, month, channel, manager.

    ``cells``: weekday, hour, minutes_to, answered, not answered. ``outcomes``: minutes_to, leads, won (in week 3).
    ``untouched``: span, channel, age_days, leads.
    """
    usual = {"span": "now", "month": pd.Timestamp("2024-01-01"), "channel": "ads", "manager": "Ann", "answered": True}
    rows = pd.DataFrame([{**usual, **row} for row in waits], columns=[*usual, "minutes", "leads"])
    rows = rows.astype({"minutes": "float64", "answered": "bool", "leads": "float64", "month": "datetime64[us]"})

    def by(name: str) -> pd.DataFrame:
        keys = ["span", name, "minutes", "answered"]
        return rows.groupby(keys, sort=True)["leads"].sum().reset_index()

    now = rows[rows["span"].eq("now")]
    counts = {
        "leads": now["leads"].sum(), "timed": now.loc[now["answered"], "leads"].sum(),
        "silent": now.loc[~now["answered"], "leads"].sum(), "proven": 100, "proven_timed": 100, **fates,
    }  # fmt: skip
    arrivals = [
        {"span": "now", "weekday": day, "hour": hour, "working": 9 <= hour < 18, "minutes_to": edge, "answered": told,
         "leads": n}
        for day, hour, edge, good, bad in cells or []
        for told, n, edge in ((True, good, edge), (False, bad, np.inf))
        if n
    ]  # fmt: skip
    results = [
        {"span": "now", "minutes_to": edge, "month": pd.Timestamp("2024-01-01"), "won_weeks": weeks, "leads": n}
        for edge, leads, won in outcomes or []
        for weeks, n in ((3, won), (-1, leads - won))
        if n
    ]
    nothing = Speed.empty()
    return Speed(
        months=by("month"),
        channels=by("channel"),
        managers=by("manager"),
        arrivals=pd.DataFrame(arrivals, columns=nothing.arrivals.columns),
        outcomes=pd.DataFrame(results, columns=nothing.outcomes.columns).astype({"month": "datetime64[us]"}),
        fates=pd.DataFrame([{"span": "now", **dict.fromkeys(FATES, 0), **counts}]),
        untouched=pd.DataFrame(untouched or [], columns=["span", "channel", "age_days", "leads"]),
        worklist=pd.DataFrame(worklist or [], columns=DETAIL),
        clock=clock or Clock("recorded", clocked=True, hours_given=True, holidays=True),
    )


def outcomes(*rows: dict[str, Any]) -> Outcomes:
    """Rows of ``facts.outcomes.leads``."""
    usual = {
        "span": "now", "month": pd.Timestamp("2024-01-01"), "channel": "ads", "product": "", "manager": "Ann",
        "outcome": "lost", "won_weeks": -1, **dict.fromkeys(OUTCOME_SUMS, 0.0),
    }  # fmt: skip
    frame = pd.DataFrame([{**usual, **row} for row in rows], columns=[*OUTCOME_KEYS, *OUTCOME_SUMS])
    nothing = Outcomes.empty()
    return Outcomes(leads=frame.astype({"month": "datetime64[us]"}), staff=nothing.staff, undated=0)


def handover(**tables: list[dict[str, Any]]) -> Handover:
    """Tables of ``Handover`` by name, from rows; usual keys are filled in."""
    usual = {
        "marks": {"span": "now"},
        "reasons": {"span": "now", "kind": "rejected"},
        "persons": {"span": "now"},
        "reported": {"month": pd.Timestamp("2024-01-01")},
        "sorting": dict.fromkeys(CELLS, 0),
        "pay": {"month": pd.Timestamp("2024-01-01"), "person": "M", "team": "", "leads": np.nan},
    }
    nothing = Handover.empty()
    made = {
        name: pd.DataFrame([{**usual[name], **row} for row in rows], columns=getattr(nothing, name).columns)
        for name, rows in tables.items()
    }
    return Handover(**{**vars(nothing), **made})


def talks(*rows: dict[str, Any], **more: Any) -> Conversations:
    """Rows of ``Conversations.talks``, and other tables by name."""
    usual = {
        "span": "now",
        "month": pd.Timestamp("2024-01-01"),
        "manager": "",
        "team": "",
        **dict.fromkeys(TALK_SUMS, 0),
    }
    frame = pd.DataFrame([{**usual, **row} for row in rows], columns=[*TALK_KEYS, *TALK_SUMS])
    return Conversations(**{**vars(Conversations.empty()), "talks": frame, **more})


def contacts(*rows: tuple[int, bool, bool, int]) -> pd.DataFrame:
    """Leads by tries: tries, reached, answered, leads."""
    columns = [*CONTACT_KEYS, "leads", "calls", "messages"]
    return pd.DataFrame([("now", *row, row[0] * row[3], 0) for row in rows], columns=columns)


def thirds(low: tuple[int, int], middle: tuple[int, int], high: tuple[int, int]) -> pd.DataFrame:
    """Leads by third: leads, won in week 3."""
    rows = [
        ("now", name, pd.Timestamp("2024-01-01"), weeks, n)
        for name, (leads, won) in (("low", low), ("middle", middle), ("high", high))
        for weeks, n in ((3, won), (-1, leads - won))
        if n
    ]
    columns = ["span", "third", "month", "won_weeks", "leads"]
    return pd.DataFrame(rows, columns=columns).astype({"month": "datetime64[us]"})
