"""What to do first: money at stake, the order of steps, the owner's page, the 90 days, the pages to hand out.

actions = Actions.measure(facts, client, say, score.score, claims=claims, money=money, speed=speed)
actions.stakes                  # profit a month by figure, with its interval
actions.steps                   # all steps, the first to be taken first
actions.actions()               # the three of the first page
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from helpers.chapters.actions_base import Base, measure_base
from helpers.chapters.actions_chart import Line, draw_stakes
from helpers.chapters.actions_dates import after_working_days, next_audit
from helpers.chapters.actions_headline import headline, lead
from helpers.chapters.actions_losing import Losing, losing_campaigns
from helpers.chapters.actions_order import CRITERION_OF, Level, Step, levels, ordered
from helpers.chapters.actions_plan import stretches
from helpers.chapters.actions_stakes import Stake, measure_stakes
from helpers.chapters.actions_words import OWNERS, SECTIONS, Words
from helpers.chapters.base import Chapter
from helpers.chapters.handouts import Sources, handouts
from helpers.chapters.money_words import campaign_name
from helpers.report.model import Action, Box, Column, Exhibit, Handout, Section, Stretch, Table

if TYPE_CHECKING:
    from helpers.chapters.claims import Claims
    from helpers.chapters.money import Money
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score

FIRST = 3
"""An owner can start three things."""
LISTED = 12
"""Steps in the table: what comes later will be measured anew by then."""


@dataclass(frozen=True)
class Actions(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "actions"

    say: Language
    client: Client
    questionnaire: Questionnaire
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    base: Base
    stakes: tuple[Stake, ...]
    steps: tuple[Step, ...]
    levels: dict[str, Level]
    losing: Losing
    facts: dict[str, str]
    """Criterion → what the data show of it, a sentence."""
    sources: Sources = field(repr=False)
    """What the pages to hand out are filled with."""

    @classmethod
    def measure(
        cls,
        facts: Facts,
        client: Client,
        say: Language,
        score: Score | None = None,
        *,
        claims: Claims | None = None,
        money: Money | None = None,
        **others: Chapter | None,
    ) -> Actions:
        """Weighs what could be done. ``others`` are further chapters by name (leads, speed, managers, plan ...): their
        figures fill the pages to hand out; all of them may be missing."""
        from helpers.survey.criteria import questionnaire

        asked = questionnaire()
        base = measure_base(facts, client)
        losing = losing_campaigns(money.measured if money is not None else None, facts)
        stakes = tuple(measure_stakes(base, client.aims, losing))
        known = levels(score, claims.claims if claims is not None else (), asked)
        chapters = [chapter for chapter in (money, *others.values()) if chapter is not None]
        return cls(
            say=say,
            client=client,
            questionnaire=asked,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            base=base,
            stakes=stakes,
            steps=ordered(stakes, known, asked),
            levels=known,
            losing=losing,
            facts=claims.facts() if claims is not None else {},
            sources=Sources(facts, client, say, money, chapters),
        )

    @property
    def words(self) -> Words:
        """Says stakes and steps."""
        names = tuple(campaign_name(row, self.say) for row in self.losing.campaigns.itertuples())
        return Words(self.say, self.client, self.questionnaire, names, self.facts)

    # The first page --------------------------------------------------------------------------------------------------

    def headline(self) -> str:
        """What is lost a month and where."""
        return headline(self.stakes, self.base, self.words)

    def actions(self) -> tuple[Action, ...]:
        """The first steps, three at most."""
        return tuple(self._action(step) for step in self.steps[:FIRST])

    def days(self) -> tuple[Stretch, ...]:
        """The 30-60-90-day page."""
        return stretches(self.steps, self.words, self.as_of, self.look_again)

    def next_audit(self) -> str:
        """Date of the next audit, as written."""
        return self.say.date(next_audit(self.client, self.as_of))

    def handouts(self) -> tuple[Handout, ...]:
        """The sign-off page and the six templates."""
        return handouts(self.sources)

    def look_again(self, step: Step) -> dt.date:
        """The working day on which a step is looked at again."""
        return after_working_days(self.client, self.as_of, self.words.look_again(step))

    def _action(self, step: Step) -> Action:
        words = self.words
        return Action(
            title=words.title(step),
            why=words.why(step),
            owner=words.owner(step),
            first_step=words.first_step(step),
            effort=words.effort(step),
            watch=words.watch(step),
            look_again=self.say.date(self.look_again(step)),
            money=step.money,
            amount=words.amount(step.stake),
            section=SECTIONS.get(step.key, "score"),
        )

    # The section -----------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """Money at stake, all steps in order, how to read both."""
        exhibits = [] if self.nothing_counted else [self._stakes_exhibit()]
        if self.steps:
            exhibits.append(self._steps_exhibit())
        return Section(
            key=self.key,
            title=self.say("What to do first"),
            lead=lead(self.stakes, self.base, self.words, self.steps),
            boxes=self._boxes(),
            exhibits=tuple(exhibits),
        )

    @property
    def nothing_counted(self) -> bool:
        """No export tells anything of money."""
        return all(stake.state == "no_data" for stake in self.stakes)

    def _boxes(self) -> tuple[Box, ...]:
        say = self.say
        boxes = [
            Box(
                title=say("How the money at stake is counted"),
                text=(
                    say("One figure is moved to the company's own best quarter (or to its aim in client.yml), all "
                        "others stay as they are: what profit would that make a month? Other companies' figures are "
                        "not used."),
                    say("The best of several equal quarters looks good by luck. So each quarter is first corrected for "
                        "chance; if the quarters differ no more than chance makes them, the answer is nothing."),
                    say("Sales within {days} of the lead are counted, of leads old enough. The figures overlap: they "
                        "are not to be added up. A better quarter can also be a season.",
                        days=say.days(self.base.age)),
                ),
            )
        ]  # fmt: skip
        if not self.client.margin_given and "deals.margin" not in self.sources.facts.has and not self.nothing_counted:
            text = say("No margin was given, so the money here is revenue less spend. The real profit is lower.")
            boxes.append(Box(title=say("Profit without the cost of goods"), text=(text,), tone="caution"))
        if any(stake.driver in ("answer", "untouched") and stake.known and stake.high > 0 for stake in self.stakes):
            text = say(
                "Quick answers may also go to leads that were hot anyway, and leads nobody has answered are taken to "
                "buy like those answered late. Leads are compared within their channel, but that is no proof: read "
                "this money as the most it can be."
            )
            boxes.append(Box(title=say("Speed and sales"), text=(text,), tone="caution"))
        return tuple(boxes)

    def _stakes_exhibit(self) -> Exhibit:
        say, words = self.say, self.words
        shown = sorted(
            (stake for stake in self.stakes if stake.driver != "losing" or stake.known),
            key=lambda stake: (False, -stake.middle, -stake.high) if stake.known else (True, 0.0, 0.0),
        )
        lines = [self._line(stake) for stake in shown]
        alt = "; ".join(f"{line.label}: {line.text}" for line in lines) + "."
        reading = [
            say("Bar: the likeliest money a month; line: where it lies with 95 % probability. Filled: more than "
                "chance; outlined: may be chance; hatched: not known."),
            say("The colour tells whose figure it is: blue marketing, orange sales, violet both."),
        ]  # fmt: skip
        if not self.base.sure and any(stake.driver == "answer" and stake.known for stake in shown):
            reading.append(
                say(
                    "First answers: of the leads whose answer is written down. The chapter on the first answer counts "
                    "the others as waiting, so its share is smaller."
                )
            )
        if any(line.waits for line in lines):
            reading.append(say("First: what has to be put in order before this figure can be worked on."))
        return Exhibit(
            key="actions-stakes",
            title=headline(self.stakes, self.base, words),
            figure=draw_stakes(lines, say, self.client.currency, say("Money at stake a month. {list}", list=alt)),
            reading=tuple(reading),
            table=self._stakes_table(shown),
            note=self._note(),
        )

    def _line(self, stake: Stake) -> Line:
        words = self.words
        waits = [id for id in self.questionnaire.criterion(CRITERION_OF[stake.driver]).prerequisites
                 if self.levels[id].low]  # fmt: skip
        if not stake.known:
            text = f"? {words.state(stake)}"
        elif stake.state == "told":
            text = self.say.interval(stake.low, stake.high, words.money)
        elif stake.state == "chance" and stake.high > 0:
            text = self.say("up to {money}", money=words.money(stake.high))
        else:
            text = words.state(stake)
        return Line(
            label=words.label(stake.driver),
            owner=OWNERS[stake.driver],
            low=stake.low, middle=stake.middle, high=stake.high,
            told=stake.state == "told",
            text=text,
            waits=words.practice(waits[0]) if waits and stake.known else "",
        )  # fmt: skip

    def _stakes_table(self, stakes: list[Stake]) -> Table:
        say, words = self.say, self.words
        rows = []
        for stake in stakes:
            when = say("your aim") if stake.aim else words.quarter(stake.when) if stake.when else ""
            if stake.driver == "losing":
                when = say("stopped")
            values = [words.cell(stake.driver, x) if np.isfinite(x) else "" for x in (stake.now, stake.target)]
            money = [x if stake.known else None for x in (stake.low, stake.middle, stake.high)]
            rows.append((words.label(stake.driver), *values, when, *money, words.state(stake)))
        columns = (
            Column(label=say("Figure")), Column(label=say("Now")), Column(label=say("Compared with")),
            Column(label=say("When")), Column(label=say("At least"), kind="money"),
            Column(label=say("Likeliest"), kind="money"), Column(label=say("At most"), kind="money"),
            Column(label=say("Remark")),
        )  # fmt: skip
        return Table(columns=columns, rows=tuple(rows), note=say("Profit a month."))

    def _steps_exhibit(self) -> Exhibit:
        say, words = self.say, self.words
        rows = []
        for number, step in enumerate(self.steps[:LISTED], 1):
            level = step.level.score if step.level is not None else None
            why = say("rests on it: {names}", names=say.quoted([words.practice(id) for id in step.before[:1]]))
            rows.append(
                (number, words.title(step), words.owner(step), words.amount(step.stake), level,
                 why if step.before else "", self.look_again(step).isoformat())
            )  # fmt: skip
        columns = (
            Column(label=say("No."), kind="count"), Column(label=say("What to do")), Column(label=say("Owner")),
            Column(label=say("Money at stake")), Column(label=say("Own score, 1-5"), kind="number"),
            Column(label=say("Why so early")), Column(label=say("Look again"), kind="date"),
        )  # fmt: skip
        return Exhibit(
            key="actions-steps",
            title=say.plural("{n} step in the order in which it pays to take them",
                             "{n} steps in the order in which it pays to take them", len(rows)),
            reading=(
                say("First what other steps rest on, then money that is more than chance and not small beside the "
                    "rest, then the distance between score and target. Start with three; the rest will look different "
                    "after them."),
            ),
            table=Table(columns=columns, rows=tuple(rows)),
            table_open=True,
            note=self._note(),
        )  # fmt: skip

    def _note(self) -> str:
        say = self.say
        return say("Leads of {period} against all quarters in the data, as of {day}.",
                   period=say.period(*self.period), day=say.date(self.as_of))  # fmt: skip

    # Figures ---------------------------------------------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        """``actions`` of audit.json: the stakes, and all steps in their order."""

        def number(value: float) -> float | None:
            return round(value, 4) if np.isfinite(value) else None

        return {
            "actions": {
                "first": [step.key for step in self.steps[:FIRST]],
                "steps": [step.key for step in self.steps],
                "stakes": {
                    stake.driver: {
                        "state": stake.state,
                        "now": number(stake.now),
                        "target": number(stake.target),
                        "aim": stake.aim,
                        "money": number(stake.middle),
                        "interval": [number(stake.low), number(stake.high)] if stake.known else None,
                    }
                    for stake in self.stakes
                },
                "age_days": self.base.age,
                "next_audit": next_audit(self.client, self.as_of).isoformat(),
            }
        }
