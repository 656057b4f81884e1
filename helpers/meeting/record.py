"""What a meeting decided, into the client's tables: tasks, meetings, notes, promotions and the five figures.

They are read by the next run like any other export, so they become facts (criteria C1, C2 and D3) and stand in the
next agenda.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.batch.lock import locked
from helpers.errors import DataError, Problem
from helpers.meeting.table import Form, Value, form_of, own_form, plain, with_cell, with_rows
from helpers.whole import write_together

if TYPE_CHECKING:
    from helpers.chapters.meeting import Meeting
    from helpers.client import Client

LOCK_FILE = ".meeting.lock"
BOTH = "marketing, sales"
SHARES = ("manager_max", "manager_min", "qualified_share")


@dataclass(frozen=True)
class Decision:
    """What, who, by when."""

    what: str
    who: str = ""
    due: dt.date | None = None


@dataclass(frozen=True)
class Note:
    """A change, hypothesis or signal."""

    kind: str
    text: str
    department: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Announced:
    """A promotion that sales were told of at the meeting."""

    name: str
    starts: dt.date
    ends: dt.date | None = None


@dataclass(frozen=True)
class Done:
    """A task of an earlier meeting that is done."""

    date: dt.date
    """Day of that meeting."""
    decision: str
    on: dt.date


@dataclass(frozen=True)
class Outcome:
    """All that a meeting leaves behind."""

    held: dt.date
    present: str = BOTH
    decisions: tuple[Decision, ...] = ()
    done: tuple[Done, ...] = ()
    notes: tuple[Note, ...] = ()
    announced: tuple[Announced, ...] = ()
    week: dt.date | None = None
    """Monday of the week whose five figures were looked at; None: they were not."""
    figures: Mapping[str, float | None] = field(default_factory=dict)
    """Line of ``kpis`` → money, or a share 0-1; what is not known is not written down."""


@dataclass(frozen=True)
class Recorded:
    """The files that were written, and tasks that could not be marked there."""

    files: tuple[str, ...]
    unmarked: tuple[Done, ...]


@dataclass(frozen=True)
class Unwritable(Problem):
    """A file of the client, or its folder, in which nothing can be written."""


def check_writable(client: Client) -> None:
    """Nothing where decisions can be written down: asked before a person is asked for anything.

    Raises:
        DataError: the client's folder cannot be written in.
    """
    try:
        with tempfile.TemporaryFile(dir=client.folder):
            pass
    except OSError as error:
        todo = "the decisions go into tables there: give yourself the right to write"
        raise _unwritable(error, client.folder.name, todo) from None


def _unwritable(error: OSError, name: str, todo: str) -> DataError:
    return DataError([Unwritable(f"cannot be written ({error.strerror})", todo, name)])


def usual_day(meeting: Meeting) -> dt.date:
    """The day on which a meeting about this week is held, as far as the exports know: soon after its end."""
    week = meeting.week
    return min(week.sunday + dt.timedelta(days=1), week.as_of) if week.days_held else week.as_of


def figures_of(meeting: Meeting) -> dict[str, float | None]:
    """The five figures as the agenda shows them."""
    from helpers.chapters.meeting import LINES

    return {line: meeting.counted.now.value(line) for line in LINES}


def record(client: Client, outcome: Outcome) -> Recorded:
    """Write it all down; either every file is whole and new, or nothing has changed.

    Raises:
        DataError: a table cannot be used or written.
    """
    check_writable(client)
    try:
        with locked(client.folder / LOCK_FILE):
            made = _Tables(client)
            unmarked = tuple(one for one in outcome.done if not made.mark(one))
            for table, rows in _rows(outcome).items():
                made.add(table, rows)
            write_together(made.files)
    except OSError as error:
        name = _inside(client.folder, Path(str(error.filename or "")))
        raise _unwritable(error, name, "close it and check your rights") from None
    return Recorded(tuple(made.names), unmarked)


def _inside(folder: Path, path: Path) -> str:
    """A file as the client's folder knows it; the folder's own name where it is not known."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) and path != folder else folder.name


def _rows(outcome: Outcome) -> dict[str, list[dict[str, Value]]]:
    """Table → rows."""
    day = outcome.held
    told = "; ".join(plain(one.what) for one in outcome.decisions)
    return {
        "tasks": [{"date": day, "decision": one.what, "owner": one.who, "due": one.due} for one in outcome.decisions],
        "notes": [
            {"date": day, "kind": one.kind, "text": one.text, "department": one.department, "channel": one.channel}
            for one in outcome.notes
        ],
        "promotions": [
            {"name": one.name, "starts": one.starts, "ends": one.ends, "brief_at": day} for one in outcome.announced
        ],
        "kpis": [
            {"week": outcome.week, "kpi": line, "value": Decimal(repr(value))}
            for line, value in outcome.figures.items()
            if value is not None and outcome.week is not None
        ],
        "meetings": [{"date": day, "present": outcome.present, "decision": told}],
    }


class _Tables:
    """New contents of the files, none of them written yet."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.files: dict[Path, bytes] = {}
        self.names: list[str] = []

    def add(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        if not rows:
            return
        form = form_of(self.client, table)
        try:
            self._keep(form, with_rows(form, [_scaled(form, row) for row in rows], self._now(form)))
        except UnicodeEncodeError:
            # The client's file cannot hold a letter of it: our own can.
            form = own_form(self.client, table)
            self._keep(form, with_rows(form, rows, self._now(form)))

    def mark(self, done: Done) -> bool:
        """Fill the day on which a task was done into the file that holds it."""
        where: dict[str, Value] = {"date": done.date, "decision": done.decision}
        forms = {form.path: form for form in (form_of(self.client, "tasks"), own_form(self.client, "tasks"))}
        for form in forms.values():
            data = self._now(form)
            changed = with_cell(form, data, where, "done", done.on) if data else None
            if changed is not None:
                self._keep(form, changed)
                return True
        return False

    def _now(self, form: Form) -> bytes | None:
        return self.files.get(form.path) or (form.path.read_bytes() if form.path.is_file() else None)

    def _keep(self, form: Form, data: bytes) -> None:
        self.files[form.path] = data
        if form.name not in self.names:
            self.names.append(form.name)


def _scaled(form: Form, row: Mapping[str, Value]) -> Mapping[str, Value]:
    """A share in per cent where the file's own name of the figure says so: 'Qualified leads, %'."""
    kpi, value = row.get("kpi"), row.get("value")
    if not isinstance(kpi, str) or not isinstance(value, Decimal):
        return row
    shares = kpi in SHARES and "%" in form.written("kpi", kpi)
    return {**row, "value": (100 * value if shares else value).quantize(Decimal("0.0001")).normalize()}
