"""How a batch goes, told while it runs: a live view on a terminal, lines elsewhere, JSON events for programs."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from helpers.batch.job import Job, Result
from helpers.batch.many import Show
from helpers.batch.summary import GOOD, as_data
from helpers.terminal import printable


@contextmanager
def progress(jobs: Sequence[Job], *, as_json: bool = False) -> Iterator[Show]:
    """Who is told: JSON lines on stdout, or on stderr a live view where it is a terminal and plain lines where not."""
    if as_json:
        yield Events()
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(len(jobs))
        return
    view = View(len(jobs))
    with Live(get_renderable=view.drawn, console=console, refresh_per_second=4, transient=True):
        yield view


@dataclass
class Lines:
    """A line on stderr when a client is done."""

    total: int
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, job: Job) -> None:
        """Not told: a hundred clients give a hundred lines, not two hundred."""

    def waiting(self, job: Job) -> None:
        """Another run has this client in hand."""
        self._write(f"{job.shown}: waiting for another run that is auditing it")

    def cell(self, job: Job, lang: str, cell: int, cells: int, section: str) -> None:
        """Not told."""

    def finished(self, result: Result) -> None:
        """One client is done."""
        with self.lock:
            self.done += 1
        self._write(f"{self.done}/{self.total} {result.job.shown}: {result.status}, {result.seconds:.1f} s")

    def stopping(self, running: int, now: bool) -> None:
        """Ctrl-C was pressed."""
        self._write(stopping_text(running, now))

    def _write(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


class Events:
    """A JSON object a line on stdout: started, section, waiting, finished, stopping."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sections: dict[tuple[str, str], str] = {}

    def started(self, job: Job) -> None:
        """A worker has begun with the client."""
        self._write("started", client=str(job.folder), slug=job.slug)

    def waiting(self, job: Job) -> None:
        """Another run has this client in hand."""
        self._write("waiting", client=str(job.folder), slug=job.slug)

    def cell(self, job: Job, lang: str, cell: int, cells: int, section: str) -> None:
        """Told when another section of the notebook begins."""
        if self._sections.get((job.slug, lang)) != section:
            self._sections[job.slug, lang] = section
            self._write(
                "section", client=str(job.folder), slug=job.slug, lang=lang, section=section, cell=cell, cells=cells
            )

    def finished(self, result: Result) -> None:
        """One client is done."""
        self._write("finished", **as_data(result))

    def stopping(self, running: int, now: bool) -> None:
        """Ctrl-C was pressed."""
        self._write("stopping", running=running, now=now)

    def _write(self, event: str, **what: Any) -> None:
        line = json.dumps({"event": event, **what}, ensure_ascii=False)
        with self._lock:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


@dataclass
class View:
    """The live view: clients done and failed, those running with their section, time left."""

    total: int
    done: int = 0
    failed: int = 0
    begun: float = field(default_factory=time.monotonic)
    running: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Client -> what it is at, and which part of it is done."""
    note: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, job: Job) -> None:
        """A worker has begun with the client."""
        self._at(job, "", 0.0)

    def waiting(self, job: Job) -> None:
        """Another run has this client in hand."""
        self._at(job, "waiting for another run", 0.0)

    def cell(self, job: Job, lang: str, cell: int, cells: int, section: str) -> None:
        """A cell has begun."""
        languages = job.languages or (lang,)
        self._at(job, f"{lang}: {printable(section)}", (languages.index(lang) + cell / cells) / len(languages))

    def finished(self, result: Result) -> None:
        """One client is done."""
        with self.lock:
            self.done += 1
            self.failed += result.status not in GOOD
            self.running.pop(result.job.shown, None)

    def stopping(self, running: int, now: bool) -> None:
        """Ctrl-C was pressed."""
        self.note = stopping_text(running, now)

    def drawn(self) -> Table:
        """The view as it is now."""
        with self.lock:
            running, done, failed = dict(self.running), self.done, self.failed
        whole = done + sum(part for _, part in running.values())
        table = Table.grid(padding=(0, 2))
        head = f"{done}/{self.total}" + (f", {failed} failed" if failed else "") + self._left(whole)
        table.add_row(ProgressBar(total=max(self.total, 1), completed=whole, width=30), Text(head))
        for name, (what, _) in running.items():
            table.add_row(Text(name, overflow="ellipsis", no_wrap=True), Text(what, overflow="ellipsis", no_wrap=True))
        if self.note:
            table.add_row(Text(""), Text(self.note, style="yellow"))
        return table

    def _left(self, whole: float) -> str:
        if whole < 1:
            return ""
        seconds = (time.monotonic() - self.begun) / whole * (self.total - whole)
        return f", about {seconds:.0f} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"

    def _at(self, job: Job, what: str, part: float) -> None:
        with self.lock:
            self.running[job.shown] = (what, part)


def stopping_text(running: int, now: bool) -> str:
    """What Ctrl-C does."""
    if now:
        return "stopping"
    return f"finishing {running} running - press Ctrl-C again to stop now" if running else "stopping"
