"""What the plan chapter says of deals: what open ones may bring, which lie still, how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.chapters.campaigns import lines
from helpers.chapters.plan_pipeline import AGE_BANDS, Weighted
from helpers.report.model import Column, Table

if TYPE_CHECKING:
    from helpers.chapters.plan_measure import MeasuredPlan
    from helpers.client import Client
    from helpers.facts.pipeline import Pipeline
    from helpers.language import Language

STALE_ROWS = 50
"""Deals that the report names; the rest is said to exist."""


def group_name(row: Any, client: Client, say: Language) -> str:
    """A stage, or an age band, of open deals."""
    if row.from_days < 0:
        return client.stage_label(row.stage, say)
    at = AGE_BANDS.index(int(row.from_days))
    if at + 1 == len(AGE_BANDS):
        return say("open for {days} and more", days=say.days(row.from_days))
    return say("open for {days}", days=say.interval(row.from_days, AGE_BANDS[at + 1] - 1, say.days))


@dataclass(frozen=True)
class DealWords:
    """Says what the measure shows of deals."""

    measured: MeasuredPlan
    pipeline: Pipeline
    client: Client
    say: Language

    @property
    def currency(self) -> str:
        """ISO code of the client's money."""
        return self.client.currency

    @property
    def weighted(self) -> Weighted:
        """What open deals may bring; only where there is something."""
        assert self.measured.weighted is not None
        return self.measured.weighted

    def _money(self, value: float) -> str:
        return self.say.money_short(value, self.currency)

    def _month(self) -> str:
        return self.say.month(self.measured.month)

    # Open deals ------------------------------------------------------------------------------------------------------

    def pipeline_title(self) -> str:
        """What open deals may bring, and whether it is enough."""
        say, weighted, measured = self.say, self.weighted, self.measured
        worth = self._money(weighted.expected)
        if measured.coverage is not None and measured.revenue is not None:
            return say(
                "Open deals may bring {worth}: {share} of what is still missing from the plan, {due} of it this month",
                worth=worth, share=say.share(measured.coverage), due=self._money(weighted.due),
            )  # fmt: skip
        return say(
            "{n} open deals may bring {worth}, {due} of it by the end of the month",
            n=say.count(weighted.deals), worth=worth, due=self._money(weighted.due),
        )  # fmt: skip

    def pipeline_reading(self) -> tuple[str, ...]:
        """How it is counted, how sure it is."""
        say, weighted, measured = self.say, self.weighted, self.measured
        out = [
            say("Pale bar: amounts as they stand in the CRM. Full bar: what they bring at the chance with which such "
                "deals were won before; hatched: deals without an amount, at the average sale ({mean}).",
                mean=self._money(weighted.mean)),
            say("All together: {interval} (95 %).", interval=say.interval(weighted.low, weighted.high, self._money)),
        ]  # fmt: skip
        revenue = measured.revenue
        if revenue is not None and revenue.plan is not None:
            missing = revenue.missing or 0.0
            if not missing:
                out.append(say("The plan of {month} is already made.", month=self._month()))
            else:
                out.append(
                    say("Still missing from the plan of {month}: {missing}. New deals of the month come on top.",
                        month=self._month(), missing=self._money(missing))
                )  # fmt: skip
        out.append(
            say("A deal's chance is that of deals of the same stage and age.")
            if weighted.by_stage
            else say("The export holds no history of stages: the chance is that of deals of the same age, whatever "
                     "their stage.")
        )  # fmt: skip
        if not weighted.whole:
            out.append(say("The data are short: some of these deals will be won later than has been seen yet."))
        return tuple(out)

    def pipeline_alt(self) -> str:
        """The picture of open deals in words."""
        say = self.say
        return "; ".join(
            say("{group}: {n} deals, {amount}, may bring {expected}",
                group=group_name(row, self.client, say), n=say.count(row.deals), amount=self._money(row.amount),
                expected=self._money(row.expected + row.guessed))
            for row in lines(self.weighted.groups)
        )  # fmt: skip

    def pipeline_table(self) -> Table:
        """Open deals by stage or age."""
        say = self.say
        columns = (
            Column(label=say("Stage") if self.weighted.by_stage else say("Age")),
            Column(label=say("Open deals"), kind="count"),
            Column(label=say("With an amount"), kind="count"),
            Column(label=say("Amount"), kind="money"),
            Column(label=say("Mean chance"), kind="share", digits=1),
            Column(label=say("Expected of these"), kind="money"),
            Column(label=say("Expected of deals without an amount"), kind="money"),
        )
        rows = [
            (group_name(row, self.client, say), int(row.deals), int(row.priced), row.amount, row.chance, row.expected,
             row.guessed)
            for row in lines(self.weighted.groups)
        ]  # fmt: skip
        one = self.weighted
        whole = (say("All"), one.deals, one.priced, one.amount, None, one.expected - one.guessed, one.guessed)
        return Table(columns=columns, rows=(*rows, whole), total=True)

    # Lying still -----------------------------------------------------------------------------------------------------

    def stale_title(self) -> str:
        """How many deals lie still."""
        say, pipeline = self.say, self.pipeline
        return say.plural(
            "{n} of {of} open deals has stalled; amounts written in it: {money}",
            "{n} of {of} open deals have stalled; amounts written in them: {money}",
            pipeline.stale_deals, of=say.count(pipeline.open["deals"].sum()), money=self._money(pipeline.stale_amount),
        )  # fmt: skip

    def stale_reading(self) -> tuple[str, ...]:
        """What lying still means, and what to do."""
        say, days = self.say, self.pipeline.quiet_after
        rule = (
            say("A deal has stalled when nothing has moved in it for more than {days} - nine of ten won deals took "
                "less in all - or when the day it was expected is past.", days=say.days(days))
            if days is not None
            else say("A deal has stalled when the day it was expected is past; too few deals were won to say how long "
                     "is too long.")
        )  # fmt: skip
        return (
            rule,
            say("Call each of them once more or close it with a reason: then both departments see what is in work."),
        )

    def stale_table(self) -> Table:
        """The largest of them."""
        say = self.say
        columns = (
            Column(label=say("Deal")),
            Column(label=say("Manager")),
            Column(label=say("Stage")),
            Column(label=say("Opened"), kind="date"),
            Column(label=say("Last movement"), kind="date"),
            Column(label=say("Days without movement"), kind="count"),
            Column(label=say("Expected"), kind="date"),
            Column(label=say("Amount"), kind="money"),
        )
        shown = self.pipeline.stale.head(STALE_ROWS)
        rows = tuple(
            (
                str(row.deal_id),
                row.manager or say("no manager named"),
                self.client.stage_label(row.stage, say),
                _day(row.opened),
                _day(row.moved),
                None if pd.isna(row.quiet_days) else int(row.quiet_days),
                _day(row.expected),
                row.amount or None,
            )
            for row in lines(shown)
        )
        rest = self.pipeline.stale_deals - len(shown)
        note = say.plural("{n} more deal has stalled.", "{n} more deals have stalled.", rest) if rest > 0 else ""
        return Table(columns=columns, rows=rows, note=note)

    # Cycle -----------------------------------------------------------------------------------------------------------

    def cycle_title(self) -> str:
        """Median deal cycle and its trend."""
        say, cycle = self.say, self.measured.cycle
        middle, low, high = cycle.change
        days = say.days(cycle.median)
        if np.isfinite(low) and low > 0:
            return say("Half of the sales take more than {days}, and the cycle grows longer: by {change}",
                       days=days, change=say.days(round(middle)))  # fmt: skip
        if np.isfinite(high) and high < 0:
            return say("Half of the sales take more than {days}, and the cycle grows shorter: by {change}",
                       days=days, change=say.days(round(-middle)))  # fmt: skip
        return say("Half of the sales take more than {days} from opening to winning", days=days)

    def cycle_reading(self) -> tuple[str, ...]:
        """How sure the trend is."""
        say, (_, low, high) = self.say, self.measured.cycle.change
        out = [say("Dot: median of the deals won in that month. Bar: its 95 % range. Below: number of deals.")]
        if np.isfinite(low):
            span = say.interval(low, high, lambda value: say.number(value, 0))
            out.append(
                say("From the first month to the last the median moved by {span} days (95 %).", span=span)
                if low > 0 or high < 0
                else say("No trend is sure: from the first month to the last the median moved by {span} days (95 %).",
                         span=span)
            )  # fmt: skip
        else:
            out.append(say("Too few months to speak of a trend."))
        return tuple(out)

    def cycle_alt(self) -> str:
        """Medians in words."""
        say = self.say
        return "; ".join(
            say("{month}: {days} ({n} deals)", month=say.month(row.month.date()), days=say.days(row.median),
                n=say.count(row.deals))
            for row in lines(self.measured.cycle.months)
            if row.median == row.median
        )  # fmt: skip


def _day(value: Any) -> str | None:
    return None if pd.isna(value) else value.date().isoformat()
