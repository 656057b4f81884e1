"""The picture of claims and facts: a line per question from what people say to what the data show, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.chapters import claims_words as words
from helpers.report.model import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpers.chapters.claims import Claim
    from helpers.client import Client
    from helpers.language import Language

ROW, HEADING = 0.3, 0.3
"""Inches of a line and of the heading of a group."""
NAME = 32
"""Characters on each of the two lines of a question's title."""


def _colour(group: str) -> str:
    from helpers.report import theme

    names = {"overclaimed": "bad", "hidden_strength": "good", "confirmed": "ink", "unclear": "neutral"}
    return theme.COLOURS[names.get(group, "neutral")]


def draw_claims(claims: Sequence[Claim], client: Client, say: Language, alt: str) -> Figure:
    """Ring: what people say; dot with its range: what the data show; hatched: nobody knows."""
    from helpers.report import theme

    groups = [(key, [one for one in claims if words.group(one) == key]) for key in words.GROUPS]
    groups = [(key, found) for key, found in groups if found]
    inches = ROW * len(claims) + HEADING * len(groups) + 0.75
    fig, ax = theme.figure(height=inches)
    labels = [theme.shorten(words.name(claim, say), NAME, lines=2) for _, found in groups for claim in found]
    values = [_value(claim, say) for _, found in groups for claim in found]
    theme.margins(ax, left_labels=labels, right_labels=[*values, say("figure")], top_lines=1.6)
    places, headings, rows, at = [], [], [], 0.0
    for key, found in groups:
        headings.append((at, key, len(found)))
        # A heading stays with the first row of its group.
        rows.append([at - 0.5])
        at += HEADING / ROW
        for _ in found:
            places.append(at)
            at += 1
            rows[-1].append(at - 0.5)
    ax.set(xlim=(0.8, 5.2), ylim=(at - 0.4, -0.8))
    ordered = [claim for _, found in groups for claim in found]
    for place, claim, value in zip(places, ordered, values, strict=True):
        _row(ax, place, claim, value, say)
    for place, key, count in headings:
        heading = f"{words.group_text(key, say)} ({say.count(count)})"
        ax.annotate(
            heading[:1].upper() + heading[1:], (0.8, place), xytext=(2, 0), textcoords="offset points",
            va="center", ha="left", fontsize=8.5, fontweight="bold", color=_colour(key),
        )  # fmt: skip
    _key(ax, say)
    ax.annotate(
        say("figure"), (5.2, 1.0), xycoords=("data", "axes fraction"), xytext=(6, 0), textcoords="offset points",
        va="center", ha="left", fontsize=8.5, color=theme.COLOURS["muted"], annotation_clip=False,
    )  # fmt: skip
    ax.set_yticks(places, labels)
    ax.set_xticks([1, 2, 3, 4, 5], [say.count(tick) for tick in range(1, 6)])
    ax.grid(axis="x")
    return theme.picture(fig, "claims-levels", alt, rows=rows)


def _value(claim: Claim, say: Language) -> str:
    if claim.level is None:
        return {"few": say("too few"), "no_answers": say("no answers")}.get(claim.why, "?")
    return words.value_text(claim, say) if claim.fact_value is not None else say("by rule")


def _row(ax: Any, place: float, claim: Claim, value: str, say: Language) -> None:
    from helpers.report import theme

    colour = _colour(claim.verdict)
    if claim.level is None:
        theme.hatch(ax.barh([place], [4.0], left=1.0, height=0.42).patches)
    else:
        if claim.claimed is not None:
            ax.plot([claim.claimed, claim.level], [place, place], color=colour, linewidth=1.3, zorder=2)
        if claim.level_high > claim.level_low:
            ax.plot(
                [claim.level_low, claim.level_high], [place, place], color=colour, linewidth=5.0, alpha=0.28, zorder=3,
                solid_capstyle="butt",
            )  # fmt: skip
        ax.plot([claim.level], [place], "o", color=colour, markersize=7, zorder=5)
    if claim.claimed is not None:
        ax.plot(
            [claim.claimed], [place], "o", markersize=7, zorder=6, markerfacecolor=theme.COLOURS["paper"],
            markeredgecolor=theme.COLOURS["ink"], markeredgewidth=1.4,
        )  # fmt: skip
    ax.annotate(
        value, (5.2, place), xytext=(6, 0), textcoords="offset points", va="center_baseline", ha="left", fontsize=8.5,
        color=theme.COLOURS["ink" if claim.level is not None else "muted"], annotation_clip=False,
    )  # fmt: skip


def _key(ax: Any, say: Language) -> None:
    """What ring and dot mean, above the picture, from its left edge."""
    from helpers.report import theme

    fig = ax.get_figure()
    wide = 72 * float(fig.get_size_inches()[0])
    top = ax.get_position().y1
    ink, paper = theme.COLOURS["ink"], theme.COLOURS["paper"]
    x = 10.0
    for text, fill in ((say("what people say"), paper), (say("what the data show, with its range"), ink)):
        place = (x / wide, top)
        ax.annotate(
            text, place, xycoords="figure fraction", xytext=(9, 0), textcoords="offset points", va="center",
            fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
        ax.plot(
            [place[0]], [place[1]], "o", transform=fig.transFigure, markersize=6, markerfacecolor=fill,
            markeredgecolor=ink, clip_on=False,
        )  # fmt: skip
        x += theme.width(text, 8.5) + 34
