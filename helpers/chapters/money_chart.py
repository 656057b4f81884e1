"""Pictures of the money chapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.chapters import money_words as words
from helpers.chapters.campaigns import lines
from helpers.chapters.money_measure import Measured, Reconciliation, priced, shown_campaigns
from helpers.report.model import Figure

if TYPE_CHECKING:
    from helpers.language import Language

ROW = 0.34
"""Inches per line of a bar chart."""
VERDICT_COLOUR = {
    "earns": "good", "loses": "bad", "too_early": "neutral", "too_few": "unknown", "untied": "unknown", "": "neutral",
}  # fmt: skip


def draw_sums(sums: Reconciliation, say: Language, currency: str, alt: str) -> Figure | None:
    """Parts of spend and of revenue, a bar each; None when there is no money at all."""
    from helpers.report import theme

    spend, revenue = words.sum_parts(sums, say)
    parts = spend + revenue
    if not parts:
        return None
    labels = [theme.shorten(label, 34) for label, _, _ in parts]
    # A gap keeps what was spent and what was earned apart.
    places = [i + (0.5 if i >= len(spend) else 0) for i in range(len(parts))]
    fig, ax = theme.figure(height=0.5 + ROW * (len(parts) + 0.5))
    theme.margins(ax, left_labels=labels, bottom_labels=["0"])
    bars = ax.barh(places, [money for _, money, _ in parts], height=0.62)
    for patch, (_, _, colour) in zip(bars.patches, parts, strict=True):
        if colour == "unknown":
            theme.hatch(patch)
        else:
            patch.set_facecolor(theme.COLOURS[colour])
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    theme.label_bars(ax, bars, [say.money_short(money, currency) for _, money, _ in parts])
    theme.money_axis(ax.xaxis, say, currency)
    ax.axvline(0, color=theme.COLOURS["ink"], linewidth=0.8)
    return theme.picture(fig, "money-sums", alt)


def draw_profit(measured: Measured, say: Language, currency: str, alt: str) -> Figure:
    """Profit so far as bars, expected profit as lines, the verdict in words."""
    from helpers.report import theme

    shown = shown_campaigns(measured)
    names = [words.campaign_name(row, say) for row in lines(shown)]
    profit, low, high = (shown[name].tolist() for name in ("profit", "low", "high"))
    verdicts = shown["verdict"].tolist()
    drawn = list(profit)
    if len(measured.rest):
        names.append(words.other_campaigns(len(measured.rest), say))
        profit.append(float(measured.campaigns.loc[measured.rest, "profit"].sum()))
        low, high, verdicts = [*low, float("nan")], [*high, float("nan")], [*verdicts, ""]
        # A sum of thousands would leave nothing of the others to see: it is written, not drawn.
        drawn.append(profit[-1] if abs(profit[-1]) <= 2 * max(map(abs, drawn)) else 0.0)
    labels = [theme.shorten(name, 30, lines=2) for name in names]
    fig, ax = theme.figure(height=0.6 + ROW * len(labels))
    theme.margins(ax, left_labels=labels, bottom_labels=["0"])
    places = list(range(len(labels)))
    bars = ax.barh(places, drawn, height=0.6)
    for patch, verdict in zip(bars.patches, verdicts, strict=True):
        if VERDICT_COLOUR[verdict] == "unknown":
            theme.hatch(patch)
        else:
            patch.set_facecolor(theme.COLOURS[VERDICT_COLOUR[verdict]])
    theme.whiskers(ax, places, low, high)
    ax.axvline(0, color=theme.COLOURS["ink"], linewidth=0.8)
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    text = [
        say.money_short(p, currency, signed=True) + (f" · {words.verdict_text(v, say)}" if v else "")
        for p, v in zip(profit, verdicts, strict=True)
    ]
    # All labels on one side: beside the losses too there is room for them, right of the zero line.
    far = [max([0, p, *_known([b])]) for p, b in zip(drawn, high, strict=True)]
    ax.set_xlim(min([0, *drawn, *_known(low)]), max([0, *drawn, *_known(high)]) or 1)
    zeros = ax.barh(places, [0.0] * len(places))
    theme.label_bars(ax, zeros, text, beyond=far)
    theme.money_axis(ax.xaxis, say, currency)
    return theme.picture(fig, "money-profit", alt)


def _known(values: list[float]) -> list[float]:
    return [value for value in values if not np.isnan(value)]


def draw_aim(measured: Measured, aim: float, even: float, say: Language, alt: str) -> Figure | None:
    """Revenue per 100 of spend by campaign, with the aim and the break-even as lines; None without spend."""
    from helpers.report import theme

    shown = shown_campaigns(measured)
    shown = shown[shown["per_100"].notna()].sort_values("per_100", ascending=False, kind="stable")
    if shown.empty:
        return None
    labels = [theme.shorten(words.campaign_name(row, say), 30, lines=2) for row in lines(shown)]
    fig, ax = theme.figure(height=0.9 + ROW * len(labels))
    theme.margins(ax, left_labels=labels, bottom_labels=["0"], top_lines=1.6)
    places = list(range(len(labels)))
    bars = ax.barh(places, shown["per_100"], height=0.6, color=theme.COLOURS["marketing"])
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    ax.set_xlim(min(0, shown["per_100"].min()), 1.25 * max(aim, even, shown["per_100"].max()))
    theme.label_bars(ax, bars, [say.count(value) for value in shown["per_100"]])
    for text in ax.texts:
        # A line passes behind a number, not through it.
        text.set_bbox(behind())
    guides = ((aim, say("aim {value}", value=say.count(aim)), "joint"), (even, say("break-even"), "ink"))
    right_first = sorted(guides, reverse=True, key=lambda guide: guide[0])
    for (value, label, colour), side in zip(right_first, ("left", "right"), strict=True):
        ax.axvline(
            value, color=theme.COLOURS[colour], linewidth=1.2, linestyle="-" if colour == "joint" else (0, (4, 2))
        )
        ax.annotate(
            label, (value, 1), xycoords=("data", "axes fraction"), xytext=(2 if side == "left" else -2, 3),
            textcoords="offset points", ha=side, va="bottom", color=theme.COLOURS[colour], annotation_clip=False,
        )  # fmt: skip
    theme.count_axis(ax.xaxis, say)
    return theme.picture(fig, "money-aim", alt)


def draw_costs(measured: Measured, say: Language, currency: str, alt: str) -> Figure | None:
    """Price of a lead with its break-even price, beside price of a customer with interval; None when none is known."""
    from helpers.report import theme

    shown = priced(measured)
    if shown.empty:
        return None
    labels = [theme.shorten(words.campaign_name(row, say), 24, lines=2) for row in lines(shown)]
    fig, (left, right) = theme.figure(height=1.0 + ROW * len(labels), ncols=2, sharey=True)
    for ax, title in ((left, say("Cost of a lead (CPL)")), (right, say("Cost of a customer (CAC)"))):
        ax.set_title(title, loc="left")
        ax.set_yticks(range(len(labels)), labels)
    right.tick_params(labelleft=False)
    theme.margins([left, right], left_labels=labels, bottom_labels=["0"], top_lines=1.8, between=(0.12, 0.4))
    left.invert_yaxis()
    places = list(range(len(labels)))
    low = (shown["spend"] / shown["won_high"]).tolist()
    high = (shown["spend"] / shown["won_low"]).tolist()
    # Few sales leave the price of a customer open upwards: the axis ends at one and a half of the dearest one.
    ceiling = 1.5 * float(shown["cac"].max())
    for ax, column, colour in ((left, "cpl", "marketing"), (right, "cac", "joint")):
        bars = ax.barh(places, shown[column], height=0.6, color=theme.COLOURS[colour])
        if ax is right:
            theme.whiskers(ax, places, low, [min(end, ceiling) for end in high])
        else:
            ax.vlines(shown["worth"], [p - 0.36 for p in places], [p + 0.36 for p in places],
                      color=theme.COLOURS["ink"], linewidth=1.6, zorder=4)  # fmt: skip
        ends = [min(end, ceiling) for end in high] if ax is right else shown["worth"].tolist()
        beyond = np.maximum(ends, shown[column]).tolist()
        ax.set_xlim(0, max(beyond))
        theme.label_bars(ax, bars, [say.money_short(value, currency) for value in shown[column]], beyond=beyond)
        theme.money_axis(ax.xaxis, say, currency, ticks=3)
    return theme.picture(fig, "money-costs", alt)


def behind() -> dict[str, Any]:
    """What stands behind a text so that lines do not run through it."""
    from helpers.report import theme

    return {"facecolor": theme.COLOURS["paper"], "edgecolor": "none", "pad": 0.6}
