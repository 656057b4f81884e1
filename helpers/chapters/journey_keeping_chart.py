"""Exhibits of what comes after the sale: customers who bought again, customers who came by recommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from helpers.chapters.funnel_chart import interval_text, share_text
from helpers.chapters.journey_keeping import HORIZONS
from helpers.report import model, theme
from helpers.report.model import Cell, Column, Exhibit, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.journey_keeping import Cohort, Referred, Retained
    from helpers.language import Language

_WRITTEN = 13
"""More months than these leave no room for their shares."""


def retained_exhibit(retained: Retained, say: Language, note: str) -> Exhibit:
    """How many buy again, and how soon; a table alone where too few could be followed."""
    share, interval = retained.share, retained.interval
    if share is None or interval is None:
        title = say("Who buys again: too few customers to judge")
    else:
        title = say(
            "{share} of customers buy again within {n} months ({range})",
            share=share_text(share, say), n=retained.horizon, range=interval_text(interval, say),
        )  # fmt: skip
    reading = [
        say("A customer counts from the first purchase in the data; who has not come back yet counts for as long as it "
            "has been."),
    ]  # fmt: skip
    if (change := _change(retained)) is not None:
        reading.append(_told(change, say))
    if retained.unnamed:
        reading.append(
            say.plural(
                "{n} purchase names no person and is left out.",
                "{n} purchases name no person and are left out.",
                retained.unnamed,
            )
        )
    return Exhibit(
        key="journey-retention",
        title=title,
        figure=_draw_retained(retained, say) if retained.horizon and retained.again else None,
        reading=tuple(reading),
        table=_retained_table(retained, say),
        table_open=not retained.again,
        note=note,
    )


def quarter_name(cohort: Cohort, say: Language) -> str:
    """'Q2 2026'."""
    return say("Q{quarter} {year}", quarter=(cohort.first.month + 2) // 3, year=str(cohort.first.year))


def _change(retained: Retained) -> tuple[Cohort, Cohort, int] | None:
    """First and last cohort that can be compared, and the months they are compared at; None with fewer than two."""
    for months in HORIZONS:
        known = [cohort for cohort in retained.cohorts if cohort.within(months) is not None]
        if len(known) > 1:
            return known[0], known[-1], months
    return None


def _told(change: tuple[Cohort, Cohort, int], say: Language) -> str:
    first, last, months = change
    (a, b), (c, d) = first.again.between(months), last.again.between(months)
    numbers = {
        "first": quarter_name(first, say),
        "last": quarter_name(last, say),
        "then": share_text(first.within(months) or 0.0, say),
        "now": share_text(last.within(months) or 0.0, say),
    }
    if b < c:
        return say("Within {n} months more come back than before: {then} of the customers of {first}, {now} of {last}.",
                   n=months, **numbers)  # fmt: skip
    if d < a:
        return say("Within {n} months fewer come back than before: {then} of the customers of {first}, {now} of "
                   "{last}.", n=months, **numbers)  # fmt: skip
    return say("Within {n} months: {then} of the customers of {first}, {now} of {last}; that is within chance.",
               n=months, **numbers)  # fmt: skip


def _draw_retained(retained: Retained, say: Language) -> model.Figure:
    fig, ax = theme.figure(height=2.8)
    right = int(min(max(retained.horizon, 3) * 1.3 + 1, retained.whole.followed))
    months = np.arange(0, right + 1)
    colour = theme.COLOURS["joint"]
    ends, labels, colours, tops = [], [], [], [0.005]
    for cohort in retained.cohorts:
        if cohort.customers < MINIMUM or cohort.seen < 1:
            continue
        x = months[months <= cohort.seen]
        y = [cohort.again.by(float(m)) for m in x]
        ax.plot(x, y, color=theme.COLOURS["neutral"], linewidth=1.1)
        ends.append((float(right), y[-1]))
        if x[-1] < right:
            ax.plot([x[-1], right], [y[-1]] * 2, color=theme.COLOURS["edge"], linewidth=0.7, linestyle=(0, (1, 3)))
        labels.append(quarter_name(cohort, say))
        colours.append(theme.COLOURS["muted"])
        tops.append(y[-1])
    bounds = [retained.whole.between(float(m)) for m in months]
    whole = [retained.whole.by(float(m)) for m in months]
    ax.fill_between(months, [low for low, _ in bounds], [high for _, high in bounds], color=colour, alpha=0.15,
                    linewidth=0)  # fmt: skip
    ax.plot(months, whole, color=colour, linewidth=2.2)
    ends.append((float(right), whole[-1]))
    labels.append(say("all: {share}", share=share_text(whole[-1], say)))
    colours.append(colour)
    tops.append(bounds[-1][1])
    ax.set(xlim=(0, right), ylim=(0, 1.1 * max(tops)))
    ax.set_xlabel(say("Months since the first purchase"))
    theme.share_axis(ax.yaxis, say)
    theme.count_axis(ax.xaxis, say, ticks=7)
    theme.margins(ax, right_labels=labels)
    theme.label_lines(ax, ends, labels, colours)
    return theme.picture(fig, name="journey-retention", alt=_retained_alt(retained, say))


def _retained_alt(retained: Retained, say: Language) -> str:
    parts = []
    for months in HORIZONS:
        if months <= retained.horizon:
            share = share_text(float(retained.whole.by(months)), say)
            parts.append(say("{share} within {n} months", share=share, n=months))
    return say("Customers who bought again: {list}.", list=", ".join(parts))


def _retained_table(retained: Retained, say: Language) -> Table:
    columns = (
        Column(label=say("First purchase")),
        Column(label=say("Customers"), kind="count"),
        Column(label=say("Bought again so far"), kind="count"),
        *(Column(label=say("Within {n} months", n=months), kind="share", digits=1) for months in HORIZONS),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            quarter_name(cohort, say),
            cohort.customers,
            int(cohort.again.happened),
            *(cohort.within(months) for months in HORIZONS),
        )
        for cohort in retained.cohorts
    ]
    note = say(
        "A share is given where all customers of the quarter have been followed so long; under 30 there is none."
    )
    return Table(columns=columns, rows=tuple(rows), note=note)


def referred_exhibit(referred: Referred, say: Language, note: str) -> Exhibit | None:
    """Recommendations as a source; None where the data name none, or there are no leads."""
    if not referred.channels or not referred.leads.whole:
        return None
    names = say.quoted(referred.channels)
    share, interval = referred.customers.share, referred.customers.interval
    if share is None or interval is None:
        title = say("Customers who came by recommendation: {n} of {all}; too few to judge",
                    n=say.count(referred.customers.part), all=say.count(referred.customers.whole))  # fmt: skip
    else:
        title = say(
            "{share} of customers came by recommendation ({range}): {n} of {all}",
            share=share_text(share, say), range=interval_text(interval, say), n=say.count(referred.customers.part),
            all=say.count(referred.customers.whole),
        )  # fmt: skip
    reading = [say("Leads of {channels} by the month they came.", channels=names)]
    if referred.own.interval is not None and referred.others.interval is not None:
        numbers = {
            "own": share_text(referred.own.share or 0.0, say),
            "others": share_text(referred.others.share or 0.0, say),
        }
        if referred.own.interval[0] > referred.others.interval[1]:
            reading.append(say("Recommended leads become customers more often than the others: {own} against {others}. "
                               "Asking happy customers costs little; whether it brings more such leads, a trial shows.",
                               **numbers))  # fmt: skip
        else:
            reading.append(say("Recommended leads become customers in {own} of cases, the others in {others}.",
                               **numbers))  # fmt: skip
    return Exhibit(
        key="journey-referrals",
        title=title,
        figure=_draw_referred(referred, say, title),
        reading=tuple(reading),
        table=_referred_table(referred, say),
        note=note,
    )


def _draw_referred(referred: Referred, say: Language, title: str) -> model.Figure:
    fig, ax = theme.figure(height=2.4)
    colour = theme.COLOURS["joint"]
    tops = [0.01]
    for place, (_, leads, _) in enumerate(referred.months):
        if leads.share is None or leads.interval is None:
            continue
        ax.bar(place, leads.share, width=0.6, color=colour)
        theme.whiskers(ax, [place], [leads.interval[0]], [leads.interval[1]], across=False)
        tops.append(leads.interval[1])
        if len(referred.months) <= _WRITTEN:
            ax.annotate(share_text(leads.share, say), (place, leads.interval[1]), (0, 4), textcoords="offset points",
                        ha="center", va="bottom", fontsize=8)  # fmt: skip
    every = -(-len(referred.months) // _WRITTEN)
    shown = range(0, len(referred.months), every)
    names = [
        f"{say.month_short(referred.months[place][0], year=False)}\n{say.count_short(referred.months[place][1].whole)}"
        for place in shown
    ]
    ax.set_xticks([*shown], names)
    ax.set(xlim=(-0.6, max(len(referred.months), 4) - 0.4), ylim=(0, max(tops) * 1.25))
    ax.set_xlabel(say("Month, its leads, and the share of them that came by recommendation"))
    theme.share_axis(ax.yaxis, say, ticks=3)
    theme.margins(ax)
    return theme.picture(fig, name="journey-referrals", alt=title)


def _referred_table(referred: Referred, say: Language) -> Table:
    columns = (
        Column(label=say("Month of the lead")),
        Column(label=say("Leads"), kind="count"),
        Column(label=say("Leads by recommendation"), kind="count"),
        Column(label=say("Share"), kind="share", digits=1),
        Column(label=say("Customers"), kind="count"),
        Column(label=say("Customers by recommendation"), kind="count"),
    )
    rows: list[tuple[Cell, ...]] = [
        (say.month(month), leads.whole, leads.part, leads.share, won.whole, won.part)
        for month, leads, won in referred.months
    ]
    rows.append(
        (say("Together"), referred.leads.whole, referred.leads.part, referred.leads.share, referred.customers.whole,
         referred.customers.part)
    )  # fmt: skip
    return Table(columns=columns, rows=tuple(rows), total=True)
