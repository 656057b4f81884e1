"""What the leads chapter says of pay: before anything is changed, everybody sees what it would change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.report.model import Column, Table

if TYPE_CHECKING:
    from helpers.chapters.leads_pay import MeasuredPay
    from helpers.language import Language

SOME = 0.01
"""Part of the pay sheet that the scheme may leave unexplained without a word."""


@dataclass(frozen=True)
class PayWords:
    """Says what the pay sheet and the two schemes show."""

    pay: MeasuredPay
    currency: str
    say: Language

    def _money(self, value: float | None, signed: bool = False) -> str:
        return "?" if value is None else self.say.money(value, self.currency, signed=signed)

    def kind(self, key: str) -> str:
        """What is paid for; the client's own words where they are none of ours."""
        say = self.say
        return {
            "fixed": say("fixed"),
            "per_lead": say("for each lead"),
            "per_accepted": say("for each accepted lead"),
            "per_qualified": say("for each qualified lead"),
            "per_won": say("for each customer"),
            "per_spend": say("part of the spend"),
        }.get(key, key)

    def scheme(self, scheme: Mapping[str, float]) -> str:
        """'fixed ₽60,000 + for each lead ₽150'."""
        say = self.say
        parts = [
            say("{what} {money}", what=self.kind(key),
                money=say.share(value, 1) if key == "per_spend" else say.money(value, self.currency))
            for key, value in scheme.items()
        ]  # fmt: skip
        return " + ".join(parts)

    def title(self) -> str:
        """What would change in the period."""
        say, today, then = self.say, self.pay.total("today"), self.pay.total("proposed")
        if today is None or then is None:
            delivered = sum(month.delivered for month in self.pay.months)
            qualified = sum(month.qualified for month in self.pay.months)
            return say("Of {delivered} leads paid for, {qualified} are qualified", delivered=say.count(delivered),
                       qualified=say.count(qualified))  # fmt: skip
        return say("Pay for bringing leads: {today} today, {then} if only qualified ones were paid for",
                   today=self._money(today), then=self._money(then))  # fmt: skip

    def alt(self) -> str:
        """The months in words."""
        say = self.say
        parts = [
            say("{month}: {today} today, {then} for qualified leads", month=say.month(month.month),
                today=self._money(month.today), then=self._money(month.proposed))
            for month in self.pay.months
        ]  # fmt: skip
        return "; ".join(parts) + "."

    def schemes(self) -> tuple[str, ...]:
        """What each of the two schemes pays for."""
        say, pay, out = self.say, self.pay, []
        if pay.scheme:
            out.append(say("Today: {scheme}.", scheme=self.scheme(pay.scheme)))
        if pay.proposal.get("per_qualified"):
            proposed = self.scheme(pay.proposal)
            out.append(
                say("Compared with the same rate, paid for qualified leads only: {scheme}.", scheme=proposed)
                if pay.assumed
                else say("Proposed: {scheme}.", scheme=proposed)
            )
        return tuple(out)

    def reading(self) -> tuple[str, ...]:
        """The two schemes, the plan both ways, the rate that changes nothing in total."""
        say, pay, out = self.say, self.pay, list(self.schemes())
        sheet, today = pay.total("paid"), pay.total("today")
        if pay.scheme and sheet is not None and today is not None and sheet - today > SOME * sheet:
            out.append(
                say("The pay sheet holds {sheet} in all: {today} by this scheme and other pay, shown by person below.",
                    sheet=self._money(sheet), today=self._money(today))
            )  # fmt: skip
        planned = [month for month in pay.months if month.plan]
        if planned:
            plan = sum(month.plan or 0 for month in planned)
            raw, good = (sum(getattr(month, key) for month in planned) for key in ("all_leads", "all_qualified"))
            out.append(
                say("Plan {plan}: kept to {raw} by all leads, to {good} by qualified ones.", plan=say.count(plan),
                    raw=say.share(raw / plan), good=say.share(good / plan))
            )  # fmt: skip
        if pay.neutral is not None and pay.neutral > 0:
            out.append(
                say("At {rate} for a qualified lead the pay would stay the same in total, and only what it rewards "
                    "would change.", rate=self._money(pay.neutral))
            )  # fmt: skip
        if not math.isnan(pay.for_good):
            out.append(
                say("Of the pay that depends on leads, {share} depends today on what sales says of them.",
                    share=say.share(pay.for_good))
            )  # fmt: skip
        return tuple(out)

    def note(self) -> str:
        """Which leads are counted."""
        say = self.say
        unmarked = sum(month.unmarked for month in self.pay.months)
        text = (
            say("Only leads of channels with spend are counted, as in the pay sheet.")
            if self.pay.paid_channels
            else say("All leads of the month are counted.")
        )
        if unmarked:
            text += " " + say.plural(
                "{n} of them has no mark yet and counts as not qualified.",
                "{n} of them have no mark yet and count as not qualified.",
                unmarked,
            )
        return text

    def table(self) -> Table:
        """By month."""
        say, pay = self.say, self.pay
        planned = any(month.plan for month in pay.months)
        sheet = any(month.paid is not None for month in pay.months) and bool(pay.scheme)
        columns = [Column(label=say("Month"), kind="month")]
        if planned:
            columns += [
                Column(label=say("Plan"), kind="count"),
                Column(label=say("Kept by all leads"), kind="share"),
                Column(label=say("Kept by qualified leads"), kind="share"),
            ]
        columns += [
            Column(label=say("Leads paid for"), kind="count"),
            Column(label=say("Of them qualified"), kind="count"),
            Column(label=say("Not qualified"), kind="count"),
            Column(label=say("Today"), kind="money"),
            Column(label=say("For qualified leads"), kind="money"),
            Column(label=say("Difference"), kind="money"),
        ]
        if sheet:
            columns.append(Column(label=say("Paid by the pay sheet"), kind="money"))
        rows = []
        for month in pay.months:
            row: list[str | float | None] = [month.month.isoformat()]
            if planned:
                row += [month.plan, *(None if math.isnan(share) else share for share in (month.raw, month.attained))]
            row += [month.delivered, month.qualified, month.delivered - month.qualified]
            both = month.today is not None and month.proposed is not None
            row += [month.today, month.proposed, (month.proposed or 0) - (month.today or 0) if both else None]
            row += [month.paid] if sheet else []
            rows.append(tuple(row))
        return Table(columns=tuple(columns), rows=tuple(rows))

    def persons_title(self) -> str:
        """What is paid for bringing leads, and how sales is paid beside it."""
        say, selling = self.say, self.pay.selling
        if not selling:
            return say("Who is paid for what; how sales is paid is not in the data")
        kinds = say.list([self.kind(kind) for kind, _ in selling])
        return say("Who is paid for what; sales is paid {kinds}", kinds=kinds)

    def persons_reading(self) -> tuple[str, ...]:
        """How the proposal is worked out for a person, and why the other side stands beside it."""
        say = self.say
        return (
            say("Of the leads a person is paid for, the month's share of qualified ones would be paid. Pay of another "
                "kind stays as it is."),
            say("If one side is paid for any lead and the other for any sale, each can reach its plan while the "
                "company loses."),
        )  # fmt: skip

    def persons_table(self) -> Table:
        """Each person and kind of pay; then sales."""
        say = self.say
        columns = (
            Column(label=say("Person")),
            Column(label=say("Paid for")),
            Column(label=say("Leads"), kind="number", digits=0),
            Column(label=say("Paid in the period"), kind="money"),
            Column(label=say("For qualified leads"), kind="money"),
        )
        rows: list[tuple[str | float | None, ...]] = [
            (one.person or say("no name"), self.kind(one.kind), one.leads, one.paid, one.proposed)
            for one in self.pay.persons
        ]
        rows += [(say("Sales"), self.kind(kind), None, amount, amount) for kind, amount in self.pay.selling]
        return Table(columns=columns, rows=tuple(rows))
