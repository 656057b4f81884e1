"""The first answer: how long leads wait for a person, where and when, and who is still waiting.

speed = Speed.measure(facts, client, say)
speed.section()                     # for the report
speed.measured.all.curve.median     # working minutes by which half of the leads were answered
speed.measured.untouched.rows       # leads that nobody has answered or called, dearest first
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from helpers.chapters.base import Chapter
from helpers.chapters.shares import Share
from helpers.chapters.shares_chart import Panel, draw_shares
from helpers.chapters.speed_chart import draw_curve, draw_map
from helpers.chapters.speed_hour_words import HourWords
from helpers.chapters.speed_measure import MeasuredSpeed, Wait, measure_speed, unlinked
from helpers.chapters.speed_waiting_words import WaitingWords
from helpers.chapters.speed_words import SpeedWords
from helpers.report.model import Box, Exhibit, Finding, Section
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.facts.waits import Clock
    from helpers.language import Language

GOOD = 0.85
"""Share answered in time from which nothing is found (criterion "The first answer comes fast", level 5)."""
MAPPED = 0.5
"""Where fewer of the leads than this share stand in hours that can be judged, no map of hours is drawn."""


@dataclass(frozen=True)
class Speed(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "speed"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    measured: MeasuredSpeed
    clock: Clock
    profit_known: bool
    """Money is gross profit; False: it is revenue, no margin being known."""
    called: bool
    """The data hold calls or messages."""
    unlinked: bool
    """Too many calls name no lead to tell which leads were not called."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Speed:
        """Waiting times of the leads created in the audited period, as known on ``as_of``."""
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            measured=measure_speed(facts, client),
            clock=facts.speed.clock,
            profit_known=client.margin_given or "deals.margin" in facts.has,
            called=bool(facts.conversations.talks["touches"].sum()),
            unlinked=unlinked(facts),
        )

    @property
    def words(self) -> SpeedWords:
        """Sentences and tables on the times."""
        return SpeedWords(*self._spoken)

    @property
    def hour_words(self) -> HourWords:
        """The same on hours of the week, and on conversion."""
        return HourWords(*self._spoken)

    @property
    def waiting_words(self) -> WaitingWords:
        """The same on leads that still wait."""
        return WaitingWords(*self._spoken)

    @property
    def _spoken(self) -> tuple[Any, ...]:
        client = self.client
        return self.measured, self.clock, client.country, client.currency, self.profit_known, self.say

    # Section ---------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """The curve of answers, channels and managers, the map of hours, conversion, leads that still wait."""
        say, title = self.say, self.say("The first answer")
        if not self.measured.known:
            return Section(key=self.key, title=title, lead=(self._nothing(),), boxes=(self._collect(),))
        exhibits = [self._curve(), self._groups()]
        if self.measured.cells:
            exhibits.append(self._hours())
        if sum(group.whole for group in self.measured.conversion):
            exhibits.append(self._conversion())
        if self.measured.untouched.leads:
            exhibits.append(self._waiting())
        boxes = [self._reading_box()]
        if not self.measured.sure:
            text = say(
                "Of the leads that somebody must have answered, for they went further or bought, {share} have a time "
                "of the first answer. So a lead without one need not have been left alone, and the shares answered in "
                'time are "at least".',
                share=say.share(self.measured.recorded),
            )
            boxes.append(Box(title=say("Not every answer is recorded"), text=(text,), tone="caution"))
        return Section(key=self.key, title=title, lead=self.words.lead(), boxes=tuple(boxes), exhibits=tuple(exhibits))

    def _nothing(self) -> str:
        say = self.say
        if not self.measured.fates.get("leads"):
            return say("No lead was created in the period ({period}).", period=say.period(*self.period))
        return say("The data do not tell when leads were first answered.")

    def _collect(self) -> Box:
        say = self.say
        text = say(
            "Export with each lead the time of the first answer by a person, or the calls and messages with the id of "
            "the lead; automatic replies do not count."
        )
        return Box(title=say("What to collect"), text=(text,), tone="missing")

    def _reading_box(self) -> Box:
        say, fates, source = self.say, self.measured.fates, self.clock.source
        text = [
            say("A lead without an answer is not left out: it counts as waiting since it came, up to {as_of}.",
                as_of=say.date(self.as_of)),
        ]  # fmt: skip
        if source == "touches":
            text.append(say("The first answer is the first call or message to the lead, or a call from it that was "
                            "taken. A call that nobody picked up counts, an automatic reply does not."))  # fmt: skip
        elif source == "both":
            text.append(say("The first answer is the time noted in the CRM; where there is none, the first call or "
                            "message to the lead. An automatic reply does not count."))  # fmt: skip
        else:
            text.append(say("The first answer is the time noted in the CRM. Whether a robot wrote it, the data do not "
                            "tell."))  # fmt: skip
        if fates["early"]:
            text.append(
                say.plural("{n} lead has an answer dated before it came, and is left out of the times.",
                           "{n} leads have an answer dated before they came, and are left out of the times.",
                           fates["early"])
            )  # fmt: skip
        if fates["untimed"]:
            text.append(
                say.plural("{n} lead went further without a recorded answer, and is left out of the times.",
                           "{n} leads went further without a recorded answer, and are left out of the times.",
                           fates["untimed"])
            )  # fmt: skip
        return Box(title=say("How to read the times"), text=tuple(text))

    def _note(self) -> str:
        say = self.say
        return say("Leads created {period}, answers up to {as_of}.",
                   period=say.period(*self.period), as_of=say.date(self.as_of))  # fmt: skip

    def _since(self) -> str:
        """For leads that wait today: those that came after the period wait, too."""
        if self.as_of <= self.period[1]:
            return self._note()
        say = self.say
        return say("Leads created since {first}, also after the period, answers up to {as_of}.",
                   first=say.date(self.period[0]), as_of=say.date(self.as_of))  # fmt: skip

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _curve(self) -> Exhibit:
        words = self.words
        enough = self.measured.all.kept.enough
        return Exhibit(
            key="speed-curve",
            title=words.curve_title(),
            figure=draw_curve(self.measured, self.say, words.curve_alt()) if enough else None,
            reading=words.curve_reading() if enough else (),
            table=words.months_table(),
            note=self._note(),
        )

    def _groups(self) -> Exhibit:
        say, words = self.say, self.words
        channels, managers = (
            [self._told(wait, kind) for wait in waits]
            for waits, kind in ((self.measured.channels, "channel"), (self.measured.managers, "manager"))
        )
        panels = [
            Panel(title, groups, colour, self.measured.all.told)
            for title, groups, colour in (
                (say("Channels"), channels, "marketing"),
                (say("Managers"), managers, "sales"),
            )
            if any(group.enough for group in groups)
        ]
        figure = draw_shares(panels, say, "speed-groups", words.groups_alt([channels, managers])) if panels else None
        return Exhibit(
            key="speed-groups",
            title=words.groups_title(),
            figure=figure,
            reading=words.groups_reading() if panels else (),
            table=words.groups_table(),
            note=self._note(),
        )

    def _told(self, wait: Wait, kind: str) -> Share:
        told = wait.told
        return Share(self.words.name(wait, kind), told.whole, told.share, told.low, told.high)

    def _hours(self) -> Exhibit:
        words, say, cells = self.hour_words, self.say, self.measured.cells
        seen = sum(cell.kept.whole for cell in cells if cell.kept.enough)
        if seen < MAPPED * sum(cell.kept.whole for cell in cells) and not self.measured.slow_hours:
            return Exhibit(
                key="speed-hours",
                title=say("By hours of the week: too few leads to judge"),
                reading=(
                    say("Even in blocks of six hours most parts of the week hold fewer than {least} leads; a longer "
                        "period would show more.", least=MINIMUM),
                ),
            )  # fmt: skip
        figure = draw_map(cells, self.client.working_hours, say, words.map_alt())
        return Exhibit(
            key="speed-hours",
            title=words.map_title(),
            figure=figure,
            reading=words.map_reading(),
            table=words.map_table(),
            note=self._note(),
        )

    def _conversion(self) -> Exhibit:
        words, age, say = self.hour_words, self.measured.age, self.say
        buckets = words.buckets()
        months = sorted(month for span in age.months.values() for month in span)
        note = say("Answered leads of {first} – {last}, outcomes within {days} of the lead.",
                   first=say.month(months[0]), last=say.month(months[-1]), days=say.days(age.days))  # fmt: skip
        return Exhibit(
            key="speed-conversion",
            title=words.conversion_title(),
            figure=draw_shares([Panel("", buckets, "joint")], say, "speed-conversion", words.conversion_alt())
            if any(group.enough for group in buckets)
            else None,
            reading=words.conversion_reading(),
            table=words.conversion_table(),
            note=note,
        )

    def _waiting(self) -> Exhibit:
        words = self.waiting_words
        return Exhibit(
            key="speed-waiting",
            title=words.waiting_title(self.called and not self.unlinked),
            reading=words.waiting_reading(self.called, self.unlinked),
            table=words.waiting_table(),
            table_open=True,
            note=self._since(),
        )

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Few leads answered in time; leads that nobody has answered at all, with what they may be worth."""
        say, words, measured, out = self.say, self.waiting_words, self.measured, []
        if not measured.known:
            return ()
        left = measured.untouched
        if left.leads:
            sure = measured.sure and not self.unlinked and not math.isnan(left.worth)
            worth = left.worth if sure else None
            detail = ""
            if worth is not None:
                detail = say("Range {range}; the list of these leads is in the report.",
                             range=say.interval(left.low, left.high, words.money))  # fmt: skip
            out.append(
                Finding(
                    text=words.waiting(self.called and not self.unlinked),
                    money=worth,
                    amount="" if worth is None else words.money(worth),
                    detail=detail,
                    section=self.key,
                )
            )  # fmt: skip
        if measured.all.kept.enough and measured.all.kept.high < GOOD and measured.sure:
            out.append(Finding(text=words.curve_title(), detail=words.basis(), section=self.key))
        return tuple(out)

    def figures(self) -> dict[str, Any]:
        """``speed`` of audit.json: minutes are working minutes where ``working_hours``; shares 0-1; None: not known."""
        measured, left = self.measured, self.measured.untouched
        return {
            "speed": {
                "working_hours": self.clock.hours_given,
                "source": self.clock.source or None,
                "limit_min": measured.limit,
                **_figures(measured.all),
                "recorded": _number(measured.recorded),
                "before": None if measured.before is None else _figures(measured.before),
                "channels": [{"channel": wait.name, **_figures(wait)} for wait in measured.channels],
                "conversion": {
                    "days": measured.age.days,
                    "in_time": _number(measured.quick.share) if measured.quick.enough else None,
                    "later": _number(measured.slow.share) if measured.slow.enough else None,
                },
                "untouched": {
                    "leads": left.leads,
                    "worth": _number(left.worth, 2),
                    "interval": None if math.isnan(left.worth) else [_number(left.low, 2), _number(left.high, 2)],
                },
            }
        }


def _figures(wait: Wait) -> dict[str, Any]:
    kept, curve = wait.kept, wait.curve
    return {
        "leads": int(curve.n),
        "answered": int(curve.happened),
        "within_limit": _number(kept.share) if kept.enough else None,
        "interval": [_number(kept.low), _number(kept.high)] if kept.enough else None,
        "median_min": _number(curve.median, 1) if kept.enough else None,
        "p90_min": _number(curve.quantile(0.9), 1) if kept.enough else None,
    }


def _number(value: float, digits: int = 4) -> float | None:
    """A number JSON can hold; None for what is not known."""
    return round(float(value), digits) if math.isfinite(value) else None
