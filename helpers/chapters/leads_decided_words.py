"""What the leads chapter says of leads that sales took or refused, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import share_text
from helpers.chapters.shares import Share, apart, range_text
from helpers.report.model import Cell, Column, Table

if TYPE_CHECKING:
    from helpers.chapters.leads_measure import MeasuredLeads, Reasons
    from helpers.language import Language

FEW = 3
"""Reasons that a sentence names."""
MOST = 0.5
"""From this share of refused leads without a reason on, that is what the title says."""


@dataclass(frozen=True)
class DecidedWords:
    """Says what sales decided, and the reasons."""

    measured: MeasuredLeads
    say: Language

    # Accepted and refused ---------------------------------------------------------------------------------------------

    def decided_title(self) -> str:
        """What sales decided."""
        say, measured = self.say, self.measured
        if not measured.undecided:
            return say("Sales accepted {accepted} leads and refused {rejected}; every lead is decided on",
                       accepted=say.count(measured.accepted), rejected=say.count(measured.rejected))  # fmt: skip
        return say(
            "Sales accepted {accepted} leads, refused {rejected}, and has not decided on {undecided}",
            accepted=say.count(measured.accepted), rejected=say.count(measured.rejected),
            undecided=say.count(measured.undecided),
        )  # fmt: skip

    def decided_reading(self) -> tuple[str, ...]:
        """Share refused, and the channels that differ."""
        say, measured, out = self.say, self.measured, []
        refused = Share.of("", measured.rejected, measured.decided)
        if refused.enough:
            out.append(say("Of the leads decided on {share} were refused (range {range}).",
                           share=share_text(refused.share, say), range=range_text(refused, say)))  # fmt: skip
        ends = apart(channel.refused for channel in measured.channels if channel.name)
        if ends is not None:
            out.append(say("Refused most often: “{most}”, {high}; least often: “{least}”, {low}.",
                           most=ends[0].name, high=share_text(ends[0].share, say), least=ends[1].name,
                           low=share_text(ends[1].share, say)))  # fmt: skip
        if measured.undecided:
            out.append(
                say("An undecided lead can be paid for or argued about later: a day by which sales answers ends that.")
            )
        return tuple(out)

    def decided_alt(self) -> str:
        """The months in words."""
        say = self.say
        parts = [
            say("{month}: accepted {accepted}, refused {rejected}, undecided {undecided}", month=say.month(month.month),
                accepted=say.count(month.accepted), rejected=say.count(month.rejected),
                undecided=say.count(month.undecided))
            for month in self.measured.months
        ]  # fmt: skip
        return "; ".join(parts) + "."

    def decided_table(self) -> Table:
        """By month."""
        say = self.say
        columns = (
            Column(label=say("Month of the lead"), kind="month"),
            Column(label=say("Accepted"), kind="count"),
            Column(label=say("Refused"), kind="count"),
            Column(label=say("Undecided"), kind="count"),
        )
        rows = tuple((m.month.isoformat(), m.accepted, m.rejected, m.undecided) for m in self.measured.months)
        return Table(columns=columns, rows=rows)

    # Reasons ----------------------------------------------------------------------------------------------------------

    def rejections_title(self) -> str:
        """The reasons that make up most refusals."""
        say, reasons = self.say, self.measured.rejections
        if not reasons.named:
            return say("No reason is given for any of {n} refused leads", n=say.count(reasons.all))
        if reasons.without >= MOST * reasons.all:
            # What most of them were refused for nobody knows: that is the finding.
            return say(
                "{share} of refused leads have no reason; of those given most often: {reasons}",
                share=say.share(reasons.without / reasons.all), reasons=self._top(reasons),
            )  # fmt: skip
        if len(reasons.named) == 1:
            return say("Why leads are refused: the only reason given is {reason}", reason=self._top(reasons))
        return say(
            "Why leads are refused: {reasons} make up {share} of the reasons given",
            reasons=self._top(reasons), share=self._share(reasons),
        )  # fmt: skip

    def losses_title(self) -> str:
        """The reasons that make up most losses."""
        say, reasons = self.say, self.measured.losses
        if len(reasons.named) == 1:
            return say("Why leads that were not refused are lost: the only reason given is {reason}",
                       reason=self._top(reasons))  # fmt: skip
        return say(
            "Why leads that were not refused are lost: {reasons} make up {share} of the reasons given",
            reasons=self._top(reasons), share=self._share(reasons),
        )  # fmt: skip

    def all_losses_title(self) -> str:
        """The same where nobody marks refused leads: refusals are among the losses."""
        say, reasons = self.say, self.measured.losses
        if len(reasons.named) == 1:
            return say("Why leads are lost: the only reason given is {reason}", reason=self._top(reasons))
        return say(
            "Why leads are lost: {reasons} make up {share} of the reasons given",
            reasons=self._top(reasons), share=self._share(reasons),
        )  # fmt: skip

    def _top(self, reasons: Reasons) -> str:
        return self.say.quoted([name for name, _ in reasons.named[: min(FEW, reasons.most())]])

    def _share(self, reasons: Reasons) -> str:
        few = sum(number for _, number in reasons.named[: min(FEW, reasons.most())])
        return self.say.share(few / max(reasons.all - reasons.without, 1))

    def rejections_reading(self) -> tuple[str, ...]:
        """Refusals without a reason, and whose reasons they are."""
        say, reasons, out = self.say, self.measured.rejections, []
        if reasons.without:
            out.append(
                say.plural(
                    "{n} refused lead ({share}) has no reason: marketing cannot learn from it.",
                    "{n} refused leads ({share}) have no reason: marketing cannot learn from them.",
                    reasons.without, share=say.share(reasons.without / reasons.all),
                )
            )  # fmt: skip
        else:
            out.append(say("Every refused lead has a reason."))
        if len(reasons.named) > 1:
            out.append(say("Red: reasons that make up four fifths together."))
        out.append(say("These are the reasons that sales wrote down, not what customers said."))
        return tuple(out)

    def losses_reading(self, apart: bool) -> tuple[str, ...]:
        """Whose reasons these are; ``apart``: refused leads are not among them."""
        say, reasons, out = self.say, self.measured.losses, []
        if reasons.without:
            out.append(say.plural("{n} lost lead has no reason.", "{n} lost leads have no reason.", reasons.without))
        out.append(
            say("These leads were not refused: here the customer, or the offer, was the reason.")
            if apart
            else say("Refused leads and lost customers stand in one list here, for nobody marks which were refused.")
        )
        return tuple(out)

    def reasons_alt(self, reasons: Reasons) -> str:
        """The reasons in words."""
        say = self.say
        parts = [say("{reason}: {n}", reason=name, n=say.count(number)) for name, number in reasons.named[:10]]
        if reasons.without:
            parts.append(say("{reason}: {n}", reason=say("no reason given"), n=say.count(reasons.without)))
        return "; ".join(parts) + "."

    def reasons_table(self, reasons: Reasons) -> Table:
        """All reasons."""
        say, gathered = self.say, 0
        rows: list[tuple[Cell, ...]] = []
        total = max(reasons.all - reasons.without, 1)
        for name, number in reasons.named:
            gathered += number
            rows.append((name, number, number / total, gathered / total))
        rows += [(say("no reason given"), reasons.without, None, None)] if reasons.without else []
        columns = (
            Column(label=say("Reason")),
            Column(label=say("Leads"), kind="count"),
            Column(label=say("Of those with a reason"), kind="share"),
            Column(label=say("Running total"), kind="share"),
        )
        return Table(columns=columns, rows=tuple(rows))
