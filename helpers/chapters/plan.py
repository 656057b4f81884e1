"""Where the running month ends, what open deals may bring, which of them lie still, how long a deal takes.

plan = Plan.measure(facts, client, say)
plan.section()                  # for the report
plan.measured.revenue           # sales' pace: fact, expected, interval, chance of making the plan
plan.measured.weighted          # open deals and what they may bring
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from helpers.chapters.base import Chapter
from helpers.chapters.plan_chart import draw_cycle, draw_months, draw_pace, draw_pipeline
from helpers.chapters.plan_deals import DealWords
from helpers.chapters.plan_measure import MeasuredPlan, Running, measure_plan
from helpers.chapters.plan_words import LIKELY, PlanWords
from helpers.report.model import Box, Exhibit, Finding, Section
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.facts.pipeline import Pipeline
    from helpers.language import Language


@dataclass(frozen=True)
class Plan(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "plan"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    measured: MeasuredPlan
    pipeline: Pipeline

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Plan:
        """The month that is running on ``as_of``, and the deals that are open on that day."""
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            measured=measure_plan(facts, client),
            pipeline=facts.pipeline,
        )

    @property
    def words(self) -> PlanWords:
        """Titles and readings of the pace."""
        return PlanWords(self.measured, self.client, self.say)

    @property
    def deals(self) -> DealWords:
        """Titles and readings of deals."""
        return DealWords(self.measured, self.pipeline, self.client, self.say)

    # Report ----------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """Pace, past months, open deals, deals that lie still, cycle."""
        exhibits = [*self._pace_exhibits(), *self._pipeline_exhibits(), *self._cycle_exhibits()]
        return Section(
            key=self.key,
            title=self.say("Plan: pace and open deals"),
            boxes=self._boxes(),
            exhibits=tuple(exhibits),
        )

    def _boxes(self) -> tuple[Box, ...]:
        say, measured = self.say, self.measured
        boxes = []
        without = [one.figure for one in self.words.running if one.plan is None]
        if without:
            titles = {
                "qualified": say("No plan of qualified leads for this month"),
                "revenue": say("No plan of revenue for this month"),
            }
            wanted = ", ".join(f"{figure}: …" for figure in without)
            example = f"plan: {{{measured.month:%Y-%m}: {{{wanted}}}}}"
            boxes.append(
                Box(
                    title=say("No plan of this month") if len(without) == len(titles) else titles[without[0]],
                    text=(
                        say("Write the plan of each month into client.yml: {example}. Then the chance of making it is "
                            "told here.", example=example),
                    ),
                    tone="missing",
                )
            )  # fmt: skip
        if measured.qualified is None:
            text = say("Mark each lead as qualified or not in the CRM, with the day: then marketing's pace is known.")
            boxes.append(Box(title=say("No qualified leads in the data"), text=(text,), tone="missing"))
        if measured.revenue is None:
            text = say("Export the deals with amount, day of opening and day of closing: then sales' pace is known.")
            boxes.append(Box(title=say("No dated sales in the data"), text=(text,), tone="missing"))
        elif not self.pipeline.open["deals"].sum():
            text = say("No deal is open in the export: ask for the open ones, too, with amount and stage.")
            boxes.append(Box(title=say("No open deals in the data"), text=(text,), tone="missing"))
        return tuple(boxes)

    def _pace_exhibits(self) -> list[Exhibit]:
        words, out = self.words, []
        if words.running:
            out.append(
                Exhibit(
                    key="plan-pace",
                    title=words.pace_title(),
                    figure=draw_pace(words, words.pace_alt()),
                    reading=words.pace_reading(),
                    note=self._pace_note(),
                )
            )
        past = self.measured.past
        if len(past) and past[["qualified_plan", "revenue_plan"]].notna().any(axis=None):
            out.append(
                Exhibit(
                    key="plan-months",
                    title=words.months_title(),
                    figure=draw_months(words, words.months_alt()),
                    reading=(self.say("Bar: fact. Mark: plan. Counted by the day on which it happened."),),
                    table=words.months_table(),
                )
            )
        return out

    def _pace_note(self) -> str:
        say, undated = self.say, self.measured.undated_revenue
        note = say(
            "By the day on which leads were qualified and deals won, up to {date}. History: 13 weeks.",
            date=say.date(self.as_of),
        )
        if not undated:
            return note
        money = say.money(undated, self.client.currency)
        return f"{note} {say('Won deals without a day, {money} in all, are in no pace.', money=money)}"

    def _pipeline_exhibits(self) -> list[Exhibit]:
        words, out = self.deals, []
        note = self.say("Deals that are open on {date}.", date=self.say.date(self.as_of))
        if self.measured.weighted is not None:
            out.append(
                Exhibit(
                    key="plan-pipeline",
                    title=words.pipeline_title(),
                    figure=draw_pipeline(words, words.pipeline_alt()),
                    reading=words.pipeline_reading(),
                    table=words.pipeline_table(),
                    note=note,
                )
            )
        if self.pipeline.stale_deals:
            out.append(
                Exhibit(
                    key="plan-stale",
                    title=words.stale_title(),
                    reading=words.stale_reading(),
                    table=words.stale_table(),
                    note=note,
                )
            )
        return out

    def _cycle_exhibits(self) -> list[Exhibit]:
        words, cycle = self.deals, self.measured.cycle
        if not np.isfinite(cycle.median) or not cycle.months["median"].notna().any():
            return []
        note = self.say("Won deals by month of winning. The first months of the data hold only quick deals, and are "
                        "left out.")  # fmt: skip
        return [
            Exhibit(
                key="plan-cycle",
                title=words.cycle_title(),
                figure=draw_cycle(words, words.cycle_alt()),
                reading=words.cycle_reading(),
                note=note,
            )
        ]

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Revenue that runs behind its plan, deals that lie still."""
        say, revenue, out = self.say, self.measured.revenue, []
        if revenue is not None and revenue.plan and revenue.chance is not None and revenue.chance < LIKELY:
            gap = max(revenue.plan - revenue.pace.expected, 0.0)
            money = self.words.amount(revenue, gap)
            out.append(
                Finding(
                    text=say(
                        "At the present pace {month} ends {money} of revenue short of its plan",
                        month=say.month(self.measured.month), money=money,
                    ),
                    money=gap * self.client.margin,
                    amount=money,
                    detail=self.words.chance(revenue),
                    section=self.key,
                )
            )  # fmt: skip
        if self.pipeline.stale_deals and self.pipeline.stale_amount > 0:
            out.append(Finding(text=self.deals.stale_title(), detail=self.deals.stale_reading()[0], section=self.key))
        return tuple(out)

    def figures(self) -> dict[str, Any]:
        """``plan`` of audit.json: paces, open deals, deals that lie still, cycle."""
        measured, weighted = self.measured, self.measured.weighted
        cycle = measured.cycle
        return {
            "plan": {
                "month": f"{measured.month:%Y-%m}",
                "days_left": measured.days_left,
                "working_days_left": measured.working_left,
                "qualified": _pace(measured.qualified),
                "revenue": _pace(measured.revenue),
                "pipeline": None
                if weighted is None
                else {
                    "deals": weighted.deals,
                    "priced": weighted.priced,
                    "amount": round(weighted.amount, 2),
                    "expected": round(weighted.expected, 2),
                    "interval": [round(weighted.low, 2), round(weighted.high, 2)],
                    "due": round(weighted.due, 2),
                    "by_stage": weighted.by_stage,
                    "coverage": _number(measured.coverage, 4),
                },
                "stale": {
                    "deals": self.pipeline.stale_deals,
                    "amount": round(self.pipeline.stale_amount, 2),
                    "quiet_after_days": self.pipeline.quiet_after,
                },
                "cycle": {
                    "median_days": _number(cycle.median, 1),
                    "change_days": _number(cycle.change[0], 2),
                    "change_interval": None
                    if not np.isfinite(cycle.change[1])
                    else [_number(cycle.change[1], 2), _number(cycle.change[2], 2)],
                },
            }
        }


def _pace(one: Running | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "fact": _number(one.pace.fact, 2),
        "expected": _number(one.pace.expected, 2),
        "interval": [_number(end, 2) for end in one.pace.interval] if one.enough else None,
        "plan": _number(one.plan, 2),
        "chance": _number(one.chance, 4),
        "cases": one.events,
        "enough": one.events >= MINIMUM,
    }


def _number(value: float | None, digits: int) -> float | None:
    """A number JSON can hold; None for what is not known."""
    return None if value is None or not np.isfinite(value) else round(float(value), digits)
