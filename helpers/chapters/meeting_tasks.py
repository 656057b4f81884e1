"""Words of the agenda's tasks: decisions of earlier meetings as they stood at the end of a week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from helpers.chapters.meeting_records import LONGEST, date_of, day_of
from helpers.report.lettering import shorten
from helpers.report.model import Block, Column, Table

if TYPE_CHECKING:
    from helpers.chapters.meeting_week import Week
    from helpers.facts import Facts
    from helpers.language import Language

SHOWN = 5
"""Tasks of a page; more are counted."""


@dataclass(frozen=True)
class Task:
    """A decision as it stood at the end of a week."""

    date: dt.date
    """Day of the meeting that decided it."""
    decision: str
    owner: str
    due: dt.date | None
    done: dt.date | None
    end: dt.date
    monday: dt.date

    @property
    def done_now(self) -> bool:
        """Done in this week."""
        return self.done is not None and self.done >= self.monday

    @property
    def late(self) -> int:
        """Days after its day: until it was done, or until now; 0: in time, or no day was given."""
        return max(((self.done or self.end) - self.due).days, 0) if self.due is not None else 0


@dataclass(frozen=True)
class Tasks:
    """Says the tasks of one week."""

    say: Language
    facts: Facts
    week: Week

    @cached_property
    def listed(self) -> list[Task]:
        """Decided by the end of the week and done in it or still open: overdue ones first, then done, then open."""
        return self._as_of(self.week.monday, self.week.end)

    def _as_of(self, monday: dt.date, end: dt.date) -> list[Task]:
        found = []
        for row in self.facts.weeks.tasks.itertuples(index=False):
            decided, done = date_of(row.date), day_of(row.done)
            done = done if done is not None and done <= end else None
            if decided > end or (done is not None and done < monday):
                continue
            found.append(Task(decided, str(row.decision), str(row.owner), day_of(row.due), done, end, monday))
        far = dt.date.max
        return sorted(found, key=lambda one: (_rank(one), one.due or far, one.decision))

    def title(self) -> str:
        """How many are done, late, open."""
        say, tasks = self.say, self.listed
        if not tasks:
            return say("Tasks: none is open, none was done this week")
        done = [task for task in tasks if task.done_now]
        overdue = [task for task in tasks if not task.done_now and task.late]
        text = say("Tasks: {done} done this week", done=say.count(len(done)))
        if late := sum(task.late > 0 for task in done):
            text += " " + say("({n} late)", n=say.count(late))
        return text + say(", {overdue} overdue, {open} open in time", overdue=say.count(len(overdue)),
                          open=say.count(len(tasks) - len(done) - len(overdue)))  # fmt: skip

    def blocks(self) -> list[Block]:
        """What, who, by when, how it stands."""
        say = self.say
        if not self.listed:
            return []
        rows = tuple(
            (shorten(task.decision, LONGEST), shorten(task.owner, 40) or "?",
             say.date_short(task.due) if task.due else "–", self._state(task))
            for task in self.listed[:SHOWN]
        )  # fmt: skip
        columns = tuple(Column(label=label) for label in (say("Task"), say("Who"), say("By"), say("How it stands")))
        more = len(self.listed) - SHOWN
        notes = [say.plural("And {n} more task.", "And {n} more tasks.", more)] if more > 0 else []
        if not self.week.first:
            before = self._as_of(self.week.back(1), self.week.monday - dt.timedelta(days=1))
            done = say.count(sum(task.done_now for task in before))
            overdue = say.count(sum(not task.done_now and task.late > 0 for task in before))
            notes.append(say("A week earlier: {done} done, {overdue} overdue.", done=done, overdue=overdue))
        note = " ".join(notes)
        return [Block(kind="table", table=Table(columns=columns, rows=rows, note=note))]

    def _state(self, task: Task) -> str:
        say, late = self.say, task.late
        if task.done_now:
            if late:
                return say("done on {date}, {days} late", date=say.date_short(task.done), days=say.days(late))  # type: ignore[arg-type]
            return say("done on {date}", date=say.date_short(task.done))  # type: ignore[arg-type]
        if late:
            return say("not done, {days} overdue", days=say.days(late))
        return say("open") if task.due else say("open, no date")


def _rank(task: Task) -> int:
    if task.done_now:
        return 1
    return 0 if task.late else 2
