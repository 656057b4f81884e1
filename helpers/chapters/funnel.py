"""The funnel of unknowns: each stage with count, conversion, interval and cost - and a plain "?" where nobody knows.

funnel = Funnel.measure(facts, client, say, score=score)
funnel.section()                # for the report
funnel.funnel["won"].count      # customers
funnel.visibility.company       # share of the steps between stages that are known, 0-1
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from helpers.chapters import funnel_words as words
from helpers.chapters.base import Chapter
from helpers.chapters.funnel_ahead import ahead_exhibit, worth_of_steps
from helpers.chapters.funnel_chart import draw_funnel, draw_months, interval_text, share_text
from helpers.chapters.funnel_cohorts import Maturity, measure_maturity
from helpers.chapters.funnel_counts import recorded_stages
from helpers.chapters.funnel_losses import Losses
from helpers.chapters.funnel_measure import MeasuredFunnel, measure_funnel
from helpers.chapters.funnel_stage_chart import stage_exhibits
from helpers.chapters.funnel_stages import Stages, measure_stages
from helpers.chapters.funnel_then import Then, measure_then, then_exhibit
from helpers.chapters.funnel_visibility import Visibility, measure_visibility, said
from helpers.chapters.funnel_young import young_exhibit
from helpers.report.model import Box, Exhibit, Finding, Quantity, Section

if TYPE_CHECKING:
    from helpers.chapters.actions_stakes import Stake
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.survey.result import Score


@dataclass(frozen=True)
class Funnel(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "funnel"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    funnel: MeasuredFunnel
    visibility: Visibility
    maturity: Maturity
    stages: Stages
    then: Then | None
    profit_known: bool
    """Money of a customer is gross profit; False: it is revenue, no margin being known."""
    worth: Mapping[str, Quantity] = field(default_factory=dict)
    """What each of the three steps is estimated to bring, as written (`funnel_ahead.STEPS`)."""

    @classmethod
    def measure(
        cls,
        facts: Facts,
        client: Client,
        say: Language,
        score: Score | None = None,
        earlier: Mapping[str, Any] | None = None,
    ) -> Funnel:
        """The funnel of the audited period; ``score`` (survey result) says which stages each department sees,
        ``earlier`` (audit.json of the last audit) how the funnel was then."""
        mapped = [meaning.stage for stages in client.outcomes.values() for meaning in stages.values() if meaning.stage]
        recorded = recorded_stages(facts.leads, mapped)
        funnel = measure_funnel(facts, recorded)
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            funnel=funnel,
            visibility=measure_visibility(funnel.steps, client, said(score)),
            maturity=measure_maturity(facts, client),
            stages=measure_stages(facts, funnel, recorded),
            then=measure_then(earlier, funnel),
            profit_known=client.margin_given or "deals.margin" in facts.has,
        )

    def estimated(self, stakes: Iterable[Stake]) -> Funnel:
        """The same chapter with what the chapter of actions estimates (``actions.stakes``) beside the three steps."""
        return replace(self, worth=worth_of_steps(stakes, self.client.currency, self.say))

    # Words -----------------------------------------------------------------------------------------------------------

    @property
    def losses(self) -> Losses:
        """Where leads are lost, and its money."""
        return Losses(self.funnel, self.client, self.period, self.profit_known, self.say)

    def section(self) -> Section:
        """Funnel with visibility, conversion by month, losses step by step."""
        say = self.say
        exhibits = [self._funnel_exhibit()]
        if self.maturity.months:
            exhibits.append(self._months_exhibit())
        exhibits += [exhibit for exhibit in (young_exhibit(self.maturity, say, self._source_note()),) if exhibit]
        if self.funnel.losses and self.funnel.leads:
            exhibits.append(self._losses_exhibit())
        ahead = ahead_exhibit(self.funnel.steps, self.visibility, self.client, say, self.worth, self._source_note())
        then = then_exhibit(self.then, self.funnel, self.visibility, self.client, say, self._source_note())
        exhibits += [exhibit for exhibit in (then, ahead) if exhibit is not None]
        exhibits += stage_exhibits(self.stages, self.client, say, self._source_note())
        boxes = [self._reading_box()]
        if (missing := words.unknown_box(self.funnel, self.client, say)) is not None:
            boxes.append(missing)
        return Section(
            key=self.key, title=say("The funnel"), lead=self._lead(), boxes=tuple(boxes), exhibits=tuple(exhibits)
        )

    def _lead(self) -> tuple[str, ...]:
        say = self.say
        period = say.period(*self.period)
        if self.funnel["leads"].count is None:
            counted = say("The data hold no leads: only what comes before them is known.")
        elif not self.funnel.leads:
            counted = say("No lead was created in the period ({period}).", period=period)
        else:
            counted = say(
                "Leads created in the period ({period}): {leads}. Of them, customers by {as_of}: {won}.",
                period=period,
                leads=say.count(self.funnel.leads),
                as_of=say.date(self.as_of),
                won=say.count(self.funnel.won),
            )
        return counted, words.visibility_text(self.visibility, say)

    def _reading_box(self) -> Box:
        say = self.say
        return Box(
            title=say("How to read the funnel"),
            text=(
                say("Leads are counted by the day they came, their outcomes up to the date of the audit."),
                say("A question mark is a stage nobody knows. No conversion is counted into it or out of it."),
                say("At least (≥): the export shows where leads stand today, not the way they went, so more may have "
                    "been there."),
                say("A step is seen by a department when at least half of its people see figures for both of its ends, "
                    "and the figures exist."),
            ),
        )  # fmt: skip

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _funnel_exhibit(self) -> Exhibit:
        say, funnel = self.say, self.funnel
        alt = words.funnel_alt(funnel, self.visibility, self.client, say)
        reading = [
            say(
                "Bars from leads on are drawn to one scale. Impressions and clicks are not: they would leave nothing "
                "of the others to see."
            ),
            say("Hatched: not known; the number lies somewhere within the hatched part."),
            say("The colour of a bar is that of the department that owns the stage, or of both together."),
            say("A full dot: the department sees the stage; joined dots: it sees the step between two stages."),
        ]
        hatched = any(step.count is None for step in funnel.steps)
        return Exhibit(
            key="funnel-stages",
            title=self._funnel_title(),
            figure=draw_funnel(funnel, self.visibility, self.client, say, alt),
            reading=tuple(text for text in reading if hatched or text is not reading[1]),
            table=words.funnel_table(funnel, self.client, say),
            note=" ".join([self._source_note(), *words.funnel_notes(funnel, self.client, say)]),
        )

    def _funnel_title(self) -> str:
        say = self.say
        if not self.funnel.leads:
            return say("The funnel of the period has no leads")
        return self.losses.title() or say(
            "{known} of {all} steps of the funnel are known",
            known=self.visibility.known,
            all=self.visibility.transitions,
        )

    def _months_exhibit(self) -> Exhibit:
        say, maturity = self.say, self.maturity
        won = self.funnel["won"].of_leads
        if won is None or won.share is None:
            title = say("Conversion of lead to customer: too few to judge")
        elif maturity.final_range is not None and maturity.open:
            title = say(
                "{share} of leads have become customers so far; {range} are to be expected in the end",
                share=share_text(won.share, say),
                range=interval_text(maturity.final_range, say),
            )
        else:
            title = say("{share} of leads have become customers so far", share=share_text(won.share, say))
        reading = [say("A hatched bar is a month that is not final: part of its leads is still being worked on.")]
        if all(month.ripe for month in maturity.months):
            reading = []
        elif maturity.more is not None:
            reading.append(
                say("The diamond is where the month should end, by the age of its open leads; its line holds the final "
                    "share with 95 % probability.")
            )  # fmt: skip
        reading.append(say("The line in a bar is the 95 % interval; months with overlapping lines may not differ."))
        return Exhibit(
            key="funnel-months",
            title=title,
            figure=draw_months(maturity, say, words.months_alt(maturity, say)),
            reading=(*reading, *words.maturity_text(maturity, say)),
            table=words.months_table(maturity, say),
            note=self._source_note(),
        )

    def _losses_exhibit(self) -> Exhibit:
        say, detail = self.say, self.losses.detail()
        lost, opened = sum(loss.lost for loss in self.funnel.losses), sum(loss.open for loss in self.funnel.losses)
        system = say(
            "A step is a rule between two departments, not a person: what is lost there is lost by how the work is "
            "arranged."
        )
        return Exhibit(
            key="funnel-losses",
            title=say(
                "At the known steps {lost} leads were lost and {open} are still open",
                lost=say.count(lost),
                open=say.count(opened),
            )
            if opened
            else say("At the known steps {lost} leads were lost; none is still open", lost=say.count(lost)),
            reading=(system, detail) if detail else (system,),
            table=self.losses.table(),
            table_open=True,
            note=self._source_note(),
        )

    def _source_note(self) -> str:
        say = self.say
        return say(
            "Leads created {period}, outcomes up to {as_of}.",
            period=say.period(*self.period),
            as_of=say.date(self.as_of),
        )

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Where most leads are lost, or that nobody knows it, with the money of one percentage point."""
        losses = self.losses
        if not losses.title():
            return ()
        return (
            Finding(
                text=losses.title(),
                money=losses.point,
                amount=losses.amount(),
                detail=losses.detail(),
                section=self.key,
            ),
        )

    def figures(self) -> dict[str, Any]:
        """``funnel``, ``visibility`` and ``funnel_seen`` (department → stages) of audit.json; shares 0-1, None unknown
        or too few to judge."""
        steps = []
        for step in self.funnel.steps:
            ratio = step.of_previous
            entry: dict[str, Any] = {
                "stage": step.stage,
                "count": step.count,
                "of_previous": ratio.share if ratio is not None else None,
                "of_first": step.of_first.share if step.of_first is not None else None,
                "interval": list(ratio.interval) if ratio is not None and ratio.interval is not None else None,
            }
            if step.at_least is not None:
                entry["at_least"] = step.at_least
            steps.append(entry)
        shares = {name: sight.share for name, sight in self.visibility.departments.items()}
        stages = [step.stage for step in self.funnel.steps]
        seen = {
            name: None if sight.share is None else [stage for stage in stages if stage in sight.stages]
            for name, sight in self.visibility.departments.items()
        }
        return {
            "funnel": steps,
            "visibility": {"company": self.visibility.company, **shares},
            "funnel_seen": seen,
        }
