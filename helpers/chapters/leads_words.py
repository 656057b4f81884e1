"""What the leads chapter says: titles, readings, tables, alt texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share, apart, listed, range_cell, range_text
from helpers.report.model import Cell, Column, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.leads_measure import Channel, MeasuredLeads
    from helpers.language import Language


@dataclass(frozen=True)
class LeadsWords:
    """Says what the measure shows."""

    measured: MeasuredLeads
    say: Language

    @property
    def norm(self) -> str:
        """'35–50 %'."""
        norm = self.measured.norm
        return "" if norm is None else self.say.interval(norm[0], norm[1], self.say.share)

    def name(self, channel: Channel) -> str:
        """The channel as shown."""
        return channel.name or self.say("no channel named")

    # Qualification ----------------------------------------------------------------------------------------------------

    def qualified_title(self) -> str:
        """The share of qualified leads against its norm."""
        say, measured = self.say, self.measured
        if measured.verdict == "too_few":
            return say("Qualified leads: too few to judge")
        values = {"share": share_text(measured.usual.share, say)}
        match measured.verdict:
            case "above":
                return say("{share} of leads are qualified, above the norm of {norm}", norm=self.norm, **values)
            case "within" if not measured.all_marked:
                return say("{share} of leads are qualified so far, within the norm of {norm}", norm=self.norm, **values)
            case "within":
                return say("{share} of leads are qualified, within the norm of {norm}", norm=self.norm, **values)
            case "below":
                return say("{share} of leads are qualified, below the norm of {norm}", norm=self.norm, **values)
            case "unclear":
                return say("{share} of leads are qualified so far; whether that keeps to the norm of {norm} is not "
                           "clear", norm=self.norm, **values)  # fmt: skip
            case _:
                return say("{share} of leads are qualified", **values)

    def qualified_reading(self) -> tuple[str, ...]:
        """Leads without a mark, the period before, experimental channels."""
        say, measured, out = self.say, self.measured, []
        usual, marked = measured.usual, measured.usual_marked
        if usual.enough:
            out.append(say("{qualified} of {leads} leads, range {range}.", leads=say.count(usual.whole),
                           qualified=say.count(usual.share * usual.whole), range=range_text(usual, say)))  # fmt: skip
        if not measured.all_marked and marked.enough:
            out.append(
                say.plural(
                    "{n} lead has no mark yet, qualified or not. Of the marked ones {share} are qualified: the truth "
                    "lies between the two.",
                    "{n} leads have no mark yet, qualified or not. Of the marked ones {share} are qualified: the truth "
                    "lies between the two.",
                    round(usual.whole - marked.whole), share=share_text(marked.share, say),
                )
            )  # fmt: skip
        before = measured.before
        if before is not None and before.enough and usual.enough:
            share = share_text(before.share, say)
            if apart((usual, before)) is None:
                out.append(say("In the period before it was {share}: no change beyond chance.", share=share))
            elif usual.share > before.share:
                out.append(say("In the period before it was {share}: it has risen.", share=share))
            else:
                out.append(say("In the period before it was {share}: it has fallen.", share=share))
        if measured.norm is None:
            out.append(say("No norm is set (client.yml, limits: qualified_share): both heads could agree on one."))
        return tuple(out)

    def qualified_alt(self) -> str:
        """The months in words."""
        say = self.say
        shares = [
            Share(say.month(month.month), month.qualified.whole, month.qualified.share, month.qualified.low,
                  month.qualified.high)
            for month in self.measured.months
        ]  # fmt: skip
        return say("Share of qualified leads by month. {list}.", list=listed(shares, say))

    def qualified_table(self) -> Table:
        """By month."""
        say = self.say
        columns = (
            Column(label=say("Month of the lead"), kind="month"),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Qualified"), kind="count"),
            Column(label=say("Without a mark"), kind="count"),
            Column(label=say("Qualified, of leads"), kind="share", digits=1),
            Column(label=say("Interval 95 %")),
        )
        rows = tuple(
            (
                month.month.isoformat(),
                int(month.qualified.whole),
                round(month.qualified.share * month.qualified.whole) if month.qualified.whole else 0,
                int(month.qualified.whole) - month.marked,
                month.qualified.share if month.qualified.enough else None,
                range_cell(month.qualified, say),
            )
            for month in self.measured.months
        )
        return Table(columns=columns, rows=rows)

    def marks_text(self) -> str:
        """How often each BANT mark holds; empty without marks."""
        say, names = self.say, self.mark_names()
        parts = [
            say("{mark}: {share}", mark=names.get(str(row["mark"]), str(row["mark"])),
                share=say.share(row["yes"] / (row["yes"] + row["no"])))
            for _, row in self.measured.marks.iterrows()
            if row["yes"] + row["no"] >= MINIMUM
        ]  # fmt: skip
        return say("Of the leads with this mark it holds for: {list}.", list="; ".join(parts)) if parts else ""

    def mark_names(self) -> dict[str, str]:
        """The four marks in words."""
        say = self.say
        return {
            "budget": say("has the money"),
            "authority": say("decides"),
            "need": say("needs it"),
            "timing": say("needs it soon"),
        }

    # Channels ---------------------------------------------------------------------------------------------------------

    def channels(self, experimental: bool) -> list[Channel]:
        """Channels with the share of qualified leads known, the highest first."""
        own = [channel for channel in self.measured.channels if channel.experimental is experimental]
        return sorted(own, key=lambda one: (not one.qualified.enough, -_or(one.qualified.share), one.name))

    def channels_title(self) -> str:
        """Whether channels differ in quality."""
        say = self.say
        ends = apart(channel.qualified for channel in self.channels(False) if channel.name)
        if ends is None:
            return say("Channels do not differ in the share of qualified leads beyond chance")
        return say(
            "Qualified: {high} of leads from “{best}”, {low} from “{worst}”",
            high=share_text(ends[0].share, say), best=ends[0].name, low=share_text(ends[1].share, say),
            worst=ends[1].name,
        )  # fmt: skip

    def channels_reading(self) -> tuple[str, ...]:
        """How to read, and the experimental channels."""
        say, odd = self.say, self.measured.experimental
        out = [say("Dot: share of qualified leads. Line: its 95 % range. Dashed: all channels together.")]
        if odd.whole:
            out.append(
                say("Experimental channels together: {share} of {leads} leads (range {range}). They do not count "
                    "against the norm.",
                    share=share_text(odd.share, say), leads=say.count(odd.whole), range=range_text(odd, say))
                if odd.enough
                else say.plural("Experimental channels brought {n} lead: too few to judge.",
                                "Experimental channels brought {n} leads: too few to judge.", int(odd.whole))
            )  # fmt: skip
        return tuple(out)

    def channels_alt(self) -> str:
        """The channels in words."""
        say = self.say
        shares = [_named(channel.qualified, self.name(channel)) for channel in self.measured.channels]
        return say("Share of qualified leads by channel. {list}.", list=listed(shares, say))

    def channels_table(self) -> Table:
        """Everything that is counted by channel."""
        say, measured = self.say, self.measured
        columns = [
            Column(label=say("Channel")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Qualified, of leads"), kind="share", digits=1),
            Column(label=say("Interval 95 %")),
        ]
        if measured.decided:
            columns += [
                Column(label=say("Accepted"), kind="count"),
                Column(label=say("Refused"), kind="count"),
                Column(label=say("Undecided"), kind="count"),
            ]
        if measured.people is not None:
            columns += [Column(label=say("People"), kind="count"), Column(label=say("Repeats"), kind="count")]
        rows = []
        for channel in measured.channels:
            name = self.name(channel)
            row: list[Cell] = [
                say("{name} (experimental)", name=name) if channel.experimental else name,
                channel.leads,
                channel.qualified.share if channel.qualified.enough else None,
                range_cell(channel.qualified, say),
            ]
            if measured.decided:
                row += [channel.accepted, channel.rejected, channel.undecided]
            if measured.people is not None:
                row += [channel.people, channel.repeats]
            rows.append(tuple(row))
        return Table(columns=tuple(columns), rows=tuple(rows))


def _or(value: float) -> float:
    return -1.0 if math.isnan(value) else value


def _named(share: Share, name: str) -> Share:
    return Share(name, share.whole, share.share, share.low, share.high)


def named_shares(words: LeadsWords, channels: Sequence[Channel]) -> list[Share]:
    """Shares of qualified leads under the names as shown."""
    return [_named(channel.qualified, words.name(channel)) for channel in channels]
