"""Tracking health: how far leads and revenue can be followed - to a campaign, to a channel only, or to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.report import theme
from helpers.report.model import Column, Exhibit, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    import pandas as pd

    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.report.model import Figure

TRACES = ("campaign", "channel", "unfilled", "nothing")
SHOWN = 12
"""Channels in the table, most leads first; the others are one row."""


@dataclass(frozen=True)
class Tracking:
    """What the tags of the period's leads are worth."""

    leads: dict[str, int]
    """Trace → leads."""
    revenue: dict[str, float]
    """Trace → revenue of these leads."""
    channels: pd.DataFrame
    """channel | leads, traced (to a campaign), unfilled, revenue; "": nobody knows. Most leads first."""
    untagged: dict[str, int]
    """Channel with spend → its leads without a campaign, most first."""

    @property
    def total(self) -> int:
        """Leads of the period."""
        return sum(self.leads.values())

    def share(self, *traces: str) -> float:
        """Share of the leads with these traces, 0-1."""
        return sum(self.leads[trace] for trace in traces) / self.total if self.total else 0.0

    def money_share(self, *traces: str) -> float | None:
        """Share of revenue; None without revenue."""
        whole = sum(self.revenue.values())
        return sum(self.revenue[trace] for trace in traces) / whole if whole > 0 else None

    def figures(self) -> dict[str, float]:
        """For audit.json: shares of leads."""
        return {trace: round(self.share(trace), 4) for trace in TRACES}


def measure_tracking(facts: Facts) -> Tracking | None:
    """Traces of the period's leads; None where the export holds no source at all."""
    import pandas as pd

    table = facts.quality.tracking
    table = table[table["span"] == "now"]
    if table.empty or not {"leads.source", "leads.channel", "leads.campaign", "leads.campaign_id"} & set(facts.has):
        return None
    by_trace = table.groupby("trace")[["leads", "revenue"]].sum()
    wide = table.pivot_table(index="channel", columns="trace", values="leads", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=list(TRACES), fill_value=0)
    channels = pd.DataFrame(
        {
            "leads": wide.sum(axis=1),
            "traced": wide["campaign"],
            "unfilled": wide["unfilled"],
            "revenue": table.groupby("channel")["revenue"].sum(),
        }
    ).reset_index()
    channels = channels.sort_values(["leads", "channel"], ascending=[False, True], ignore_index=True)
    spend = facts.spend[(facts.spend["span"] == "now") & (facts.spend["channel"] != "")]
    paid = spend.groupby("channel")["spend"].sum()
    campaigns = spend[(spend["campaign"] != "") | (spend["campaign_id"] != "")]
    # A channel whose spend names no campaign needs no campaign in its tags.
    named = {channel for channel in paid[paid > 0].index if channel in set(campaigns["channel"])}
    bare = table[(table["trace"] == "channel") & table["channel"].isin(named)].groupby("channel")["leads"].sum()
    untagged = {str(name): int(n) for name, n in bare.sort_values(ascending=False, kind="stable").items()}
    return Tracking(
        {trace: int(by_trace["leads"].get(trace, 0)) for trace in TRACES},
        {trace: float(by_trace["revenue"].get(trace, 0.0)) for trace in TRACES},
        channels,
        untagged,
    )


def tracking_exhibit(found: Tracking, say: Language, note: str) -> Exhibit:
    """The picture and the table by channel."""
    title = _title(found, say)
    rows = [
        (row["channel"] or say("nobody knows"), int(row["leads"]), int(row["traced"]), int(row["unfilled"]),
         float(row["revenue"]))
        for row in found.channels.head(SHOWN).to_dict("records")
    ]  # fmt: skip
    rest = found.channels.iloc[SHOWN:]
    if len(rest):
        sums = rest[["leads", "traced", "unfilled"]].sum()
        label = say.plural("{n} more channel", "{n} more channels", len(rest))
        rows.append(
            (label, int(sums["leads"]), int(sums["traced"]), int(sums["unfilled"]), float(rest["revenue"].sum()))
        )
    return Exhibit(
        key="data-tracking",
        title=title,
        figure=_chart(found, say, title) if found.total >= MINIMUM else None,
        reading=tuple(_reading(found, say)),
        table=Table(
            columns=(
                Column(label=say("Channel")),
                Column(label=say("Leads"), kind="count"),
                Column(label=say("With a campaign"), kind="count"),
                Column(label=say("Template not filled in"), kind="count"),
                Column(label=say("Revenue"), kind="money"),
            ),
            rows=tuple(rows),
        ),
        note=note,
    )


