"""Pictures of the leads chapter: qualification by month, what sales decided, reasons, pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.chapters.funnel_chart import share_text

if TYPE_CHECKING:
    from helpers.chapters.leads_measure import MeasuredLeads, Month, Reasons
    from helpers.chapters.leads_pay import MeasuredPay
    from helpers.language import Language
    from helpers.report.model import Figure

ROW = 0.3
"""Inches per line."""
SHOWN = 10
"""Reasons that a picture names; the others are summed."""
WRITTEN = 13
"""Values over more bars than these would run into each other."""


def draw_qualified(measured: MeasuredLeads, say: Language, alt: str) -> Figure:
    """Share of qualified leads by month with its range, the norm behind."""
    from helpers.report import theme

    months = measured.months
    fig, ax = theme.figure(height=3.0)
    shares = [month.qualified for month in months]
    known = [share for share in shares if share.enough]
    tops = [share.high for share in known] + list(measured.norm or ())
    if measured.norm is not None:
        ax.axhspan(*measured.norm, color=theme.COLOURS["good"], alpha=0.13, linewidth=0)
    for place, share in enumerate(shares):
        if not share.enough:
            ax.text(place, 0.02, "?", ha="center", va="bottom", color=theme.COLOURS["muted"])
            continue
        ax.plot(place, share.share, "o", markersize=7, color=theme.COLOURS["joint"], zorder=5)
        theme.whiskers(ax, [place], [share.low], [share.high], across=False, colour=theme.COLOURS["joint"])
        if len(months) <= WRITTEN:
            ax.annotate(share_text(share.share, say), (place, share.high), (0, 4), textcoords="offset points",
                        ha="center", va="bottom")  # fmt: skip
    every = 1 if len(months) <= WRITTEN else 3
    ax.set_xticks(range(0, len(months), every), [_month(months, place, say) for place in range(0, len(months), every)])
    ax.set_xlim(-0.6, max(len(months), 4) - 0.4)
    ax.set_ylim(0, min(1.0, 1.2 * max(tops, default=0.5)))
    theme.share_axis(ax.yaxis, say)
    ax.grid(axis="y")
    ax.set_xlabel(say("Month of the lead, and how many leads it brought"))
    label = _norm_label(measured, say)
    theme.margins(ax, right_labels=[label] if label else [])
    if measured.norm is not None:
        ax.annotate(label, (1, sum(measured.norm) / 2), xycoords=("axes fraction", "data"), xytext=(5, 0),
                    textcoords="offset points", va="center", color=theme.COLOURS["good"],
                    annotation_clip=False)  # fmt: skip
    return theme.picture(fig, "leads-qualified", alt)


def _norm_label(measured: MeasuredLeads, say: Language) -> str:
    if measured.norm is None:
        return ""
    return say("norm\n{range}", range=say.interval(*measured.norm, say.share))


def _month(months: Sequence[Month], place: int, say: Language) -> str:
    """Month, its number of leads, and the year where it begins."""
    month = months[place].month
    lines = [say.month_short(month, year=False), say.count_short(months[place].qualified.whole)]
    if place == 0 or months[place - 1].month.year != month.year:
        lines.append(str(month.year))
    return "\n".join(lines)


def draw_decided(months: Sequence[Month], say: Language, alt: str) -> Figure:
    """Accepted, refused and undecided leads by month, as parts of all leads of the month."""
    from helpers.report import theme

    fig, ax = theme.figure(height=3.0)
    parts = (
        (say("accepted"), [month.accepted for month in months], "good"),
        (say("refused"), [month.rejected for month in months], "neutral"),
        (say("undecided"), [month.undecided for month in months], "unknown"),
    )
    totals = np.maximum([sum(numbers) for numbers in zip(*(part for _, part, _ in parts), strict=True)], 1)
    bottom = np.zeros(len(months))
    ends, labels, colours = [], [], []
    for name, numbers, colour in parts:
        if not any(numbers):
            continue
        heights = np.asarray(numbers) / totals
        bars = ax.bar(range(len(months)), heights, bottom=bottom, width=0.66, color=theme.COLOURS[colour])
        if colour == "unknown":
            theme.hatch(bars)
        if len(months) <= WRITTEN:
            for place, (height, number, foot) in enumerate(zip(heights, numbers, bottom, strict=True)):
                if height >= 0.08:
                    ax.text(place, foot + height / 2, say.count(number), ha="center", va="center", fontsize=8,
                            color=theme.COLOURS["ink" if colour == "unknown" else "paper"])  # fmt: skip
        ends.append((len(months) - 0.55, float(bottom[-1] + heights[-1] / 2)))
        labels.append(name)
        colours.append(theme.COLOURS["muted" if colour == "unknown" else colour])
        bottom = bottom + heights
    every = 1 if len(months) <= WRITTEN else 3
    ticks = range(0, len(months), every)
    names = [
        say.month_short(months[i].month, year=False) + (f"\n{months[i].month.year}" if i == 0 else "") for i in ticks
    ]
    ax.set_xticks(ticks, names)
    ax.set_xlim(-0.6, max(len(months), 4) - 0.55)
    ax.set_ylim(0, 1)
    theme.share_axis(ax.yaxis, say)
    theme.margins(ax, right_labels=labels)
    theme.label_lines(ax, [(ax.get_xlim()[1], y) for _, y in ends], labels, colours)
    return theme.picture(fig, "leads-decided", alt)


def draw_reasons(reasons: Reasons, say: Language, name: str, alt: str) -> Figure:
    """A Pareto picture: the commonest reasons first, and what they make up together."""
    from helpers.report import theme

    named = list(reasons.named[:SHOWN])
    rest = reasons.named[SHOWN:]
    rows = [(label, number, "neutral") for label, number in named]
    vital = reasons.most()
    rows = [(label, number, "bad" if place < vital else "neutral") for place, (label, number, _) in enumerate(rows)]
    if rest:
        rows.append((say.plural("{n} other reason", "{n} other reasons", len(rest)), sum(n for _, n in rest), "edge"))
    if reasons.without:
        rows.append((say("no reason given"), reasons.without, "unknown"))
    labels = [theme.shorten(label, 32, lines=2) for label, _, _ in rows]
    total = sum(number for _, number in reasons.named)
    text, gathered = [], 0
    for _, number, colour in rows:
        gathered += number
        text.append("" if colour == "unknown" else say("together {share}", share=say.share(gathered / max(total, 1))))
    fig, ax = theme.figure(height=0.4 + ROW * len(rows))
    theme.margins(ax, left_labels=labels, right_labels=text, bottom_labels=[])
    bars = ax.barh(range(len(rows)), [number for _, number, _ in rows], height=0.64)
    for patch, (_, _, colour) in zip(bars.patches, rows, strict=True):
        if colour == "unknown":
            theme.hatch(patch)
        else:
            patch.set_facecolor(theme.COLOURS[colour])
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    theme.label_bars(ax, bars, [say.count(number) for _, number, _ in rows])
    for place, label in enumerate(text):
        ax.annotate(label, (1, place), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center_baseline", color=theme.COLOURS["muted"], annotation_clip=False)  # fmt: skip
    return theme.picture(fig, name, alt)


def draw_pay(pay: MeasuredPay, say: Language, currency: str, alt: str) -> Figure:
    """Pay by month: today's scheme beside pay for qualified leads, the difference written."""
    from helpers.report import theme

    months = pay.months
    fig, ax = theme.figure(height=2.9)
    today = [month.today if month.today is not None else 0.0 for month in months]
    then = [month.proposed if month.proposed is not None else 0.0 for month in months]
    wide = 0.38
    ax.bar(np.arange(len(months)) - wide / 2, today, width=wide, color=theme.COLOURS["neutral"])
    ax.bar(np.arange(len(months)) + wide / 2, then, width=wide, color=theme.COLOURS["marketing"])
    every = 1 if len(months) <= WRITTEN else 3
    ticks = range(0, len(months), every)
    names = [
        say.month_short(months[i].month, year=False) + (f"\n{months[i].month.year}" if i == 0 else "") for i in ticks
    ]
    ax.set_xticks(ticks, names)
    ax.set_xlim(-0.6, max(len(months), 3) - 0.4)
    theme.money_axis(ax.yaxis, say, currency)
    ax.grid(axis="y")
    theme.margins(ax, top_lines=1.8)
    if len(months) <= WRITTEN:
        for place, (now, new) in enumerate(zip(today, then, strict=True)):
            ax.annotate(say.count_short(new - now, signed=True), (place, max(now, new)), xytext=(0, 3),
                        textcoords="offset points", ha="center", va="bottom", fontsize=8)  # fmt: skip
    ax.set_ylim(0, 1.12 * max([*today, *then, 1.0]))
    legend = ((say("today"), "neutral"), (say("for qualified leads"), "marketing"))
    x = 0.0
    for label, colour in legend:
        ax.annotate(f"■ {label}", (x, 1), xycoords="axes fraction", xytext=(0, 5), textcoords="offset points",
                    va="bottom", color=theme.COLOURS["muted" if colour == "neutral" else colour],
                    annotation_clip=False)  # fmt: skip
        x += (theme.width(f"■ {label}") + 18) / (72 * theme.WIDTH * ax.get_position().width)
    return theme.picture(fig, "leads-pay", alt)
