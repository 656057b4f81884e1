"""What the speed chapter says of hours of the week and of conversion by time to the answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share, apart, listed, range_cell
from helpers.chapters.speed_words import SpeedWords
from helpers.report.model import Column, Table

if TYPE_CHECKING:
    from helpers.chapters.speed_hours import Slow


@dataclass(frozen=True)
class HourWords(SpeedWords):
    """Says where in the week leads wait, and what goes with waiting."""

    # Hours ------------------------------------------------------------------------------------------------------------

    def map_title(self) -> str:
        """Where the week is slow."""
        say, slow = self.say, self.measured.slow_hours
        if not slow:
            return say("No hour of the week stands out as slow beyond chance")
        values = {
            "hours": self._hours(slow[0]), "share": share_text(slow[0].kept.share, say), "time": self.within,
            "others": share_text(slow[0].others.share, say),
        }  # fmt: skip
        if slow[0].weekday is None:
            return say("Leads that come at {hours} wait longest: {share} answered within {time}, of the others "
                       "{others}", **values)  # fmt: skip
        return say("Slowest hours: {hours}; {share} of these leads are answered within {time}, of the others {others}",
                   **values)  # fmt: skip

    def _hours(self, slow: Slow) -> str:
        say, hours = self.say, f"{slow.first}:00–{slow.last}:00"
        return hours if slow.weekday is None else f"{say.weekday(slow.weekday)} {hours}"

    def map_reading(self) -> tuple[str, ...]:
        """How to read the map; nights and weekends."""
        say, measured = self.say, self.measured
        more = [f"{self._hours(slow)} ({share_text(slow.kept.share, say)})" for slow in measured.slow_hours[1:]]
        out = [say("Slow as well: {list}.", list="; ".join(more))] if more else []
        out += [
            say("Above: share of the leads of these hours answered within {time}; below: how many leads. The more "
                "colour, the fewer in time. Hatched: too few to judge.", time=self.within),
        ]  # fmt: skip
        if measured.within != measured.limit:
            out.append(
                say("Within the agreed {limit} the hours cannot be told apart: {share} are answered so quickly.",
                    limit=self.limit, share=share_text(measured.all.kept.share, say))
            )  # fmt: skip
        inside, outside = measured.open_hours, measured.closed_hours
        if self.clock.hours_given and inside.enough and outside.enough:
            out.append(
                say("Within {limit}: {inside} of leads that came in working time (underlined), {outside} of the "
                    "others.", limit=self.limit, inside=share_text(inside.share, say),
                    outside=share_text(outside.share, say))
            )  # fmt: skip
        out.append(say("A slow hour is a question of who is on duty, and is mended by a rota."))
        return tuple(out)

    def map_alt(self) -> str:
        """The map in words."""
        say = self.say
        named = [
            Share(f"{say.weekday(cell.weekday, short=True)} {cell.first}–{cell.last}", cell.kept.whole, cell.kept.share,
                  cell.kept.low, cell.kept.high)
            for cell in self.measured.cells
            if cell.kept.enough
        ]  # fmt: skip
        text = listed(sorted(named, key=lambda one: one.share), say)
        return say("Share answered within {time} by hour of the week, slowest first. {list}.",
                   time=self.within, list=text)  # fmt: skip

    def map_table(self) -> Table:
        """The cells."""
        say = self.say
        columns = (
            Column(label=say("Day of the week")),
            Column(label=say("Hours")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Answered within {limit}", limit=self.within), kind="share"),
            Column(label=say("Interval 95 %")),
        )
        rows = tuple(
            (say.weekday(cell.weekday), f"{cell.first}–{cell.last}", int(cell.kept.whole),
             cell.kept.share if cell.kept.enough else None, range_cell(cell.kept, say))
            for cell in self.measured.cells
        )  # fmt: skip
        return Table(columns=columns, rows=rows)

    # Conversion -------------------------------------------------------------------------------------------------------

    def buckets(self) -> tuple[Share, ...]:
        """Conversion by time to the answer, with the times written."""
        say, edges, out = self.say, [float(group.name) for group in self.measured.conversion], []
        for place, (edge, group) in enumerate(zip(edges, self.measured.conversion, strict=True)):
            if place == 0:
                name = say("up to {time}", time=self.time(edge))
            elif math.isinf(edge):
                name = say("over {time}", time=self.time(edges[place - 1]))
            else:
                name = say("{first} to {last}", first=self.time(edges[place - 1]), last=self.time(edge))
            out.append(Share(name, group.whole, group.share, group.low, group.high))
        return tuple(out)

    def conversion_title(self) -> str:
        """Quick against slow."""
        say, quick, slow = self.say, self.measured.quick, self.measured.slow
        if not (quick.enough and slow.enough):
            return say("Conversion by time to the answer: too few leads to compare")
        values = {"limit": self.limit, "quick": share_text(quick.share, say), "slow": share_text(slow.share, say)}
        if apart((quick, slow)) is None:
            return say("Of leads answered within {limit} {quick} become customers, of later ones {slow}: no difference "
                       "beyond chance", **values)  # fmt: skip
        return say("Of leads answered within {limit} {quick} become customers, of later ones {slow}", **values)

    def conversion_reading(self) -> tuple[str, ...]:
        """The caution, and at which age is compared."""
        say, age = self.say, self.measured.age
        text = say("Sales within {days} of the lead, of leads that are at least so old. Line: 95 % range.",
                   days=say.days(age.days))  # fmt: skip
        caution = say(
            "This is association, not proof: hot leads are answered sooner because they are hot. Only a trial in which "
            "chance decides who is answered first could tell."
        )
        return caution, text

    def conversion_alt(self) -> str:
        """The groups in words."""
        return self.say("Conversion of lead to customer by time to the first answer. {list}.",
                        list=listed(self.buckets(), self.say))  # fmt: skip

    def conversion_table(self) -> Table:
        """The groups."""
        say = self.say
        columns = (
            Column(label=say("Time to the first answer")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Conversion of lead to customer"), kind="share", digits=1),
            Column(label=say("Interval 95 %")),
        )
        rows = tuple(
            (group.name, int(group.whole), group.share if group.enough else None, range_cell(group, say))
            for group in self.buckets()
        )
        return Table(columns=columns, rows=rows)