def tracking_lines(found: Tracking, say: Language) -> list[str]:
    """The finding and its reading, for the terminal."""
    return [_title(found, say), *_reading(found, say)]


def _title(found: Tracking, say: Language) -> str:
    share, money = found.share("campaign"), found.money_share("campaign")
    if found.total < MINIMUM:
        return say("Too few leads to judge how they are tracked: {n}", n=say.count(found.total))
    if money is None:
        return say("{share} of the leads can be followed to a campaign", share=say.share(share))
    return say(
        "{share} of the leads and {money} of the revenue can be followed to a campaign",
        share=say.share(share), money=say.share(money),
    )  # fmt: skip


def _reading(found: Tracking, say: Language) -> list[str]:
    said = []
    if found.leads["nothing"]:
        said.append(
            say.plural(
                "Of {n} lead nobody knows where it came from.",
                "Of {n} leads nobody knows where they came from.",
                found.leads["nothing"],
            )
        )
    if found.leads["unfilled"]:
        said.append(
            say.plural(
                "With {n} lead the advertising system left its template unfilled instead of a value: a fault in the "
                "settings of the advertisement, not of sales.",
                "With {n} leads the advertising system left its template unfilled instead of a value: a fault in the "
                "settings of the advertisement, not of sales.",
                found.leads["unfilled"],
            )
        )
    if found.untagged:
        names = [f"{name} ({say.count(n)})" for name, n in list(found.untagged.items())[:3]]
        said.append(
            say("Paid channels with leads that name no campaign: {channels}; their money cannot be judged by campaign.",
                channels=say.list(names))
        )  # fmt: skip
    if not said:
        said.append(say("Every lead of a paid channel can be followed to its campaign."))
    return said


def _chart(found: Tracking, say: Language, title: str) -> Figure:
    """How far leads can be followed, a bar each; the share of revenue stands in the label."""
    names = {
        "campaign": say("to a campaign"),
        "channel": say("to a channel only"),
        "unfilled": say("template not filled in"),
        "nothing": say("to nothing"),
    }
    colours = {"campaign": "good", "channel": "neutral", "unfilled": "bad", "nothing": "unknown"}
    traces = [trace for trace in reversed(TRACES) if trace != "unfilled" or found.leads[trace]]
    labels = []
    for trace in traces:
        leads, money = say.share(found.share(trace)), found.money_share(trace)
        if money is None:
            labels.append(say("{leads} of leads", leads=leads))
        else:
            labels.append(say("{leads} of leads, {money} of revenue", leads=leads, money=say.share(money)))
    fig, ax = theme.figure(height=0.5 + 0.4 * len(traces))
    theme.margins(ax, left_labels=[names[trace] for trace in traces])
    bars = ax.barh(
        [names[trace] for trace in traces],
        [found.share(trace) for trace in traces],
        color=[theme.COLOURS[colours[trace]] for trace in traces],
        height=0.62,
    )
    if "nothing" in traces:
        theme.hatch(bars[traces.index("nothing")])
    ax.set_xlim(0, 1)
    theme.label_bars(ax, bars, labels)
    ax.set_xticks([])
    told = "; ".join(f"{names[trace]} – {label}" for trace, label in zip(traces, labels, strict=True))
    return theme.picture(fig, name="data-tracking", alt=f"{title}: {told}.")
