"""Hand-made facts of a funnel: rows of counted leads, a client, and the chapter made of them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pandas as pd

from helpers.chapters.funnel import Funnel
from helpers.client import Client
from helpers.facts.days import Days
from helpers.facts.steps import Steps
from helpers.language import language

STAGES = ("impressions", "clicks", "leads", "contacted", "qualified", "proposal", "won", "repeat")
HAS = frozenset({"leads.lead_id", "leads.created_at", "spend.clicks", "spend.impressions", "leads.first_answer_min"})
SUMS = ("answered", "qualified", "marked", "priced", "revenue", "gross")


def lead(number: int, stage: str = "leads", outcome: str = "lost", **more: Any) -> dict[str, Any]:
    """A counted row; a won lead brings 100."""
    won = number if outcome == "won" else 0
    row = {"span": "now", "month": "2024-01-01", "channel": "ads", "stage": stage, "exact": True, "outcome": outcome}
    money = {"priced": won, "revenue": 100.0 * won, "gross": 100.0 * won}
    return {**row, **dict.fromkeys(SUMS, 0), "answered": number * (stage != "leads"), **money, "leads": number, **more}


def make_facts(leads: list[dict[str, Any]], **more: Any) -> Any:
    """Facts of January to June 2024, seen on July 15, with only what the funnel reads."""
    columns = ["span", "month", "channel", "stage", "exact", "outcome", *SUMS, "leads"]
    table = pd.DataFrame(leads, columns=columns).astype({"month": "datetime64[ns]", "leads": int, "exact": bool})
    spend = pd.DataFrame(
        [("now", pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01"), "ads", 10_000.0, 100_000.0, 2_000.0)],
        columns=["span", "month", "until", "channel", "spend", "impressions", "clicks"],
    )
    ages = table[["span", "month", "outcome", "leads"]].assign(age_days=10)
    facts = {
        "leads": table,
        "spend": spend,
        "ages": ages,
        "buyers": pd.DataFrame([{"buyers": float("nan"), "repeat_buyers": float("nan")}]),
        "people": pd.DataFrame(columns=["span", "leads", "people", "repeats"]),
        "has": HAS,
        "steps": Steps.empty(),
        "days": Days.empty(),
        "stages": STAGES,
        "snapshot": not table["exact"].all(),
        "as_of": dt.date(2024, 7, 15),
        "period": SimpleNamespace(from_=dt.date(2024, 1, 1), to=dt.date(2024, 6, 30)),
    }
    return SimpleNamespace(**{**facts, **more})


def make_client(stages: tuple[str, ...] = STAGES, seen_by: dict[str, list[str]] | None = None, **more: Any) -> Client:
    listed = [{"key": key, "seen_by": (seen_by or {}).get(key, [])} for key in stages]
    return Client.model_validate({"client": "Пример", "currency": "RUB", "stages": listed, **more})


def full() -> list[dict[str, Any]]:
    """400 leads whose way is known: 300 answered, 150 qualified, 80 with a proposal, 40 won, 20 still open."""
    return [
        lead(80),
        lead(20, outcome="open"),
        lead(150, "contacted"),
        lead(70, "qualified"),
        lead(40, "proposal"),
        lead(40, "won", "won"),
    ]


def make_funnel(leads: list[dict[str, Any]], lang: str = "en", client: Client | None = None, **more: Any) -> Funnel:
    return Funnel.measure(make_facts(leads, **more), client or make_client(), language(lang))


def conversions(funnel: Funnel) -> dict[str, float | None]:
    return {entry["stage"]: entry["of_previous"] for entry in funnel.figures()["funnel"]}


def snapshot() -> list[dict[str, Any]]:
    """Only lost leads hide their way: 300 lost, 50 open in proposal, 20 open at the start, 30 won."""
    return [
        lead(300, exact=False, answered=100),
        lead(20, outcome="open"),
        lead(50, "proposal", "open"),
        lead(30, "won", "won"),
    ]


def ages(rows: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["month", "outcome", "age_days", "leads"]).assign(span="now")
    return table.astype({"month": "datetime64[ns]"})


def aged() -> dict[str, Any]:
    """January: 100 leads, all ended by day 20, 40 won. June: 100 leads, 80 open at the age of 16 days, 10 won."""
    rows = [
        ("2024-01-01", "won", 10, 20),
        ("2024-01-01", "won", 20, 20),
        ("2024-01-01", "lost", 20, 60),
        ("2024-06-01", "won", 10, 20),
        ("2024-06-01", "open", 16, 80),
    ]
    january, june = {"month": "2024-01-01"}, {"month": "2024-06-01"}
    leads = [
        lead(40, "won", "won", **january),
        lead(60, **january),
        lead(20, "won", "won", **june),
        lead(80, outcome="open", **june),
    ]
    came = pd.DataFrame({"day": pd.to_datetime(["2024-01-15", "2024-06-29"]), "leads": 100.0})
    days = Days(came.assign(qualified=0.0, won=0.0, revenue=0.0), dated=float("nan"), undated_revenue=0.0)
    return {"leads": leads, "ages": ages(rows), "days": days}


def survey(mode: str = "open", **departments: tuple[int, dict[str, float]]) -> Any:
    found = {key: SimpleNamespace(seen_asked=asked, sees=sees) for key, (asked, sees) in departments.items()}
    return SimpleNamespace(mode=mode, threshold=5, departments=found)
