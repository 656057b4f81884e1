"""Conversations: who was reached, which calls were missed, how talks are scored, and what goes with it.

conversations = Conversations.measure(facts, client, say)
conversations.section()                     # for the report
conversations.measured.all.reached          # share of calls made that were picked up
conversations.measured.missed_for_good      # missed calls that nobody followed
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from helpers.chapters.base import Chapter
from helpers.chapters.conversations_chart import SHOWN, draw_missed, draw_scores, draw_tries
from helpers.chapters.conversations_measure import MeasuredTalks, measure_talks
from helpers.chapters.conversations_quality_words import QualityWords
from helpers.chapters.shares import Share
from helpers.chapters.shares_chart import Panel, draw_shares
from helpers.report.model import Box, Exhibit, Finding, Section
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Conversations(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "conversations"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    measured: MeasuredTalks
    aliased: bool
    """The table of people gives names to show instead."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Conversations:
        """Calls and messages of the audited period, and leads created in it."""
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            measured=measure_talks(facts, client),
            aliased="people.alias" in facts.has,
        )

    @property
    def words(self) -> QualityWords:
        """Sentences and tables of the chapter."""
        return QualityWords(self.measured, self.say)

    # Section ---------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """Reached, tries, missed calls, scores, conversion by thirds."""
        say, measured = self.say, self.measured
        title = say("Conversations")
        if not measured.touches:
            return Section(
                key=self.key,
                title=title,
                lead=(say("The data hold no calls and no messages of the period."),),
                boxes=(self._collect(),),
            )
        exhibits = [self._reached()]
        if measured.linked and any(one.number for one in measured.tries):
            exhibits.append(self._tries())
        if measured.all.missed.whole:
            exhibits.append(self._missed())
        if measured.all.score.n:
            exhibits.append(self._scores())
        if measured.scores or measured.lengths:
            exhibits.append(self._thirds())
        return Section(key=self.key, title=title, lead=self.words.lead(), boxes=self._boxes(), exhibits=tuple(exhibits))

    def _collect(self) -> Box:
        say = self.say
        text = say(
            "Export calls and messages from telephony and messengers: when, in or out, talk time, answered or not, "
            "who, and the id of the lead or deal."
        )
        return Box(title=say("What to collect"), text=(text,), tone="missing")

    def _boxes(self) -> tuple[Box, ...]:
        say, measured, missing = self.say, self.measured, []
        if not measured.linked:
            missing.append(say("The id of the lead or deal with each call: then one can see which leads nobody "
                               "reached, and which missed calls were never returned."))  # fmt: skip
        if not measured.all.score.n:
            missing.append(say("A checklist score for a few conversations of each manager a month, given by marketing "
                               "and sales together."))  # fmt: skip
        boxes = []
        if missing:
            boxes.append(Box(title=say("What to collect"), text=tuple(missing), tone="missing"))
        return tuple(boxes)

    def _note(self) -> str:
        say = self.say
        note = say("Calls and messages of {period}.", period=say.period(*self.period))
        if self.aliased:
            note += " " + say("People are shown by the names given in the table of people.")
        return note

    def _leads_note(self) -> str:
        say = self.say
        return say("Leads created {period}, calls and messages up to {as_of}.", period=say.period(*self.period),
                   as_of=say.date(self.as_of))  # fmt: skip

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _reached(self) -> Exhibit:
        say, words, measured = self.say, self.words, self.measured
        every = measured.all.reached
        panels = [
            Panel(title, shares, "sales", every)
            for title, shares in (
                (say("Teams"), words.shares(measured.teams, team=True)),
                (say("Managers"), words.shares(measured.managers)),
            )
            if any(share.enough for share in shares)
        ]
        return Exhibit(
            key="conversations-reached",
            title=words.reached_title(),
            figure=draw_shares(panels, say, "conversations-reached", words.reached_alt()) if panels else None,
            reading=words.reached_reading(),
            table=words.people_table(),
            note=self._note(),
        )

    def _tries(self) -> Exhibit:
        words = self.words
        return Exhibit(
            key="conversations-tries",
            title=words.tries_title(),
            figure=draw_tries(self.measured.tries, self.say, words.tries_alt()),
            reading=words.tries_reading(),
            table=words.tries_table(),
            note=self._leads_note(),
        )

    def _missed(self) -> Exhibit:
        words = self.words
        return Exhibit(
            key="conversations-missed",
            title=words.missed_title(),
            figure=draw_missed(words.missed_parts(), self.say, words.missed_alt()),
            reading=words.missed_reading(),
            note=self._note(),
        )

    def _scores(self) -> Exhibit:
        words = self.words
        rows = words.scores()
        shown = rows if len(rows) <= SHOWN else [*rows[: SHOWN // 2], *rows[-SHOWN // 2 :]]
        return Exhibit(
            key="conversations-scores",
            title=words.scores_title(),
            figure=draw_scores(shown, self.measured.all.score, self.say, words.scores_alt()),
            reading=words.scores_reading(),
            table=words.scores_table(),
            note=self._note(),
        )

    def _thirds(self) -> Exhibit:
        say, words, measured = self.say, self.words, self.measured
        panels = [
            Panel(title, shares, "joint")
            for title, shares in (
                (say("By checklist score"), words.score_names() if measured.scores else []),
                (say("By length of the first conversation"), words.length_names() if measured.lengths else []),
            )
            if any(share.enough for share in shares)
        ]
        return Exhibit(
            key="conversations-thirds",
            title=words.thirds_title(),
            figure=draw_shares(panels, say, "conversations-thirds", words.thirds_alt()) if panels else None,
            reading=words.thirds_reading(),
            table=words.thirds_table(),
            note=self._leads_note(),
        )

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Missed calls that nobody followed; leads given up after one try."""
        say, measured, words, out = self.say, self.measured, self.words, []
        if measured.missed_linked >= MINIMUM and measured.missed_for_good:
            out.append(Finding(text=words.missed_title(), detail=words.missed_reading()[0], section=self.key))
        once, never = words.given_up
        if measured.linked and never >= MINIMUM and once:
            text = say.plural("{n} lead was never reached and tried only once",
                              "{n} leads were never reached and tried only once", once)  # fmt: skip
            out.append(Finding(text=text, detail=words.tries_title(), section=self.key))
        return tuple(out)

    def figures(self) -> dict[str, Any]:
        """``conversations`` of audit.json: shares 0-1, None: not known or too few to judge."""
        measured, every = self.measured, self.measured.all
        return {
            "conversations": {
                "calls": every.calls,
                "messages": every.messages,
                "unlinked": measured.unlinked,
                "reached": _share(every.reached),
                "reached_leads": _share(measured.reached_leads) if measured.linked else None,
                "incoming": int(every.missed.whole),
                "missed": measured.missed,
                "missed_never_called_back": measured.missed_for_good if measured.missed_linked else None,
                "talk_seconds": round(every.seconds),
                "scored": every.score.n,
                "score": _number(every.score.mean, 1),
                "by_score": [_share(third.won) for third in measured.scores] or None,
                "by_length": [_share(third.won) for third in measured.lengths] or None,
                "managers": [
                    {
                        "manager": talker.name,
                        "team": talker.team or None,
                        "calls": talker.calls,
                        "reached": _share(talker.reached),
                        "score": _number(talker.score.mean, 1) if talker.score.enough else None,
                    }
                    for talker in measured.managers
                ],
            }
        }


def _share(share: Share) -> dict[str, Any] | None:
    if not share.enough:
        return None
    return {
        "share": _number(share.share),
        "interval": [_number(share.low), _number(share.high)],
        "of": int(share.whole),
    }


def _number(value: float, digits: int = 4) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
