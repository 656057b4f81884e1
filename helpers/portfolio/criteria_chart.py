"""Pictures of the criteria over all clients: distribution of the scores, verdicts of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from helpers.chapters.claims_level import Verdict
from helpers.chapters.claims_words import verdict_text
from helpers.portfolio.common import FEW, Measured
from helpers.report.model import Figure
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from helpers.language import Language

ROW = 0.33
NAME = 36
"""Letters of a criterion's title on each of its two lines."""
DOTS = 30
"""Clients up to which each is drawn."""
ORDER: tuple[Verdict, ...] = ("overclaimed", "hidden_strength", "unclear", "confirmed", "no_data")
_COLOURS = {"overclaimed": "bad", "hidden_strength": "good", "unclear": "edge", "confirmed": "muted"}


def _names(rows: Sequence[dict[str, Any]], say: Language) -> list[str]:
    from helpers.report import theme

    asked = questionnaire()
    known = set(asked.ids)
    titles = [
        asked.criterion(row["criterion"]).title[say.code] if row["criterion"] in known else row["criterion"]
        for row in rows
    ]
    return [theme.shorten(title, NAME, lines=2) for title in titles]


def draw_scores(rows: Sequence[dict[str, Any]], measured: Measured, say: Language, alt: str) -> Figure:
    """A bar from quartile to quartile per criterion, the middle client, and the clients where they are few."""
    from helpers.report import theme

    names = _names(rows, say)
    ends = [say.number(row["middle"], 1) for row in rows]
    fig, ax = theme.figure(height=0.6 + ROW * len(rows))
    theme.margins(ax, left_labels=names, right_labels=ends)
    ax.set(xlim=(0.85, 5.15), ylim=(len(rows) - 0.4, -0.6))
    scores = {key: group["score"] for key, group in measured.scores.groupby("criterion")}
    for place, (row, end) in enumerate(zip(rows, ends, strict=True)):
        if row["clients"] >= FEW:
            ax.barh(place, row["high"] - row["low"], left=row["low"], height=0.5, color=theme.COLOURS["joint"],
                    alpha=0.35)  # fmt: skip
            ax.vlines(row["middle"], place - 0.32, place + 0.32, color=theme.COLOURS["joint"], linewidth=2.2, zorder=5)
        if row["clients"] <= DOTS:
            own = scores[row["criterion"]].dropna()
            ax.plot(own, [place] * len(own), "o", color=theme.COLOURS["ink"], markersize=3.5, alpha=0.55, zorder=4)
        ax.annotate(
            end, (1, place), (6, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            va="center_baseline", fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks([1, 2, 3, 4, 5], [say.count(tick) for tick in range(1, 6)])
    ax.grid(axis="x")
    return theme.picture(fig, "criteria-scores", alt, rows=theme.edges(len(names)))


def draw_verdicts(rows: Sequence[dict[str, Any]], say: Language, alt: str) -> Figure:
    """Clients by what the data say, a bar per criterion; hatched: the data could not check it."""
    from helpers.report import theme

    names = _names(rows, say)
    most = max(sum(int(row[name]) for name in ORDER) for row in rows)
    fig, ax = theme.figure(height=1.1 + ROW * len(rows))
    theme.margins(ax, left_labels=names, right_labels=[say.count(most)], top_lines=3.4)
    ax.set(xlim=(0, most), ylim=(len(rows) - 0.4, -0.6))
    wide = 72 * theme.WIDTH * ax.get_position().width
    for place, row in enumerate(rows):
        left = 0
        for name in ORDER:
            count = int(row[name])
            if not count:
                continue
            colour = theme.COLOURS[_COLOURS.get(name, "unknown")]
            bars = ax.barh(place, count, left=left, height=0.62, color=colour)
            if name == "no_data":
                theme.hatch(bars)
            text = say.count(count)
            if name != "no_data" and theme.width(text, 8) + 4 < count / most * wide:
                ink = theme.COLOURS["ink" if name == "unclear" else "paper"]
                ax.text(left + count / 2, place, text, ha="center", va="center_baseline", fontsize=8, color=ink)
            left += count
    _key(ax, say)
    ax.set_yticks(range(len(names)), names)
    theme.count_axis(ax.xaxis, say)
    return theme.picture(fig, "criteria-verdicts", alt, rows=theme.edges(len(names)))


def _key(ax: Any, say: Language) -> None:
    """What the colours mean, above the picture from its left edge, on two lines."""
    from matplotlib.patches import Rectangle

    from helpers.report import theme

    fig = ax.get_figure()
    wide, high = (72 * float(inches) for inches in fig.get_size_inches())
    x, y = 8.0, ax.get_position().y1 * high + 24
    for name in ORDER:
        text = verdict_text(name, say)
        needed = theme.width(text, 8.5) + 30
        if x + needed > wide and x > 8:
            x, y = 8.0, y - 14
        patch = Rectangle((x / wide, y / high), 9 / wide, 8 / high, transform=fig.transFigure, clip_on=False)
        patch.set(facecolor=theme.COLOURS[_COLOURS.get(name, "unknown")], linewidth=0)
        if name == "no_data":
            theme.hatch(patch)
        ax.add_artist(patch)
        ax.annotate(
            text, ((x + 13) / wide, (y + 4) / high), xycoords="figure fraction", va="center", fontsize=8.5,
            annotation_clip=False,
        )  # fmt: skip
        x += needed
