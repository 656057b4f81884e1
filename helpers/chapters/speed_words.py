"""What the speed chapter says: titles, readings, tables, alt texts. Systems are described, people are not judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share, apart, judged, listed, range_cell, range_text
from helpers.chapters.speed_chart import time_text
from helpers.report.model import Cell as TableCell
from helpers.report.model import Column, Quantity, Table

if TYPE_CHECKING:
    from helpers.chapters.speed_measure import MeasuredSpeed, Wait
    from helpers.facts.waits import Clock
    from helpers.language import Language


@dataclass(frozen=True)
class SpeedWords:
    """Says what the measure shows."""

    measured: MeasuredSpeed
    clock: Clock
    country: str | None
    currency: str
    profit_known: bool
    say: Language

    def time(self, minutes: float) -> str:
        """A waiting time; '?' where it is not known."""
        return "?" if math.isnan(minutes) else "∞" if math.isinf(minutes) else time_text(minutes, self.say)

    def waited(self, minutes: float) -> Quantity:
        """The same in a table."""
        known = math.isfinite(minutes)
        return Quantity(text=self.time(minutes), kind="minutes", value=minutes if known else None)

    @property
    def limit(self) -> str:
        """The agreed time."""
        return self.time(self.measured.limit)

    # Opening ----------------------------------------------------------------------------------------------------------

    def lead(self) -> tuple[str, ...]:
        """How many are answered in time, how many not at all, and how time is counted."""
        say, measured = self.say, self.measured
        kept, silent = measured.all.kept, measured.fates["silent"]
        if kept.enough:
            first = say(
                "Of the {leads} leads of the period {share} were answered by a person within {limit} (range "
                "{range}). {half}",
                leads=say.count(measured.fates["leads"]), share=share_text(kept.share, say), limit=self.limit,
                range=range_text(kept, say), half=self._half(measured.all),
            )  # fmt: skip
        else:
            first = say("{leads} leads of the period: too few to judge how quickly they are answered.",
                        leads=say.count(measured.fates["leads"]))  # fmt: skip
        return (first, *((self._silent(silent),) if silent else ()), self.basis())

    def _half(self, wait: Wait) -> str:
        say = self.say
        if math.isnan(wait.curve.median):
            return say("More than half have no answer so far.")
        return say("Half of them waited for {time} or longer.", time=self.time(wait.curve.median))

    def _silent(self, silent: int) -> str:
        say, fates = self.say, self.measured.fates
        text = say.plural(
            "{n} lead ({share}) has no answer recorded so far.", "{n} leads ({share}) have no answer recorded so far.",
            silent, share=say.share(silent / max(fates["leads"], 1)),
        )  # fmt: skip
        if fates["silent_reason"]:
            text += " " + say.plural(
                "{n} of them was closed with a reason, so somebody may have dealt with it without noting an answer.",
                "{n} of them were closed with a reason, so somebody may have dealt with them without noting an answer.",
                fates["silent_reason"],
            )
        return text

    def basis(self) -> str:
        """How time is counted."""
        say, clock = self.say, self.clock
        if not clock.hours_given:
            return say(
                "No working hours are given in client.yml, so every minute counts, nights and weekends too: with them "
                "the times would be shorter."
            )
        hours = say("Only working time counts (hours of client.yml): a lead of the night waits from the opening.")
        if clock.holidays is None:
            return hours + " " + say("No country is given, so public holidays count as working days.")
        if not clock.holidays:
            return hours + " " + say("The public holidays of the country {country} are not known to the audit.",
                                     country=self.country or "?")  # fmt: skip
        return hours + " " + say("Public holidays do not count.")

    # The curve --------------------------------------------------------------------------------------------------------

    def curve_title(self) -> str:
        """Share within the limit, and how long half wait."""
        say, wait = self.say, self.measured.all
        if not wait.kept.enough:
            return say("Time to the first answer: too few leads to judge")
        share, limit = share_text(wait.kept.share, say), self.limit
        if math.isnan(wait.curve.median):
            return say("{share} of leads are answered within {limit}, and more than half have no answer so far",
                       share=share, limit=limit)  # fmt: skip
        return say("{share} of leads are answered within {limit}; half wait for {time} or longer",
                   share=share, limit=limit, time=self.time(wait.curve.median))  # fmt: skip

    def curve_alt(self) -> str:
        """The curve in words."""
        say, wait = self.say, self.measured.all
        times = (15, 60, 240, 480, 1440)
        parts = [
            say("within {time}: {share}", time=self.time(time), share=say.share(wait.curve.by(time)))
            for time in sorted({*times, self.measured.limit})
            if not math.isnan(wait.curve.by(time))
        ]
        return say("Share of leads with a first answer, by time since they came. {list}.", list="; ".join(parts))

    def curve_reading(self) -> tuple[str, ...]:
        """Ninth decile, the period before, what it means for whom."""
        say, measured = self.say, self.measured
        ninety, out = measured.all.curve.quantile(0.9), []
        if measured.all.kept.enough:
            out.append(
                say("It takes {time} until nine leads in ten have an answer.", time=self.time(ninety))
                if not math.isnan(ninety)
                else say("Fewer than nine of ten leads have an answer by now.")
            )
        if measured.before is not None and measured.before.kept.enough and measured.all.kept.enough:
            out.append(self._compared(measured.all.kept, measured.before.kept))
        out.append(say("Leads without an answer stay in the count as still waiting. The pale band is the 95 % range."))
        return tuple(out)

    def _compared(self, now: Share, before: Share) -> str:
        say = self.say
        share = share_text(before.share, say)
        if apart((now, before)) is None:
            return say("In the period before, {share} were answered within {limit}: no change beyond chance.",
                       share=share, limit=self.limit)  # fmt: skip
        if now.share > before.share:
            return say("In the period before, {share} were answered within {limit}: it has become quicker.",
                       share=share, limit=self.limit)  # fmt: skip
        return say("In the period before, {share} were answered within {limit}: it has become slower.",
                   share=share, limit=self.limit)  # fmt: skip

    def months_table(self) -> Table:
        """By month of the lead."""
        rows = [(month.isoformat(), wait) for month, wait in self.measured.months]
        return self._table(Column(label=self.say("Month of the lead"), kind="month"), rows)

    def groups_table(self) -> Table:
        """By channel and by manager."""
        say, measured = self.say, self.measured
        rows = [(self.name(wait, "channel"), wait) for wait in measured.channels]
        rows += [(self.name(wait, "manager"), wait) for wait in measured.managers]
        return self._table(Column(label=say("Channel or manager")), rows)

    def name(self, wait: Wait, kind: str) -> str:
        """The name of a group as shown."""
        say = self.say
        return wait.name or (say("no channel named") if kind == "channel" else say("no manager named"))

    def _table(self, first: Column, rows: Sequence[tuple[str, Wait]]) -> Table:
        say = self.say
        columns = (
            first,
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Answered within {limit}", limit=self.limit), kind="share", digits=1),
            Column(label=say("Interval 95 %")),
            Column(label=say("Half answered after")),
            Column(label=say("Nine of ten after")),
            Column(label=say("No answer so far"), kind="share", digits=1),
        )
        return Table(columns=columns, rows=tuple(self._row(name, wait) for name, wait in rows))

    def _row(self, name: str, wait: Wait) -> tuple[TableCell, ...]:
        say, enough = self.say, wait.kept.enough
        median, ninety = wait.curve.median, wait.curve.quantile(0.9)
        return (
            name,
            int(wait.curve.n),
            wait.kept.share if enough else None,
            range_cell(wait.kept, say),
            self.waited(median) if enough and not math.isnan(median) else None,
            self.waited(ninety) if enough and not math.isnan(ninety) else None,
            wait.silent if enough else None,
        )

    # Channels and managers --------------------------------------------------------------------------------------------

    @property
    def within(self) -> str:
        """The time within which groups and hours are compared."""
        return self.time(self.measured.within)

    def groups_title(self) -> str:
        """Whether channels differ."""
        say = self.say
        told = [wait.told for wait in self.measured.channels if wait.name]
        ends = apart(told)
        if len(judged(told)) < 2:
            return say("Time to the first answer by channel: too few leads to compare")
        if ends is None:
            return say("Channels do not differ in the speed of the first answer beyond chance")
        return say(
            "Answered within {time}: {high} of leads from “{best}”, {low} from “{worst}”",
            time=self.within, high=share_text(ends[0].share, say), best=ends[0].name,
            low=share_text(ends[1].share, say), worst=ends[1].name,
        )  # fmt: skip

    def groups_reading(self) -> tuple[str, ...]:
        """What a difference may come from."""
        say = self.say
        return (
            say("Dot: share answered within {time}. Line: its 95 % range. Dashed: all leads.", time=self.within),
            say("A manager's line shows the shifts, the queue and the kind of leads that come to it, not diligence."),
        )

    def groups_alt(self, panels: Sequence[Sequence[Share]]) -> str:
        """Channels and managers in words."""
        say = self.say
        return say("Share of leads answered within {time}. {list}.", time=self.within,
                   list="; ".join(listed(panel, say) for panel in panels if panel))  # fmt: skip
