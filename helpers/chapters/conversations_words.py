"""What the conversations chapter says: titles, readings, tables, alt texts. Systems are described, nobody is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.conversations_chart import tries_text
from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share, apart, listed, range_cell, range_text
from helpers.report.model import Cell, Column, Quantity, Table

if TYPE_CHECKING:
    from helpers.chapters.conversations_measure import MeasuredTalks, Talker
    from helpers.language import Language


@dataclass(frozen=True)
class TalkWords:
    """Says what the measure shows."""

    measured: MeasuredTalks
    say: Language

    def name(self, talker: Talker) -> str:
        """The manager or team as shown."""
        return talker.name or self.say("no manager named")

    def team(self, key: str) -> str:
        """A team in words; the client's own where it is none of ours."""
        say = self.say
        return {
            "sales": say("Sales"),
            "marketing": say("Marketing"),
            "call_centre": say("Call centre"),
            "support": say("Support"),
            "success": say("Customer success"),
            "management": say("Management"),
            "product": say("Product"),
        }.get(key, key)

    def minutes(self, seconds: float) -> str:
        """A length of talk: '3.4 min'."""
        return "?" if math.isnan(seconds) else self.say("{n} min", n=self.say.number(seconds / 60, 1))

    def talked(self, seconds: float) -> Quantity:
        """The same in a table."""
        return Quantity(text=self.minutes(seconds), kind="minutes", digits=1, value=seconds / 60)

    # Opening ----------------------------------------------------------------------------------------------------------

    def lead(self) -> tuple[str, ...]:
        """How many calls and messages, how long people talked, what cannot be tied to a lead."""
        say, measured, every = self.say, self.measured, self.measured.all
        first = say(
            "In the period there were {calls} calls and {messages} messages; {talks} calls with talk time lasted "
            "{length} on average, {hours} hours in all.",
            calls=say.count(every.calls), messages=say.count(every.messages), talks=say.count(every.talks),
            length=self.minutes(every.length), hours=say.count(every.seconds / 3600),
        )  # fmt: skip
        out = [first]
        if measured.unlinked:
            share = measured.unlinked / measured.touches
            out.append(
                say.plural(
                    "{n} of them ({share}) names no lead the audit knows: it counts here, but not where leads are "
                    "counted.",
                    "{n} of them ({share}) name no lead the audit knows: they count here, but not where leads are "
                    "counted.",
                    measured.unlinked, share=say.share(share),
                )
            )  # fmt: skip
        return tuple(out)

    # Reached ----------------------------------------------------------------------------------------------------------

    def reached_title(self) -> str:
        """How often somebody picks up."""
        say, reached = self.say, self.measured.all.reached
        if not reached.enough:
            return say("Calls that were picked up: too few to judge")
        return say("{share} of the calls made are picked up", share=share_text(reached.share, say))

    def reached_reading(self) -> tuple[str, ...]:
        """Range, the period before, whether managers differ."""
        say, measured, out = self.say, self.measured, []
        reached = measured.all.reached
        if reached.enough:
            out.append(
                say("{n} calls made, range {range}.", n=say.count(reached.whole), range=range_text(reached, say))
            )
        if measured.before is not None and measured.before.reached.enough and reached.enough:
            share = share_text(measured.before.reached.share, say)
            same = apart((reached, measured.before.reached)) is None
            out.append(
                say("In the period before it was {share}: no change beyond chance.", share=share)
                if same
                else say("In the period before it was {share}.", share=share)
            )
        people = [talker.reached for talker in measured.managers if talker.name]
        if sum(share.enough for share in people) > 1:
            ends = apart(people)
            out.append(
                say("The managers do not differ beyond chance.")
                if ends is None
                else say("Between managers it goes from {low} to {high}, more than chance explains: look at lists and "
                         "hours of calling first.",
                         low=share_text(ends[1].share, say), high=share_text(ends[0].share, say))
            )  # fmt: skip
        return tuple(out)

    def shares(self, talkers: Sequence[Talker], team: bool = False) -> list[Share]:
        """Reached shares under the names as shown, the highest first."""
        named = [
            Share(self.team(talker.name) if team else self.name(talker), talker.reached.whole, talker.reached.share,
                  talker.reached.low, talker.reached.high)
            for talker in talkers
            if talker.reached.whole
        ]  # fmt: skip
        return sorted(named, key=lambda one: (not one.enough, -one.share, one.name))

    def reached_alt(self) -> str:
        """Teams and managers in words."""
        say, measured = self.say, self.measured
        groups = [*self.shares(measured.teams, team=True), *self.shares(measured.managers)]
        return say("Share of calls made that were picked up. {list}.", list=listed(groups, say))

    def people_table(self) -> Table:
        """Everything that is counted by manager."""
        say, measured = self.say, self.measured
        scored, teams = measured.all.score.n > 0, any(talker.team for talker in measured.managers)
        columns = [Column(label=say("Manager"))]
        columns += [Column(label=say("Team"))] if teams else []
        columns += [
            Column(label=say("Calls"), kind="count"),
            Column(label=say("Messages"), kind="count"),
            Column(label=say("Picked up, of calls made"), kind="share"),
            Column(label=say("Interval 95 %")),
            Column(label=say("Missed, of incoming"), kind="share"),
            Column(label=say("Length of a talk")),
            Column(label=say("Hours of talk"), kind="number", digits=0),
        ]
        columns += [Column(label=say("Checklist score"), kind="number", digits=0)] if scored else []
        rows = []
        for talker in measured.managers:
            row: list[Cell] = [self.name(talker)]
            row += [self.team(talker.team)] if teams else []
            row += [
                talker.calls,
                talker.messages,
                talker.reached.share if talker.reached.enough else None,
                range_cell(talker.reached, say),
                talker.missed.share if talker.missed.enough else None,
                self.talked(talker.length) if talker.talks else None,
                talker.seconds / 3600,
            ]
            row += [talker.score.mean if talker.score.enough else None] if scored else []
            rows.append(tuple(row))
        return Table(columns=tuple(columns), rows=tuple(rows))

    # Tries ------------------------------------------------------------------------------------------------------------

    @property
    def given_up(self) -> tuple[int, int]:
        """Leads never reached after a single try, and all that were never reached though tried."""
        tried = [one for one in self.measured.tries if one.number > 0]
        return sum(one.silent for one in tried if one.number == 1), sum(one.silent for one in tried)

    def tries_title(self) -> str:
        """How many leads were ever spoken with, and how many were given up early."""
        say, measured, (once, never) = self.say, self.measured, self.given_up
        if not measured.reached_leads.enough:
            return say("Leads that were spoken with: too few to judge")
        share = share_text(measured.reached_leads.share, say)
        if not never:
            return say("{share} of leads were spoken with", share=share)
        return say(
            "{share} of leads were spoken with; of {never} tried in vain, {once} were tried only once",
            share=share, never=say.count(never), once=say.count(once),
        )  # fmt: skip

    def tries_reading(self) -> tuple[str, ...]:
        """Leads without any try, and what a try is."""
        say, measured, out = self.say, self.measured, []
        nobody = sum(one.silent for one in measured.tries if one.number == 0)
        if nobody:
            out.append(
                say.plural("{n} lead was neither called nor written to, as far as the data tell.",
                           "{n} leads were neither called nor written to, as far as the data tell.", nobody)
            )  # fmt: skip
        out.append(say("Above a bar: how many were never reached, of how many. Customers get more calls because they "
                       "buy, so more tries do not prove themselves here."))  # fmt: skip
        return tuple(out)

    def tries_alt(self) -> str:
        """The bars in words."""
        say = self.say
        parts = [
            say("{tries}: {reached} spoken with, {silent} never reached", tries=tries_text(one.number, say),
                reached=say.count(one.reached), silent=say.count(one.silent))
            for one in self.measured.tries
        ]  # fmt: skip
        return say("Leads by the number of calls and messages to them. {list}.", list="; ".join(parts))

    def tries_table(self) -> Table:
        """The bars."""
        say = self.say
        columns = (
            Column(label=say("Calls and messages to the lead")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Spoken with"), kind="count"),
            Column(label=say("Never reached"), kind="count"),
        )
        rows = tuple(
            (tries_text(one.number, say), one.reached + one.silent, one.reached, one.silent)
            for one in self.measured.tries
        )
        return Table(columns=columns, rows=rows)
