"""A client's folder for one test: files by name, made where pytest wants them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

HEAD = """\
client: Test firm
lang: en
currency: EUR
"""

SPEND = """\
  - table: spend
    file: exports/spend.csv
    vat: excluded
    columns: {from: Date, channel: Source, campaign: Campaign, cost: Cost}
"""
LEADS = """\
  - table: leads
    file: exports/leads.csv
    columns: {lead_id: Id, created_at: Created, channel: Source, campaign: Campaign, manager: Owner, stage: Stage,
              closed_at: Closed}
"""
DEALS = """\
  - table: deals
    file: exports/deals.csv
    columns: {deal_id: Id, lead_id: Lead, opened_at: Opened, closed_at: Closed, stage: Stage, amount: Amount}
"""
OUTCOMES = """\
outcomes:
  "*":
    New: {stage: leads}
    Talk: {stage: contacted}
    Sold: {outcome: won}
    Gone: {outcome: lost}
"""


def client_yml(*sources: str, more: str = "", head: str = HEAD) -> str:
    """A client.yml with these sources."""
    return head + ("sources:\n" + "".join(sources) if sources else "") + OUTCOMES + dedent(more)


def make_folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write ``files`` (name → content) below ``path``; text is dedented and written as UTF-8."""
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(dedent(content), encoding="utf-8", newline="")
    path.mkdir(parents=True, exist_ok=True)
    return path
