"""The decisions of a meeting as a form in a notebook, in the client's language; it writes what `--decide` writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError
from helpers.meeting.asked import parse_day
from helpers.meeting.record import (
    BOTH,
    Announced,
    Decision,
    Done,
    Note,
    Outcome,
    Unwritable,
    check_writable,
    figures_of,
    record,
    usual_day,
)

if TYPE_CHECKING:
    from helpers.chapters.meeting import Meeting
    from helpers.chapters.meeting_tasks import Task

ROWS = 5
"""Decisions that the form has room for."""
FEW = 2
"""Promotions, and changes."""
_NOTES = (("hypothesis", "marketing"), ("hypothesis", "sales"), ("signal", ""))


@dataclass(frozen=True)
class DecisionForm:
    """Shows itself in a notebook; the button writes into the client's tables. Where no notebook runs: one sentence."""

    meeting: Meeting

    def __repr__(self) -> str:
        say = self.meeting.say
        return say("The form for the decisions of the meeting is shown in a running notebook.")

    @property
    def tasks(self) -> list[Task]:
        """Tasks that may have been done."""
        return [task for task in self.meeting.tasks.listed if task.done is None]

    def outcome(self, given: dict[str, Any]) -> Outcome:
        """What the form holds; ValueError with the text that is no day."""
        on = parse_day(given["held"])
        week = self.meeting.week
        notes = [
            Note(kind, text, department)
            for (kind, department), text in zip(_NOTES, given["notes"], strict=True)
            if text.strip()
        ]
        return Outcome(
            held=on,
            present=given["present"] or BOTH,
            decisions=tuple(Decision(what, who, _day(due)) for what, who, due in given["decisions"] if what.strip()),
            done=tuple(
                Done(task.date, task.decision, parse_day(day))
                for task, day in zip(self.tasks, given["done"], strict=True)
                if day.strip()
            ),
            notes=(
                *notes,
                *(Note("change", text, channel=channel) for text, channel in given["changes"] if text.strip()),
            ),
            # A promotion without its first day is no promotion yet: the day is asked for.
            announced=tuple(
                Announced(name, parse_day(starts), _day(ends))
                for name, starts, ends in given["announced"]
                if name.strip()
            ),
            week=week.monday if week.days_held else None,
            figures=figures_of(self.meeting),
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**self.widget()._repr_mimebundle_(**kwargs), "text/plain": repr(self)}

    def widget(self) -> Any:
        """The form: fields, a button, and a line that says what was written."""
        import ipywidgets

        say, meeting = self.meeting.say, self.meeting
        above = ipywidgets.Layout(flex_flow="row wrap", align_items="flex-end")

        def field(label: str, value: str = "", width: str = "12em") -> Any:
            # The label stands above its field and stays when the field is filled in.
            text = ipywidgets.Text(value=value, description=label, layout=ipywidgets.Layout(width="auto"))
            text.style.description_width = "initial"
            text.layout.width = width
            return text

        def row(*fields: Any) -> Any:
            return ipywidgets.HBox(fields, layout=above)

        def part(title: str) -> Any:
            return ipywidgets.HTML(f"<strong>{escape(title)}</strong>")

        who, day = say("Who does it"), say("By which day")
        held = field(say("Day of the meeting"), usual_day(meeting).isoformat(), "20em")
        present = field(say("Who was there"), BOTH, "26em")
        done = [field(say("Done on which day"), width="20em") for _ in self.tasks]
        decisions = [(field(say("Decision"), width="34em"), field(who, width="18em"), field(day, width="18em"))
                     for _ in range(ROWS)]  # fmt: skip
        changes = [(field(say("What was changed"), width="34em"), field(say("In which channel"), width="18em"))
                   for _ in range(FEW)]  # fmt: skip
        announced = [(field(say("Promotion of which sales heard today"), width="34em"),
                      field(say("Its first day"), width="18em"), field(say("Its last day"), width="18em"))
                     for _ in range(FEW)]  # fmt: skip
        asked = (say("Marketing supposes"), say("Sales suppose"), say("Signal from the market"))
        notes = [field(label, width="52em") for label in asked]
        button = ipywidgets.Button(description=say("Write down"), layout=ipywidgets.Layout(width="auto"))
        told = ipywidgets.HTML(_told(self.hindrance(), wrong=True))

        def values(lines: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
            return [tuple(one.value for one in line) for line in lines]

        def write(_: Any) -> None:
            wrong, text = self.written(
                {
                    "held": held.value,
                    "present": present.value,
                    "done": [one.value for one in done],
                    "decisions": values(decisions),
                    "changes": values(changes),
                    "announced": values(announced),
                    "notes": [one.value for one in notes],
                }
            )
            # Pressed twice, it would write everything twice.
            button.disabled = not wrong
            told.value = _told(text, wrong=wrong)

        button.on_click(write)
        tasks = [
            row(one, ipywidgets.Label(value=f"{task.decision[:80]} · {task.owner[:40] or '?'}"))
            for task, one in zip(self.tasks, done, strict=True)
        ]
        return ipywidgets.VBox(
            [
                row(held, present),
                *([part(say("Done since the last meeting")), *tasks] if tasks else []),
                part(say("Decisions: what, who, by when")), *(row(*line) for line in decisions),
                part(say("Promotions")), *(row(*line) for line in announced),
                part(say("What we changed")), *(row(*line) for line in changes),
                part(say("Hypotheses and signals")), *notes,
                ipywidgets.HTML(escape(say("A day is written like 2026-10-07 or 07.10.2026."))),
                button, told,
            ]
        )  # fmt: skip

    def written(self, given: dict[str, Any]) -> tuple[bool, str]:
        """Write it down; whether something is wrong, and a sentence that says where it was written or what is wrong."""
        say = self.meeting.say
        try:
            outcome = self.outcome(given)
        except ValueError as error:
            wrong = str(error).strip()
            text = say("A day is written like 2026-10-07 or 07.10.2026.")
            return True, f"“{wrong}”: {text}" if wrong else f"{say('A day is missing.')} {text}"
        try:
            recorded = record(self.meeting.client, outcome)
        except DataError as error:
            return True, self._said(error)
        text = say("Written into {files}.", files=say.list(recorded.files))
        unmarked = [say("Mark this task as done in its own file: {task}", task=task.decision)
                    for task in recorded.unmarked]  # fmt: skip
        return False, " ".join([text, *unmarked])

    def hindrance(self) -> str:
        """Why nothing can be written down, as far as is known before it is tried; "" where it can."""
        try:
            check_writable(self.meeting.client)
        except DataError as error:
            return self._said(error)
        return ""

    def _said(self, error: DataError) -> str:
        say, first = self.meeting.say, error.problems[0]
        if not isinstance(first, Unwritable):
            return str(error)
        return say("Nothing can be written: “{file}” cannot be changed. Close it elsewhere and check your rights.",
                   file=first.file)  # fmt: skip


def _day(text: str) -> dt.date | None:
    return parse_day(text) if text.strip() else None


def _told(text: str, *, wrong: bool) -> str:
    return f'<p role="{"alert" if wrong else "status"}">{escape(text)}</p>' if text else ""
