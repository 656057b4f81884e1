"""The waterfall of the drivers chapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from helpers.chapters.drivers_words import DriverWords, factor_name

if TYPE_CHECKING:
    from helpers.report.model import Figure

ROW = 0.42
"""Inches per line."""
COLOUR = {"marketing": "marketing", "sales": "sales", "joint": "joint", "success": "good", "product": "neutral"}


def draw_waterfall(words: DriverWords, alt: str) -> Figure:
    """From profit before to profit now: a bar per factor that begins where the last one ended, with its interval."""
    from helpers.report import theme

    say, measured = words.say, words.measured
    parts = measured.parts
    first = say("Plan") if measured.basis == "plan" else say("Before")
    names = [first, *(factor_name(part.factor, say) for part in parts), say("Now")]
    labels = [theme.shorten(name, 32, lines=2) for name in names]
    starts = measured.before + np.concatenate([[0.0], np.cumsum([part.value for part in parts])])
    places = list(range(len(labels)))
    fig, ax = theme.figure(height=0.6 + ROW * len(labels))
    ends = [max(measured.before, 0.0)]
    for start, part in zip(starts, parts, strict=False):
        ends.append(max(start, start + part.value, start + part.high))
    ends.append(max(measured.after, 0.0))
    text = [
        words.money(measured.before),
        *(words.signed(part.value) for part in parts),
        words.money(measured.after),
    ]
    theme.margins(ax, left_labels=labels, right_labels=[max(text, key=theme.width)], bottom_labels=["0"])
    ax.barh([0, places[-1]], [measured.before, measured.after], height=0.62, color=theme.COLOURS["muted"])
    for place, start, part in zip(places[1:-1], starts, parts, strict=False):
        ax.barh(place, part.value, left=start, height=0.62, color=theme.COLOURS[COLOUR[part.owner]],
                alpha=1.0 if part.sure else 0.45)  # fmt: skip
        theme.whiskers(ax, [place], [start + part.low], [start + part.high])
        ax.vlines(start, place - 0.75, place + 0.31, color=theme.COLOURS["edge"], linewidth=0.8)
    ax.vlines(measured.after, places[-1] - 0.75, places[-1] + 0.31, color=theme.COLOURS["edge"], linewidth=0.8)
    for place, end, label in zip(places, ends, text, strict=True):
        ax.annotate(label, (end, place), xytext=(5, 0), textcoords="offset points", va="center_baseline",
                    color=theme.COLOURS["ink"], annotation_clip=False)  # fmt: skip
    lows = [min(start, start + part.value, start + part.low) for start, part in zip(starts, parts, strict=False)]
    low, high = min([0.0, measured.before, measured.after, *lows]), max([0.0, *ends])
    room = 0.02 * ((high - low) or 1.0)
    ax.set_xlim(low - (room if low < 0 else 0.0), high + room)
    ax.axvline(0, color=theme.COLOURS["ink"], linewidth=0.8)
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    theme.money_axis(ax.xaxis, say, words.currency)
    return theme.picture(fig, "drivers-waterfall", alt)
