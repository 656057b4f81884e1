"""What the leads chapter says of people behind leads, of the departments' own figures, of two people sorting leads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.leads_measure import worst_gap
from helpers.report.model import Cell, Column, Quantity, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.leads_measure import MeasuredLeads, Reported
    from helpers.language import Language

SMALL_GAP = 0.05
"""Own figures that differ by less do not make two truths."""
GOOD_KAPPA, FAIR_KAPPA = 0.8, 0.5
"""Agreement from which two people mean the same, and mostly the same (criterion B1)."""


@dataclass(frozen=True)
class AgreementWords:
    """Says whether both sides count and mean the same."""

    measured: MeasuredLeads
    say: Language

    def people_text(self) -> str:
        """People and repeats beside the leads; empty where the export holds no person."""
        say, measured = self.say, self.measured
        if measured.people is None or measured.repeats is None:
            return ""
        if not measured.repeats:
            return say("Each of them is another person.")
        return say(
            "They are {people} people: {repeats} of the leads are repeated enquiries of the same person.",
            people=say.count(measured.people), repeats=say.count(measured.repeats),
        )  # fmt: skip

    def what(self, key: str) -> str:
        """A count of the departments' own figures."""
        say = self.say
        return {"leads": say("Leads"), "qualified": say("Qualified"), "customers": say("Customers")}[key]

    def reported_title(self) -> str:
        """Where the departments differ most."""
        say, worst = self.say, worst_gap(self.measured.reported)
        if worst is None:
            return say("Marketing and sales report the same figures")
        if worst.gap < SMALL_GAP:
            return say("Marketing's and sales' own figures agree to within {share}", share=say.share(worst.gap))
        return say(
            "Marketing's and sales' own figures differ most in “{what}” of {month}: {marketing} against {sales}",
            what=self.what(worst.what), month=say.month(worst.month), marketing=say.count(worst.marketing),
            sales=say.count(worst.sales),
        )  # fmt: skip

    def reported_reading(self) -> tuple[str, ...]:
        """How large the differences are."""
        say, gaps = self.say, [one.gap for one in self.measured.reported if not math.isnan(one.gap)]
        if not gaps:
            return (say("Only one department reports figures of its own, so nothing can be compared."),)
        return (
            say("On average the two differ by {share}. CRM: leads of the month, and what became of them up to today's "
                "data.", share=say.share(sum(gaps) / len(gaps), 1)),
            say("Two counts of one thing are two definitions: one written definition settles it, not another report."),
        )  # fmt: skip

    def reported_table(self) -> Table:
        """The counts side by side."""
        say = self.say
        columns = (
            Column(label=say("Month"), kind="month"),
            Column(label=say("Count")),
            Column(label=say("Marketing"), kind="count"),
            Column(label=say("Sales"), kind="count"),
            Column(label=say("CRM"), kind="count"),
            Column(label=say("Marketing and sales differ by"), kind="share", digits=1),
        )
        rows = tuple(self._reported(one) for one in self.measured.reported)
        return Table(columns=columns, rows=rows)

    def _reported(self, one: Reported) -> tuple[Cell, ...]:
        gap = None if math.isnan(one.gap) else one.gap
        return one.month.isoformat(), self.what(one.what), one.marketing, one.sales, one.crm, gap

    def sorting_title(self) -> str:
        """How alike two people sort."""
        say, (first, second, kappa) = self.say, self.measured.sorting[0]
        values = {"first": first, "second": second, "share": say.share(kappa.observed), "n": say.count(kappa.n)}
        if math.isnan(kappa.kappa) or kappa.n < MINIMUM:
            return say("{first} and {second} sorted {n} leads and agree on {share}: too few to judge", **values)
        if kappa.low < GOOD_KAPPA <= kappa.high:
            return say("{first} and {second} agree on {share} of {n} leads: whether they mean the same by a qualified "
                       "lead cannot be told yet", **values)  # fmt: skip
        if kappa.kappa >= GOOD_KAPPA:
            return say("{first} and {second} mean the same by a qualified lead: they agree on {share} of {n}", **values)
        if kappa.kappa >= FAIR_KAPPA:
            return say("{first} and {second} mostly mean the same by a qualified lead: they agree on {share} of {n}",
                       **values)  # fmt: skip
        return say(
            "{first} and {second} do not mean the same by a qualified lead: they agree on {share} of {n}", **values
        )

    def sorting_reading(self) -> tuple[str, ...]:
        """What kappa is."""
        say = self.say
        return (
            say("Agreement beyond chance (kappa): 1 is always alike, 0 is like throwing dice; from {good} on two "
                "people mean the same.", good=say.number(GOOD_KAPPA, 1)),
            say("The leads on which they differ are the ones to talk about: the definition is written from them."),
        )  # fmt: skip

    def sorting_table(self) -> Table:
        """Each pair of people."""
        say = self.say
        columns = (
            Column(label=say("Who sorted")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Agree on"), kind="share"),
            Column(label=say("By chance"), kind="share"),
            Column(label=say("Kappa"), kind="number", digits=2),
            Column(label=say("Interval 95 %")),
        )
        rows = tuple(
            (
                say.list([first, second]),
                kappa.n,
                kappa.observed,
                kappa.chance,
                None if math.isnan(kappa.kappa) else kappa.kappa,
                None
                if math.isnan(kappa.kappa)
                else Quantity(
                    text=say.interval(kappa.low, kappa.high, lambda x: say.number(x, 2)),
                    digits=2,
                    low=kappa.low,
                    high=kappa.high,
                ),
            )
            for first, second, kappa in self.measured.sorting
        )
        return Table(columns=columns, rows=rows)
