"""Words of what people wrote down: refused leads, changes, promotions, hypotheses and signals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.chapters.funnel_then import Change
from helpers.chapters.meeting_five import LOOKS_BACK
from helpers.chapters.meeting_week import WEEK
from helpers.chapters.plan_measure import free_days
from helpers.chapters.shares import Share
from helpers.facts.records import BRIEF_DAYS, MARKETING, SALES
from helpers.report.lettering import shorten

if TYPE_CHECKING:
    from helpers.chapters.meeting_five import WeeklyFive
    from helpers.chapters.meeting_week import Week
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language

REASONS = 3
CHANGES = 2
NOTES = 2
"""Lines of each kind that a page has room for, the latest."""
CHANGE_WEEKS = 4
"""Weeks before and after a change that are compared."""
CHANGE_BACK = 12 * WEEK
NOTE_BACK = 4 * WEEK
"""How far back changes, and hypotheses, are read again."""
LONGEST = 90
"""Letters of a text somebody wrote; a page is a page."""
KINDS = {"change": "change|измен|змін", "hypothesis": "hypoth|гипот|гіпот", "signal": "signal|сигнал"}


@dataclass(frozen=True)
class Records:
    """Says the records of one week."""

    say: Language
    client: Client
    facts: Facts
    week: Week
    weekly: WeeklyFive

    # Refused leads ---------------------------------------------------------------------------------------------------

    def _of_week(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["week"] == pd.Timestamp(self.week.monday)]

    @cached_property
    def decided(self) -> tuple[int, int, int]:
        """Leads of the week: all, refused, accepted."""
        sums = self._of_week(self.facts.weeks.leads)[["leads", "rejected", "accepted"]].sum()
        return int(sums["leads"]), int(sums["rejected"]), int(sums["accepted"])

    def rejected_title(self) -> str:
        """How many of the week's leads sales refused."""
        say = self.say
        leads, refused, accepted = self.decided
        written = say.plural("{n} lead", "{n} leads", leads)
        if self.week.state in ("future", "before"):
            return say("Rejected leads: the week is not in the exports")
        if not leads:
            return say("Rejected leads: no lead came this week")
        if not refused and not accepted:
            return say("Rejected leads: of {leads} none is accepted or rejected yet", leads=written)
        one = Share.of("", refused, refused + accepted)
        if not one.enough:
            return say("Rejected leads: {n} of {decided} decided ones, too few to judge", n=say.count(refused),
                       decided=say.count(refused + accepted))  # fmt: skip
        return say("Rejected leads: {n} of {decided} decided ones ({share}, 95%: {range})", n=say.count(refused),
                   decided=say.count(refused + accepted), share=say.share(one.share),
                   range=say.interval(one.low, one.high, say.share))  # fmt: skip

    def rejected_lines(self) -> list[str]:
        """The commonest reasons, the share of the last weeks beside the week's own, and examples to look at."""
        say, out = self.say, []
        table = self._of_week(self.facts.weeks.refused)
        named = table[table["reason"] != ""].sort_values(["leads", "reason"], ascending=[False, True]).head(REASONS)
        parts = [
            f"{shorten(str(reason), 50)} ({say.count(n)})"
            for reason, n in zip(named["reason"], named["leads"], strict=True)
        ]
        if without := int(table.loc[table["reason"] == "", "leads"].sum()):
            parts.append(say("no reason given ({n})", n=say.count(without)))
        if parts:
            out.append(say("Commonest reasons: {list}.", list="; ".join(parts)))
        if told := self._refused_lately():
            out.append(told)
        examples = self._of_week(self.facts.weeks.examples)
        shown = [
            f"{shorten(str(row.lead_id), 24)} ({shorten(str(row.reason) or '?', 40)})"
            for row in examples.itertuples(index=False)
        ]
        if shown:
            out.append(say("Examples to read together: {list}.", list="; ".join(shown)))
        return out

    def _refused_lately(self) -> str:
        """Share of refused leads of the weeks before; "" where there is nothing to compare."""
        say, leads = self.say, self.facts.weeks.leads
        first, last = pd.Timestamp(self.week.back(LOOKS_BACK)), pd.Timestamp(self.week.back(1))
        sums = leads.loc[leads["week"].between(first, last), ["rejected", "accepted"]].sum()
        before = Share.of("", sums["rejected"], sums["rejected"] + sums["accepted"])
        if not before.enough or not sum(self.decided[1:]):
            return ""
        return say("The {weeks} weeks before: {share} of {n} decided leads (95%: {range}).", weeks=LOOKS_BACK,
                   share=say.share(before.share), n=say.count(before.whole),
                   range=say.interval(before.low, before.high, say.share))  # fmt: skip

    # Notes -----------------------------------------------------------------------------------------------------------

    def notes(self, kind: str, back: dt.timedelta) -> list[Any]:
        """Notes of a kind written up to the end of the week, the latest first."""
        notes = self.facts.weeks.notes
        first, last = pd.Timestamp(self.week.monday - back), pd.Timestamp(self.week.end)
        inside = notes[notes["date"].between(first, last)]
        found = [row for row in inside.itertuples(index=False) if re.search(KINDS[kind], str(row.kind).casefold())]
        return found[::-1]

    def typed(self) -> dict[str, list[str]]:
        """Hypotheses that were written down, by side; "" where nobody is named."""
        found: dict[str, list[str]] = {"marketing": [], "sales": [], "": []}
        for row in self.notes("hypothesis", NOTE_BACK):
            department = str(row.department).casefold()
            side = "marketing" if re.search(MARKETING, department) else "sales" if re.search(SALES, department) else ""
            if len(found[side]) < NOTES:
                written = self.say("{text} (written down on {date})", text=shorten(str(row.text), LONGEST),
                                   date=self.say.date_short(row.date.date()))  # fmt: skip
                found[side].append(written)
        return found

    def signals(self) -> list[str]:
        """What the market said this week."""
        return [shorten(str(row.text), LONGEST) for row in self.notes("signal", dt.timedelta(0))[:NOTES]]

    def changes(self) -> list[str]:
        """The log of changes, each with the share of qualified leads before and after."""
        say, out = self.say, []
        for row in self.notes("change", CHANGE_BACK)[:CHANGES]:
            day, channel = row.date.date(), str(row.channel)
            text = shorten(str(row.text), LONGEST)
            name = f"{text} ({shorten(channel, 30)})" if channel else text
            out.append(
                say("{date}, {change}: {effect}.", date=say.date_short(day), change=name,
                    effect=self._effect(day, channel))
            )  # fmt: skip
        return out

    def _effect(self, day: dt.date, channel: str) -> str:
        say, of = self.say, day - dt.timedelta(days=day.weekday())
        before, _ = self.weekly.qualified(of - CHANGE_WEEKS * WEEK, of - WEEK, channel)
        weeks = [of + n * WEEK for n in range(1, CHANGE_WEEKS + 1) if of + n * WEEK <= self.week.monday]
        # A week of which many leads are not judged yet would make every change look bad.
        weeks = [monday for monday in weeks if not self.weekly.young(monday)]
        after, _ = self.weekly.qualified(weeks[0], weeks[-1], channel) if weeks else (Share.of("", 0, 0), None)
        if not before.enough or not after.enough:
            return say("{before} leads in the 4 weeks before, {after} judged after it: too few to tell what it did",
                       before=say.count(before.whole), after=say.count(after.whole))  # fmt: skip
        change = Change("", before.share, (before.low, before.high), after.share, (after.low, after.high))
        told = {
            "before": say.share(before.share), "after": say.share(after.share),
            "change": say.points(after.share - before.share, signed=True),
            "range": say.interval(*change.range, say.points), "n": say.count(before.whole), "m": say.count(after.whole),
        }  # fmt: skip
        if change.real:
            return say("qualified {before} → {after}, {change} (95%: {range}; {n} leads before, {m} after): more than "
                       "chance, other causes not ruled out", **told)  # fmt: skip
        return say("qualified {before} → {after}, {change} (95%: {range}; {n} leads before, {m} after): may be chance",
                   **told)  # fmt: skip

    # What starts -----------------------------------------------------------------------------------------------------

    @property
    def coming(self) -> tuple[dt.date, dt.date]:
        """The week after."""
        return self.week.monday + WEEK, self.week.sunday + WEEK

    @cached_property
    def starting(self) -> list[Any]:
        """Promotions that start in the week after."""
        first, last = self.coming
        table = self.facts.weeks.promotions
        inside = table["starts"].between(pd.Timestamp(first), pd.Timestamp(last))
        return list(table[inside].sort_values(["starts", "name"]).itertuples(index=False))

    def starts_title(self) -> str:
        """How many start next week, and of how many sales know in time."""
        say, found = self.say, self.starting
        if not found:
            return say("Next week no promotion is recorded to start")
        in_time = sum(self._ahead(row) >= BRIEF_DAYS for row in found)
        return say("Starting next week: {n}; sales got the brief in time for {in_time}", n=say.count(len(found)),
                   in_time=say.count(in_time))  # fmt: skip

    def starts_lines(self) -> list[str]:
        """Each promotion, and since when sales know of it."""
        say, out = self.say, []
        for row in self.starting:
            told = {"name": shorten(str(row.name), 60), "date": say.date_short(row.starts.date())}
            brief, ahead = self._brief(row), self._ahead(row)
            if brief is None:
                out.append(say("“{name}” from {date}: no brief to sales is recorded yet.", **told))
                continue
            told |= {"brief": say.date_short(brief), "days": say.plural("{n} working day", "{n} working days", ahead)}
            if ahead >= BRIEF_DAYS:
                out.append(say("“{name}” from {date}: sales got the brief on {brief}, {days} ahead, in time.", **told))
            else:
                out.append(say("“{name}” from {date}: sales got the brief on {brief}, {days} ahead, too late "
                               "({wanted} are wanted).", **told, wanted=BRIEF_DAYS))  # fmt: skip
        return out

    def _brief(self, row: Any) -> dt.date | None:
        brief = day_of(row.brief_at)
        return brief if brief is not None and brief <= self.week.end else None

    def _ahead(self, row: Any) -> int:
        """Working days from the brief to the eve of the first day, as criterion C2 counts them; -1: no brief."""
        brief, starts = self._brief(row), row.starts.date()
        if brief is None or brief >= starts:
            return -1 if brief is None else 0
        free = free_days(self.client, brief, starts)
        days = [brief + dt.timedelta(days=n) for n in range((starts - brief).days)]
        return sum(day not in free for day in days)


def day_of(value: Any) -> dt.date | None:
    """The day of a cell of a table; None: it is empty."""
    return None if pd.isna(value) else date_of(value)


def date_of(value: Any) -> dt.date:
    """The day of a cell that is never empty."""
    day: dt.date = value.date()
    return day


def filled(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines that say something."""
    return tuple(line for line in lines if line)
