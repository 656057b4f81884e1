"""Picture of feeling against money: four quadrants, and names that touch neither each other nor a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.chapters import money_words as words
from helpers.chapters.campaigns import lines
from helpers.chapters.feeling import QUADRANTS, Feeling
from helpers.chapters.money_chart import VERDICT_COLOUR, behind
from helpers.chapters.money_measure import SHOWN
from helpers.report.model import Figure

if TYPE_CHECKING:
    import pandas as pd

    from helpers.language import Language

Area = tuple[float, float, float, float]
"""Left, bottom, right, top in points of the plot."""

POINTS = 60
"""Points in the picture."""
GAPS = (9.0, 16.0, 24.0, 34.0, 46.0)
"""Points between a dot and its name; from the second on a fine line leads from one to the other."""
ROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7))
"""Directions in which a name is tried, the best first."""
AIR = 3.0
"""Points that stay free around a name."""
CROSSED, COVERED, FAR = 6.0, 3.0, 0.15
"""What a place costs: for each of the two lines it hides, for each range, for each point of distance."""


def draw_feeling(feeling: Feeling, say: Language, currency: str, alt: str) -> Figure | None:
    """Rating by sales against expected profit per lead: four named quadrants; None without campaigns."""
    import pandas as pd

    from helpers.report import theme

    table = feeling.campaigns
    if table.empty:
        return None
    table = table.sort_values("expected", ascending=False, kind="stable")
    table, top = _ends(table, POINTS), _ends(table, SHOWN)
    # The named ones first: they choose their places.
    table = pd.concat([top, table.drop(top.index)])
    fig, ax = theme.figure(height=4.2)
    y_low = min(0.0, float(table["per_lead"].min()), float(top["low_per_lead"].quantile(0.25)))
    y_high = max(0.0, float(table["per_lead"].max()), float(top["high_per_lead"].quantile(0.75)))
    room = 0.16 * ((y_high - y_low) or 1.0)
    ax.set_ylim(y_low - room, y_high + room)
    x_low, x_high = min(float(table["rating"].min()), feeling.middle), max(float(table["rating"].max()), feeling.middle)
    side = max(0.25, 0.25 * (x_high - x_low))
    ax.set_xlim(max(0.8, x_low - side), min(5.2, x_high + side))
    ax.set_xlabel(say("Rating by sales, 1-5"))
    ax.set_ylabel(say("Expected profit per lead"))
    theme.money_axis(ax.yaxis, say, currency)
    ax.xaxis.set_major_formatter(lambda value, _: say.number(value, 1))
    theme.margins(ax)
    ax.axhline(0, color=theme.COLOURS["ink"], linewidth=0.9)
    ax.axvline(feeling.middle, color=theme.COLOURS["ink"], linewidth=0.9)
    for quadrant in QUADRANTS:
        x = 0.99 if quadrant.startswith("liked") else 0.01
        y = 0.98 if quadrant.endswith("earning") else 0.02
        ax.text(
            x, y, words.quadrant_text(quadrant, say), transform=ax.transAxes, color=theme.COLOURS["muted"],
            ha="right" if x > 0.5 else "left", va="top" if y > 0.5 else "bottom", fontstyle="normal", fontweight="bold",
            zorder=4.5, bbox=behind(),
        )  # fmt: skip
    low, high = top["low_per_lead"].tolist(), top["high_per_lead"].tolist()
    theme.whiskers(ax, top["rating"].tolist(), low, high, across=False, colour=theme.COLOURS["edge"])
    for verdict, part in table.groupby("verdict", sort=True):
        colour = theme.COLOURS[VERDICT_COLOUR[str(verdict)]]
        ax.scatter(part["rating"], part["per_lead"], s=34, color=colour, edgecolor=theme.COLOURS["paper"], zorder=5)
    _name_points(ax, table, top, feeling.middle, say)
    return theme.picture(fig, "money-feeling", alt)


def _ends(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """First and last lines of a sorted table: only so many can be told apart."""
    return table if len(table) <= most else table.drop(table.index[most // 2 : len(table) - most // 2])


def _name_points(ax: Any, table: pd.DataFrame, top: pd.DataFrame, middle: float, say: Language) -> None:
    """Names of the first points, each at the free place that hides least; without one the table has to do."""
    from helpers.report import theme
    from helpers.report.lettering import SIZE, height, width

    sheet = _Sheet.of(ax)
    points = [sheet.at(x, y) for x, y in zip(table["rating"], table["per_lead"], strict=True)]
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    # The corners belong to the names of the quadrants.
    high = height("X", SIZE) + AIR
    for quadrant in QUADRANTS:
        long = width(words.quadrant_text(quadrant, say), SIZE, bold=True) + 0.02 * sheet.wide + AIR
        left = sheet.wide - long if quadrant.startswith("liked") else 0.0
        bottom = sheet.high - high if quadrant.endswith("earning") else 0.0
        taken.append((left, bottom, left + long, bottom + high))
    (up, across) = sheet.at(middle, 0.0)
    crossed = [(0.0, across, sheet.wide, across), (up, 0.0, up, sheet.high)]
    covered = []
    for row in lines(top):
        (x, low), (_, over) = sheet.at(row.rating, row.low_per_lead), sheet.at(row.rating, row.high_per_lead)
        covered.append((x, low, x, over))
    for row, (x, y) in zip(lines(table.head(SHOWN)), points, strict=False):
        name = theme.shorten(words.campaign_name(row, say), 22, lines=2)
        size = width(name, SIZE), height(name, SIZE)
        found = _best_place((x, y), size, sheet, taken, crossed, covered)
        if found is None:
            continue
        area, gap = found
        taken.append(area)
        ax.annotate(
            name, (row.rating, row.per_lead), xytext=(area[0] - x, area[1] - y + 0.2 * SIZE),
            textcoords="offset points", color=theme.COLOURS["ink"], zorder=6, linespacing=1.25, bbox=behind(),
        )  # fmt: skip
        if gap > GAPS[0]:
            ends = min(max(x, area[0]), area[2]) - x, min(max(y, area[1]), area[3]) - y
            ax.annotate(
                "", (row.rating, row.per_lead), xytext=ends, textcoords="offset points", zorder=4,
                arrowprops={"arrowstyle": "-", "color": theme.COLOURS["muted"], "linewidth": 0.6, "shrinkA": 0,
                            "shrinkB": 4},
            )  # fmt: skip


@dataclass(frozen=True)
class _Sheet:
    """The plot in points."""

    wide: float
    high: float
    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def of(cls, ax: Any) -> _Sheet:
        wide, high = (72 * inches for inches in ax.get_figure().get_size_inches())
        box = ax.get_position()
        return cls(wide * box.width, high * box.height, ax.get_xlim(), ax.get_ylim())

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place in the data as points from the corner below on the left."""
        return (
            (x - self.x[0]) / (self.x[1] - self.x[0]) * self.wide,
            (y - self.y[0]) / (self.y[1] - self.y[0]) * self.high,
        )


def _best_place(
    point: tuple[float, float],
    size: tuple[float, float],
    sheet: _Sheet,
    taken: list[Area],
    crossed: list[Area],
    covered: list[Area],
) -> tuple[Area, float] | None:
    """The cheapest free place for a name of this size, and its distance from the point; None where all are taken."""
    (x, y), (long, high) = point, size
    best: tuple[float, Area, float] | None = None
    for gap in GAPS:
        for right, over in ROUND:
            left = x - long / 2 + np.sign(right) * long / 2 + right * gap
            bottom = y - high / 2 + np.sign(over) * high / 2 + over * gap
            area = (left, bottom, left + long, bottom + high)
            air = (left - AIR, bottom - AIR, left + long + AIR, bottom + high + AIR)
            if left < 0 or bottom < 0 or area[2] > sheet.wide or area[3] > sheet.high:
                continue
            if any(_touch(air, other) for other in taken):
                continue
            cost = FAR * gap + CROSSED * sum(_touch(area, other) for other in crossed)
            cost += COVERED * sum(_touch(area, other) for other in covered)
            if best is None or cost < best[0]:
                best = cost, area, gap
    return None if best is None else (best[1], best[2])


def _touch(one: Area, other: Area) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
