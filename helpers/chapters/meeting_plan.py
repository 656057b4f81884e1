"""Words of the agenda's plan: whether this month is on it, and where it is not what may be behind that."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.meeting_week import WEEK

if TYPE_CHECKING:
    from helpers.chapters.actions import Actions
    from helpers.chapters.meeting_figures import Figures
    from helpers.chapters.plan_measure import Running
    from helpers.language import Language

HYPOTHESES = 1
"""Of each side and of both together, from the chapter on actions."""
EVEN_CHANCE = 0.5


@dataclass(frozen=True)
class AgainstPlan:
    """Says how both paces stand against the plan of the month in which a week ends."""

    say: Language
    counted: Figures
    actions: Actions | None

    @property
    def paces(self) -> tuple[Running | None, Running | None]:
        """Of qualified leads, and of revenue."""
        return self.counted.now.qualified_pace, self.counted.now.run_rate

    def off_plan(self) -> bool | None:
        """Whether one of both paces is likelier to miss its plan than to make it; None: nothing can be said."""
        known = [chance for run in self.paces if (chance := _chance(run)) >= 0]
        return any(chance < EVEN_CHANCE for chance in known) if known else None

    def title(self) -> str:
        """Off plan or not, and by which figure."""
        say, month = self.say, self.say.month(self.counted.now.end)
        off = self.off_plan()
        if off is None:
            return say("Plan, {month}: cannot be judged yet", month=month)
        if not off:
            return say("Plan, {month}: likelier made than missed", month=month)
        leads, revenue = (0 <= _chance(run) < EVEN_CHANCE for run in self.paces)
        if leads and revenue:
            return say("Plan, {month}: we are off it with qualified leads and with revenue", month=month)
        if leads:
            return say("Plan, {month}: we are off it with qualified leads", month=month)
        return say("Plan, {month}: we are off it with revenue", month=month)

    def lines(self) -> list[str]:
        """Both paces with range, plan and chance."""
        say, out = self.say, []
        named = (
            (say("Marketing's pace, qualified leads"), say.count),
            (say("Sales' pace, revenue"), self.counted.money),
        )
        for run, (name, write) in zip(self.paces, named, strict=True):
            if run is None:
                out.append(say("{name}: not recorded.", name=name))
                continue
            so_far = write(run.pace.fact)
            if not run.enough:
                out.append(say("{name}: {fact} so far; {cases} in 13 weeks, too few to judge.", name=name, fact=so_far,
                               cases=self._cases(run)))  # fmt: skip
                continue
            low, high = run.pace.interval
            told = {"name": name, "fact": so_far, "expected": write(run.pace.expected),
                    "range": say.interval(max(low, 0.0), high, write)}  # fmt: skip
            if run.chance is None:
                out.append(say("{name}: {fact} so far, {expected} at this pace (95%: {range}); no plan is written "
                               "down.", **told))  # fmt: skip
            else:
                told |= {"plan": write(run.plan), "chance": self._chance(run.chance)}
                out.append(say("{name}: {fact} so far, {expected} at this pace (95%: {range}), plan {plan}; chance of "
                               "making it {chance}.", **told))  # fmt: skip
        return out

    def _cases(self, run: Running) -> str:
        if run.figure == "revenue":
            return self.say.plural("{n} sale", "{n} sales", run.events)
        return self.say.plural("{n} qualified lead", "{n} qualified leads", run.events)

    def _chance(self, chance: float) -> str:
        say = self.say
        if chance < 0.01:
            return say("under {share}", share=say.share(0.01))
        return say("over {share}", share=say.share(0.99)) if chance > 0.99 else say.share(chance)

    def hypotheses(self) -> dict[str, list[str]]:
        """Marketing, sales, both → what the audit's figures suggest to look at; empty lists where we are on plan."""
        found: dict[str, list[str]] = {"marketing": [], "sales": [], "both": []}
        # A week in the midst of the audit's period could not know what the whole of it shows.
        if self.actions is None or not self.off_plan() or self.counted.week.sunday + WEEK <= self._audited[1]:
            return found
        from helpers.chapters.actions_words import OWNERS

        words = self.actions.words
        known = [stake for stake in self.actions.stakes if stake.known and stake.high > 0]
        for stake in sorted(known, key=lambda one: (-one.middle, -one.high)):
            side = found[OWNERS[stake.driver]]
            if len(side) < HYPOTHESES:
                side.append(f"{words.why_driver(stake)} {self._worth(words.amount(stake))}".strip())
        return found

    @property
    def _audited(self) -> tuple[dt.date, dt.date]:
        """The days that the chapter on actions looked at."""
        assert self.actions is not None
        first, last = self.actions.period
        return first, min(last, self.actions.as_of)

    def source(self) -> str:
        """Where the things to check come from; "" where there are none."""
        if not any(self.hypotheses().values()):
            return ""
        return self.say("What is to be checked comes from the audit of {period}.",
                        period=self.say.period(*self._audited))  # fmt: skip

    def _worth(self, amount: str) -> str:
        return self.say("At stake: {amount}.", amount=amount) if amount else ""


def _chance(run: Running | None) -> float:
    """Chance of making the plan; -1: nothing can be said."""
    chance = None if run is None else run.chance
    return -1.0 if chance is None else chance
