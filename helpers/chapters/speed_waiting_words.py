"""What the speed chapter says of leads that nobody has answered or called."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.campaigns import lines
from helpers.chapters.speed_words import SpeedWords
from helpers.report.model import Column, Table

if TYPE_CHECKING:
    import pandas as pd

LISTED = 20
"""Waiting leads that the report lists."""
WORTH = 0.5
"""Money that would be written as none."""


@dataclass(frozen=True)
class WaitingWords(SpeedWords):
    """Says who is still waiting, and what that may be worth."""

    def money(self, value: float) -> str:
        """Short money."""
        return self.say.money_short(value, self.currency)

    def waiting(self, called: bool) -> str:
        """How many wait; ``called``: the data would show if somebody had called them."""
        say, left = self.say, self.measured.untouched
        if called:
            return say.plural(
                "{n} open lead has had no answer and no call",
                "{n} open leads have had no answer and no call",
                left.leads,
            )
        return say.plural("{n} open lead has no answer recorded", "{n} open leads have no answer recorded", left.leads)

    def waiting_title(self, called: bool) -> str:
        """How many wait, and what they may be worth."""
        left = self.measured.untouched
        if math.isnan(left.worth):
            return self.waiting(called)
        return self.say("{waiting}; taken up now they may bring about {money}",
                        waiting=self.waiting(called), money=self.money(left.worth))  # fmt: skip

    def waiting_reading(self, called: bool, unlinked: bool) -> tuple[str, ...]:
        """What the money means, how sure, which leads are not listed."""
        say, left = self.say, self.measured.untouched
        out = []
        if not math.isnan(left.worth):
            kind = say("gross profit") if self.profit_known else say("revenue")
            out.append(
                say("Together {range} of {kind}: number of leads × chance of a sale × average sale of the channel. An "
                    "old lead counts for less.",
                    range=say.interval(left.low, left.high, self.money), kind=kind)
            )  # fmt: skip
            if not math.isnan(left.late) and left.late < 1:
                out.append(
                    say("It is lowered to {share} of that: leads that waited longest for their answer are sold that "
                        "much less often than the average.", share=say.share(left.late))
                )  # fmt: skip
        shown = len(self.listed())
        if left.leads > shown:
            out.append(say("The list holds the {n} worth most; of equals, those that wait longest.", n=shown))
        if left.older:
            out.append(
                say.plural("{n} more came before the period; it is neither listed nor counted in the money.",
                           "{n} more came before the period; they are neither listed nor counted in the money.",
                           left.older)
            )  # fmt: skip
        if unlinked:
            out.append(say("Many calls in the data name no lead, so some of these may have been called."))
        elif not called:
            out.append(say("The data hold no calls, so some of these may have been called."))
        return tuple(out)

    def listed(self) -> pd.DataFrame:
        """The first waiting leads; without those that are worth nothing any more, where others are."""
        rows = self.measured.untouched.rows
        worthy = rows[~(rows["worth"] < WORTH)]
        return (worthy if len(worthy) > 1 else rows).head(LISTED)

    def waiting_table(self) -> Table:
        """The leads that are listed, by id."""
        say, rows = self.say, self.listed()
        columns = (
            Column(label=say("Lead")),
            Column(label=say("Came on"), kind="date"),
            Column(label=say("Channel")),
            Column(label=say("Product")),
            Column(label=say("Manager")),
            Column(label=say("Waits for")),
            Column(label=say("May bring"), kind="money"),
        )
        cells = tuple(
            (row.lead_id, _day(row.created_at), row.channel, row.product, row.manager, self.waited(row.waited),
             None if math.isnan(row.worth) else float(row.worth))
            for row in lines(rows)
        )  # fmt: skip
        return Table(columns=columns, rows=cells)


def _day(moment: dt.datetime) -> str:
    return moment.date().isoformat()
