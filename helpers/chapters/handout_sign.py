"""The sign-off page: the figures both heads agree on, how each is counted, room for two signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.handout_sources import heading, line, table, text
from helpers.report.model import Cell, Column, Handout, Table

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources


def sign_off(sources: Sources) -> Handout:
    """Leads, qualified, customers, revenue, spend, profit, cost of a customer, with their definitions."""
    say, facts = sources.say, sources.facts
    period = say.period(facts.period.from_, facts.period.to)
    opening = say(
        "Company: {client}. Period: {period}, outcomes up to {day}. Leads are counted by the day they came. Until the "
        "next audit both departments use these figures.",
        client=sources.client.name, period=period, day=say.date(facts.as_of),
    )  # fmt: skip
    columns = (Column(label=say("Figure")), Column(label=say("Value")), Column(label=say("How it is counted")))
    return Handout(
        key="sign-off",
        title=say("Figures both departments agree on"),
        blocks=(
            text(opening),
            table(Table(columns=columns, rows=tuple(_rows(sources)))),
            heading(say("Where we do not agree yet")),
            line(say("Which figure, and why")),
            line(say("Who checks it, by when")),
            heading(say("Signatures")),
            *sources.signatures(),
        ),
    )


def _rows(sources: Sources) -> list[tuple[Cell, ...]]:
    say, facts = sources.say, sources.facts
    leads, qualified = sources.total("leads"), sources.total("qualified")
    still_open = int(sources.leads.loc[sources.leads["outcome"] == "open", "leads"].sum())
    sums = sources.money.measured.sums if sources.money is not None else None
    known = "leads" in facts.dates
    rows: list[tuple[Cell, ...]] = [
        (
            say("Leads"),
            sources.count_cell(leads) if known else "?",
            say("everybody who left a contact, one per enquiry"),
        ),
        (
            say("Qualified leads"),
            f"{say.count(qualified)} ({sources.share(qualified, leads)})" if known and sources.marked else "?",
            sources.rule() or say("to be agreed: see the definition of a qualified lead"),
        ),
        (
            say("Customers"),
            sources.count_cell(sources.won) if known else "?",
            say("leads of the period with a sale so far; {n} are still open", n=say.count(still_open)),
        ),
        (
            say("Revenue"),
            sources.money_cell(sums.revenue if sums else None),
            say("amounts of the sales that the leads of the period made, and of sales without a lead"),
        ),
        (say("Spend"), sources.money_cell(sums.spend if sums and sums.spend else None), _spend_rule(sources)),
        (
            say("Profit"),
            sources.money_cell(sums.profit if sums else None),
            say("revenue times a margin of {margin}, less spend", margin=say.share(sources.client.margin))
            if sources.client.margin_given
            else say("revenue less spend: no margin is given"),
        ),
        (
            say("Cost of a customer (CAC)"),
            sources.money_cell(sources.five["cac"]),
            say("spend of campaigns whose leads are known, divided by their customers"),
        ),
    ]
    return rows


def _spend_rule(sources: Sources) -> str:
    say = sources.say
    kinds = {source.vat for source in sources.client.sources if source.table == "spend"}
    if kinds == {"included"}:
        return say("from the ad accounts, VAT included")
    if kinds == {"excluded"}:
        return say("from the ad accounts, without VAT")
    return say("from the ad accounts; with or without VAT is not said")
