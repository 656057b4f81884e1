"""The decisions of a meeting, asked for on a terminal. Nothing is written until the last question is answered."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import typer

from helpers.meeting.record import BOTH, Announced, Decision, Done, Note, Outcome, figures_of, usual_day
from helpers.meeting.table import plain
from helpers.terminal import printable

if TYPE_CHECKING:
    from helpers.chapters.meeting import Meeting
    from helpers.language import Language

_DAYS = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)\.(\d\d?)\.(\d{4})", re.ASCII)


def parse_day(text: str) -> dt.date:
    """'2026-10-07' or '07.10.2026'; ValueError where it is no day."""
    found = _DAYS.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    year, month, day, own_day, own_month, own_year = found.groups()
    try:
        return dt.date(int(year or own_year), int(month or own_month), int(day or own_day))
    except ValueError:
        raise ValueError(text) from None


def ask(meeting: Meeting) -> Outcome | None:
    """The answers of the person at the terminal; None: they do not want them to be written down.

    Raises:
        typer.Abort: input has ended, or Ctrl-C.
    """
    say = meeting.say
    typer.echo(printable(meeting.title), err=True)
    held = _day(say, say("Day of the meeting"), usual_day(meeting))
    assert held is not None
    present = _text(say("Who was there"), BOTH)
    done = []
    for task in meeting.tasks.listed:
        if task.done is None:
            on = _day(say, say("Done on which day (empty: not yet): {task}", task=printable(task.decision)))
            if on is not None:
                done.append(Done(task.date, task.decision, on))
    decisions = []
    while what := _text(say("Decision (empty: no more)")):
        decisions.append(Decision(what, _text(say("Who does it")), _day(say, say("By which day"))))
    notes = [
        Note(kind, text, department)
        for kind, department, question in (
            ("hypothesis", "marketing", say("Marketing supposes (empty: nothing)")),
            ("hypothesis", "sales", say("Sales suppose (empty: nothing)")),
            ("signal", "", say("Signal from the market (empty: none)")),
        )
        if (text := _text(question))
    ]
    while text := _text(say("What was changed this week (empty: nothing more)")):
        notes.append(Note("change", text, channel=_text(say("In which channel (empty: all)"))))
    announced = []
    while name := _text(say("Promotion of which sales heard today (empty: no more)")):
        starts = _day(say, say("Its first day"))
        if starts is not None:
            announced.append(Announced(name, starts, _day(say, say("Its last day"))))
    question = say.plural("Write down {n} decision", "Write down {n} decisions", len(decisions))
    if not typer.confirm(question, default=True, err=True):
        return None
    return Outcome(
        held, present, tuple(decisions), tuple(done), tuple(notes), tuple(announced),
        week=meeting.week.monday if meeting.week.days_held else None, figures=figures_of(meeting),
    )  # fmt: skip


def _text(question: str, default: str = "") -> str:
    found = typer.prompt(printable(question), default=default, show_default=bool(default), err=True)
    return plain(str(found))


def _day(say: Language, question: str, default: dt.date | None = None) -> dt.date | None:
    """A day; empty where there is no default: none. Asked again until it can be read."""
    while True:
        text = _text(question, default.isoformat() if default else "")
        if not text:
            return None
        try:
            return parse_day(text)
        except ValueError:
            typer.echo(say("A day is written like 2026-10-07 or 07.10.2026."), err=True)
