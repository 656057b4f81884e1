"""What the conversations chapter says of missed calls, of checklist scores, and of what goes with good talks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.conversations_words import TalkWords
from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share, apart, listed, range_cell
from helpers.report.model import Column, Quantity, Table

if TYPE_CHECKING:
    from helpers.chapters.conversations_measure import Score, Third


@dataclass(frozen=True)
class QualityWords(TalkWords):
    """Says what was missed, and how talks went."""

    # Missed -----------------------------------------------------------------------------------------------------------

    def missed_title(self) -> str:
        """Missed calls, and those that nobody followed."""
        say, measured = self.say, self.measured
        values = {"missed": say.count(measured.missed), "incoming": say.count(measured.all.missed.whole)}
        if not measured.missed:
            return say("None of {incoming} incoming calls was missed", incoming=values["incoming"])
        if not measured.missed_linked:
            return say("{missed} of {incoming} incoming calls were missed", **values)
        return say("{missed} of {incoming} incoming calls were missed, {never} of them never called back",
                   never=say.count(measured.missed_for_good), **values)  # fmt: skip

    def missed_parts(self) -> list[tuple[str, int, str]]:
        """What became of incoming calls: label, number, colour."""
        say, measured = self.say, self.measured
        incoming = int(measured.all.missed.whole)
        back = measured.missed_linked - measured.missed_for_good
        parts = [
            (say("taken"), incoming - measured.missed, "sales"),
            (say("missed, called back later"), back, "neutral"),
            (say("missed, never called back"), measured.missed_for_good, "bad"),
            (say("missed, nobody knows whose"), measured.missed - measured.missed_linked, "unknown"),
        ]
        return [part for part in parts if part[1]]

    def missed_reading(self) -> tuple[str, ...]:
        """What a missed call is, and what helps."""
        say, measured, out = self.say, self.measured, []
        if measured.missed and not measured.missed_linked:
            out.append(say("The calls name no lead, so nobody can tell which of them were called back."))
        elif measured.missed_linked:
            out.append(say("Called back: any later call or message to the same lead, or a later call of it that was "
                           "taken."))  # fmt: skip
        out.append(say("A missed call is a question of who is on duty: a list of missed calls each morning is enough."))
        return tuple(out)

    def missed_alt(self) -> str:
        """The bars in words."""
        say = self.say
        return "; ".join(say("{part}: {n}", part=label, n=say.count(n)) for label, n, _ in self.missed_parts()) + "."

    # Scores -----------------------------------------------------------------------------------------------------------

    def scores(self) -> list[tuple[str, Score]]:
        """Managers with scored conversations, the highest mean first."""
        found = [(self.name(talker), talker.score) for talker in self.measured.managers if talker.score.n]
        return sorted(found, key=lambda pair: (-pair[1].mean, pair[0]))

    def scores_title(self) -> str:
        """The mean score, or that few conversations are listened to."""
        say, score, talks = self.say, self.measured.all.score, self.measured.all.talks
        share = share_text(min(1.0, score.n / talks), say) if talks else "?"
        return say("Conversations are scored {mean} of 100 on average; {share} of them are listened to",
                   mean=say.count(score.mean), share=share)  # fmt: skip

    def scores_reading(self) -> tuple[str, ...]:
        """How sure, and what the score is for."""
        say, score = self.say, self.measured.all.score
        out = []
        if score.enough:
            out.append(say("{n} scored conversations; range of the mean {range}.", n=say.count(score.n),
                           range=say.interval(score.low, score.high, lambda x: say.count(x))))  # fmt: skip
        out.append(say("Dot: mean score. Line: its 95 % range. Dashed: all together. Few scores each: look at the "
                       "ranges, not at the order."))  # fmt: skip
        return tuple(out)

    def scores_alt(self) -> str:
        """The means in words."""
        say = self.say
        parts = [
            say("{name}: {score} ({n} scored)", name=name, score=say.count(score.mean), n=say.count(score.n))
            for name, score in self.scores()
        ]
        return say("Mean checklist score. {list}.", list="; ".join(parts))

    def scores_table(self) -> Table:
        """The means."""
        say = self.say
        columns = (
            Column(label=say("Manager")),
            Column(label=say("Scored"), kind="count"),
            Column(label=say("Mean score"), kind="number", digits=0),
            Column(label=say("Interval 95 %")),
        )
        rows = tuple(
            (name, score.n, score.mean,
             Quantity(text=say.interval(score.low, score.high, lambda x: say.count(x)), digits=0,
                      low=score.low, high=score.high)
             if score.enough else say("too few to judge"))
            for name, score in self.scores()
        )  # fmt: skip
        return Table(columns=columns, rows=rows)

    # Thirds -----------------------------------------------------------------------------------------------------------

    def score_names(self) -> list[Share]:
        """Thirds by checklist score with their limits written."""
        return self._thirds(self.measured.scores, [self.say.count(cut) for cut in self.measured.score_cuts])

    def length_names(self) -> list[Share]:
        """Thirds by length of the first conversation with their limits written."""
        return self._thirds(self.measured.lengths, [self.minutes(cut) for cut in self.measured.length_cuts])

    def _thirds(self, thirds: Sequence[Third], cuts: Sequence[str]) -> list[Share]:
        say = self.say
        low, high = cuts
        names = {
            "low": say("up to {time}", time=low),
            "middle": say("{first} to {last}", first=low, last=high),
            "high": say("over {time}", time=high),
        }
        return [
            Share(names[third.key], third.won.whole, third.won.share, third.won.low, third.won.high) for third in thirds
        ]

    def thirds_title(self) -> str:
        """Whether better talks go with more sales."""
        say, measured = self.say, self.measured
        for thirds, better in ((measured.scores, True), (measured.lengths, False)):
            if len(thirds) < 3 or not (thirds[0].won.enough and thirds[2].won.enough):
                continue
            low, high = thirds[0].won, thirds[2].won
            values = {"high": share_text(high.share, say), "low": share_text(low.share, say)}
            if apart((low, high)) is None:
                continue
            if better:
                return say("After the best scored third of conversations {high} buy, after the lowest {low}", **values)
            return say("After the longest third of first conversations {high} buy, after the shortest {low}", **values)
        if any(third.won.enough for third in (*measured.scores, *measured.lengths)):
            return say("Neither the score nor the length of a conversation goes with more sales beyond chance")
        return say("Conversion by quality of the conversation: too few to judge")

    def thirds_reading(self) -> tuple[str, ...]:
        """The caution."""
        say = self.say
        return (
            say("Association, not proof: with a customer who wants to buy it is easier to talk long and well. It is a "
                "reason to try, not a rule."),
            say("Sales within {days} of the lead, of leads that are at least so old. Line: 95 % range.",
                days=say.days(self.measured.age.days)),
        )  # fmt: skip

    def thirds_alt(self) -> str:
        """The thirds in words."""
        say = self.say
        parts = []
        if self.measured.scores:
            parts.append(say("By checklist score: {list}.", list=listed(self.score_names(), say)))
        if self.measured.lengths:
            parts.append(say("By length of the first conversation: {list}.", list=listed(self.length_names(), say)))
        return say("Conversion of lead to customer.") + " " + " ".join(parts)

    def thirds_table(self) -> Table:
        """The thirds."""
        say = self.say
        columns = (
            Column(label=say("Conversations")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Conversion of lead to customer"), kind="share", digits=1),
            Column(label=say("Interval 95 %")),
        )
        named = []
        if self.measured.scores:
            named += [(say("checklist score {third}", third=share.name), share) for share in self.score_names()]
        if self.measured.lengths:
            named += [(say("first conversation {third}", third=share.name), share) for share in self.length_names()]
        rows = tuple(
            (name, int(share.whole), share.share if share.enough else None, range_cell(share, say))
            for name, share in named
        )
        return Table(columns=columns, rows=rows)
