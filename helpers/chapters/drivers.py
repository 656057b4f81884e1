"""Who moved the result: the change of profit between two periods, split exactly, by owner, with intervals.

drivers = Drivers.measure(facts, client, say)
drivers.section()               # for the report
drivers.measured.parts          # a part per factor: owner, money a month, interval, before, now
drivers.words.verdict()         # one paragraph that both departments can accept
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from helpers.chapters.base import Chapter
from helpers.chapters.campaigns import lines
from helpers.chapters.drivers_chart import draw_waterfall
from helpers.chapters.drivers_measure import OTHERS, MeasuredDrivers, measure_drivers
from helpers.chapters.drivers_words import DriverWords
from helpers.report.model import Box, Exhibit, Finding, Section

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Drivers(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "drivers"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    compare: tuple[dt.date, dt.date] | None
    as_of: dt.date
    measured: MeasuredDrivers
    margin_known: bool
    """False: no margin was given, and profit is revenue less spend."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Drivers:
        """The audited period against the comparison period, else against the plan."""
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            compare=None if facts.compare is None else (facts.compare.from_, facts.compare.to),
            as_of=facts.as_of,
            measured=measure_drivers(facts, client),
            margin_known=client.margin_given or "deals.margin" in facts.has,
        )

    @property
    def words(self) -> DriverWords:
        """Titles and readings."""
        say, measured = self.say, self.measured
        now = say.period(measured.first["now"], measured.age.until["now"])
        other = say("plan") if measured.basis == "plan" else ""
        if measured.basis == "before":
            other = say.period(measured.first["before"], measured.age.until["before"])
        return DriverWords(measured, self.client.currency, say, now, other)

    # Report ----------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """The verdict, the waterfall, the channels."""
        exhibits: tuple[Exhibit, ...] = ()
        lead: tuple[str, ...] = ()
        if self.measured.basis:
            lead = (self.words.verdict(),)
            exhibits = (self._waterfall(),)
            if len(self.measured.channels) > 1:
                exhibits = (*exhibits, self._channels())
        return Section(
            key=self.key, title=self.say("What changed the profit"), lead=lead, boxes=self._boxes(), exhibits=exhibits
        )

    def _boxes(self) -> tuple[Box, ...]:
        say, measured = self.say, self.measured
        boxes = []
        if not measured.age.ripe:
            text = say(
                "The leads of the period are too young: most of their sales are still to come. The periods can be "
                "compared from {date} on.",
                date=say.date(measured.age.ready),
            )
            boxes.append(Box(title=say("Too early to compare periods"), text=(text,), tone="caution"))
        elif not measured.basis:
            text = say(
                "Export the leads, deals and spend of an earlier period of the same length, or write the plan of each "
                "month (leads and revenue at least) into client.yml: then it is told what changed the profit."
            )
            boxes.append(Box(title=say("Nothing to compare the period with"), text=(text,), tone="missing"))
        else:
            boxes.append(self._reading_box())
            if not self.margin_known:
                text = say("No margin was given, so profit here is revenue less spend. The real profit is lower.")
                boxes.append(Box(title=say("Profit without the cost of goods"), text=(text,), tone="caution"))
        return tuple(boxes)

    def _reading_box(self) -> Box:
        say, measured = self.say, self.measured
        chain = (
            say("Profit = spend × leads per spend × share of qualified leads × conversion of qualified lead to "
                "customer × sales per customer × gross profit of a sale - spend, in each channel. Channels without "
                "spend begin with their leads.")
            if measured.marked
            else say("Profit = spend × leads per spend × conversion of lead to customer × sales per customer × gross "
                     "profit of a sale - spend, in each channel. Channels without spend begin with their leads.")
        )  # fmt: skip
        texts = [
            chain,
            say("The method (logarithmic mean Divisia index) leaves no rest. Amount spent: what more money brought, "
                "less that money itself."),
        ]  # fmt: skip
        if measured.basis == "plan":
            texts = [
                say("There is no earlier period to compare with, so the period is compared with its plan, along the "
                    "figures that the plan holds."),
                *texts[1:],
            ]  # fmt: skip
        return Box(title=say("How the change is split"), text=tuple(texts))

    def _waterfall(self) -> Exhibit:
        words = self.words
        return Exhibit(
            key="drivers-waterfall",
            title=words.title(),
            figure=draw_waterfall(words, words.alt()),
            reading=words.reading(),
            table=words.table(),
            note=self._note(),
        )

    def _channels(self) -> Exhibit:
        say, table = self.say, self.measured.channels
        change = table["after"] - table["before"]
        row = table.iloc[int(change.abs().to_numpy().argmax())]
        title = say(
            "The largest change of a channel: {channel}, {money} a month",
            channel=self.words.channel(row), money=self.words.signed(float(row["after"] - row["before"])),
        )  # fmt: skip
        return Exhibit(
            key="drivers-channels",
            title=title,
            reading=(
                say("Below the change stand its parts: each column adds up to the change of its channel, each line to "
                    "its part of the whole. Counts of single channels are small: read a column as a hint where to "
                    "look."),
            ),
            table=self.words.channels(),
            note=self._note(),
        )  # fmt: skip

    def _note(self) -> str:
        say, measured = self.say, self.measured
        age = measured.age
        if measured.basis == "plan":
            return say(
                "Leads created {period} and what they brought up to {date}, per month.",
                period=self.words.period, date=say.date(self.as_of),
            )  # fmt: skip
        text = say(
            "Leads created {period} and {other}, sales within {age} of the lead; money per month.",
            period=self.words.period, other=self.words.other, age=say.days(age.days),
        )  # fmt: skip
        if not age.whole:
            text += " " + say("Later leads are too young to be compared.")
        if age.short and age.cycle is not None:
            text += " " + say("Nine of ten sales take up to {days}: the later ones are not seen yet.",
                              days=say.days(age.cycle))  # fmt: skip
        return text

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """The change of profit, if it is surely one."""
        measured = self.measured
        if not measured.basis or not measured.sure:
            return ()
        words = self.words
        return (
            Finding(
                text=words.title(),
                money=abs(measured.change),
                amount=words.signed(measured.change),
                detail=self.say(
                    "A month: {period} against {other}; the change, allowing for luck: {interval}.",
                    period=words.period, other=words.other,
                    interval=self.say.interval(measured.low, measured.high, words.signed),
                ),
                section=self.key,
            ),
        )  # fmt: skip

    def figures(self) -> dict[str, Any]:
        """``drivers`` of audit.json: profit a month before and now, a part per factor, sums per owner and channel."""
        measured = self.measured
        if not measured.basis:
            return {"drivers": {"basis": None}}
        return {
            "drivers": {
                "basis": measured.basis,
                "age_days": measured.age.days if measured.basis == "before" else None,
                "until": measured.age.until["now"].isoformat(),
                "before": _number(measured.before),
                "now": _number(measured.after),
                "change": _number(measured.change),
                "interval": [_number(measured.low), _number(measured.high)],
                "parts": [
                    {
                        "factor": part.factor,
                        "owner": part.owner,
                        "change": _number(part.value),
                        "interval": [_number(part.low), _number(part.high)],
                        "before": _number(part.was, 6),
                        "now": _number(part.now, 6),
                    }
                    for part in measured.parts
                ],
                "owners": {
                    owner: {"change": _number(value), "interval": [_number(low), _number(high)]}
                    for owner, (value, low, high) in measured.owners.items()
                },
                "channels": [
                    {
                        "channel": None if row.channel == OTHERS else row.channel,
                        "paid": bool(row.paid),
                        "before": _number(row.before),
                        "now": _number(row.after),
                    }
                    for row in lines(measured.channels)
                ],
            }
        }


def _number(value: float, digits: int = 2) -> float | None:
    """A number JSON can hold; None for what is not known."""
    return round(float(value), digits) if np.isfinite(value) else None
