"""What the plan chapter says of the pace: where the month ends, how past months ended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from helpers.chapters.campaigns import lines
from helpers.report.model import Column, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.plan_measure import MeasuredPlan, Running
    from helpers.client import Client
    from helpers.language import Language

LIKELY, UNLIKELY = 0.5, 0.2
"""Chance of making the plan from which a pace holds, and under which it does not."""


@dataclass(frozen=True)
class PlanWords:
    """Says what the measure shows."""

    measured: MeasuredPlan
    client: Client
    say: Language

    @property
    def currency(self) -> str:
        """ISO code of the client's money."""
        return self.client.currency

    @property
    def running(self) -> list[Running]:
        """The figures whose pace is known, marketing's first."""
        return [one for one in (self.measured.qualified, self.measured.revenue) if one is not None]

    def kind_name(self, figure: str) -> str:
        """Name of a figure."""
        return {"qualified": self.say("Qualified leads"), "revenue": self.say("Revenue")}[figure]

    def figure_name(self, one: Running) -> str:
        """Name of a figure with the month."""
        return f"{self.kind_name(one.figure)}, {self._month()}"

    def amount(self, one: Running, value: float) -> str:
        """A value of the figure as it is written."""
        return self._money(value) if one.figure == "revenue" else self.say.count(value)

    def widest(self, names: list[str]) -> str:
        """The widest label of the axes of past months."""
        return max((self._money(float(self.measured.past[f"{name}_plan"].max())) for name in names), key=len)

    def _money(self, value: float) -> str:
        return self.say.money_short(value, self.currency)

    def _month(self) -> str:
        return self.say.month(self.measured.month)

    # Pace ------------------------------------------------------------------------------------------------------------

    def pace_title(self) -> str:
        """Where the month ends, against the plan."""
        say, parts = self.say, [self._part(one) for one in self.running]
        if not self.measured.days_left:
            return say("{month} ended with {list}", month=_upper(self._month()), list=say.list(parts))
        return say("At the present pace {month} ends with {list}", month=self._month(), list=say.list(parts))

    def _part(self, one: Running) -> str:
        """'3.4M of revenue (81 % of the plan)'."""
        say = self.say
        value = one.pace.expected if one.pace.known else one.pace.fact
        text = (
            say("{amount} of revenue", amount=self._money(value))
            if one.figure == "revenue"
            else say.plural("{n} qualified lead", "{n} qualified leads", round(value))
        )
        if one.plan:
            text += " " + say("({share} of the plan)", share=say.share(value / one.plan))
        return text

    def pace_alt(self) -> str:
        """The picture of the pace in words."""
        say = self.say
        parts = []
        for one in self.running:
            text = say("{figure}: {fact} by {date}", figure=self.kind_name(one.figure),
                       fact=self.amount(one, one.pace.fact), date=say.date(self.measured.today))  # fmt: skip
            if one.enough and self.measured.days_left:
                text += ", " + say(
                    "by the end of the month {interval}",
                    interval=say.interval(*one.pace.interval, partial(self.amount, one)),
                )
            if one.plan is not None:
                text += ", " + say("plan {value}", value=self.amount(one, one.plan))
            parts.append(text)  # fmt: skip
        return "; ".join(parts) + "."

    def pace_reading(self) -> tuple[str, ...]:
        """How sure the pace is and what it means for whom."""
        say, measured = self.say, self.measured
        out = []
        if measured.days_left:
            out.append(
                say.plural(
                    "Line: what has come. Fan: where the month ends 95 times of 100 if the days to come ({n} working "
                    "day) are like such days of the last 13 weeks, and a trend of these weeks goes on as far as it is "
                    "more than chance.",
                    "Line: what has come. Fan: where the month ends 95 times of 100 if the days to come ({n} working "
                    "days) are like such days of the last 13 weeks, and a trend of these weeks goes on as far as it is "
                    "more than chance.",
                    measured.working_left,
                )
            )
        for one in self.running:
            out.append(self.chance(one))
        out.append(self._meaning())
        if measured.qualified is not None and measured.dated < 0.9:
            out.append(
                say(
                    "Of the qualified leads {share} have no day of their own and count on the day they came: the last "
                    "days are not complete yet.",
                    share=say.share(1 - measured.dated),
                )
            )
        return tuple(text for text in out if text)

    def chance(self, one: Running) -> str:
        """How sure the total of a figure is; empty when the month is over."""
        say, name = self.say, self.kind_name(one.figure)
        if not self.measured.days_left:
            return ""
        if not one.enough:
            return say(
                "{figure}: fewer than {n} cases in the last 13 weeks, too few to say how sure the pace is.",
                figure=name, n=MINIMUM,
            )  # fmt: skip
        interval = say.interval(*one.pace.interval, partial(self.amount, one))
        if one.chance is None:
            return say("{figure}: {interval} by the end of the month.", figure=name, interval=interval)
        return say(
            "{figure}: {interval} by the end of the month; the chance of making the plan is {chance}.",
            figure=name, interval=interval, chance=self._likely(one.chance),
        )  # fmt: skip

    def _likely(self, chance: float) -> str:
        say = self.say
        if chance < 0.01:
            return say("under {share}", share=say.share(0.01))
        return say("over {share}", share=say.share(0.99)) if chance > 0.99 else say.share(chance)

    def _meaning(self) -> str:
        """What both paces together say, without blame."""
        say, marketing, sales = self.say, self.measured.qualified, self.measured.revenue
        if marketing is None or sales is None or marketing.chance is None or sales.chance is None:
            return ""
        if marketing.chance >= LIKELY and sales.chance < UNLIKELY:
            return say(
                "Enough qualified leads come, revenue does not follow yet: look together at the way from a qualified "
                "lead to the sale."
            )
        if marketing.chance < UNLIKELY and sales.chance >= LIKELY:
            return say("Revenue holds, but qualified leads run short: the coming months will feel it.")
        if marketing.chance < UNLIKELY and sales.chance < UNLIKELY:
            return say("Both run behind the plan: fewer qualified leads explain a part of the missing revenue.")
        return ""

    # Past months -----------------------------------------------------------------------------------------------------

    def _made(self, figure: str) -> tuple[int, int]:
        """In how many of the months with a plan it was made."""
        past = self.measured.past
        known = past[past[f"{figure}_plan"].notna()]
        return int((known[figure] >= known[f"{figure}_plan"]).sum()), len(known)

    def months_title(self) -> str:
        """How often the plan was made."""
        say, parts = self.say, []
        for figure in ("revenue", "qualified"):
            made, of = self._made(figure)
            if of:
                name = say("revenue") if figure == "revenue" else say("qualified leads")
                parts.append(say("{figure} {made} of {n}", figure=name, made=made, n=of))
        return say("Months in which the plan was met: {list}", list=", ".join(parts))

    def months_alt(self) -> str:
        """Past months in words."""
        rows = self.months_table()
        return "; ".join(
            f"{self.say.month(str(row[0]))}: "
            + ", ".join(self.say.cell(cell, column, self.currency)
                        for cell, column in zip(row[1:], rows.columns[1:], strict=True))
            for row in rows.rows
        )  # fmt: skip

    def months_table(self) -> Table:
        """Fact and plan by month."""
        say = self.say
        columns = (
            Column(label=say("Month"), kind="month"),
            Column(label=say("Qualified leads"), kind="count"),
            Column(label=say("Planned leads"), kind="count"),
            Column(label=say("Revenue"), kind="money"),
            Column(label=say("Planned revenue"), kind="money"),
            Column(label=say("Revenue of plan"), kind="share"),
        )
        rows = tuple(
            (
                row.month.isoformat(),
                row.qualified,
                _known(row.qualified_plan),
                row.revenue,
                _known(row.revenue_plan),
                row.revenue / row.revenue_plan if row.revenue_plan > 0 else None,
            )
            for row in lines(self.measured.past)
        )
        return Table(columns=columns, rows=rows)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
