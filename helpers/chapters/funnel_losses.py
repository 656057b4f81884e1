"""Where leads are lost among the known steps, and what one percentage point of a step is worth.

Worded as a system: a step is a rule between departments, not a person.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.report.model import Column, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.funnel_measure import Loss, MeasuredFunnel
    from helpers.client import Client
    from helpers.language import Language


@dataclass(frozen=True)
class Losses:
    """The losses of a measured funnel, and their words."""

    funnel: MeasuredFunnel
    client: Client
    period: tuple[dt.date, dt.date]
    profit_known: bool
    """Money of a customer is gross profit; False: it is revenue, no margin being known."""
    say: Language

    @property
    def unlocated(self) -> int:
        """Lost leads of which nobody knows between which two neighbouring stages they were lost."""
        return max(0, self.funnel.lost - sum(loss.lost for loss in self.funnel.losses))

    @property
    def worst(self) -> Loss | None:
        """The known step at which most leads were lost; None: nothing was lost, or an unknown step may lose more."""
        losses = [loss for loss in self.funnel.losses if loss.lost > 0]
        found = max(losses, key=lambda loss: loss.lost, default=None)
        return found if found is not None and found.lost >= self.unlocated else None

    @property
    def point(self) -> float | None:
        """Money of one percentage point more passing the worst step, or of leads becoming customers.

        Those who pass in addition are taken to buy as often, and for as much, as those who pass today: the client's own
        figures only. None where fewer than 30 passed, fewer than 30 bought, or no purchase has an amount.
        """
        funnel, worst = self.funnel, self.worst
        if funnel.gross_per_won is None or funnel.gross_per_won <= 0:
            return None
        if worst is None:
            return 0.01 * funnel.leads * funnel.gross_per_won if funnel.leads >= MINIMUM else None
        if worst.passed < MINIMUM:
            return None
        return 0.01 * worst.reached * (funnel.won / worst.passed) * funnel.gross_per_won

    def title(self) -> str:
        """The finding: the step that loses most, or that nobody knows it; empty where nothing was lost."""
        say, funnel, worst = self.say, self.funnel, self.worst
        if worst is not None:
            return say(
                "Most leads are lost between “{before}” and “{after}”: {lost} of {reached}",
                before=self.client.stage_label(worst.before, say),
                after=self.client.stage_label(worst.after, say),
                lost=say.count(worst.lost),
                reached=say.count(worst.reached),
            )
        if self.unlocated:
            return say(
                "Nobody knows at which stage {unknown} of {lost} lost leads were lost",
                lost=say.count(funnel.lost),
                unknown=say.count(self.unlocated),
            )
        return ""

    def amount(self) -> str:
        """The money of one percentage point, written; empty where it is not known."""
        if self.point is None:
            return ""
        return self.say("{money} per percentage point", money=self.say.money(self.point, self.client.currency))

    def detail(self) -> str:
        """What the money of one percentage point means; empty where it is not known."""
        say = self.say
        if self.point is None:
            return ""
        money, period = say.money(self.point, self.client.currency), say.period(*self.period)
        if self.worst is None and self.profit_known:
            return say(
                "One percentage point more of leads becoming customers is {money} of gross profit ({period}).",
                money=money,
                period=period,
            )
        if self.worst is None:
            return say(
                "One percentage point more of leads becoming customers is {money} of revenue ({period}).",
                money=money,
                period=period,
            )
        before, after = (self.client.stage_label(key, say) for key in (self.worst.before, self.worst.after))
        if self.profit_known:
            return say(
                "One percentage point more leads going on from “{before}” to “{after}” is {money} of gross profit "
                "({period}), if they buy as often as those who go on today.",
                before=before,
                after=after,
                money=money,
                period=period,
            )
        return say(
            "One percentage point more leads going on from “{before}” to “{after}” is {money} of revenue ({period}), "
            "if they buy as often as those who go on today.",
            before=before,
            after=after,
            money=money,
            period=period,
        )

    def table(self) -> Table:
        """Each known step: who went on, who was lost, who is still open."""
        say = self.say
        columns = (
            Column(label=say("From")),
            Column(label=say("To")),
            Column(label=say("Reached the first"), kind="count"),
            Column(label=say("Went on"), kind="count"),
            Column(label=say("Lost here"), kind="count"),
            Column(label=say("Still open here"), kind="count"),
        )
        label = self.client.stage_label
        rows = tuple(
            (label(loss.before, say), label(loss.after, say), loss.reached, loss.passed, loss.lost, loss.open)
            for loss in self.funnel.losses
        )
        return Table(columns=columns, rows=rows)
