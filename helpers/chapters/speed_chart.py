"""Pictures of the speed chapter: how the share of answered leads grows, and at which hours leads wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.worktime import DAY, parse_hours

if TYPE_CHECKING:
    from helpers.chapters.speed_hours import Cell
    from helpers.chapters.speed_measure import MeasuredSpeed
    from helpers.language import Language
    from helpers.report.model import Figure
    from helpers.stats.survival import Survival

TICKS = (1, 5, 15, 60, 240, 480, 1440, 4800, 14400, 48000, 144000)
"""Minutes at which the axis of waiting times may be labelled."""
CELL = 0.36
"""Height of a cell of the map, inches."""
DARKEST = 0.85
"""How much colour the worst cell of the map has, 0-1."""


def time_text(minutes: float, say: Language) -> str:
    """'35 min', '6 h 35 min', from a day on '60 h': a day of work is no day of the clock."""
    return say.minutes(minutes) if minutes < 24 * 60 else say("{n} h", n=say.count(minutes / 60))


def draw_curve(measured: MeasuredSpeed, say: Language, alt: str) -> Figure:
    """Share of leads answered by the time since they came, this period and the one before, with the limit."""
    from helpers.report import theme

    curves = [(measured.all.curve, say("this period"), "sales")]
    if measured.before is not None:
        curves.append((measured.before.curve, say("before"), "neutral"))
    last = max(_shown_until(curve) for curve, _, _ in curves)
    fig, ax = theme.figure(height=3.1)
    ax.set_xscale("log")
    early = [tick for tick in TICKS if tick < measured.limit and not any(c.by(tick) >= 0.01 for c, _, _ in curves)]
    first = max(early, default=1)
    ax.set_xlim(first, last)
    ax.set_ylim(0, 1)
    ticks = [tick for tick in TICKS if first <= tick <= last]
    ax.set_xticks(ticks, [time_text(tick, say) for tick in ticks])
    ax.set_xticks([], minor=True)
    theme.share_axis(ax.yaxis, say)
    ax.grid(axis="y")
    ends: list[tuple[float, float]] = []
    labels, colours = [], []
    for curve, name, colour in curves:
        at = np.concatenate([[first], np.clip(curve.times, first, None), [last]])
        now = len(ends) == 0
        share, low, high = (np.concatenate([[first], 1 - values, [1 - values[-1]]]) for first, values in (
            (0.0, curve.waiting), (0.0, curve.high), (0.0, curve.low)))  # fmt: skip
        if now:
            ax.fill_between(at, low, high, step="post", color=theme.COLOURS[colour], alpha=0.2, linewidth=0)
        ax.step(at, share, where="post", color=theme.COLOURS[colour], linewidth=2 if now else 1.3,
                linestyle="-" if now else (0, (4, 2)))  # fmt: skip
        ends.append((last, float(share[at <= last][-1])))
        labels.append(say("{name}: {share}", name=name, share=say.share(ends[-1][1])))
        colours.append(theme.COLOURS[colour] if now else theme.COLOURS["muted"])
    theme.margins(ax, right_labels=labels, top_lines=1.4)
    theme.label_lines(ax, ends, labels, colours)
    _guides(ax, measured, say)
    return theme.picture(fig, "speed-curve", alt)


def _shown_until(curve: Survival) -> float:
    """Where nearly all answers have come that ever came."""
    done = 1 - curve.waiting
    return max(60.0, float(curve.times[np.searchsorted(done, 0.985 * done[-1])])) if len(done) else 60.0


def _guides(ax: Any, measured: MeasuredSpeed, say: Language) -> None:
    """The agreed limit, and the time by which half have an answer."""
    from helpers.report import theme

    ax.axvline(measured.limit, color=theme.COLOURS["joint"], linewidth=1.2)
    ax.annotate(say("limit: {time}", time=time_text(measured.limit, say)), (measured.limit, 1),
                xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points", ha="center",
                va="bottom", color=theme.COLOURS["joint"], annotation_clip=False)  # fmt: skip
    median = measured.all.curve.median
    if not np.isnan(median) and median > ax.get_xlim()[0]:
        ax.plot(
            [ax.get_xlim()[0], median], [0.5, 0.5], color=theme.COLOURS["muted"], linewidth=0.9, linestyle=(0, (2, 2))
        )
        ax.scatter([median], [0.5], s=30, color=theme.COLOURS["ink"], zorder=6)
        late = median > np.sqrt(ax.get_xlim()[0] * ax.get_xlim()[1])
        ax.annotate(say("half: {time}", time=time_text(median, say)), (median, 0.5),
                    xytext=(-7 if late else 7, 5 if late else -5), textcoords="offset points",
                    ha="right" if late else "left", va="bottom" if late else "top")  # fmt: skip


def draw_map(cells: Sequence[Cell], hours: dict[str, str], say: Language, alt: str) -> Figure:
    """Share answered in time by weekday and hour of arrival: the more colour the fewer; working hours underlined."""
    from matplotlib.patches import Rectangle

    from helpers.report import theme

    fig, ax = theme.figure(height=0.75 + 7 * CELL)
    late = [1 - cell.kept.share for cell in cells if cell.kept.enough]
    low, high = (min(late), max(late)) if late else (0.0, 1.0)
    for cell in cells:
        wide = cell.last - cell.first
        patch = Rectangle((cell.first, cell.weekday - 0.5), wide, 1, edgecolor=theme.COLOURS["paper"], linewidth=1.5)
        ax.add_patch(patch)
        if cell.kept.enough:
            depth = (1 - cell.kept.share - low) / (high - low) if high > low else 0.5
            patch.set(facecolor=theme.COLOURS["sales"], alpha=0.06 + (DARKEST - 0.06) * depth)
        else:
            theme.hatch(patch)
        ax.text(cell.first + wide / 2, cell.weekday, _in_cell(cell, say), ha="center", va="center", fontsize=7.5,
                linespacing=1.05, color=theme.COLOURS["ink" if cell.kept.enough else "muted"], zorder=5)  # fmt: skip
    for weekday, (opens, closes) in parse_hours(hours).items():
        for day, begins, ends in ((weekday, opens, min(closes, DAY)), ((weekday + 1) % 7, 0, closes - DAY)):
            if ends > begins:
                # Along the foot of the cells: a frame would cross their figures.
                ax.hlines(day + 0.44, begins / 60, ends / 60, color=theme.COLOURS["ink"], linewidth=2, zorder=6)
    ax.set_xlim(0, 24)
    ax.set_ylim(6.6, -0.6)
    every = cells[0].last - cells[0].first
    ax.set_xticks(range(0, 25, every), [str(hour) for hour in range(0, 25, every)])
    ax.set_yticks(range(7), [say.weekday(day, short=True) for day in range(7)])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xlabel(say("Hour at which the lead came"))
    theme.margins(ax)
    return theme.picture(fig, "speed-hours", alt)


def _in_cell(cell: Cell, say: Language) -> str:
    number = say.count(cell.kept.whole)
    return f"{say.share(cell.kept.share)}\n{number}" if cell.kept.enough else f"?\n{number}"
