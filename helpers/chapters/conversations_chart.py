"""Pictures of the conversations chapter: tries and who was reached, missed calls, checklist scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.facts.conversations import MANY

if TYPE_CHECKING:
    from helpers.chapters.conversations_measure import Score, Tries
    from helpers.language import Language
    from helpers.report.model import Figure

ROW = 0.32
"""Inches per line."""
SHOWN = 14
"""People that a picture names; the table holds all."""


def tries_text(number: int, say: Language) -> str:
    """'3', or '10 and more' for the last."""
    return say("{n} and more", n=number) if number >= MANY else str(number)


def draw_tries(tries: Sequence[Tries], say: Language, alt: str) -> Figure:
    """Leads by the number of calls and messages to them: those somebody spoke with, and the others."""
    from helpers.report import theme

    fig, ax = theme.figure(height=2.8)
    places = np.arange(len(tries))
    reached, silent = (np.asarray([getattr(one, key) for one in tries], float) for key in ("reached", "silent"))
    ax.bar(places, reached, width=0.66, color=theme.COLOURS["sales"])
    bars = ax.bar(places, silent, bottom=reached, width=0.66)
    for patch in bars.patches:
        # Light, so that the two parts are two in a grey print as well.
        patch.set(facecolor=theme.COLOURS["edge"])
    top = float(max(reached + silent, default=1.0)) if len(tries) else 1.0
    for place, (a, b) in enumerate(zip(reached, silent, strict=True)):
        total = a + b
        text = say("{silent} of {all}", silent=say.count(b), all=say.count(total)) if b else say.count(total)
        ax.annotate(text, (place, total), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom",
                    fontsize=8)  # fmt: skip
    ax.set_xticks(places, [tries_text(one.number, say).replace(" ", "\n", 1) for one in tries])
    ax.set_xlim(-0.6, max(len(tries), 4) - 0.4)
    ax.set_ylim(0, 1.14 * top)
    theme.count_axis(ax.yaxis, say)
    ax.grid(axis="y")
    ax.set_xlabel(say("Calls and messages to the lead"))
    theme.margins(ax, top_lines=1.8)
    x = 0.0
    for label, colour in ((say("somebody spoke with them"), "sales"), (say("never reached"), "edge")):
        style: dict[str, Any] = {"textcoords": "offset points", "va": "bottom", "annotation_clip": False}
        ax.annotate("■", (x, 1), xycoords="axes fraction", xytext=(0, 5), color=theme.COLOURS[colour], **style)
        ax.annotate(label, (x, 1), xycoords="axes fraction", xytext=(theme.width("■ "), 5),
                    color=theme.COLOURS["muted" if colour == "edge" else colour], **style)  # fmt: skip
        x += (theme.width(f"■ {label}") + 18) / (72 * theme.WIDTH * ax.get_position().width)
    return theme.picture(fig, "conversations-tries", alt)


def draw_missed(parts: Sequence[tuple[str, int, str]], say: Language, alt: str) -> Figure:
    """What became of incoming calls: a bar each; ``parts`` are label, number, colour."""
    from helpers.report import theme

    labels = [theme.shorten(label, 34, lines=2) for label, _, _ in parts]
    fig, ax = theme.figure(height=0.35 + ROW * len(parts))
    theme.margins(ax, left_labels=labels, bottom_labels=[])
    bars = ax.barh(range(len(parts)), [number for _, number, _ in parts], height=0.62)
    for patch, (_, _, colour) in zip(bars.patches, parts, strict=True):
        if colour == "unknown":
            theme.hatch(patch)
        else:
            patch.set_facecolor(theme.COLOURS[colour])
    ax.set_yticks(range(len(parts)), labels)
    ax.set_ylim(len(parts) - 0.4, -0.6)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    total = max(sum(number for _, number, _ in parts), 1)
    text = [f"{say.count(number)} · {say.share(number / total)}" for _, number, _ in parts]
    theme.label_bars(ax, bars, text)
    return theme.picture(fig, "conversations-missed", alt)


def draw_scores(rows: Sequence[tuple[str, Score]], every: Score, say: Language, alt: str) -> Figure:
    """Mean checklist score with its range, the mean of all as a line."""
    from helpers.report import theme

    labels = [theme.shorten(name, 30, lines=2) for name, _ in rows]
    text = [say("{score} · {n} scored", score=say.count(score.mean), n=say.count(score.n)) for _, score in rows]
    fig, ax = theme.figure(height=0.55 + ROW * len(rows))
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ends = [score.high if score.enough else score.mean for _, score in rows]
    starts = [score.low if score.enough else score.mean for _, score in rows]
    ax.set_xlim(max(0.0, min(starts) - 5), min(100.0, max(ends) + 5))
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    theme.count_axis(ax.xaxis, say)
    theme.margins(ax, left_labels=labels, right_labels=text, bottom_labels=["0"], top_lines=0.3)
    ax.vlines(every.mean, -0.5, len(rows) - 0.5, color=theme.COLOURS["muted"], linewidth=1.0, linestyle=(0, (3, 2)))
    for place, ((_, score), label) in enumerate(zip(rows, text, strict=True)):
        if score.enough:
            theme.whiskers(ax, [place], [score.low], [score.high], colour=theme.COLOURS["sales"], linewidth=1.8)
        ax.scatter(
            [score.mean], [place], s=44, color=theme.COLOURS["sales"], edgecolor=theme.COLOURS["paper"], zorder=6
        )
        ax.annotate(label, (1, place), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center_baseline", annotation_clip=False)  # fmt: skip
    return theme.picture(fig, "conversations-scores", alt)
