"""Names that may mean the same - channels, renamed campaigns - as questions to the client: nothing is merged here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.sources.asking import asked, together
from helpers.sources.names import PROPOSED, alike, canonical, key, usual_channels
from helpers.sources.notices import Code, Ledger, Notice

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from helpers.client import Client

COMPARED = 500
"""Unmatched campaigns that are compared, those with most leads or money first."""


async def suggest_names(client: Client, tables: dict[str, ir.Table], ledger: Ledger) -> None:
    """List channels with similar names, and campaigns without spend that resemble campaigns without leads.

    A proposed pair is confirmed under ``aliases`` of client.yml; the first day of the lead's campaign goes with it,
    because a renamed campaign carries its new name from a day on.
    """
    there = [name for name in ("leads", "spend") if name in tables]
    named = dict(zip(there, await together(*(_counted(tables[name], name) for name in there)), strict=True))
    channels: dict[str, int] = {}
    for frame in named.values():
        for channel, rows in frame.groupby("channel")["weight"].count().items():
            if channel:
                channels[str(channel)] = channels.get(str(channel), 0) + int(rows)
    shown = set(canonical(channels, client.aliases.channel, usual_channels()).values())
    pairs = alike(shown)[:PROPOSED]
    if pairs:
        detail = ", ".join(f"{one} – {other}" for one, other in pairs)
        ledger.add(Notice(Code.CHANNELS_ALIKE, "leads", None, detail=detail))
    if len(named) == 2:
        ledger.add(*_campaigns(client, named["leads"], named["spend"]))


async def _counted(table: ir.Table, name: str) -> pd.DataFrame:
    """channel, campaign, campaign_id | weight (leads or money), first day."""
    texts = {column: table[column].fill_null("") for column in ("channel", "campaign", "campaign_id")}
    made = table.mutate(**texts, day=(table.created_at if name == "leads" else table["from"]).cast("date"))
    weight = made.count() if name == "leads" else made.cost.sum()
    frame = await asked(made.group_by(list(texts)).agg(weight=weight.cast("float64"), first=made.day.min()))
    return frame.sort_values(["weight", *texts], ascending=[False, True, True, True], ignore_index=True)


def _campaigns(client: Client, leads: pd.DataFrame, spend: pd.DataFrame) -> list[Notice]:
    renamed = {key(old): key(new) for new, olds in client.aliases.campaign.items() for old in olds}

    def words(frame: pd.DataFrame) -> set[str]:
        found = {key(text) for column in ("campaign", "campaign_id") for text in frame[column] if text}
        return found | {renamed[word] for word in found if word in renamed}

    def alone(frame: pd.DataFrame, others: set[str]) -> pd.DataFrame:
        free: list[bool] = [
            bool(name) and not ({key(name), renamed.get(key(name), ""), key(number)} - {""}) & others
            for name, number in zip(frame["campaign"], frame["campaign_id"], strict=True)
        ]
        return frame.loc[free].head(COMPARED)

    unpaid, silent = alone(leads, words(spend)), alone(spend[spend["weight"] != 0], words(leads))
    pairs = alike(map(str, unpaid["campaign"]), map(str, silent["campaign"]))
    if not pairs:
        return []
    asked = {name for name, _ in pairs}
    rows = int(unpaid.loc[unpaid["campaign"].isin(asked), "weight"].sum())
    first = unpaid.groupby("campaign")["first"].min()
    detail = "; ".join(f"{name} – {other} ({first[name]:%Y-%m-%d})" for name, other in pairs[:PROPOSED])
    return [Notice(Code.CAMPAIGNS_ALIKE, "leads", rows, detail=detail)]
