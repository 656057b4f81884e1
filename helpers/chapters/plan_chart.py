"""Pictures of the plan chapter: the month so far and where it ends, past months, open deals, the deal cycle."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.chapters.campaigns import lines
from helpers.chapters.plan_deals import DealWords, group_name
from helpers.chapters.plan_words import PlanWords
from helpers.report.model import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpers.chapters.plan_measure import Running

ROW = 0.42
"""Inches per line of a bar chart."""
COLOUR = {"qualified": "marketing", "revenue": "sales"}


def draw_pace(words: PlanWords, alt: str) -> Figure:
    """The sum so far by day, the fan of totals at the end of the month, the plan; a panel per figure."""
    from helpers.report import theme

    running = words.running
    fig, axes = theme.figure(height=0.5 + 1.75 * len(running), nrows=len(running), sharex=True)
    panels = list(np.atleast_1d(axes))
    ends = [_ends(words, one) for one in running]
    for ax, one in zip(panels, running, strict=True):
        ax.set_title(words.figure_name(one), loc="left")
        _axis(ax, words, one)
    labels = [text for part in ends for _, text, _ in part]
    theme.margins(panels, right_labels=labels, bottom_labels=["0"], top_lines=1.8, between=(0.25, 0.34))
    for ax, one, end in zip(panels, running, ends, strict=True):
        _pace(ax, words, one)
        top = max([*(place for place, _, _ in end), one.pace.interval[1] if one.enough else 0.0, one.pace.fact, 1.0])
        ax.set_ylim(0, 1.08 * top)
        last = words.measured.last.day
        ax.set_xlim(0, last)
        theme.label_lines(
            ax, [(last, place) for place, _, _ in end], [text for _, text, _ in end],
            [theme.COLOURS[colour] for _, _, colour in end],
        )  # fmt: skip
    panels[-1].set_xticks([1, *range(5, words.measured.last.day + 1, 5)])
    return theme.picture(fig, "plan-pace", alt)


def _ends(words: PlanWords, one: Running) -> list[tuple[float, str, str]]:
    """Labels at the end of the month: (height, text, colour)."""
    say, pace = words.say, one.pace
    place = pace.expected if pace.known else pace.fact
    out = [(place, words.amount(one, place), COLOUR[one.figure])]
    if one.plan is not None:
        out.append((one.plan, say("plan {value}", value=words.amount(one, one.plan)), "ink"))
    return out


def _axis(ax: Any, words: PlanWords, one: Running) -> None:
    from helpers.report import theme

    if one.figure == "revenue":
        theme.money_axis(ax.yaxis, words.say, words.currency, ticks=3)
    else:
        theme.count_axis(ax.yaxis, words.say, ticks=3)


def _pace(ax: Any, words: PlanWords, one: Running) -> None:
    from helpers.report import theme

    colour, pace = theme.COLOURS[COLOUR[one.figure]], one.pace
    today, last = len(one.by_day), words.measured.last.day
    ax.plot([0, *range(1, today + 1)], [0, *one.by_day], color=colour, drawstyle="steps-post", linewidth=2)
    if today < last and pace.known:
        if one.enough:
            low, high = pace.interval
            ax.fill_between([today, last], [pace.fact, low], [pace.fact, high], color=colour, alpha=0.18, linewidth=0)
        ax.plot([today, last], [pace.fact, pace.expected], color=colour, linewidth=1.4, linestyle=(0, (4, 2)))
    if one.plan is not None:
        ax.axhline(one.plan, color=theme.COLOURS["ink"], linewidth=1.2)


def draw_months(words: PlanWords, alt: str) -> Figure:
    """Fact as bars and plan as marks, a panel per figure, by month."""
    from helpers.report import theme

    say, past = words.say, words.measured.past
    names = [name for name in ("qualified", "revenue") if past[f"{name}_plan"].notna().any()]
    fig, axes = theme.figure(height=0.5 + 1.6 * len(names), nrows=len(names), sharex=True)
    panels = list(np.atleast_1d(axes))
    places = _places(past["month"])
    for ax, name in zip(panels, names, strict=True):
        ax.set_title(words.kind_name(name), loc="left")
        if name == "revenue":
            theme.money_axis(ax.yaxis, say, words.currency, ticks=3)
        else:
            theme.count_axis(ax.yaxis, say, ticks=3)
        ax.bar(places, past[name], width=18, color=theme.COLOURS[COLOUR[name]])
        ax.hlines(past[f"{name}_plan"], places - 11.5, places + 11.5, color=theme.COLOURS["ink"], linewidth=1.8)
        ax.set_ylim(0, 1.1 * max(float(past[name].max()), float(past[f"{name}_plan"].max()), 1.0))
    theme.margins(
        panels, left_labels=[words.widest(names)], bottom_labels=["0\n0"], top_lines=1.8, between=(0.25, 0.36)
    )
    theme.month_axis(panels[-1], say, list(past["month"]))
    return theme.picture(fig, "plan-months", alt)


def draw_pipeline(words: DealWords, alt: str) -> Figure:
    """Amount of the open deals as outlines, what they may bring as bars, by stage or age."""
    from helpers.report import theme

    say, weighted = words.say, words.weighted
    groups = list(lines(weighted.groups))
    names = [group_name(row, words.client, say) for row in groups]
    labels = [theme.shorten(name, 28, lines=2) for name in names]
    fig, ax = theme.figure(height=0.6 + ROW * len(labels))
    theme.margins(ax, left_labels=labels, bottom_labels=["0"])
    places = list(range(len(labels)))
    amount = [row.amount for row in groups]
    expected = [row.expected for row in groups]
    guessed = [row.guessed for row in groups]
    ax.barh(places, amount, height=0.66, color=theme.COLOURS["unknown"], edgecolor=theme.COLOURS["edge"], linewidth=0.8)
    whole = ax.barh(places, np.add(expected, guessed), height=0.4, color=theme.COLOURS["sales"], zorder=3)
    theme.hatch(ax.barh(places, guessed, left=expected, height=0.4, zorder=4).patches)
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    text = [
        say.plural(
            "{money} of {n} deal", "{money} of {n} deals", int(row.deals),
            money=say.money_short(row.expected + row.guessed, words.currency),
        )
        for row in groups
    ]  # fmt: skip
    theme.label_bars(ax, whole, text, beyond=np.maximum(amount, np.add(expected, guessed)).tolist())
    theme.money_axis(ax.xaxis, say, words.currency)
    return theme.picture(fig, "plan-pipeline", alt)


def draw_cycle(words: DealWords, alt: str) -> Figure:
    """Median days from opening to winning by month of winning, with its 95 % range."""
    from helpers.report import theme

    say, months = words.say, words.measured.cycle.months
    known = months[months["median"].notna()]
    fig, ax = theme.figure(height=2.6)
    ax.set_ylim(0, 1.1 * float(known["high"].max() or 1.0))
    ax.set_ylabel(say("Days"))
    theme.count_axis(ax.yaxis, say, ticks=4)
    theme.margins(ax, bottom_labels=["0\n0"])
    days = [month.date() for month in known["month"]]
    places = _places(days)
    theme.whiskers(ax, places.tolist(), known["low"].tolist(), known["high"].tolist(), across=False,
                   colour=theme.COLOURS["edge"], linewidth=4)  # fmt: skip
    ax.plot(places, known["median"], color=theme.COLOURS["sales"], marker="o", markersize=5, zorder=5)
    for place, deals in zip(places, known["deals"], strict=True):
        ax.annotate(say.count(deals), (place, 0), xytext=(0, 3), textcoords="offset points", ha="center",
                    color=theme.COLOURS["muted"], fontsize=7.5)  # fmt: skip
    theme.month_axis(ax, say, days)
    ax.set_xlim(places.min() - 18, places.max() + 18)
    return theme.picture(fig, "plan-cycle", alt)


def _places(months: Iterable[dt.date]) -> np.ndarray:
    """Where months stand on an axis of dates."""
    import matplotlib.dates as mdates

    return np.asarray(mdates.date2num(list(months)), dtype=float)  # type: ignore[no-untyped-call]
