"""Marks on a chart: direct labels, intervals, the hatch of the unknown, axes that write money and shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, cast

import matplotlib.dates as mdates
import numpy as np
from matplotlib.container import BarContainer
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator

from helpers.language import Language
from helpers.report.lettering import LINE, SIZE, height, width
from helpers.report.palette import COLOURS

HATCH = "////"
GAP = 5
"""Points between a mark and its label."""


def hatch(artists: Any) -> None:
    """Draw bars or areas as unknown: pale, hatched, with a thin edge."""
    for patch in artists if isinstance(artists, Iterable) else (artists,):
        patch.set(facecolor=COLOURS["unknown"], edgecolor=COLOURS["neutral"], hatch=HATCH, linewidth=0.6)
        patch.set_hatch_linewidth(0.7)


def label_bars(
    ax: Any,
    bars: BarContainer,
    labels: Sequence[str],
    *,
    beyond: Sequence[float] | None = None,
    colour: str = COLOURS["ink"],
    size: float = SIZE,
) -> None:
    """Write each label beyond the end of its bar (left or below for a negative one) and widen the axis to hold it.

    ``beyond`` are places on the value axis to stand beyond instead: the far ends of the intervals that are drawn.
    Call it after ``margins``, once for all bars of the axes that are labelled.
    """
    across = bars.orientation == "horizontal"
    ends = [_end(patch, across) for patch in bars.patches]
    rooms = []
    for i, ((end, middle), label) in enumerate(zip(ends, labels, strict=True)):
        along = end if beyond is None or not np.isfinite(beyond[i]) else float(beyond[i])
        sign = -1 if end < 0 else 1
        ax.annotate(
            label,
            (along, middle) if across else (middle, along),
            xytext=(sign * GAP, 0) if across else (0, sign * GAP),
            textcoords="offset points",
            ha=("left" if sign > 0 else "right") if across else "center",
            va="center_baseline" if across else ("bottom" if sign > 0 else "top"),
            color=colour,
            fontsize=size,
            annotation_clip=False,
        )
        rooms.append((along, sign * (2 * GAP + (width(label, size) if across else height(label, size)))))
    _widen(ax, across, rooms)


def _end(patch: Any, across: bool) -> tuple[float, float]:
    """Where the bar ends, and its middle on the other axis; an end that is not a number counts as zero."""
    start, length = (patch.get_x(), patch.get_width()) if across else (patch.get_y(), patch.get_height())
    side, thick = (patch.get_y(), patch.get_height()) if across else (patch.get_x(), patch.get_width())
    end = start + length
    return (float(end) if np.isfinite(end) else 0.0), float(side + thick / 2)


def _widen(ax: Any, across: bool, rooms: Sequence[tuple[float, float]]) -> None:
    """Move the limits out until every label, so many points right (left) of its place, is inside the axes."""
    inches = ax.get_figure().get_size_inches()[0 if across else 1]
    box = ax.get_position()
    points = 72 * float(inches) * (box.width if across else box.height)
    low, high = sorted(ax.get_xlim() if across else ax.get_ylim())
    low, high = min(low, 0.0), max(high, 0.0)
    # Both ends move each other: a label takes its share of the span, and the span grows. Three rounds settle it.
    for _ in range(3):
        for place, room in rooms:
            part = min(abs(room) / points, 0.45)
            if room < 0:
                low = min(low, (place - part * high) / (1 - part))
            else:
                high = max(high, (place - part * low) / (1 - part))
    turned = ax.xaxis_inverted() if across else ax.yaxis_inverted()
    (ax.set_xlim if across else ax.set_ylim)((high, low) if turned else (low, high))


def label_lines(
    ax: Any, ends: Sequence[tuple[float, float]], labels: Sequence[str], colours: Sequence[str], *, size: float = SIZE
) -> None:
    """Write each label right of the end (x, y) of its line, moved apart where they would touch.

    The room is left by ``margins(ax, right_labels=labels)``. Limits of the y axis must be set before.
    """
    points = 72 * float(ax.get_figure().get_size_inches()[1]) * ax.get_position().height
    low, high = ax.get_ylim()
    step = size * LINE
    places = [(y - low) / (high - low) * points for _, y in ends]
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = dict(zip(order, _apart([places[i] for i in order], step), strict=True))
    for i, ((x, y), label, colour) in enumerate(zip(ends, labels, colours, strict=True)):
        ax.annotate(
            label,
            (x, y),
            xytext=(GAP, moved[i] - places[i]),
            textcoords="offset points",
            va="center_baseline",
            color=colour,
            fontsize=size,
            annotation_clip=False,
        )


def _apart(places: Sequence[float], step: float) -> list[float]:
    """Ascending places moved as little as need be so that neighbours are ``step`` apart (pools of neighbours)."""
    pools: list[list[float]] = []
    for place in places:
        pools.append([place, 1])
        while len(pools) > 1 and pools[-1][0] - pools[-2][0] < step * (pools[-1][1] + pools[-2][1]) / 2:
            (a, n), (b, m) = pools[-2], pools.pop()
            pools[-1] = [(a * n + b * m) / (n + m), n + m]
    return [centre + step * (i - (count - 1) / 2) for centre, count in pools for i in range(int(count))]


def whiskers(
    ax: Any,
    places: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    across: bool = True,
    colour: str = COLOURS["ink"],
    linewidth: float = 1.2,
) -> None:
    """Thin lines for intervals: along x at the heights ``places``, or along y with ``across=False``."""
    (ax.hlines if across else ax.vlines)(places, low, high, color=colour, linewidth=linewidth, zorder=4)


def money_axis(axis: Any, say: Language, currency: str, ticks: int = 5) -> None:
    """Few round ticks written as short money; ``axis`` is ``ax.xaxis`` or ``ax.yaxis`` (``ax``: its y)."""
    _write(axis, FuncFormatter(lambda value, _: say.money_short(round(value, 6), currency)), ticks)


def count_axis(axis: Any, say: Language, ticks: int = 5) -> None:
    """Few round ticks written as short counts; never a part of one."""
    _write(axis, FuncFormatter(lambda value, _: say.count_short(round(value, 6))), ticks, integer=True)


def share_axis(axis: Any, say: Language, ticks: int = 5) -> None:
    """Few round ticks of a 0-1 axis written as per cent, with as many digits as the ticks need."""
    _write(axis, _Percent(say, 100), ticks)


def percent_axis(axis: Any, say: Language, ticks: int = 5) -> None:
    """Few round ticks of an axis that is already in per cent."""
    _write(axis, _Percent(say, 1), ticks)


def month_axis(ax: Any, say: Language, months: Sequence[dt.date]) -> None:
    """Ticks at months (at most seven of them), the year under the first one and each January."""
    step = -(-len(months) // 7)
    shown = list(months)[::step]
    labels = []
    for i, month in enumerate(shown):
        year = i == 0 or month.year != shown[i - 1].year
        labels.append(say.month_short(month, year=False) + (f"\n{month.year}" if year else ""))
    ax.set_xticks([float(cast(Any, mdates).date2num(month)) for month in shown], labels)


class _Percent(Formatter):
    def __init__(self, say: Language, factor: float) -> None:
        self.say, self.factor, self.digits = say, factor, 0

    def set_locs(self, locs: Any) -> None:
        values = np.round(np.asarray(locs, dtype=float) * self.factor, 6)
        self.digits = next((d for d in (0, 1, 2) if np.allclose(values, np.round(values, d), atol=1e-6)), 3)

    def __call__(self, value: float, position: int | None = None) -> str:
        return self.say.percent(round(value * self.factor, 6), self.digits)


def _write(axis: Any, formatter: Formatter, ticks: int, integer: bool = False) -> None:
    axis = getattr(axis, "yaxis", axis)
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10], integer=integer))
    axis.set_major_formatter(formatter)
