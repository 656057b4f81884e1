"""The picture of the money at stake: one bar a figure, its interval, what is unknown drawn as unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpers.language import Language
    from helpers.report.model import Figure

ROW = 0.46
STUB = 0.05
"""Width of the bar of an unknown, in parts of the axis."""
COLOURS = {"marketing": "marketing", "sales": "sales", "both": "joint"}


@dataclass(frozen=True)
class Line:
    """One bar."""

    label: str
    owner: str
    """"marketing", "sales" or "both"."""
    low: float
    middle: float
    high: float
    """Money a month; nan: unknown."""
    told: bool
    """The whole interval lies above nought."""
    text: str
    """What stands at the end of the bar."""
    waits: str = ""
    """What has to be put in order first."""


def draw_stakes(lines: Sequence[Line], say: Language, currency: str, alt: str) -> Figure:
    """Bars in the order given; filled: told from chance; outlined: may be chance; hatched: unknown."""
    from helpers.report import theme

    labels = [
        theme.shorten(line.label, 32, lines=2)
        + ("\n" + theme.shorten(say("first: {practice}", practice=line.waits), 32, lines=2) if line.waits else "")
        for line in lines
    ]
    fig, ax = theme.figure(height=0.6 + ROW * len(labels) + 0.12 * sum(label.count("\n") for label in labels))
    theme.margins(ax, left_labels=labels, bottom_labels=["0"])
    places = list(range(len(labels)))
    most = max([line.high for line in lines if not np.isnan(line.high)], default=0.0) or 1.0
    lengths = [STUB * most if np.isnan(line.middle) else line.middle for line in lines]
    bars = ax.barh(places, lengths, height=0.5)
    for patch, line in zip(bars.patches, lines, strict=True):
        colour = theme.COLOURS[COLOURS[line.owner]]
        if np.isnan(line.middle):
            theme.hatch(patch)
        elif line.told:
            patch.set_facecolor(colour)
        else:
            patch.set(facecolor=theme.COLOURS["paper"], edgecolor=colour, linewidth=1.2)
    known = [i for i, line in enumerate(lines) if not np.isnan(line.middle)]
    theme.whiskers(ax, known, [lines[i].low for i in known], [lines[i].high for i in known])
    ax.axvline(0, color=theme.COLOURS["ink"], linewidth=0.8)
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    ax.set_xlim(0, most)
    far = [length if np.isnan(line.high) else line.high for line, length in zip(lines, lengths, strict=True)]
    theme.label_bars(ax, bars, [line.text for line in lines], beyond=far)
    if known:
        theme.money_axis(ax.xaxis, say, currency)
    else:
        ax.set_xticks([])
    return theme.picture(fig, "actions-stakes", alt)
