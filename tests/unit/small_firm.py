"""A firm of a few leads whose every counted number can be told by hand: leads, deals, touches, people, pay, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from folders import make_folder

from helpers.client import read_client
from helpers.facts import Facts, count
from helpers.sources import load

CLIENT = """\
client: Small
currency: EUR
country: DE
timezone: Europe/Berlin
working_hours: {mon-fri: "09:00-18:00"}
period: {from: 2026-03-01, to: 2026-04-30}
compare_with: {from: 2026-01-01, to: 2026-02-28}
as_of: 2026-05-11
margin: 0.5
stages: [{key: leads}, {key: contacted}, {key: qualified}, {key: won}]
outcomes: {"*": {New: {stage: leads}, Talk: {stage: contacted}, Good: {stage: qualified}, Sold: {outcome: won},
                 Gone: {outcome: lost}}}
qualified: {bant: {columns: [budget, need], at_least: 2}}
"""
SOURCES = {
    "leads": "lead_id: Id, created_at: Created, first_answer_at: Answer, channel: Source, manager: Owner, stage: Stage,"
    " closed_at: Closed, person: Mail, accepted: Taken, reason: Reason, budget: Money, need: Need",
    "deals": "deal_id: Id, lead_id: Lead, opened_at: Opened, closed_at: Closed, stage: Stage, amount: Amount, "
    "reason: Reason",
    "touches": "lead_id: Lead, at: At, kind: Kind, direction: Way, seconds: Seconds, answered: Taken, manager: Who, "
    "checklist: Score",
    "people": "manager: Name, team: Team, alias: Alias",
    "pay": "month: Month, person: Who, kind: For, leads: Leads, amount: Money",
    "figures": "month: Month, department: Side, leads: Leads, qualified: Good, customers: Sold",
    "sorting": "lead_id: Lead, person: Who, qualified: Good",
}


def firm(folder: Path, client: str = CLIENT, **tables: str) -> Facts:
    """Facts of a client with these tables as CSV; ``columns__<table>`` replaces the columns of one."""
    own = {name.removeprefix("columns__"): text for name, text in tables.items() if "columns__" in name}
    columns = {**SOURCES, **own}
    tables = {name: text for name, text in tables.items() if "columns__" not in name}
    sources = "".join(
        f"  - {{table: {name}, file: exports/{name}.csv, columns: {{{columns[name]}}}}}\n" for name in tables
    )
    files: dict[str, Any] = {f"exports/{name}.csv": text for name, text in tables.items()}
    made = make_folder(folder / "small", {"client.yml": f"{client}sources:\n{sources}", **files})
    return count(load(read_client(made)))
