"""The look of every chart: colours by meaning, a themed figure, margins that are measured, a picture that repeats.

::

    fig, ax = theme.figure(height=3.2)
    theme.margins(ax, left_labels=names)
    bars = ax.barh(names, profit, color=theme.COLOURS["marketing"])
    theme.label_bars(ax, bars, [say.money(p, currency) for p in profit])
    picture = theme.picture(fig, name="money-profit", alt=...)

No pyplot, and no global setting is touched or trusted: whatever a notebook did to ``rcParams``, the bytes are the
same. Text from the client is drawn as it is (``$x$`` is no formula); what cannot be drawn becomes a box.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, cast

import matplotlib
import matplotlib.axes
import matplotlib.figure
import numpy as np
from matplotlib.text import Text
from matplotlib.ticker import Formatter

from helpers.report import model
from helpers.report.compact import compact
from helpers.report.lettering import SIZE, clean, shorten, width
from helpers.report.lettering import height as _height
from helpers.report.marks import (
    count_axis,
    hatch,
    label_bars,
    label_lines,
    money_axis,
    month_axis,
    percent_axis,
    share_axis,
    whiskers,
)
from helpers.report.palette import COLOURS

__all__ = [
    "COLOURS",
    "applied",
    "count_axis",
    "edges",
    "figure",
    "hatch",
    "label_bars",
    "label_lines",
    "margins",
    "money_axis",
    "month_axis",
    "percent_axis",
    "picture",
    "share_axis",
    "shorten",
    "whiskers",
    "width",
]

STYLE = Path(__file__).with_name("theme.mplstyle")
WIDTH = 7.2
"""Inches: the width of the column of the report."""

_DRAWING = (
    "annotate axhline axhspan axline axvline axvspan bar barh boxplot bxp broken_barh errorbar fill_between "
    "fill_betweenx grid hlines legend loglog pcolormesh plot scatter semilogx semilogy set_title set_xlabel "
    "set_xticklabels set_xticks set_ylabel set_yticklabels set_yticks stairs stem step table text tick_params "
    "twinx twiny violinplot vlines"
)


@cache
def _settings() -> dict[str, Any]:
    theme = matplotlib.rc_params_from_file(STYLE, use_default_template=False)
    left_alone = {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg.open_in_browser"}
    return {
        key: value
        for key, value in {**_raw(matplotlib.rcParamsDefault), **_raw(theme)}.items()
        if key not in left_alone
    }


def _raw(settings: Any) -> dict[str, Any]:
    # Reading by key would warn about settings that are going away.
    return dict(dict.items(settings))


@contextmanager
def applied(**more: Any) -> Iterator[None]:
    """The theme as matplotlib's settings while the block runs; what was set before returns after it."""
    # Not rc_context, which looks at each setting by itself: it is entered thousands of times for a report.
    settings = cast("dict[str, Any]", matplotlib.rcParams)
    before = _raw(settings)
    # Whoever looks for a backend meanwhile has found it.
    before.pop("backend", None)
    dict.update(settings, {**_settings(), **more})
    try:
        yield
    finally:
        dict.update(settings, before)


