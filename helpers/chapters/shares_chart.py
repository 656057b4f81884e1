"""One picture for shares of groups: a dot with its range for each, the number of cases, a norm or limit behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.report.model import Figure

SHOWN = 14
"""Groups that a panel names; the table holds all."""
ROW = 0.32
"""Inches per line."""
GAP = 1.0
"""Lines between two panels, for the title of the second."""


@dataclass(frozen=True)
class Panel:
    """Groups under one heading."""

    title: str
    groups: Sequence[Share]
    colour: str = "sales"
    whole: Share | None = None
    """All groups together: a thin line through the panel."""
    pale: frozenset[str] = frozenset()
    """Names of groups that stand apart from the rest: drawn hollow."""


def shown(groups: Sequence[Share]) -> list[Share]:
    """The largest groups, in the order given."""
    largest = sorted(groups, key=lambda group: (-group.whole, group.name))[:SHOWN]
    return [group for group in groups if group in largest]


def draw_shares(
    panels: Sequence[Panel],
    say: Language,
    name: str,
    alt: str,
    *,
    norm: tuple[float, float] | None = None,
    norm_label: str = "",
) -> Figure:
    """Panels below each other on one axis of shares; ``norm`` is a band behind all of them."""
    from helpers.report import theme

    rows: list[tuple[float, Panel, Share]] = []
    heads: list[tuple[float, str]] = []
    edges: list[list[float]] = []
    place = 0.0
    for panel in panels:
        edges.append([place - 0.6])
        if panel.title:
            heads.append((place - 0.1, panel.title))
            place += GAP - 0.1
        for group in shown(panel.groups):
            rows.append((place, panel, group))
            place += 1
            edges[-1].append(place - 0.5)
        place += 0.35
    labels = [theme.shorten(group.name, 30, lines=2) for _, _, group in rows]
    text = [_count(group, say) for _, _, group in rows]
    fig, ax = theme.figure(height=0.62 + ROW * place)
    ax.set_yticks([row[0] for row in rows], labels)
    ax.set_ylim(place - 0.6, -0.75)
    ends = [group.high for _, _, group in rows if group.enough] + list(norm or ())
    top = min(1.0, 1.06 * max(ends, default=1.0)) or 1.0
    ax.set_xlim(0, top)
    theme.share_axis(ax.xaxis, say)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    theme.margins(ax, left_labels=labels, right_labels=text, bottom_labels=["0"], top_lines=1.4 if norm_label else 0.3)
    if norm is not None:
        ax.axvspan(*norm, color=theme.COLOURS["good"], alpha=0.13, linewidth=0)
        ax.annotate(norm_label, (sum(norm) / 2, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                    textcoords="offset points", ha="center", va="bottom", color=theme.COLOURS["good"],
                    annotation_clip=False)  # fmt: skip
    for at, title in heads:
        ax.annotate(title, (0, at), xytext=(3, 0), textcoords="offset points", va="center", fontweight="bold",
                    color=theme.COLOURS["ink"], zorder=7)  # fmt: skip
    _lines(ax, rows, panels)
    for (at, panel, group), count in zip(rows, text, strict=True):
        _mark(ax, at, panel, group, say, top)
        ax.annotate(count, (1, at), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center_baseline", color=theme.COLOURS["ink"], annotation_clip=False)  # fmt: skip
    return theme.picture(fig, name, alt, rows=edges)


def _count(group: Share, say: Language) -> str:
    if not group.enough:
        return say("only {n}", n=say.count(group.whole))
    return say("{share} of {whole}", share=share_text(group.share, say), whole=say.count(group.whole))


def _mark(ax: Any, at: float, panel: Panel, group: Share, say: Language, top: float) -> None:
    """The dot and its range; a hatched stripe with a question mark where there are too few."""
    from helpers.report import theme

    if not group.enough:
        theme.hatch(ax.barh(at, top, height=0.4))
        ax.text(top / 2, at, f" ? {say('too few to judge')} ", ha="center", va="center_baseline", fontsize=7.5,
                color=theme.COLOURS["muted"], backgroundcolor=theme.COLOURS["paper"], zorder=6)  # fmt: skip
        return
    colour = theme.COLOURS[panel.colour]
    theme.whiskers(ax, [at], [group.low], [group.high], colour=colour, linewidth=1.8)
    hollow = group.name in panel.pale
    ax.scatter([group.share], [at], s=44, zorder=6, linewidth=1.4 if hollow else 0.8,
               color=theme.COLOURS["paper"] if hollow else colour,
               edgecolor=colour if hollow else theme.COLOURS["paper"])  # fmt: skip


def _lines(ax: Any, rows: Sequence[tuple[float, Panel, Share]], panels: Sequence[Panel]) -> None:
    """The share of all groups of a panel together."""
    from helpers.report import theme

    for panel in panels:
        own = [at for at, of, _ in rows if of is panel]
        if panel.whole is not None and panel.whole.enough and own:
            ax.vlines(panel.whole.share, own[0] - 0.5, own[-1] + 0.5, color=theme.COLOURS["muted"], linewidth=1.0,
                      linestyle=(0, (3, 2)), zorder=3)  # fmt: skip
