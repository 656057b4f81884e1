"""Template: the pay clause - paid for qualified leads, explained with the client's own months."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from helpers.chapters.handout_sources import bullets, heading, line, table, text
from helpers.chapters.leads_pay import measure_pay
from helpers.chapters.leads_pay_words import PayWords
from helpers.report.model import Cell, Column, Handout, Table

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources
    from helpers.chapters.leads_pay import MeasuredPay
    from helpers.report.model import Block

PLAN, DELIVERED, QUALIFIED = 100, 130, 90
"""The worked example: delivered above plan, qualified below it."""


def pay_clause(sources: Sources) -> Handout:
    """The clause, the worked example, the client's months by today's and by the proposed scheme."""
    say, pay = sources.say, sources.client.pay
    measured = measure_pay(sources.facts, sources.client)
    rate = pay.proposed.get("per_qualified") if pay else None
    price = sources.money_text(rate) if rate else "____________________"
    blocks: list[Block] = [
        text(say("Marketing is paid for leads that fit the agreed definition and that sales did not reject with a "
                 "reason in time. Other leads are not paid for, however many they are.")),
        heading(say("The clause")),
        text(say("For each qualified lead of a month {price} is paid. It counts the leads created in that month, as "
                 "they stand in the CRM on the tenth working day of the next one.", price=price)),
        heading(say("An example")),
        text(_example(sources, rate)),
    ]  # fmt: skip
    months = _months(sources, measured)
    if sources.marked and months:
        # What a month is paid besides its leads: without it the sums of the table cannot be followed.
        schemes = PayWords(measured, sources.client.currency, say).schemes() if measured is not None else ()
        blocks.append(heading(say("Our own months")))
        blocks += [text(" ".join(schemes))] if schemes else []
        blocks += [table(_table(sources, months)), text(_sum(sources, months))]
        if measured is not None and measured.paid_channels:
            blocks.append(text(say("Leads of channels with spend are paid by number, as the pay sheet counts them.")))
        if measured is not None and measured.assumed and measured.neutral is not None:
            blocks.append(text(say("At {rate} a qualified lead marketing would get as much as today in all.",
                                   rate=sources.money_text(measured.neutral))))  # fmt: skip
    else:
        blocks.append(text(say("Our own months cannot be counted yet: the data do not mark qualified leads.")))
    blocks += [
        heading(say("Rules")),
        bullets((
            say("Both schemes are counted side by side for two months before anything is changed."),
            say("Sales answer for their part: a lead not looked at within two working days counts as accepted."),
            say("A dispute goes to the weekly meeting; the call or the correspondence decides."),
            say("If nearly all leads are accepted and fewer than usual buy, the definition is looked at again."),
        )),
        line(say("In force from")),
        *sources.signatures(),
    ]  # fmt: skip
    return Handout(key="pay-clause", title=say("Pay for qualified leads"), blocks=tuple(blocks))


class _Month(NamedTuple):
    month: str
    plan: float | None
    delivered: int
    qualified: int
    unmarked: int
    """Nobody has said yet whether they are qualified."""
    today: float | None
    proposed: float | None


def _months(sources: Sources, measured: MeasuredPay | None) -> list[_Month]:
    """The months of the period: all leads, those qualified, their plan, and what both schemes pay where it is known."""
    pay = {f"{one.month:%Y-%m}": one for one in measured.months} if measured is not None else {}
    counts = sources.leads.groupby("month", sort=True)[["leads", "qualified", "marked"]].sum()
    out = []
    for day, leads, qualified, marked in counts.itertuples():
        month = f"{day:%Y-%m}"
        plan, one = sources.client.plan.get(month), pay.get(month)
        out.append(
            _Month(
                month, plan.qualified if plan else None, int(leads), int(qualified), int(leads - marked),
                one.today if one else None, one.proposed if one else None,
            )
        )  # fmt: skip
    return out


def _example(sources: Sources, rate: float | None) -> str:
    say = sources.say
    words = say(
        "Plan {plan}, delivered {delivered}, qualified {qualified}: {qualified} are paid for, the other "
        "{rest} are not. By all leads the plan would be kept to {raw}, by qualified ones it is kept to {fair}.",
        plan=PLAN, delivered=DELIVERED, qualified=QUALIFIED, rest=DELIVERED - QUALIFIED,
        raw=say.share(DELIVERED / PLAN), fair=say.share(QUALIFIED / PLAN),
    )  # fmt: skip
    if rate:
        words += " " + say("At {rate} each that is {money}.", rate=sources.money_text(rate),
                           money=sources.money_text(rate * QUALIFIED))  # fmt: skip
    return words


def _table(sources: Sources, months: Sequence[_Month]) -> Table:
    say = sources.say
    columns = [
        Column(label=say("Month"), kind="month"), Column(label=say("Plan"), kind="count"),
        Column(label=say("Delivered"), kind="count"), Column(label=say("Qualified"), kind="count"),
        Column(label=say("Of plan"), kind="share"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (one.month, one.plan, one.delivered, one.qualified, one.qualified / one.plan if one.plan else None)
        for one in months
    ]
    today, proposed = [one.today for one in months], [one.proposed for one in months]
    for label, values in ((say("Today's scheme"), today), (say("Proposed scheme"), proposed)):
        if any(value is not None for value in values):
            columns.append(Column(label=label, kind="money"))
            rows = [(*row, value) for row, value in zip(rows, values, strict=True)]
    return Table(columns=tuple(columns), rows=tuple(rows))


def _sum(sources: Sources, months: Sequence[_Month]) -> str:
    say = sources.say
    delivered, qualified = sum(one.delivered for one in months), sum(one.qualified for one in months)
    unmarked = sum(one.unmarked for one in months)
    words = say(
        "In the audited period {delivered} leads were delivered; {qualified} of them are qualified and would be paid "
        "for, {rest} would not.",
        delivered=say.count(delivered), qualified=say.count(qualified),
        rest=say.count(delivered - qualified - unmarked),
    )  # fmt: skip
    if unmarked:
        words += " " + say.plural(
            "{n} lead has no mark yet, so nobody can say.", "{n} leads have no mark yet, so nobody can say.", unmarked
        )
    today, proposed = [one.today for one in months], [one.proposed for one in months]
    if None not in today and None not in proposed:
        words += " " + say(
            "Today's scheme pays {today} for it, the proposed one {proposed}.",
            today=sources.money_text(math.fsum(filter(None, today))),
            proposed=sources.money_text(math.fsum(filter(None, proposed))),
        )  # fmt: skip
    return words