def _themed(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def draw(*args: Any, **kwargs: Any) -> Any:
        with applied():
            return method(*args, **kwargs)

    return draw


class Axes(matplotlib.axes.Axes):
    """Axes that draw in the theme although they are used outside ``applied()``."""


class _Figure(matplotlib.figure.Figure):
    """A figure whose own text is in the theme."""

    margins_known = False


for _name in _DRAWING.split():
    setattr(Axes, _name, _themed(getattr(matplotlib.axes.Axes, _name)))
for _name in ("text", "legend", "suptitle", "supxlabel", "supylabel"):
    setattr(_Figure, _name, _themed(getattr(matplotlib.figure.Figure, _name)))


def figure(height: float = 3.2, width: float = WIDTH, **grid: Any) -> tuple[matplotlib.figure.Figure, Any]:
    """A themed figure of so many inches and its axes; ``grid`` goes to ``Figure.subplots`` (nrows, ncols, sharex ...).

    With more than one panel the second part is the array of axes.
    """
    with applied():
        made = _Figure(figsize=(width, height), layout=None)
        axes = made.subplots(subplot_kw={"axes_class": Axes}, **grid)
    return made, axes


def margins(
    ax: Any,
    *,
    left_labels: Sequence[str] | None = None,
    right_labels: Sequence[str] = (),
    bottom_labels: Sequence[str] | None = None,
    top_lines: float | None = None,
    between: tuple[float, float] = (0.25, 0.45),
) -> None:
    """Leave room around the axes for these labels, measured; call it before the direct labels are placed.

    What is not given is taken from the ticks and titles that the axes have by now. ``right_labels`` are drawn right of
    the axes (ends of lines); ``top_lines`` are lines of text above them. ``between`` is the room between panels in
    their widths and heights. The plot keeps at least two fifths of the width whatever the labels: shorten them first.
    """
    panels: list[Any] = [ax] if isinstance(ax, matplotlib.axes.Axes) else list(np.asarray(ax).flat)
    fig = panels[0].get_figure()
    fig.margins_known = True
    if left_labels is None:
        left_labels = [label for panel in panels for label in _tick_labels(panel.yaxis)]
    if bottom_labels is None:
        bottom_labels = [label for panel in panels for label in _tick_labels(panel.xaxis)]
    if top_lines is None:
        top_lines = max(
            1.8 * (panel.get_title(loc="left").count("\n") + bool(panel.get_title(loc="left"))) for panel in panels
        )
    wide, high = (72 * float(inches) for inches in fig.get_size_inches())
    left = max((width(label, 8.5) for label in left_labels), default=0) + 8
    left += 16 * any(panel.get_ylabel() for panel in panels)
    right = max((width(label) for label in right_labels), default=0) + 14
    if left + right > 0.6 * wide:
        left, right = (side * 0.6 * wide / (left + right) for side in (left, right))
    bottom = max((_height(label, 8.5) for label in bottom_labels), default=0) + 8
    bottom += 16 * any(panel.get_xlabel() for panel in panels)
    top = 5 + top_lines * SIZE
    fig.subplots_adjust(
        left=left / wide,
        right=1 - right / wide,
        bottom=min(bottom / high, 0.5),
        top=max(1 - top / high, 0.55),
        wspace=between[0],
        hspace=between[1],
    )


def _make_room(fig: matplotlib.figure.Figure) -> None:
    """Move or narrow the axes where their tick labels would leave the picture (ticks set after ``margins``)."""
    wide, high = (72 * float(inches) for inches in fig.get_size_inches())
    for panel in (axes for axes in fig.axes if axes.axison):
        place = panel.get_position()
        left = max((width(label, 8.5) for label in _tick_labels(panel.yaxis)), default=0) + 8
        if panel.yaxis.get_ticks_position() == "left" and place.x0 * wide < left:
            fig.subplots_adjust(left=fig.subplotpars.left + left / wide - place.x0)
        bottom = max((_height(label, 8.5) for label in _tick_labels(panel.xaxis)), default=0) + 8
        if panel.xaxis.get_ticks_position() == "bottom" and place.y0 * high < bottom:
            fig.subplots_adjust(bottom=fig.subplotpars.bottom + bottom / high - place.y0)
        if (beyond := _right_end(panel, wide) + 3 - wide) > 0:
            fig.subplots_adjust(right=fig.subplotpars.right - beyond / wide)


def _right_end(panel: Any, wide: float) -> float:
    """Where the labels below the axes end, in points from the left of a picture so wide."""
    labels = _tick_labels(panel.xaxis)
    ticks = panel.transData.transform([(tick, 0) for tick in panel.get_xticks()]) if labels else ()
    across = panel.get_figure().transFigure.inverted()
    low, high = panel.get_position().intervalx
    ends = [
        place * wide + width(label, 8.5) / 2
        for (place, _), label in zip((across.transform(tick) for tick in ticks), labels, strict=False)
        if low - 0.001 <= place <= high + 0.001
    ]
    return max(ends, default=0.0)


def _tick_labels(axis: Any) -> list[str]:
    with applied():
        return (
            [label.get_text() for label in axis.get_ticklabels() if label.get_visible()] if axis.get_visible() else []
        )


class _Clean(Formatter):
    """The labels of another formatter, as they can be drawn."""

    def __init__(self, inner: Formatter) -> None:
        self.inner = inner

    def __call__(self, value: float, position: int | None = None) -> str:
        return clean(str(self.inner(value, position)))

    def format_ticks(self, values: Any) -> list[str]:
        return [clean(str(label)) for label in self.inner.format_ticks(values)]

    def set_locs(self, locs: Any) -> None:
        self.inner.set_locs(locs)

    def get_offset(self) -> str:
        return clean(self.inner.get_offset())


def picture(
    fig: matplotlib.figure.Figure, name: str, alt: str, *, rows: Sequence[Sequence[float]] = ()
) -> model.Figure:
    """The figure as SVG: text as outlines, ids and bytes that depend on ``name`` and what is drawn only.

    ``rows``: where the rows of the first axes begin and end, from the top, in its own units and group by group.
    """
    if fig.axes and not getattr(fig, "margins_known", True):
        margins(fig.axes)
    _make_room(fig)
    with applied(**{"svg.hashsalt": name}):
        for axes in fig.axes:
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(_Clean(axis.get_major_formatter()))
        for text in fig.findobj(Text):
            text.set_parse_math(False)
            text.set_fontfamily("DejaVu Sans")
            text.set_text(clean(text.get_text()))
        file = io.StringIO()
        fig.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    edges = tuple(tuple(_from_top(fig, edge) for edge in group) for group in rows)
    return model.Figure(name=name, alt=alt, rows=edges, svg=compact(file.getvalue(), alt))


def edges(rows: int, group: int = 0) -> tuple[tuple[float, ...], ...]:
    """``rows`` of a picture whose rows are drawn at 0, 1, 2 …, in groups of so many; 0: all in one."""
    starts = range(0, rows, group or max(rows, 1))
    return tuple(tuple(row - 0.5 for row in range(at, min(at + (group or rows), rows) + 1)) for at in starts)


def _from_top(fig: matplotlib.figure.Figure, y: float) -> float:
    """Points between the top of the figure and a place of its first axes."""
    up = float(fig.axes[0].transData.transform((0, y))[1])
    return round((1 - up / fig.bbox.height) * 72 * float(fig.get_size_inches()[1]), 1)
