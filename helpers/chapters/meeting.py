"""The agenda of the weekly joint meeting: one page of facts, with room for decisions (METHOD.md "The weekly meeting").

meeting = Meeting.measure(facts, client, say, "2026-W40", actions)
meeting.page()                  # the page to hand out
meeting.figures()               # the same in numbers, free of language
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helpers.chapters.meeting_figures import Figures
from helpers.chapters.meeting_five import WeeklyFive
from helpers.chapters.meeting_plan import AgainstPlan
from helpers.chapters.meeting_records import Records, filled
from helpers.chapters.meeting_tasks import Tasks
from helpers.chapters.meeting_week import Week, week_of
from helpers.report.model import Block, Column, Handout, Report, ScoreCard, Table

if TYPE_CHECKING:
    from helpers.chapters.actions import Actions
    from helpers.chapters.meeting_five import Five
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.report.model import Brand

SCHEMA = 1
ROOM = 3
"""Empty lines for decisions."""
LINES = ("run_rate", "pipeline", "manager_max", "manager_min", "qualified_share", "cac")
"""The five statistics as ``kpis`` holds them; conversion of managers has two ends."""
NOTHING = "\N{NO-BREAK SPACE}"
"""A cell to write in: neither unknown nor absent."""


@dataclass(frozen=True)
class Meeting:
    """The agenda of one week; ``measure`` makes it. Shows itself in a notebook."""

    say: Language
    client: Client
    facts: Facts
    week: Week
    weekly: WeeklyFive
    actions: Actions | None = None

    @classmethod
    def measure(
        cls,
        facts: Facts,
        client: Client,
        say: Language,
        week: str = "",
        actions: Actions | None = None,
        weekly: WeeklyFive | None = None,
    ) -> Meeting:
        """The agenda on a week ('2026-W40'; empty: the last whole one). ``weekly`` may be shared by many weeks.

        Raises:
            ParameterError: there is no such week, or it lies too far back.
        """
        found = week_of(facts, client, week)
        return cls(say, client, facts, found, weekly or WeeklyFive(facts, client), actions)

    def __repr__(self) -> str:
        return f"Meeting({self.client.slug!r}, {self.week.label!r})"

    @cached_property
    def counted(self) -> Figures:
        """Says what is counted."""
        return Figures(self.say, self.client, self.week, self.weekly)

    @cached_property
    def plan(self) -> AgainstPlan:
        """Says how the month stands against its plan."""
        return AgainstPlan(self.say, self.counted, self.actions)

    @cached_property
    def tasks(self) -> Tasks:
        """Says what earlier meetings decided, done or not."""
        return Tasks(self.say, self.facts, self.week)

    @cached_property
    def records(self) -> Records:
        """Says what people wrote down."""
        return Records(self.say, self.client, self.facts, self.week, self.weekly)

    # The page --------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """'Weekly meeting: week 28, July 6–12, 2026'."""
        say = self.say
        return say("Weekly meeting: week {n}, {days}", n=self.week.number,
                   days=say.period(self.week.monday, self.week.sunday))  # fmt: skip

    def page(self) -> Handout:
        """The agenda."""
        return Handout(key="agenda", title=self.title, blocks=tuple(self._blocks()))

    def report(self, brand: Brand | None = None) -> Report:
        """The page in the frame that renderers know: client, days, brand."""
        return Report(
            lang=self.client.lang,
            title=self.say("Weekly meeting of marketing and sales"),
            client=self.client.name,
            currency=self.client.currency,
            period=(self.week.monday, self.week.sunday),
            as_of=self.facts.as_of,
            brand=brand,
            score=ScoreCard(),
            handouts=(self.page(),),
        )

    def _blocks(self) -> list[Block]:
        blocks = [Block(kind="text", text=text) for text in self.notices()]
        for number, point in enumerate(self.client.meeting.points, 1):
            title, parts = self._point(point)
            blocks.append(Block(kind="heading", text=f"{number}. {title}"))
            blocks += parts
        return blocks

    def notices(self) -> tuple[str, ...]:
        """What the reader must know of the week before any number."""
        say, week = self.say, self.week
        as_of = say.date(week.as_of)
        if week.state == "future":
            return (say("This week lies after the exports, which end on {date}: export again before the meeting. The "
                        "figures below are those of that day.", date=as_of),)  # fmt: skip
        if week.state == "before":
            return (say("This week lies before the first record, {date}: there is nothing to count.",
                        date=say.date(week.began)),)  # fmt: skip
        out = []
        if week.state == "part":
            out.append(
                say("The week is not whole: the exports end on {date}, {n} of 7 days are counted. Last week is whole, "
                    "so counts of both weeks are not to be compared.", date=as_of, n=week.days_held)
            )  # fmt: skip
        if week.first:
            out.append(say("This is the first week in the data: there is no week to compare with."))
        return tuple(out)

    def _point(self, point: str) -> tuple[str, list[Block]]:
        """Title and content of a point; a point of the client's own has a line to write on."""
        known: dict[str, Callable[[], tuple[str, list[Block]]]] = {
            "tasks": lambda: (self.tasks.title(), self.tasks.blocks()),
            "five": lambda: (self.counted.five_title(), self.counted.five_blocks()),
            "share": lambda: (self.counted.share_title(), _texts(self.counted.share_lines())),
            "experiments": self._experiments,
            "rejected": lambda: (self.records.rejected_title(), _texts(self.records.rejected_lines())),
            "plan": lambda: (self.plan.title(), _texts([*self.plan.lines(), *self.hypotheses()])),
            "changes": self._changes,
            "starts": lambda: (self.records.starts_title(), _texts(self.records.starts_lines())),
            "signals": self._signals,
            "decisions": self._decisions,
        }
        return known[point]() if point in known else (point, [Block(kind="line", text=NOTHING)])

    def _experiments(self) -> tuple[str, list[Block]]:
        say, names = self.say, self.client.experimental
        if not names:
            return say("Experimental channels: none at present"), []
        return say("Experimental channels: {names}", names=say.list(names)), _texts(self.counted.experiments())

    def hypotheses(self) -> list[str]:
        """Of both sides: those written down, and where we are off plan what the audit's figures suggest."""
        say, found, typed = self.say, self.plan.hypotheses(), self.records.typed()
        out = [say("Marketing supposes: {text}", text=text) for text in typed["marketing"]]
        out += [say("Sales suppose: {text}", text=text) for text in typed["sales"]]
        out += [say("Supposed: {text}", text=text) for text in typed[""]]
        out += [say("To check with marketing: {text}", text=text) for text in found["marketing"]]
        out += [say("To check with sales: {text}", text=text) for text in found["sales"]]
        out += [say("To check together: {text}", text=text) for text in found["both"]]
        return list(filled(dict.fromkeys([*out, self.plan.source()])))

    def _changes(self) -> tuple[str, list[Block]]:
        say, lines = self.say, self.records.changes()
        if not lines:
            return say("What we changed: nothing was written down in the last 12 weeks"), []
        return say("What we changed and what it did"), _texts(lines)

    def _signals(self) -> tuple[str, list[Block]]:
        say, lines = self.say, self.records.signals()
        if not lines:
            return say("Signals from the market"), [Block(kind="line", text=say("Heard from three clients or more"))]
        return say("Signals from the market"), _texts(lines)

    def _decisions(self) -> tuple[str, list[Block]]:
        say = self.say
        columns = tuple(Column(label=label) for label in (say("Decision"), say("Who"), say("By")))
        rows = ((NOTHING * 62, NOTHING * 24, NOTHING * 14),) * ROOM
        return say("Decisions: what, who, by when"), [Block(kind="table", table=Table(columns=columns, rows=rows))]

    # Numbers ---------------------------------------------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        """meeting.json: the agenda in numbers, free of language except the client's own names."""
        now, last, records = self.counted.now, self.counted.last, self.records
        leads, rejected, accepted = records.decided
        tasks = self.tasks.listed
        done = [task for task in tasks if task.done_now]
        return {
            "schema": SCHEMA,
            "client": self.client.name,
            "slug": self.client.slug,
            "lang": self.client.lang,
            "currency": self.client.currency,
            "week": self.week.label,
            "days": [self.week.monday.isoformat(), self.week.sunday.isoformat()],
            "as_of": self.facts.as_of.isoformat(),
            "state": self.week.state,
            "five": _five(now),
            "last_week": _five(last) if last is not None else None,
            "off_plan": self.plan.off_plan(),
            "qualified": {"leads": int(now.qualified.whole), "share": _round(now.qualified.share)},
            "leads": leads,
            "rejected": rejected,
            "accepted": accepted,
            "tasks": {
                "done": len(done),
                "done_late": sum(task.late > 0 for task in done),
                "overdue": sum(task.late > 0 and not task.done_now for task in tasks),
                "open": sum(task.late == 0 and not task.done_now for task in tasks),
            },
            "starting": len(records.starting),
        }

    def _ipython_display_(self) -> None:
        from helpers.report.notebook import show_handout

        show_handout(self.report(), self.say)


def _five(five: Five) -> dict[str, float | None]:
    return {line: _round(five.value(line)) for line in LINES}


def _round(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, 4)


def _texts(lines: Sequence[str]) -> list[Block]:
    """Lines of a point: one is a sentence, more are a list."""
    told = filled(lines)
    if not told:
        return []
    return [Block(kind="text", text=told[0])] if len(told) == 1 else [Block(kind="bullets", items=told)]
