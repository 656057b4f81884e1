"""Pictures of the score: the scale, the five areas, criteria by department, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from helpers.chapters import score_words as words
from helpers.report.model import Figure
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Cell, CriterionScore, Estimate, Score

ROW = 0.34
"""Inches per line."""
CELL = 0.33
"""Inches per row of the heat map."""
NAME = 34
"""Letters of a criterion's title on one of its two lines."""
AREA = 4
"""Criteria of an area."""
MANY_UNKNOWN = 0.4


def _colour(key: str) -> str:
    from helpers.report import theme

    return theme.COLOURS[{"marketing": "marketing", "sales": "sales", "company": "joint"}.get(key, "neutral")]


def totals(score: Score, say: Language) -> list[tuple[str, str, Estimate]]:
    """(key, label, total) of everybody who has one, the company first."""
    rows = [] if score.total is None else [("company", say("Company"), score.total)]
    rows += [
        (key, words.department(key, say), found.total)
        for key, found in score.departments.items()
        if found.total is not None
    ]
    return rows


def draw_total(score: Score, questionnaire: Questionnaire, say: Language, alt: str) -> Figure:
    """Totals with their intervals on the scale of the four states."""
    from helpers.report import theme

    rows = totals(score, say)
    labels = [label for _, label, _ in rows]
    fig, ax = theme.figure(height=0.85 + ROW * len(rows))
    theme.margins(ax, left_labels=labels, right_labels=["100"], top_lines=1.8)
    ax.set(xlim=(20, 100), ylim=(len(rows) - 0.4, -0.75))
    for band in questionnaire.bands:
        here = band.key == score.band
        ax.axvspan(band.low, band.high, color=theme.COLOURS["grid"], alpha=0.9 if here else 0.3, linewidth=0)
        ax.text(
            (band.low + band.high) / 2,
            1.02,
            theme.shorten(band.label[say.code], 18),
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=8.5,
            fontweight="bold" if here else "normal",
            color=theme.COLOURS["ink" if here else "muted"],
        )
    for edge in (40, 60, 80):
        ax.axvline(edge, color=theme.COLOURS["edge"], linewidth=0.8)
    for place, (key, _, total) in enumerate(rows):
        colour = _colour(key)
        if total.interval is not None:
            theme.whiskers(ax, [place], [total.interval[0]], [total.interval[1]], colour=colour, linewidth=2.2)
        ax.plot([total.value], [place], "o", color=colour, markersize=8 if key == "company" else 6, zorder=5)
        ax.annotate(
            words.points(total.value, say),
            (total.value, place),
            (0, 6),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
            fontweight="bold" if key == "company" else "normal",
        )
    ax.set_yticks(range(len(rows)), labels)
    ax.set_xticks([20, 40, 60, 80, 100], [say.count(tick) for tick in (20, 40, 60, 80, 100)])
    return theme.picture(fig, "score-total", alt)


def draw_dimensions(score: Score, questionnaire: Questionnaire, say: Language, alt: str) -> Figure:
    """Bars of marketing and sales and a mark for the company in each of the five areas."""
    from helpers.report import theme

    shown = [key for key in SIDES if score.departments[key].dimensions]
    shown += ["company"] if score.dimensions else []
    names = [theme.shorten(dimension.title[say.code], 26, lines=2) for dimension in questionnaire.dimensions]
    step = 0.27
    group = step * len(shown) + 0.16
    fig, ax = theme.figure(height=0.85 + group * len(names))
    theme.margins(ax, left_labels=names, right_labels=["5.0"], top_lines=1.8)
    centres = [place * group for place in range(len(names))]
    for place, dimension in enumerate(questionnaire.dimensions):
        for row, key in enumerate(shown):
            found = score.dimensions if key == "company" else score.departments[key].dimensions
            if dimension.id not in found:
                continue
            mean = found[dimension.id]
            y = centres[place] + (row - (len(shown) - 1) / 2) * step
            colour = _colour(key)
            ax.barh(y, mean.value - 1, left=1, height=step * 0.82, color=colour, alpha=1 if key == "company" else 0.85)
            end = mean.value
            if mean.interval is not None:
                theme.whiskers(ax, [y], [mean.interval[0]], [mean.interval[1]])
                end = max(end, mean.interval[1])
            ax.annotate(
                say.number(mean.value, 1), (end, y), (5, 0), textcoords="offset points", va="center_baseline",
                fontsize=8.5, annotation_clip=False,
            )  # fmt: skip
    ax.set_yticks(centres, names)
    ax.set(xlim=(1, 5), ylim=(centres[-1] + group * 0.55, -group * 0.55))
    ax.set_xticks([1, 2, 3, 4, 5], [say.count(tick) for tick in range(1, 6)])
    ax.grid(axis="x")
    _heads(
        ax, [("■", say("Company") if key == "company" else words.department(key, say), _colour(key)) for key in shown]
    )
    return theme.picture(fig, "score-dimensions", alt)


def _heads(ax: Any, heads: Sequence[tuple[str, str, str]]) -> None:
    """Names of the colours above the plot, once: (mark, name, colour)."""
    from helpers.report import theme

    inches = float(ax.get_figure().get_size_inches()[0]) * ax.get_position().width
    x = 0.0
    for mark, name, colour in heads:
        text = f"{mark} {name}"
        ax.text(x, 1.01, text, transform=ax.transAxes, color=colour, fontweight="bold", fontsize=8.5, va="bottom")
        x += (theme.width(text, 8.5, bold=True) + 14) / 72 / inches


