"""Template: the rules of the weekly joint meeting, its agenda filled with the client's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.handout_sources import bullets, heading, line, steps, table, text
from helpers.report.model import Column, Handout, Table

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources

REASONS = 3
"""Reasons of rejection that are read aloud."""


def meeting_regulation(sources: Sources) -> Handout:
    """When, who, ten points of the agenda with today's figures, the rules of the talk."""
    say = sources.say
    return Handout(
        key="meeting",
        title=say("Rules of the weekly joint meeting"),
        blocks=(
            text(say("Half an hour a week, both departments, the same figures. The meeting is there for decisions: "
                     "each has one name and one date.")),
            line(say("Day and hour")),
            line(say("Who leads, who writes down the decisions")),
            heading(say("Agenda")),
            steps(_agenda(sources)),
            heading(say("The five figures, as of {day}", day=say.date(sources.facts.as_of))),
            table(_five_table(sources)),
            heading(say("Rules")),
            bullets((
                say("Facts, not impressions: \"offer 2 raised qualified leads by 10 %\", not \"all clients went "
                    "cold\"."),
                say("Marketing and sales look at the same report; who doubts a figure checks it until the next "
                    "meeting."),
                say("A decision without a name and a date is none. Next week begins with it."),
                say("We speak of how the work is arranged, not of who is to blame."),
                say("The meeting is moved, not cancelled; who cannot come sends the figures."),
            )),
            *sources.signatures(),
        ),
    )  # fmt: skip


def _agenda(sources: Sources) -> list[str]:
    say = sources.say
    return [
        say("Decisions of last week: done or not, one minute each."),
        say("The five figures (table below): last week, this week, plan."),
        _share(sources),
        _experiments(sources),
        _rejected(sources),
        say("Where we are off plan: what marketing supposes, what sales suppose, how each is checked by next week."),
        say("What we changed lately and what it did: before, after, with the numbers of cases."),
        say("What starts next week: offers, advertisements, mailings, events - and who tells sales about it."),
        say("Signals from the market: what clients say and ask, heard by three people or more."),
        say("Decisions: what, who, by when."),
    ]


def _share(sources: Sources) -> str:
    say, norm = sources.say, sources.client.limits.qualified_share
    leads, qualified = sources.total("leads"), sources.total("qualified")
    if not sources.marked or not leads:
        return say("Share of qualified leads: not recorded yet; first the mark in the CRM.")
    # The chapter on leads leaves experimental channels out: they have a line of their own.
    known = sources.five["qualified_share"]
    now = sources.share(qualified, leads) if known is None else say.share(known)
    if norm is None:
        return say("Share of qualified leads: {now} in the audited period; the norm is to be agreed.", now=now)
    low, high = norm
    inside = low <= (qualified / leads if known is None else known) <= high
    written = say.interval(low, high, say.share)
    if inside:
        return say("Share of qualified leads: {now} in the audited period, within the norm of {norm}.", now=now,
                   norm=written)  # fmt: skip
    return say("Share of qualified leads: {now} in the audited period, outside the norm of {norm}.", now=now,
               norm=written)  # fmt: skip


def _experiments(sources: Sources) -> str:
    say, names = sources.say, sources.client.experimental
    if not names:
        return say("Experimental channels: none at present; a new one is looked at here for itself.")
    parts = []
    for name in names:
        of = sources.leads[sources.leads["channel"] == name]
        leads, qualified = int(of["leads"].sum()), int(of["qualified"].sum())
        count = say.plural("{n} lead", "{n} leads", leads)
        shown = sources.share(qualified, leads) if sources.marked else "?"
        parts.append(say("{channel}: {leads}, qualified {share}", channel=name, leads=count, share=shown))
    return say("Experimental channels, looked at for themselves: {list}.", list="; ".join(parts))


def _rejected(sources: Sources) -> str:
    say, reasons = sources.say, sources.reasons()
    total = int(reasons["leads"].sum())
    if not total:
        return say("Rejected leads: read aloud with the reason of each; in the audited period none is recorded.")
    named = reasons[reasons["reason"] != ""].head(REASONS)
    without = int(reasons.loc[reasons["reason"] == "", "leads"].sum())
    parts = [f"{name} ({say.count(leads)})" for name, leads in zip(named["reason"], named["leads"], strict=True)]
    if without:
        parts.append(say("no reason given ({n})", n=say.count(without)))
    return say("Rejected leads, the commonest reasons aloud. In the audited period: {list}.", list=", ".join(parts))


def _five_table(sources: Sources) -> Table:
    say, found = sources.say, sources.five

    def share(value: float | None) -> str:
        return "?" if value is None else say.share(value, 1)

    best, worst = share(found["manager_max"]), share(found["manager_min"])
    rows = (
        (say("Run rate: revenue at the present pace"), sources.money_cell(found["run_rate"]), "", ""),
        (say("Deals in work: expected revenue"), sources.money_cell(found["pipeline"]), "", ""),
        (say("Conversion of managers, highest and lowest"), f"{best} / {worst}", "", ""),
        (say("Share of qualified leads"), sources.share_cell(found["qualified_share"]), "", ""),
        (say("Cost of a customer (CAC)"), sources.money_cell(found["cac"]), "", ""),
    )
    columns = tuple(
        Column(label=label) for label in (say("Figure"), say("In the audit"), say("Last week"), say("This week"))
    )
    return Table(columns=columns, rows=rows)
