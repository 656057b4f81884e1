"""Sentences of the money chapter: what each exhibit found, with its numbers, and how sure it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.chapters import money_words as words
from helpers.chapters.campaigns import lines
from helpers.chapters.feeling import Feeling
from helpers.chapters.money_measure import SHOWN, Measured, judged, priced, shown_campaigns
from helpers.report.model import Finding

if TYPE_CHECKING:
    import pandas as pd

    from helpers.language import Language


MOST_UNTIED = 3
"""So many campaigns whose leads may carry another name are told of one by one."""


@dataclass(frozen=True)
class Titles:
    """Says what the measure shows."""

    measured: Measured
    feeling: Feeling
    currency: str
    say: Language

    def _money(self, value: float, signed: bool = False) -> str:
        return self.say.money_short(value, self.currency, signed=signed)

    def _name(self, row: Any) -> str:
        return words.campaign_name(row, self.say)

    def _names(self, table: pd.DataFrame, most: int = 3) -> str:
        """'A, B and C', the first few of a table."""
        return self.say.quoted([self._name(row) for row in lines(table.head(most))])

    def _with(self, verdict: str) -> pd.DataFrame:
        matched = self.measured.matched
        return matched[matched["verdict"] == verdict]

    # Opening and sums ------------------------------------------------------------------------------------------------

    def lead(self) -> tuple[str, ...]:
        """Opening: the three sums, each equal to its parts."""
        say, sums = self.say, self.measured.sums

        def exact(value: float) -> str:
            return say.money(value, self.currency, 0 if float(value).is_integer() else 2)

        spend = say(
            "Spend {spend} = followed to leads {matched} + without leads {alone}.",
            spend=exact(sums.spend), matched=exact(sums.spend_matched), alone=exact(sums.spend_only),
        )  # fmt: skip
        revenue = say(
            "Revenue {revenue} = of leads from campaigns with spend {matched} + of leads without spend {alone} + of "
            "deals without a lead {loose}.",
            revenue=exact(sums.revenue), matched=exact(sums.revenue_matched), alone=exact(sums.revenue_leads_only),
            loose=exact(sums.revenue_loose),
        )  # fmt: skip
        profit = say(
            "Profit {profit} = gross profit {gross} less spend {spend}.",
            profit=exact(sums.profit), gross=exact(round(sums.profit + sums.spend, 2)), spend=exact(sums.spend),
        )  # fmt: skip
        return spend, revenue, profit

    def sums(self) -> str:
        """Title: how much of the spend can be followed."""
        say, sums = self.say, self.measured.sums
        if not sums.spend:
            return say("No spend is recorded; the revenue is {revenue}", revenue=self._money(sums.revenue))
        if not sums.leads_matched:
            return say("{spend} was spent, and none of it can be followed to leads", spend=self._money(sums.spend))
        if not sums.spend_only:
            return say("All spend ({spend}) can be followed to its leads", spend=self._money(sums.spend))
        return say(
            "{alone} of {spend} spent cannot be followed to any lead",
            alone=self._money(sums.spend_only), spend=self._money(sums.spend),
        )  # fmt: skip

    def untied(self) -> tuple[str, ...]:
        """Campaigns whose leads may carry another name, most money first: what was seen, and what to write where."""
        say, out = self.say, []
        table = self.measured.campaigns
        told = table[table["row"].isin(self.measured.untied)].nlargest(MOST_UNTIED, "spend")
        for row in lines(told):
            silent = self.measured.untied[row.row]
            numbers = {
                "name": self._name(row), "spend": self._money(silent.spend),
                "months": say.plural("{n} month", "{n} months", silent.months), "leads": say.count(silent.leads),
            }  # fmt: skip
            where = say(
                "“{name}” spent {spend} in {months} without one lead of its own; leads without spend in its channel in "
                "the same time: {leads}.",
                **numbers,
            )
            if named := [f"{say.quoted([name])} ({say.count(n)})" for name, n in silent.names if name]:
                then = say(
                    "The names they carry most often: {names}. If one of these is the same campaign, write it under "
                    "aliases in client.yml; until then its profit cannot be told.",
                    names=", ".join(named),
                )
            else:
                then = say("They name no campaign: until their tags are repaired its profit cannot be told.")
            out.append(f"{where} {then}")
        return tuple(out)

    def sums_alt(self) -> str:
        """The parts of both sums as text."""
        spend, revenue = words.sum_parts(self.measured.sums, self.say)
        return "; ".join(f"{label}: {self._money(money)}" for label, money, _ in spend + revenue) + "."

    # Profit ----------------------------------------------------------------------------------------------------------

    def profit(self) -> str:
        """Title: how many campaigns lose, and how much; else what is known of all."""
        say, of = self.say, len(self.measured.matched)
        losing, earning = self._with("loses"), self._with("earns")
        total = float(self.measured.matched["profit"].sum())
        if len(losing) and losing["profit"].sum() < 0:
            return say.plural(
                "{n} campaign of {of} loses money: {loss} so far",
                "{n} campaigns of {of} lose money: {loss} so far",
                len(losing), of=say.count(of), loss=self._money(-float(losing["profit"].sum())),
            )  # fmt: skip
        if len(earning):
            return say.plural(
                "{n} campaign of {of} earns; profit of all so far: {profit}",
                "{n} campaigns of {of} earn; profit of all so far: {profit}",
                len(earning), of=say.count(of), profit=self._money(total),
            )  # fmt: skip
        return say("Profit so far: {profit}; which campaigns earn is too early to say", profit=self._money(total))

    def profit_alt(self) -> str:
        """Profit and verdict of the campaigns that are drawn."""
        shown = shown_campaigns(self.measured)
        parts = [
            f"{self._name(row)}: {self._money(row.profit, signed=True)} ({words.verdict_text(row.verdict, self.say)})"
            for row in lines(shown)
        ]
        return self.say("Profit so far by campaign. {list}.", list="; ".join(parts))

    def profit_reading(self) -> tuple[str, ...]:
        """All campaigns together, open leads, where money could go."""
        say, measured = self.say, self.measured
        out = []
        if len(measured.expected.draws):
            low, high = np.quantile(measured.expected.draws, [0.025, 0.975])
            out.append(
                say(
                    "All campaigns with spend together: {profit} so far, expected {interval}.",
                    profit=self._money(float(measured.matched["profit"].sum())),
                    interval=say.interval(low, high, self._money),
                )
            )
        else:
            out.append(say("No lead has been won yet, so nothing can be expected in money."))
        if len(measured.rest):
            out.append(say("The chart shows the {n} campaigns with the largest expected profit or loss.", n=SHOWN))
        out += self._open_reading()
        return tuple(out)

    def _open_reading(self) -> list[str]:
        say, timing = self.say, self.measured.timing
        still_open = int(self.measured.matched["open"].sum())
        if not still_open:
            return []
        if timing.plateau_known:
            return [
                say.plural(
                    "{n} lead is still open. Nine of ten sales come within {days} of the lead, and open leads count by "
                    "their age.",
                    "{n} leads are still open. Nine of ten sales come within {days} of the lead, and open leads count "
                    "by their age.",
                    still_open, days=say.days(timing.cycle_days),
                )
            ]  # fmt: skip
        return [
            say.plural(
                "{n} lead is still open, and the data are too young to tell when sales end: expected profit is a lower "
                "bound.",
                "{n} leads are still open, and the data are too young to tell when sales end: expected profit is a "
                "lower bound.",
                still_open,
            )
        ]

    # Aim -------------------------------------------------------------------------------------------------------------

    def aim(self, aim: float) -> str:
        """Title: how many campaigns reach the aim."""
        known = self.measured.matched["per_100"].dropna()
        reach = int((known >= aim).sum())
        each = {"aim": self.say.money(aim, self.currency), "hundred": self.say.money(100, self.currency)}
        if not reach:
            return self.say("No campaign brings in {aim} of revenue per {hundred} of spend so far", **each)
        return self.say.plural(
            "{n} campaign of {of} brings in {aim} or more of revenue per {hundred} of spend so far",
            "{n} campaigns of {of} bring in {aim} or more of revenue per {hundred} of spend so far",
            reach, of=self.say.count(len(known)), **each,
        )  # fmt: skip

    def aim_alt(self, aim: float) -> str:
        """Revenue per 100 of spend of the campaigns that are drawn."""
        shown = shown_campaigns(self.measured).dropna(subset=["per_100"]).sort_values("per_100", ascending=False)
        parts = [f"{self._name(row)}: {self.say.count(row.per_100)}" for row in lines(shown)]
        return self.say(
            "Revenue per 100 of spend against the aim of {aim}. {list}.", aim=self.say.count(aim), list="; ".join(parts)
        )

    # Prices ----------------------------------------------------------------------------------------------------------

    def costs(self) -> str:
        """Title: whether the cheapest lead is the cheapest customer."""
        say, table = self.say, priced(self.measured)
        if table.empty:
            return say("What a lead and a customer cost: too few to judge")
        lead = next(lines(table))
        customer = next(lines(table.sort_values("cac", kind="stable")))
        if len(table) == 1:
            return say("A lead costs {cpl}, a customer {cac}", cpl=self._money(lead.cpl), cac=self._money(lead.cac))
        if not self._customers_apart():
            return say(
                "“{name}” brings the cheapest leads ({cpl}); where customers are cheapest is too early to say",
                name=self._name(lead), cpl=self._money(lead.cpl),
            )  # fmt: skip
        if lead.Index == customer.Index:
            return say(
                "“{name}” brings the cheapest leads ({cpl}) and the cheapest customers ({cac})",
                name=self._name(lead), cpl=self._money(lead.cpl), cac=self._money(lead.cac),
            )  # fmt: skip
        return say(
            "A cheap lead, an expensive customer: “{first}” - {cpl} a lead, {cac} a customer; “{second}” - {cpl2} and "
            "{cac2}",
            first=self._name(lead), cpl=self._money(lead.cpl), cac=self._money(lead.cac),
            second=self._name(customer), cpl2=self._money(customer.cpl), cac2=self._money(customer.cac),
        )  # fmt: skip

    def _customers_apart(self) -> bool:
        """Customers of the cheapest campaign cost less than the title sets beside them, beyond chance.

        That is the campaign of the cheapest leads; where it is the same one, all others.
        """
        table = priced(self.measured).sort_values("cac", kind="stable")
        best, others = table.iloc[0], table.iloc[1:]
        lead = priced(self.measured).iloc[0]
        if lead.name != best.name:
            others = others.loc[[lead.name]]
        return bool((others["spend"] / others["won_high"]).min() > best["spend"] / best["won_low"])

    def costs_reading(self) -> tuple[str, ...]:
        """Whether the difference may be chance, and leads that cost more than they are worth."""
        say, table = self.say, priced(self.measured)
        out = []
        if len(table) > 1 and not self._customers_apart():
            out.append(say("The costs of a customer may still differ by chance: their lines overlap."))
        known = judged(self.measured)
        if len(known) > len(table):
            out.append(say("Compared here: the {n} campaigns with the most spend, of {all} that can be judged.",
                           n=say.count(len(table)), all=say.count(len(known))))  # fmt: skip
        dear = known[known["cpl"] > known["worth"]]
        if len(dear):
            out.append(
                say.plural(
                    "In {n} campaign a lead costs more than its break-even price: {names}.",
                    "In {n} campaigns a lead costs more than its break-even price, first of all: {names}.",
                    len(dear), names=self._names(dear.sort_values("profit", kind="stable")),
                )
            )  # fmt: skip
        return tuple(out)

    def costs_alt(self) -> str:
        """Both prices of the campaigns that are drawn."""
        parts = [
            f"{self._name(row)}: {self._money(row.cpl)}, {self._money(row.cac)}" for row in lines(priced(self.measured))
        ]
        return self.say("Cost of a lead and cost of a customer by campaign. {list}.", list="; ".join(parts))

    # First page ------------------------------------------------------------------------------------------------------

    def findings(self, period: tuple[dt.date, dt.date]) -> tuple[Finding, ...]:
        """Candidates for the first page."""
        say, sums = self.say, self.measured.sums
        out = []

        def add(text: str, money: float, detail: str) -> None:
            amount = say.money(money, self.currency)
            out.append(Finding(text=text, money=money, amount=amount, detail=detail, section="money"))

        over = say("In the period {period}.", period=say.period(*period))
        losing = self._with("loses")
        loss = -float(losing["profit"].sum())
        liked, disliked = self.feeling.contradictions()
        if loss > 0:
            names = self._names(losing.sort_values("profit", kind="stable"))
            sure = (
                say("The chance that {name} makes a profit is at most 10 %.", name=names)
                if len(losing) == 1
                else say("Chance of a profit: at most 10 % for each. First of all: {names}.", names=names)
            )
            if liked is not None and liked.verdict == "loses":
                # One loss is told once, with the feeling that hides it.
                sure += " " + say("Sales like “{name}”: rated {rating} of 5.", name=self._name(liked),
                                  rating=say.number(liked.rating, 1))  # fmt: skip
            add(self.profit(), loss, f"{over} {sure}")
        if disliked is not None and disliked.verdict == "earns":
            text = say("Sales do not like “{name}” (rated {rating} of 5), and it has earned {profit}",
                       name=self._name(disliked), rating=say.number(disliked.rating, 1),
                       profit=self._money(disliked.profit))  # fmt: skip
            add(text, float(disliked.profit), over)
        if untied := self.untied():
            money = sum(silent.spend for silent in self.measured.untied.values())
            text = say("{money} of spend and its leads seem to carry different campaign names",
                       money=self._money(money))  # fmt: skip
            add(text, money, untied[0])
        if sums.spend_only > 0:
            detail = say("Without this link nobody can say what that money brought.")
            add(self.sums(), sums.spend_only, f"{over} {detail}")
        return tuple(out)
