"""What the funnel chapter says: remarks in the table, notes, alt texts, what to collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import interval_cell, interval_text, rate_lines, share_text
from helpers.chapters.funnel_counts import ADVERTISING
from helpers.language import UNKNOWN
from helpers.report.model import Box, Cell, Column, Table

if TYPE_CHECKING:
    from helpers.chapters.funnel_cohorts import Maturity
    from helpers.chapters.funnel_measure import MeasuredFunnel, Step
    from helpers.chapters.funnel_visibility import Visibility
    from helpers.client import Client
    from helpers.language import Language


def department_name(department: str, say: Language) -> str:
    """Marketing or sales, as a heading."""
    return {"marketing": say("Marketing"), "sales": say("Sales")}[department]


def remark(step: Step, say: Language) -> str:
    """How sure a row of the table is; empty where its rate stands in the table."""
    if step.count is None:
        return say("unknown") if step.at_least is None else say("at least so many: the data hold a part of them")
    first, second = rate_lines(step, say)
    if step.skipped:
        return f"{second}: {first}"
    return "" if step.step is not None and step.step.share is not None else first


def funnel_table(funnel: MeasuredFunnel, client: Client, say: Language) -> Table:
    """Counts, rates with intervals and cost of every stage together."""
    first = next((step.stage for step in funnel.steps if step.count is not None), None)
    ads_first = first in ADVERTISING
    bounds = any(step.at_least is not None for step in funnel.steps)
    small = any(step.cost is not None and step.cost < 10 for step in funnel.steps)
    columns = [Column(label=say("Stage")), Column(label=say("Reached it"), kind="count")]
    if bounds:
        columns.append(Column(label=say("At least"), kind="number", digits=0))
    columns += [
        Column(label=say("Of the previous stage"), kind="share", digits=1),
        Column(label=say("Interval 95 %")),
        Column(label=say("Of leads"), kind="share", digits=1),
    ]
    if ads_first and first is not None:
        label = client.stage_label(first, say)
        columns.append(Column(label=say("Of the first known stage ({stage})", stage=label), kind="share", digits=3))
    columns += [
        Column(label=say("Cost per one"), kind="money", digits=2 if small else 0),
        Column(label=say("How sure")),
    ]
    rows = []
    for step in funnel.steps:
        ratio = step.of_previous
        interval = ratio.interval if ratio is not None else None
        row: list[Cell] = [client.stage_label(step.stage, say), step.count]
        if bounds:
            row.append(step.at_least)
        row += [
            ratio.share if ratio is not None else None,
            interval_cell(interval, say) if interval is not None else None,
            step.of_leads.share if step.of_leads is not None else None,
        ]
        if ads_first:
            row.append(step.of_first.share if step.of_first is not None else None)
        row += [step.cost if step.count is not None else None, remark(step, say)]
        rows.append(tuple(row))
    return Table(columns=tuple(columns), rows=tuple(rows))


def funnel_alt(funnel: MeasuredFunnel, visibility: Visibility, client: Client, say: Language) -> str:
    """The funnel picture in words."""
    parts = []
    for step in funnel.steps:
        label = client.stage_label(step.stage, say)
        if step.count is None:
            bound = UNKNOWN if step.at_least is None else say("at least {n}", n=say.count(step.at_least))
            parts.append(say("{stage}: {count}", stage=label, count=bound))
            continue
        first, over = rate_lines(step, say)
        rate = ", ".join(text for text in (first, over) if text)
        text = say("{stage}: {count}", stage=label, count=say.count(step.count))
        parts.append(f"{text} ({rate})" if rate else text)
    parts.append(visibility_text(visibility, say))
    return "; ".join(parts[:-1]) + ". " + parts[-1]


def visibility_text(visibility: Visibility, say: Language) -> str:
    """Who sees how much of the funnel, in a sentence or two."""
    text = say(
        "Of the {all} steps between stages the company knows {known}.",
        all=visibility.transitions,
        known=visibility.known,
    )
    seen = [
        say("{department}: {share}", department=department_name(name, say), share=say.share(sight.share))
        for name, sight in visibility.departments.items()
        if sight.share is not None
    ]
    if seen:
        text += " " + say("Seen by the departments themselves: {list}.", list=", ".join(seen))
    silent = [department_name(n, say) for n, sight in visibility.departments.items() if sight.told == "nobody"]
    if silent:
        text += " " + say("Nobody has said yet what they see: {list}.", list=", ".join(silent))
    hidden = [department_name(n, say) for n, sight in visibility.departments.items() if sight.told == "hidden"]
    if hidden:
        text += " " + say("Too few anonymous answers to show what they see: {list}.", list=", ".join(hidden))
    return text


def funnel_notes(funnel: MeasuredFunnel, client: Client, say: Language) -> list[str]:
    """How the counts were made, and what they do not cover."""
    notes = []
    stages = {step.stage: step for step in funnel.steps}
    clicks = stages.get("clicks")
    if funnel.clicked is not None and clicks is not None:
        counted = clicks.count is not None
        # Where every lead is of such a channel, nothing is left out that would have to be said.
        if counted and funnel.clicked.part < funnel.leads:
            notes.append(
                say(
                    "From clicks to leads only the {leads} leads of channels with counted clicks are taken: leads from "
                    "elsewhere are not made of clicks.",
                    leads=say.count(funnel.clicked.part),
                )
            )
        elif not counted and funnel.clicked.share is not None:
            notes.append(
                say(
                    "Some paid channels do not count clicks. In those that do: {leads} leads of {clicks} clicks, "
                    "{share}.",
                    leads=say.count(funnel.clicked.part),
                    clicks=say.count(funnel.clicked.whole),
                    share=share_text(funnel.clicked.share, say),
                )
            )
    elif clicks is not None and clicks.count and funnel.leads:
        notes.append(say("No lead names a channel that has clicks: clicks and leads do not meet in the data."))
    if funnel.without_channel and clicks is not None and clicks.count:
        notes.append(
            say.plural(
                "{n} lead without a channel is not counted there.",
                "{n} leads without a channel are not counted there.",
                funnel.without_channel,
            )
        )
    if any(step.step is not None and not step.step.possible for step in funnel.steps):
        notes.append(say("Where a stage holds more than the one before it, no share is shown: they are counted apart."))
    if funnel.source.get("contacted") == "answers":
        notes.append(say("The first answer is counted by its recorded time, and where the lead went further."))
    if funnel.source.get("qualified") == "marks":
        notes.append(say("Qualified leads are counted by the mark of the CRM or BANT."))
    if funnel.unmarked_beyond:
        notes.append(
            say.plural(
                "{n} lead went further without the mark and is counted as qualified here.",
                "{n} leads went further without the mark and are counted as qualified here.",
                funnel.unmarked_beyond,
            )
        )
    if funnel.spend is not None:
        notes.append(
            say(
                "Cost per one: all spend of the period ({spend}) divided by everybody who reached the stage, whatever "
                "the channel.",
                spend=say.money(funnel.spend, client.currency),
            )
        )
    if funnel.by_person and "repeat" in stages:
        notes.append(say("Repeat purchases are counted in people: of all buyers, those who bought at least twice."))
    return notes


def unknown_box(funnel: MeasuredFunnel, client: Client, say: Language) -> Box | None:
    """Which stages nobody knows, and what to collect."""
    hints = {
        "impressions": say("Impressions: export them from the advertising systems together with the spend."),
        "clicks": say("Clicks: export them from the advertising systems together with the spend."),
        "contacted": say("First answer: export its time, or the history of stages."),
        "qualified": say("Qualified: mark every lead, qualified or not, in the CRM."),
        "repeat": say(
            "Repeat purchases: export a phone or e-mail with each lead, to tell people apart (kept as a hash)."
        ),
        "referral": say(
            "Referrals: ask every new customer who sent them, and keep it in the CRM as a stage or source."
        ),
    }
    texts = []
    for step in funnel.steps:
        if step.count is not None:
            continue
        if step.stage in hints:
            known = say("Known so far: at least {n}.", n=say.count(step.at_least)) if step.at_least else ""
            texts.append(f"{hints[step.stage]} {known}".rstrip())
        elif step.stage not in ("leads", "won") and step.at_least is None:
            label = client.stage_label(step.stage, say)
            texts.append(say("{stage}: keep it as a stage in the CRM and export the history of stages.", stage=label))
    if funnel.way_unknown:
        texts.append(
            say.plural(
                "{n} lost lead: the export shows only where it ended, not the stages it passed. The history of stages "
                "would show where it was lost.",
                "{n} lost leads: the export shows only where they ended, not the stages they passed. The history of "
                "stages would show where they were lost.",
                funnel.way_unknown,
            )
        )
    return Box(title=say("What nobody knows yet"), text=tuple(texts), tone="missing") if texts else None


def maturity_text(maturity: Maturity, say: Language) -> list[str]:
    """How final the outcomes are, in sentences."""
    texts = []
    if maturity.open:
        texts.append(
            say.plural("{n} lead is still open: it is not lost.", "{n} leads are still open: they are not lost.",
                       maturity.open)
        )  # fmt: skip
    else:
        texts.append(say("No lead is open any more: the outcomes are final."))
    if maturity.open and maturity.seen is not None and maturity.more_range is not None:
        texts.append(
            say(
                "By their age {range} more customers are to be expected of them; about {seen} of the final number is "
                "already in.",
                range=say.interval(*maturity.more_range, say.count),
                seen=say.share(maturity.seen),
            )
        )
    elif maturity.open:
        texts.append(say("The data are too short to say how many of them will still buy."))
    if maturity.cycle_days is not None:
        days = say.days(maturity.cycle_days)
        texts.append(
            say("A month counts as final when its youngest lead is older than {days} (client.yml).", days=days)
            if maturity.cycle_given
            else say("Nine of ten purchases come within {days}; then a month counts as final.", days=days)
        )
    return texts


def months_table(maturity: Maturity, say: Language) -> Table:
    """The numbers behind the picture of months."""
    columns = (
        Column(label=say("Month of the lead"), kind="month"),
        Column(label=say("Leads"), kind="count"),
        Column(label=say("Customers so far"), kind="count"),
        Column(label=say("Still open"), kind="count"),
        Column(label=say("Conversion so far"), kind="share", digits=1),
        Column(label=say("Interval 95 %")),
        Column(label=say("Expected in the end"), kind="share", digits=1),
        Column(label=say("Range in the end")),
        Column(label=say("Final?")),
    )
    rows = tuple(
        (
            month.month.isoformat(),
            month.leads,
            month.won,
            month.open,
            month.so_far.share,
            interval_cell(month.so_far.interval, say) if month.so_far.interval else say("too few to judge"),
            month.expected,
            interval_cell(month.final_range, say) if month.final_range is not None and not month.ripe else None,
            say("final") if month.ripe else say("not final yet"),
        )
        for month in maturity.months
    )
    return Table(columns=columns, rows=rows)


def months_alt(maturity: Maturity, say: Language) -> str:
    """The picture of months in words."""
    parts = []
    for month in maturity.months:
        ratio = month.so_far
        parts.append(
            say(
                "{month}: {share} of {leads} leads, {final}",
                month=say.month(month.month),
                share=say("too few to judge")
                if ratio.share is None or ratio.interval is None
                else f"{share_text(ratio.share, say)} ({interval_text(ratio.interval, say)})",
                leads=say.count(month.leads),
                final=say("final") if month.ripe else say("not final yet"),
            )
        )
    return "; ".join(parts)
