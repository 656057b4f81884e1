"""Pictures of the managers chapter: a line per manager, conversion with its range, and with what luck explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.campaigns import lines
from helpers.chapters.managers_words import manager_name, verdict_short
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.managers_measure import MeasuredManagers
    from helpers.language import Language
    from helpers.report.model import Figure

SHOWN = 18
"""Managers that a picture names; the table holds all."""
ROW = 0.34
"""Inches per line."""
VERDICT_COLOUR = {"higher": "good", "lower": "bad"}


def shown_by_rate(measured: MeasuredManagers) -> pd.DataFrame:
    """Managers with a rate, from both ends, and the largest line without a person."""
    people = measured.people
    if len(people) > SHOWN:
        people = pd.concat([people.head(SHOWN // 2), people.tail(SHOWN // 2)])
    others = measured.table[~measured.table["kind"].eq("person") & (measured.table["leads"] >= MINIMUM)]
    return pd.concat([people, others.nlargest(2, "leads")])


def shown_by_limits(measured: MeasuredManagers) -> pd.DataFrame:
    """Managers that were compared: the farthest from the others first to be chosen, drawn by number of leads."""
    people = measured.people
    people = people[people["outer_high"].notna()]
    far = people["deviation"].abs().sort_values(ascending=False, kind="stable").index[:SHOWN]
    chosen = people.loc[people.index.isin(far)]
    return chosen.sort_values(["leads", "manager"], ascending=[False, True], kind="stable")


def draw_rates(shown: pd.DataFrame, say: Language, alt: str) -> Figure:
    """Conversion with its 95 % range; lines without a person are grey."""
    from helpers.report import theme

    labels = [theme.shorten(manager_name(row, say), 30, lines=2) for row in lines(shown)]
    text = [say("{rate} of {leads}", rate=say.share(row.rate, 1), leads=say.count(row.leads)) for row in lines(shown)]
    fig, ax = theme.figure(height=0.6 + ROW * len(labels))
    theme.margins(ax, left_labels=labels, right_labels=text, bottom_labels=["0"])
    places = list(range(len(labels)))
    person = shown["kind"].eq("person").tolist()
    colours = [theme.COLOURS["sales" if own else "neutral"] for own in person]
    theme.whiskers(ax, places, shown["low"].tolist(), shown["high"].tolist(), linewidth=1.6)
    ax.scatter(shown["rate"], places, s=46, color=colours, edgecolor=theme.COLOURS["paper"], zorder=6, clip_on=False)
    known = shown["shrunk"].notna().to_numpy()
    ax.scatter(
        shown["shrunk"][known], [place for place, own in zip(places, known, strict=True) if own], s=30, marker="D",
        facecolor=theme.COLOURS["paper"], edgecolor=theme.COLOURS["ink"], linewidth=0.9, zorder=7, clip_on=False,
    )  # fmt: skip
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xlim(0, 1.03 * float(shown["high"].max()))
    theme.share_axis(ax.xaxis, say)
    ax.grid(axis="x")
    _right(ax, places, text, theme.COLOURS["ink"])
    return theme.picture(fig, "managers-conversion", alt, rows=theme.edges(len(labels)))


def draw_limits(measured: MeasuredManagers, say: Language, alt: str) -> Figure:
    """A funnel plot by lines: the fewer leads, the wider what luck explains; outside of both bands it differs."""
    from helpers.report import theme

    shown = shown_by_limits(measured)
    labels = [theme.shorten(manager_name(row, say), 30, lines=2) for row in lines(shown)]
    text = [f"{say.count(row.leads)} · {verdict_short(row.verdict, measured.spread, say)}" for row in lines(shown)]
    fig, ax = theme.figure(height=0.6 + ROW * len(labels))
    theme.margins(ax, left_labels=labels, right_labels=text, bottom_labels=["0"])
    places = list(range(len(labels)))
    for level, colour in (("outer", "unknown"), ("inner", "edge")):
        low, high = shown[f"{level}_low"], shown[f"{level}_high"]
        ax.barh(places, high - low, left=low, height=0.62, color=theme.COLOURS[colour])
    ax.vlines(shown["expected"] / shown["leads"], [p - 0.31 for p in places], [p + 0.31 for p in places],
              color=theme.COLOURS["muted"], linewidth=1.0, zorder=4)  # fmt: skip
    colours = [theme.COLOURS[VERDICT_COLOUR.get(verdict, "ink")] for verdict in shown["verdict"]]
    ax.scatter(shown["rate"], places, s=46, color=colours, edgecolor=theme.COLOURS["paper"], zorder=6,
               clip_on=False)  # fmt: skip
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xlim(0, 1.03 * max(float(shown["outer_high"].max()), float(shown["rate"].max())))
    theme.share_axis(ax.xaxis, say)
    _right(ax, places, text, theme.COLOURS["ink"])
    return theme.picture(fig, "managers-limits", alt, rows=theme.edges(len(labels)))


def _right(ax: object, places: list[int], text: list[str], colour: str) -> None:
    """Texts in a column right of the axes."""
    for place, label in zip(places, text, strict=True):
        ax.annotate(  # type: ignore[attr-defined]
            label, (1, place), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
            va="center_baseline", color=colour, annotation_clip=False,
        )  # fmt: skip
