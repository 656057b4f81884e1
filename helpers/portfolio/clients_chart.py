"""Pictures of all clients: their scores on the scale of the four states, money at stake in one currency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.portfolio.common import Measured, brief, known
from helpers.portfolio.measure import Stake, records
from helpers.report.model import Figure
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from helpers.language import Language

ROW = 0.27
"""Inches of a line."""
PANEL, PANELS = 30, 2
"""Clients in a panel, and panels beside each other; more clients are drawn as a distribution."""
NAME, NARROW = 40, 23
"""Letters of a client's name in one panel and in each of two."""
SUMS = 20
"""Clients whose money is drawn; all are in the table."""


def draw_scores(measured: Measured, say: Language, alt: str) -> Figure:
    """A dot with its range per client, highest first; beyond 60 clients how many have which score."""
    rows = records(measured.scored)
    return _lines(rows, measured, say, alt) if len(rows) <= PANEL * PANELS else _distribution(measured, say, alt)


def _lines(rows: list[dict[str, Any]], measured: Measured, say: Language, alt: str) -> Figure:
    from helpers.report import theme

    panels = 1 if len(rows) <= PANEL else PANELS
    each = -(-len(rows) // panels)
    fig, axes = theme.figure(height=0.85 + ROW * each, ncols=panels)
    letters = NAME if panels == 1 else NARROW
    names = [brief(measured.names[str(row["slug"])], letters) for row in rows]
    _place(fig, axes, names, panels)
    for number, ax in enumerate(np.atleast_1d(axes)):
        own = slice(number * each, (number + 1) * each)
        _panel(ax, rows[own], names[own], each, measured, say, labelled=panels == 1)
    return theme.picture(fig, "clients-all", alt, rows=theme.edges(each))


def _place(fig: Any, axes: Any, names: Sequence[str], panels: int) -> None:
    """Panels beside each other, each with room for its names."""
    from helpers.report import theme

    theme.margins(axes, left_labels=names, right_labels=["100"], top_lines=1.8)
    if panels == 1:
        return
    left = (max(theme.width(name, 8.5) for name in names) + 10) / (72 * theme.WIDTH)
    wide = (1 - panels * (left + 0.035)) / panels
    for number, ax in enumerate(axes):
        box = ax.get_position()
        ax.set_position((left + number * (left + 0.035 + wide), box.y0, wide, box.height))


def _panel(
    ax: Any, rows: Sequence[Any], names: Sequence[str], lines: int, measured: Measured, say: Language, *, labelled: bool
) -> None:
    from helpers.report import theme

    ax.set(xlim=(20, 100), ylim=(lines - 0.4, -0.7))
    for number, band in enumerate(questionnaire().bands):
        ax.axvspan(band.low, band.high, color=theme.COLOURS["grid"], alpha=0.85 if number % 2 else 0.3, linewidth=0)
        if labelled:
            ax.text(
                (band.low + band.high) / 2, 1.0, theme.shorten(band.label[say.code], 16), va="bottom", ha="center",
                transform=ax.get_xaxis_transform(), fontsize=8.5, color=theme.COLOURS["muted"],
            )  # fmt: skip
    for place, row in enumerate(rows):
        colour = theme.COLOURS["joint"]
        compared = row["version"] == measured.version
        if known(row["total_low"]) is not None:
            theme.whiskers(ax, [place], [row["total_low"]], [row["total_high"]], colour=colour, linewidth=1.8)
        ax.plot(
            [row["total"]], [place], "o", color=colour, markersize=6, zorder=5,
            markerfacecolor=colour if compared else theme.COLOURS["paper"],
        )  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ticks = (20, 40, 60, 80, 100)
    ax.set_xticks(ticks, [say.count(tick) for tick in ticks])


def _distribution(measured: Measured, say: Language, alt: str) -> Figure:
    """How many clients have which score, in steps of five points."""
    from helpers.report import theme

    own = measured.scored
    own = own[own["version"] == measured.version]
    counts, edges = np.histogram(own["total"].clip(upper=99.999), bins=np.arange(20, 101, 5))
    fig, ax = theme.figure(height=3.4)
    ax.set_ylabel(say("Clients"))
    theme.margins(ax, left_labels=[say.count(int(counts.max()))], right_labels=["100"], top_lines=1.8)
    ax.set(xlim=(20, 100), ylim=(0, 1.08 * max(int(counts.max()), 1)))
    for number, band in enumerate(questionnaire().bands):
        ax.axvspan(band.low, band.high, color=theme.COLOURS["grid"], alpha=0.85 if number % 2 else 0.3, linewidth=0)
        ax.text(
            (band.low + band.high) / 2, 1.0, theme.shorten(band.label[say.code], 18), va="bottom", ha="center",
            transform=ax.get_xaxis_transform(), fontsize=8.5, color=theme.COLOURS["muted"],
        )  # fmt: skip
    ax.bar(edges[:-1] + 2.5, counts, width=4.6, color=theme.COLOURS["joint"])
    ticks = (20, 40, 60, 80, 100)
    ax.set_xticks(ticks, [say.count(tick) for tick in ticks])
    theme.count_axis(ax.yaxis, say)
    return theme.picture(fig, "clients-all", alt)


def draw_money(found: Sequence[tuple[str, Stake]], currency: str, name: str, say: Language, alt: str) -> Figure:
    """The largest sums of one currency with their ranges."""
    from helpers.report import theme

    shown = list(found[:SUMS])
    names = [brief(client, 36) for client, _ in shown]
    fig, ax = theme.figure(height=0.55 + (ROW + 0.05) * len(shown))
    theme.margins(ax, left_labels=names)
    places = range(len(shown))
    bars = ax.barh(places, [stake.money for _, stake in shown], color=theme.COLOURS["bad"], alpha=0.75, height=0.6)
    theme.whiskers(ax, places, [stake.low for _, stake in shown], [stake.high for _, stake in shown])
    labels = [say.money_short(stake.money, currency) for _, stake in shown]
    theme.label_bars(ax, bars, labels, beyond=[stake.high for _, stake in shown])
    ax.set_yticks(places, names)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    theme.money_axis(ax.xaxis, say, currency)
    return theme.picture(fig, name, alt, rows=theme.edges(len(shown)))
