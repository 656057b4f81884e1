"""The five statistics of the last weeks as five small lines beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.report import model, theme

HEIGHT = 1.15
LETTERS = 7.5


@dataclass(frozen=True)
class Trend:
    """One small panel."""

    title: str
    written: str
    """The last value as it is written."""
    lines: tuple[tuple[float, ...], ...]
    """A value a week, oldest first; nan: nothing can be said of that week."""
    colour: str
    aim: tuple[float, float] | None = None
    """Plan or norm: both ends alike for a single value."""


def draw_trends(trends: Sequence[Trend], weeks: tuple[str, str], alt: str) -> model.Figure:
    """The panels; ``weeks`` are the names of the first and the last week."""
    fig, axes = theme.figure(height=HEIGHT, ncols=len(trends))
    for ax, trend in zip(axes, trends, strict=True):
        _panel(ax, trend, weeks)
    theme.margins(axes, left_labels=[], bottom_labels=[], top_lines=0)
    fig.subplots_adjust(left=0.012, right=0.988, top=0.66, bottom=0.17, wspace=0.14)
    return theme.picture(fig, "meeting-five", alt)


def _panel(ax: object, trend: Trend, weeks: tuple[str, str]) -> None:
    from matplotlib.axes import Axes

    assert isinstance(ax, Axes)
    room = 7.2 * 72 / 5 - 14
    colour = theme.COLOURS[trend.colour]
    values = [value for line in trend.lines for value in line if not math.isnan(value)]
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    number = len(trend.lines[0])
    ax.set_xlim(-0.4, number - 0.6)
    title = _fitted(trend.title, room, LETTERS)
    ax.text(0, 1.46, title, transform=ax.transAxes, fontsize=LETTERS, color=theme.COLOURS["muted"], va="center")
    ax.text(0, 1.16, _fitted(trend.written, room, 9), transform=ax.transAxes, fontsize=9, va="center", weight="bold")
    for place, side, name in ((0.0, "left", weeks[0]), (1.0, "right", weeks[1])):
        ax.text(place, -0.2, name, transform=ax.transAxes, fontsize=6.5, color=theme.COLOURS["muted"], ha=side,
                va="center")  # fmt: skip
    if not values:
        ax.set_ylim(0, 1)
        ax.text(0.5, 0.45, "?", transform=ax.transAxes, fontsize=12, color=theme.COLOURS["muted"], ha="center",
                va="center")  # fmt: skip
        return
    aim = trend.aim or ()
    top = max([*values, *aim, 0.0])
    bottom = min([*values, *aim, 0.0])
    ax.set_ylim(bottom - 0.06 * (top - bottom or 1), top + 0.1 * (top - bottom or 1))
    if trend.aim is not None:
        low, high = trend.aim
        if low == high:
            ax.axhline(low, color=theme.COLOURS["muted"], linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
        else:
            ax.axhspan(low, high, color=theme.COLOURS["unknown"], linewidth=0, zorder=0)
    for line in trend.lines:
        ax.plot(range(number), line, color=colour, linewidth=1.4, zorder=2)
        if not math.isnan(line[-1]):
            ax.plot([number - 1], [line[-1]], "o", color=colour, markersize=3.4, zorder=3)


def _fitted(text: str, room: float, size: float) -> str:
    """Cut so that it stays inside its panel."""
    while text and theme.width(text, size) > room and len(text) > 4:
        text = text[:-2].rstrip() + "…"
    return text