def columns(score: Score) -> list[str]:
    """Departments of the heat map; ``company`` stands after the two that make it."""
    others = [key for key in score.departments if key not in SIDES]
    sides = [key for key in SIDES if score.departments[key].forms]
    return [*sides, *(["company"] if len(sides) == 2 else []), *others]


def draw_criteria(score: Score, questionnaire: Questionnaire, say: Language, alt: str) -> Figure:
    """Criteria x departments: the more colour, the higher; hatched where people do not know, dotted where hidden."""
    from matplotlib.patches import Rectangle

    from helpers.report import theme

    shown = columns(score)
    names = [theme.shorten(words.title(one, questionnaire, say), NAME, lines=2) for one in score.criteria]
    heads = [say("Company") if key == "company" else words.department(key, say) for key in shown]
    fig, ax = theme.figure(height=0.75 + CELL * len(names))
    theme.margins(ax, left_labels=names, top_lines=2.6)
    ax.set(xlim=(0, len(shown)), ylim=(len(names), 0))
    for row, one in enumerate(score.criteria):
        for column, key in enumerate(shown):
            cell = None if key == "company" else one.cells.get(key)
            value = one.score if cell is None else cell.score
            patch = Rectangle((column + 0.03, row + 0.06), 0.94, 0.88, linewidth=0)
            ax.add_patch(patch)
            text, colour = _cell_text(one, cell, value, say), theme.COLOURS["muted"]
            if value is not None:
                depth = 0.06 + 0.9 * (value - 1) / 4
                patch.set(facecolor=theme.COLOURS["joint"], alpha=depth)
                colour = theme.COLOURS["paper" if depth > 0.7 else "ink"]
            elif cell is not None and cell.hidden:
                patch.set(facecolor="none", edgecolor=theme.COLOURS["neutral"], hatch="...", linewidth=0.6)
            elif one.applies and cell is not None and cell.dont_know:
                theme.hatch(patch)
            else:
                patch.set(facecolor="none")
            box = None
            if value is None and text:
                box = {"boxstyle": "square,pad=0.15", "facecolor": theme.COLOURS["paper"], "edgecolor": "none"}
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=colour, bbox=box)
    for row in range(AREA, len(names), AREA):
        ax.axhline(row, color=theme.COLOURS["neutral"], linewidth=0.8)
    for column, (key, head) in enumerate(zip(shown, heads, strict=True)):
        forms = "" if key == "company" else say.plural("{n} form", "{n} forms", score.departments[key].forms)
        ax.text(
            column + 0.5, -0.15, f"{theme.shorten(head, 16)}\n{forms}".rstrip(), ha="center", va="bottom", fontsize=8.5
        )
    ax.set_yticks([row + 0.5 for row in range(len(names))], names)
    ax.set_xticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return theme.picture(
        fig, "score-criteria", alt, rows=[[edge + 0.5 for edge in own] for own in theme.edges(len(names), AREA)]
    )


def _cell_text(one: CriterionScore, cell: Cell | None, value: float | None, say: Language) -> str:
    if not one.applies:
        return say("does not apply")
    if cell is None:
        return "" if value is None else say.number(value, 1)
    unknown = cell.dont_know_share
    if value is None:
        if cell.hidden:
            return say("hidden")
        return say("don't know") if cell.dont_know else ""
    if unknown is not None and unknown >= MANY_UNKNOWN:
        return say("{score} · ? {share}", score=say.number(value, 1), share=say.share(unknown))
    return say.number(value, 1)


def draw_gaps(gaps: Sequence[CriterionScore], questionnaire: Questionnaire, say: Language, alt: str) -> Figure:
    """Two dots per criterion joined by a line, the largest gap on top."""
    from helpers.report import theme

    names = [theme.shorten(words.title(one, questionnaire, say), NAME, lines=2) for one in gaps]
    ends = [say.number(one.gap, 1, signed=True) for one in gaps if one.gap is not None]
    fig, ax = theme.figure(height=0.85 + CELL * len(gaps))
    theme.margins(ax, left_labels=names, right_labels=ends, top_lines=1.8)
    ax.set(xlim=(0.85, 5.15), ylim=(len(gaps) - 0.4, -0.8))
    for place, (one, end) in enumerate(zip(gaps, ends, strict=True)):
        marketing, sales = one.of("marketing"), one.of("sales")
        strong = one.differs
        ax.hlines(
            place, min(marketing or 1, sales or 1), max(marketing or 1, sales or 1),
            color=theme.COLOURS["ink" if strong else "edge"], linewidth=2.2 if strong else 1.6, zorder=2,
        )  # fmt: skip
        ax.plot([marketing], [place], "o", color=_colour("marketing"), markersize=7, zorder=4)
        # A ring, so that two equal figures are seen as two.
        ax.plot([sales], [place], "o", markerfacecolor="none", markeredgecolor=_colour("sales"), markeredgewidth=2,
                markersize=8, zorder=5)  # fmt: skip
        ax.annotate(
            end, (1, place), (6, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            va="center_baseline", fontweight="bold" if strong else "normal", fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
    _heads(ax, [(mark, words.department(key, say), _colour(key)) for key, mark in (("marketing", "●"), ("sales", "○"))])
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks([1, 2, 3, 4, 5], [say.count(tick) for tick in range(1, 6)])
    ax.grid(axis="x")
    return theme.picture(fig, "score-gaps", alt, rows=theme.edges(len(names)))
