"""Words of the steps: what a figure is called, who owns a step, how it begins, what it may bring."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpers.chapters.actions_order import Step
from helpers.chapters.actions_stakes import Driver, Stake
from helpers.report.model import Kind, Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpers.client import Client, Team
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire

OWNERS: dict[str, str] = {
    "answer": "sales", "untouched": "sales", "win_rate": "sales", "conversion": "sales", "deal": "sales",
    "qualified": "both", "lead_cost": "marketing", "losing": "marketing",
}  # fmt: skip
SECTIONS: dict[str, str] = {
    "A1": "plan", "A2": "money", "A3": "leads", "A4": "journey", "B1": "leads", "B2": "speed", "B3": "speed",
    "B4": "leads", "C4": "conversations", "D1": "money", "D4": "money", "E1": "journey", "E2": "funnel",
    "E3": "journey", "E4": "journey",
    "answer": "speed", "untouched": "speed", "qualified": "leads", "win_rate": "conversations",
    "conversion": "funnel", "deal": "drivers", "lead_cost": "money", "losing": "money",
}  # fmt: skip
"""Chapter that shows what a step is about; the score for the others."""
MONEY_FIGURES = ("deal", "lead_cost")
EFFORT: dict[str, tuple[int, str]] = {
    "A1": (3, "heads"), "A2": (2, "marketing"), "A3": (3, "heads"), "A4": (2, "heads"),
    "B1": (3, "pair"), "B2": (3, "sales"), "B3": (3, "sales"), "B4": (2, "heads"),
    "C1": (2, "heads"), "C2": (3, "marketing"), "C3": (2, "pair"), "C4": (2, "teams"),
    "D1": (8, "marketing"), "D2": (4, "pair"), "D3": (2, "heads"), "D4": (6, "marketing"),
    "E1": (2, "teams"), "E2": (3, "heads"), "E3": (4, "sales"), "E4": (3, "sales"),
    "answer": (4, "sales"), "untouched": (3, "sales"), "qualified": (3, "heads"), "win_rate": (4, "teams"),
    "conversion": (4, "teams"), "deal": (4, "sales"), "lead_cost": (6, "marketing"), "losing": (3, "marketing"),
}  # fmt: skip
"""Hours that the first step takes, and whose."""
LOOK_AGAIN = {"untouched": 5, "answer": 10, "losing": 10, "C1": 20, "D1": 20}
"""Working days until a step is looked at again; 15 for the others."""
USUAL_LOOK = 15


def driver_names(say: Language) -> dict[str, str]:
    """What moves money, as it is called where no figure stands beside it."""
    return {
        "answer": say("Late first answers"),
        "untouched": say("Leads nobody has answered"),
        "qualified": say("Share of qualified leads"),
        "win_rate": say("Qualified leads that buy"),
        "conversion": say("Leads that buy"),
        "deal": say("Average sale"),
        "lead_cost": say("Cost of a lead (CPL)"),
        "losing": say("Campaigns that lose"),
    }


@dataclass(frozen=True)
class Words:
    """Says stakes and steps."""

    say: Language
    client: Client
    questionnaire: Questionnaire
    losing: tuple[str, ...] = ()
    """Names of the campaigns that lose and still run, the dearest first."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Criterion → what the data show, a sentence."""

    # Figures ---------------------------------------------------------------------------------------------------------

    def money(self, value: float) -> str:
        """Money with two figures: an estimate is not known to the rouble."""
        if value == 0 or not math.isfinite(value):
            return self.say.money_short(value, self.client.currency)
        digits = 1 - math.floor(math.log10(abs(value)))
        return self.say.money_short(round(float(value), digits), self.client.currency)

    def limit(self) -> str:
        """The agreed time of the first answer."""
        return self.say.minutes(self.client.limits.first_answer_min)

    def label(self, driver: Driver) -> str:
        """What the figure is called."""
        if driver == "answer":
            return self.say("First answer within {limit}", limit=self.limit())
        return driver_names(self.say)[driver]

    def value(self, driver: Driver, value: float) -> str:
        """The figure as it is written."""
        if driver in MONEY_FIGURES:
            # A lead of 8.65 that could cost 7.87 does not go from 9 to 8.
            return self.say.money(value, self.client.currency, 2 if abs(value) < 100 else 0)
        if driver == "losing":
            return self.money(value)
        return self.say.share(value, 1)

    def cell(self, driver: Driver, value: float) -> Quantity:
        """The same in a table."""
        money = driver in MONEY_FIGURES or driver == "losing"
        kind: Kind = "money" if money else "share"
        digits = (2 if abs(value) < 100 else 0) if money else 1
        return Quantity(text=self.value(driver, value), kind=kind, digits=digits, value=value)

    def quarter(self, first: dt.date) -> str:
        """'January-March 2026'."""
        last = (first.replace(day=1) + dt.timedelta(days=95)).replace(day=1) - dt.timedelta(days=1)
        return self.say.period(first, last)

    def amount(self, stake: Stake | None) -> str:
        """What it may bring a month, with its range."""
        say = self.say
        if stake is None or not stake.known:
            return ""
        if stake.state == "told":
            return say("about {range} a month", range=say.interval(stake.low, stake.high, self.money))
        if stake.state in ("reached", "no_effect"):
            return say("nothing that can be told")
        if stake.low > 0 or stake.high <= 0:
            return say("nothing that can be told")
        return say("from nothing to {most} a month", most=self.money(stake.high))

    def state(self, stake: Stake) -> str:
        """Why it is as it is, short, for the chart and the table."""
        say = self.say
        if stake.state == "one_quarter":
            return say("only one quarter to look at")
        return {
            "told": "",
            "chance": say("may be chance"),
            "reached": say("aim reached"),
            "no_effect": say("no effect on sales seen"),
            "too_few": say("too few to judge"),
            "young": say("leads too young"),
            "no_data": say("no data"),
            "no_money": say("too few sales to say it in money"),
        }[stake.state]

    # Steps -----------------------------------------------------------------------------------------------------------

    def title(self, step: Step) -> str:
        """What to do, one sentence."""
        say = self.say
        return {
            "A1": say("Plan both departments from one revenue figure"),
            "A2": say("Write down a goal in money for every campaign"),
            "A3": say("Pay marketing for qualified leads"),
            "A4": say("Give every handover a figure that both teams answer for"),
            "B1": say("Write one definition of a qualified lead together"),
            "B2": say("Answer new leads within the agreed time"),
            "B3": say("Leave no lead lying"),
            "B4": say("Give every rejected lead a reason that marketing hears"),
            "C1": say("Hold a weekly joint meeting that decides"),
            "C2": say("Tell sales of every promotion before it starts"),
            "C3": say("Hand contacts from events to sales within two days"),
            "C4": say("Go through conversations with clients together"),
            "D1": say("Trace every sale back to its advertisement"),
            "D2": say("Look at one report of the whole funnel"),
            "D3": say("Watch the five common figures every week"),
            "D4": say("Divide the budget by the cost of a customer"),
            "E1": say("Draw the customer's path with an owner for each stage"),
            "E2": say("Agree on the weakest step and on one change to it"),
            "E3": say("Name who looks after customers once they have bought"),
            "E4": say("Ask happy clients for recommendations by plan"),
            "answer": say("Answer new leads within {limit}", limit=self.limit()),
            "untouched": say("Leave no lead without an answer"),
            "qualified": say("Raise the share of qualified leads"),
            "win_rate": say("Sell to more of the qualified leads"),
            "conversion": say("Sell to more of the leads"),
            "deal": say("Bring the average sale back to its best quarter"),
            "lead_cost": say("Bring the cost of a lead back to its best quarter"),
            "losing": say("Stop or repair the campaigns that lose"),
        }[step.key]

    def practice(self, criterion: str) -> str:
        """Title of a criterion."""
        return self.questionnaire.criterion(criterion).title[self.say.code]

    def why(self, step: Step) -> str:
        """The finding it answers, with its number."""
        parts = [self.why_driver(step.stake)] if step.driver is not None and step.stake is not None else []
        if step.driver is None:
            parts.append(self._why_criterion(step))
        if step.before:
            names = self.say.quoted([self.practice(id) for id in step.before[:2]])
            parts.append(self.say("It comes first because other steps rest on it: {names}.", names=names))
        return " ".join(part for part in parts if part)

    def why_driver(self, stake: Stake) -> str:
        """The figure, and what it is compared with."""
        say = self.say
        if stake.driver == "losing":
            return say.plural(
                "{n} campaign loses money and still runs: {names}; {spend} a month is spent on it.",
                "{n} campaigns lose money and still run, first of all {names}; {spend} a month is spent on them.",
                len(self.losing), names=say.quoted(self.losing[:2]), spend=self.money(stake.now),
            )  # fmt: skip
        now, target = self.value(stake.driver, stake.now), self.value(stake.driver, stake.target)
        if stake.aim:
            return say("{figure}: now {now}, your aim {target}.", figure=self.label(stake.driver), now=now,
                       target=target)  # fmt: skip
        if stake.when is None:
            return say("{figure}: now {now}.", figure=self.label(stake.driver), now=now)
        return say(
            "{figure}: now {now}; in the best quarter ({quarter}), corrected for chance, about {target}.",
            figure=self.label(stake.driver), now=now, quarter=self.quarter(stake.when), target=target,
        )  # fmt: skip

    def _why_criterion(self, step: Step) -> str:
        say, level = self.say, step.level
        if step.missing or level is None or level.known is None:
            return say("Nothing in the data tells how this stands today.")
        parts = []
        if level.score is not None:
            parts.append(say("Own answers: {score} of 5, wanted {target}.", score=say.number(level.score),
                             target=say.number(level.target)))  # fmt: skip
        if level.differs and level.marketing is not None and level.sales is not None:
            parts.append(say("Marketing says {marketing}, sales {sales}.", marketing=say.number(level.marketing),
                             sales=say.number(level.sales)))  # fmt: skip
        if level.fact is not None and (level.overclaimed or level.score is None):
            parts += [self.facts[step.criterion]] if step.criterion in self.facts else []
            parts.append(say("The data show a level of {fact} of 5.", fact=say.number(level.fact)))
        return " ".join(parts)

    def first_step(self, step: Step) -> str:
        """How it starts."""
        say = self.say
        if step.driver is None:
            return self.questionnaire.criterion(step.criterion).action[say.code]
        return {
            "answer": say("Find the hours in which most answers come late, put one person on duty for them by name, "
                          "and look at yesterday's late leads each morning."),
            "untouched": say("Share out the leads of the worklist (chapter on speed) today, oldest and most valuable "
                             "first, and empty the list each morning."),
            "qualified": say("Read the three commonest reasons of rejection together and change one thing about them: "
                             "the offer, the audience or the form of the channel they come from."),
            "win_rate": say("Compare ten qualified leads that bought with ten that did not, listen to their calls "
                            "together, and change one thing in the conversation for two weeks."),
            "conversion": say("Compare ten leads that bought with ten that did not, from the first call on, and change "
                              "one thing in how they are worked for two weeks."),
            "deal": say("Compare the sales of the best quarter with the latest ones: products, extras, discounts. "
                        "Agree on one change of the offer for a month."),
            "lead_cost": say("Compare today's campaigns with those of the best quarter and move a tenth of the budget "
                             "back; watch that the share of qualified leads does not fall."),
            "losing": say("Halve the budget of the campaign that loses most for two weeks, move it step by step to one "
                          "that earns, and compare the profit."),
        }[step.driver]  # fmt: skip

    def owner(self, step: Step) -> str:
        """Who owns it: the role, and the name where client.yml gives one."""
        given = self.questionnaire.criterion(step.criterion).giver if step.driver is None else OWNERS[step.driver]
        return self.owner_of(given)

    def owner_of(self, whose: str) -> str:
        """A department, "both" or "company" as a role."""
        say, heads = self.say, self.client.heads
        role = {
            "marketing": say("Head of marketing"),
            "sales": say("Head of sales"),
            "both": say("Heads of marketing and sales"),
            "company": say("Management"),
        }[whose]
        teams: dict[str, tuple[Team, ...]] = {"both": ("marketing", "sales"), "company": ("management",)}
        names = [heads[team] for team in teams.get(whose, (whose,)) if team in heads]
        return say("{role}: {names}", role=role, names=say.list(names)) if names else role

    def effort(self, step: Step) -> str:
        """Hours and who gives them."""
        say = self.say
        hours, who = EFFORT[step.key]
        people = {
            "heads": say("both heads together"),
            "marketing": say("one person of marketing"),
            "sales": say("one person of sales"),
            "pair": say("one marketer and one salesperson"),
            "teams": say("both teams at one table"),
        }[who]
        return say("{hours}: {people}", hours=say.plural("about {n} hour", "about {n} hours", hours), people=people)

    def watch(self, step: Step) -> str:
        """The figure that shows whether it works."""
        say = self.say
        if step.driver is None or step.stake is None:
            return self.questionnaire.criterion(step.criterion).fact[say.code]
        if step.driver == "losing":
            return say("Profit of these campaigns, and of the ones that get their money")
        return say("{figure}: from {now} to {target}", figure=self.label(step.driver),
                   now=self.value(step.driver, step.stake.now),
                   target=self.value(step.driver, step.stake.target))  # fmt: skip

    def look_again(self, step: Step) -> int:
        """Working days after which it is looked at again."""
        return LOOK_AGAIN.get(step.key, USUAL_LOOK)

    def names(self, steps: Sequence[Step]) -> str:
        """'A', 'B' and 'C'."""
        return self.say.quoted([self.title(step) for step in steps])
