"""Whole audits of companies at the edge: no sale, one campaign, one manager, a month of one day, spend without leads.

What each chapter says of such a company is tested beside the chapter; here nothing may fall over between them, and no
text may show what a reader cannot know: nan, None, inf.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from folders import DEALS, LEADS, SPEND, client_yml, make_folder
from pipeline import audited
from reader import model_texts
from textboxes import faults

PERIOD = "period: {from: 2024-02-01, to: 2024-04-30}\nas_of: 2024-05-31\n"
CODE = re.compile(r"\b(?:nan|None|inf|NaT|null)\b|\{(?!campaignid)\w*\}")
"""What no reader can know; the one template is what the advertising system itself fills in."""


def leads(rows: list[tuple[dt.date, str, str, str, str, dt.date | None]]) -> str:
    lines = [
        f"L{number},{day} 10:00,{source},{campaign},{manager},{stage},{closed or ''}"
        for number, (day, source, campaign, manager, stage, closed) in enumerate(rows, 1)
    ]
    return "\n".join(["Id,Created,Source,Campaign,Owner,Stage,Closed", *lines, ""])


def deals(rows: list[tuple[int, dt.date, dt.date | None, str, str]]) -> str:
    lines = [
        f"D{number},L{lead},{opened},{closed or ''},{stage},{amount}"
        for number, (lead, opened, closed, stage, amount) in enumerate(rows, 1)
    ]
    return "\n".join(["Id,Lead,Opened,Closed,Stage,Amount", *lines, ""])


def days(first: dt.date, count: int, every: int = 1) -> list[dt.date]:
    return [first + dt.timedelta(days=number * every) for number in range(count)]


LEAP = dt.date(2024, 2, 29)
SPENT = "Date,Source,Campaign,Cost\n" + "".join(f"{day.isoformat()},google,Only,100\n" for day in days(LEAP, 60))
NO_WINS = [
    (
        day,
        "google",
        "Only",
        "Anna",
        "Gone" if number % 3 else "Talk",
        day + dt.timedelta(days=3) if number % 3 else None,
    )
    for number, day in enumerate(days(LEAP, 40))
]
ONE_DAY = [
    (
        LEAP,
        "google",
        f"Campaign {number % 2}",
        "Anna" if number % 4 else "",
        "Sold" if number % 8 == 0 else "Gone",
        LEAP,
    )
    for number in range(80)
]
YOUNG = [(dt.date(2024, 4, 30), "", "", "", "New", None) for _ in range(35)]
CASES: dict[str, dict[str, Any]] = {
    # One campaign, one manager, not one sale: every rouble spent is lost, and nobody is blamed.
    "no wins": {"spend": SPENT, "leads": leads(NO_WINS), "deals": deals([])},
    # Leads of one day that is not there in other years; sold for nothing; nothing spent.
    "a leap day": {
        "leads": leads(ONE_DAY),
        "deals": deals([(n + 1, LEAP, LEAP, "Sold", "0") for n in range(0, 80, 8)]),
    },
    "all young": {"spend": SPENT, "leads": leads(YOUNG), "deals": deals([])},
    "spend without leads": {"spend": SPENT},
    # Sales dearer than they bring, all of them, and a refund.
    "only losses": {
        "spend": SPENT.replace(",100\n", ",9000\n"),
        "leads": leads([(d, "google", "Only", "Anna", "Sold", d) for d in days(LEAP, 50)]),
        "deals": deals([(n + 1, d, d, "Sold", "50" if n else "-20") for n, d in enumerate(days(LEAP, 50))]),
    },
}


@pytest.mark.parametrize("case", CASES)
def test_a_company_at_the_edge_has_its_report(case: str, tmp_path: Path) -> None:
    tables = CASES[case]
    blocks = {"spend": SPEND, "leads": LEADS, "deals": DEALS}
    yml = client_yml(*(blocks[name] for name in tables), more=PERIOD)
    files = {"client.yml": yml} | {f"exports/{name}.csv": text for name, text in tables.items()}
    made = audited(make_folder(tmp_path / "client", files), "ru")
    texts = model_texts(made.report)
    assert [text for text in texts if CODE.search(text)] == []
    assert made.report.headline
    assert made.report.actions
    pictures = {figure.name: found for figure in made.report.figures() if (found := faults(figure.svg))}
    assert pictures == {}
