"""The decisions of a meeting as a form in a notebook, in the client's language; it writes what `--decide` writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError
from helpers.meeting.asked import parse_day
from helpers.meeting.record import BOTH, Decision, Done, Note, Outcome, figures_of, record, usual_day

if TYPE_CHECKING:
    from helpers.chapters.meeting import Meeting

ROWS = 5


@dataclass(frozen=True)
class DecisionForm:
    """Shows itself in a notebook; the button writes into the client's tables. Where no notebook runs: one sentence."""

    meeting: Meeting

    def __repr__(self) -> str:
        say = self.meeting.say
        return say("The form for the decisions of the meeting is shown in a running notebook.")

    def outcome(self, given: dict[str, Any]) -> Outcome:
        """What the form holds; ValueError with the text that is no day."""
        tasks = [task for task in self.meeting.records.tasks if task.done is None]
        on = _day(given["held"])
        if on is None:
            raise ValueError("")
        week = self.meeting.week
        return Outcome(
            held=on,
            present=given["present"] or BOTH,
            decisions=tuple(Decision(what, who, _day(due)) for what, who, due in given["decisions"] if what.strip()),
            done=tuple(
                Done(task.date, task.decision, on) for task, ticked in zip(tasks, given["done"], strict=True) if ticked
            ),
            notes=tuple(
                Note(kind, text, department)
                for (kind, department), text in zip(_NOTES, given["notes"], strict=True)
                if text.strip()
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
        wide = ipywidgets.Layout(width="34em")

        def field(label: str, value: str = "", layout: Any = None) -> Any:
            return ipywidgets.Text(value=value, placeholder=label, layout=layout or ipywidgets.Layout())

        held = field(say("Day of the meeting"), usual_day(meeting).isoformat())
        present = field(say("Who was there"), BOTH)
        open_tasks = [task for task in meeting.records.tasks if task.done is None]
        ticks = [ipywidgets.Checkbox(description=task.decision[:80], indent=False, layout=wide) for task in open_tasks]
        lines = [
            (field(say("Decision"), layout=wide), field(say("Who does it")), field(say("By which day")))
            for _ in range(ROWS)
        ]
        asked = (say("Marketing supposes"), say("Sales suppose"), say("Signal from the market"))
        notes = [field(label, layout=wide) for label in (*asked, say("What was changed"))]
        button = ipywidgets.Button(description=say("Write down"), layout=ipywidgets.Layout(width="auto"))
        told = ipywidgets.HTML()

        def write(_: Any) -> None:
            given = {
                "held": held.value,
                "present": present.value,
                "done": [tick.value for tick in ticks],
                "decisions": [tuple(one.value for one in line) for line in lines],
                "notes": [one.value for one in notes],
            }
            told.value = f'<p role="status">{escape(self.written(given))}</p>'

        button.on_click(write)
        done = [ipywidgets.Label(value=say("Done since the last meeting")), *ticks] if ticks else []
        rows = [ipywidgets.HBox(line) for line in lines]
        return ipywidgets.VBox([ipywidgets.HBox([held, present]), *done, *rows, *notes, button, told])

    def written(self, given: dict[str, Any]) -> str:
        """Write it down; a sentence that says where, or what is wrong."""
        say = self.meeting.say
        try:
            outcome = self.outcome(given)
        except ValueError:
            return say("A day is written like 2026-10-07 or 07.10.2026.")
        try:
            files = record(self.meeting.client, outcome).files
        except DataError as error:
            return str(error)
        return say("Written into {files}.", files=say.list(files))


_NOTES = (("hypothesis", "marketing"), ("hypothesis", "sales"), ("signal", ""), ("change", ""))


def _day(text: str) -> dt.date | None:
    return parse_day(text) if text.strip() else None
