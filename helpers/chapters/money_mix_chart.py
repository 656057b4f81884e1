"""The exhibit "lead quality or handling": a two-way table with its picture, worded as systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters import money_words as words
from helpers.chapters.campaigns import lines
from helpers.chapters.funnel_chart import interval_cell, share_text
from helpers.report.model import Cell, Column, Exhibit, Figure, Quantity, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.money_measure import Measured
    from helpers.chapters.money_mix import Line, Mix, Reading
    from helpers.language import Language

ROW = 0.46


def mix_exhibit(mix: Mix | None, measured: Measured, say: Language, note: str) -> Exhibit | None:
    """None where there are not two campaigns and two people to compare, or no campaign has 30 ripe leads."""
    if mix is None or not any(line.whole.leads >= MINIMUM for line in mix.lines):
        return None
    names = _names(mix, measured, say)
    return Exhibit(
        key="money-mix",
        title=_title(mix, measured, names, say),
        figure=_draw(mix, names, say),
        reading=_reading(mix, say),
        table=_table(mix, names, say),
        note=note,
    )


def _names(mix: Mix, measured: Measured, say: Language) -> dict[int, str]:
    chosen = measured.campaigns.loc[[line.place for line in mix.lines]]
    return {row.Index: words.campaign_name(row, say) for row in lines(chosen)}


def reading_text(reading: Reading, say: Language) -> str:
    """What the table says of a campaign."""
    return {
        "low": say("sells less, whoever handles it"),
        "high": say("sells more, whoever handles it"),
        "handling": say("depends on handling"),
        "both": say("sells less, and depends on handling"),
        "same": say("no difference beyond chance"),
        "too_few": say("too few to judge"),
    }[reading]


def _title(mix: Mix, measured: Measured, names: dict[int, str], say: Language) -> str:
    # Where most is spent first: there most money is lost by what is found.
    spent = measured.campaigns["spend"].to_numpy(dtype=float)

    def spend(line: Line) -> float:
        return float(spent[line.place])

    low = sorted(mix.of("low", "both"), key=spend, reverse=True)
    handling = sorted(mix.of("handling"), key=spend, reverse=True)
    dear = [line for line in low if line.dear]
    if dear or (low and not handling):
        line = (dear or low)[0]
        numbers = {"rate": share_text(line.whole.rate or 0, say), "elsewhere": share_text(line.elsewhere or 0, say)}
        if line.dear:
            return say(
                "Expensive leads that sell worse whoever handles them: “{name}” - {rate} against {elsewhere} with "
                "others",
                name=names[line.place], **numbers,
            )  # fmt: skip
        return say(
            "Leads of “{name}” sell worse whoever handles them, {rate} against {elsewhere}, but are cheap enough",
            name=names[line.place], **numbers,
        )  # fmt: skip
    if handling:
        line = handling[0]
        known = sorted(cell.rate for cell in line.people if cell.rate is not None)
        if len(known) > 1:
            return say("Leads of “{name}” sell differently in different hands: from {low} to {high} become customers",
                       name=names[line.place], low=share_text(known[0], say),
                       high=share_text(known[-1], say))  # fmt: skip
        return say("Leads of “{name}” sell differently in different hands", name=names[line.place])
    if mix.of("high"):
        best = max(mix.of("high"), key=spend)
        return say(
            "Leads of “{name}” sell better whoever handles them: {rate} against {elsewhere} with other leads",
            name=names[best.place], rate=share_text(best.whole.rate or 0, say),
            elsewhere=share_text(best.elsewhere or 0, say),
        )  # fmt: skip
    return say("Neither campaigns nor handling make a difference beyond chance in this table")


def _reading(mix: Mix, say: Language) -> tuple[str, ...]:
    out = [
        say("Diamond: conversion of the campaign, with its range. Bar: what the same people reach with the leads of "
            "other campaigns. Pale dots: the people who handled the leads."),
    ]  # fmt: skip
    low = mix.of("low", "both")
    if any(line.dear for line in low):
        out.append(
            say("Expensive and low with everybody: what the campaign promises does not fit what sales can sell. It is "
                "a question of the offer and of whom it is shown to, and the departments can only answer it together.")
        )  # fmt: skip
    if any(not line.dear for line in low):
        out.append(
            say("Low with everybody but cheap: a weak lead at a low price may still earn; see profit by campaign.")
        )
    if mix.of("handling", "both"):
        out.append(
            say("The same leads, another result: look at how they are handled - who gets them, how soon they are "
                "answered, what is said. That is a question of rules, not of persons.")
        )  # fmt: skip
    if not mix.of("low", "high", "both", "handling"):
        out.append(say("With so few sales a cell, only large differences could show; none did."))
    out.append(say("Leads were not dealt out by lot, so this is an association, not proof."))
    return tuple(out)


def _draw(mix: Mix, names: dict[int, str], say: Language) -> Figure:
    from helpers.report import theme

    labels = [theme.shorten(names[line.place], 24, lines=2) for line in mix.lines]
    verdicts = [theme.shorten(reading_text(line.reading, say), 22, lines=2) for line in mix.lines]
    fig, ax = theme.figure(height=0.7 + ROW * len(labels))
    ax.set_xlabel(say("Conversion of lead to customer, ripe months"))
    theme.margins(ax, left_labels=labels, right_labels=verdicts, bottom_labels=["0"])
    rights = [0.001]
    for place, line in enumerate(mix.lines):
        known = [cell for cell in line.people if cell.rate is not None]
        offsets = [0.13 + 0.1 * (i % 3) for i in range(len(known))]
        for cell, offset in zip(known, offsets, strict=True):
            ax.plot(cell.rate, place + offset, "o", color=theme.COLOURS["edge"], markersize=5.5,
                    markeredgecolor=theme.COLOURS["neutral"])  # fmt: skip
            rights.append(cell.rate or 0)
        if line.elsewhere is not None and line.whole.leads >= MINIMUM:
            ax.vlines(line.elsewhere, place - 0.34, place + 0.02, color=theme.COLOURS["ink"], linewidth=1.8, zorder=4)
            rights.append(line.elsewhere)
        if line.whole.rate is None or line.whole.interval is None:
            continue
        low, high = line.whole.interval
        colour = theme.COLOURS[_COLOUR[line.reading]]
        theme.whiskers(ax, [place - 0.16], [low], [high], colour=colour, linewidth=1.8)
        ax.plot(line.whole.rate, place - 0.16, "D", color=colour, markersize=6, zorder=5)
        rights.append(high)
    ax.set_yticks(range(len(labels)), labels)
    ax.set(xlim=(-0.012 * max(rights), 1.05 * max(rights)), ylim=(len(labels) - 0.5, -0.6))
    theme.share_axis(ax.xaxis, say)
    for place, (text, line) in enumerate(zip(verdicts, mix.lines, strict=True)):
        ax.annotate(text, (1, place), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                    va="center", fontsize=8.5, color=theme.COLOURS["ink" if line.reading in _TOLD else "muted"],
                    annotation_clip=False)  # fmt: skip
    return theme.picture(fig, "money-mix", _alt(mix, names, say))


_TOLD = ("low", "high", "handling", "both")
_COLOUR: dict[str, str] = {
    "low": "bad", "high": "good", "handling": "sales", "both": "bad", "same": "neutral", "too_few": "neutral",
}  # fmt: skip


def _alt(mix: Mix, names: dict[int, str], say: Language) -> str:
    parts = [
        say("{name}: {rate}, elsewhere {elsewhere}, {reading}", name=names[line.place],
            rate=_rate(line.whole.rate, say), elsewhere=_rate(line.elsewhere, say),
            reading=reading_text(line.reading, say))
        for line in mix.lines
    ]  # fmt: skip
    return say("Conversion by campaign against that of the same people elsewhere. {list}.", list="; ".join(parts))


def _rate(value: float | None, say: Language) -> str:
    return say("too few to judge") if value is None else share_text(value, say)


def _table(mix: Mix, names: dict[int, str], say: Language) -> Table:
    columns = [
        Column(label=say("Campaign")),
        Column(label=say("Ripe leads"), kind="count"),
        Column(label=say("Conversion (95 %)")),
        Column(label=say("The same people elsewhere"), kind="share", digits=1),
        *(Column(label=name) for name in mix.people),
    ]
    if mix.others:
        columns.append(Column(label=say.plural("{n} other", "{n} others", mix.others)))
    columns.append(Column(label=say("What it says")))
    rows = []
    for line in mix.lines:
        people = line.people if mix.others else line.people[:-1]
        row: list[Cell] = [names[line.place], line.whole.leads, _cell(line.whole.rate, line.whole.interval, say)]
        row += [line.elsewhere, *(_cell(cell.rate, cell.interval, say) for cell in people)]
        rows.append((*row, reading_text(line.reading, say)))
    note = [say("Each cell: share of leads that became customers, and its range; under 30 leads it is left empty.")]
    if not mix.whole:
        note.append(say("Months that are still too young are left out."))
    if mix.left_out:
        note.append(
            say.plural("{n} lead without a salesperson is left out.", "{n} leads without a salesperson are left out.",
                       mix.left_out)
        )  # fmt: skip
    return Table(columns=tuple(columns), rows=tuple(rows), note=" ".join(note))


def _cell(rate: float | None, interval: tuple[float, float] | None, say: Language) -> Quantity | None:
    return None if rate is None or interval is None else interval_cell(interval, say, rate)
