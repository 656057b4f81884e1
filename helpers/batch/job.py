"""One client of a batch: what is asked, what became of it. Both can be sent to another process or machine."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from helpers.batch.limits import UNLIMITED, Limits
from helpers.batch.lock import locked
from helpers.batch.run import NOTEBOOK, Progress, asked_values, run_client
from helpers.batch.state import unchanged_report
from helpers.brand import Branding
from helpers.client import read_client, slug_of
from helpers.errors import EXIT_SOME_FAILED, AuditError
from helpers.portfolio.peers import Peer
from helpers.report.write import dropped_text
from helpers.terminal import printable

BUSY_FILE = ".busy"
Status = Literal["made", "rendered", "unchanged", "failed", "stopped"]


@dataclass(frozen=True)
class Job:
    """What is asked of one client."""

    folder: Path
    out: Path
    languages: tuple[str, ...] = ()
    """Empty: the client's own."""
    period: str = ""
    formats: tuple[str, ...] = ("html",)
    values: Mapping[str, Any] = field(default_factory=dict)
    """Further parameters of the notebook."""
    brand: Branding | None = None
    """In place of the clients' own."""
    limits: Limits = UNLIMITED
    isolated: bool = False
    force: bool = False
    peers: tuple[Peer, ...] | None = None
    """The other clients as they stood before the batch; None: as each notebook finds them."""

    @property
    def shown(self) -> str:
        """Name of the client's folder, safe for a terminal."""
        return printable(self.folder.resolve().name)

    @property
    def slug(self) -> str:
        """Name of the client's folder in the reports."""
        return slug_of(self.folder.resolve().name)


@dataclass(frozen=True)
class Failure:
    """Why a client has no new report."""

    lines: tuple[str, ...]
    exit_code: int
    trace: str
    """Python's traceback, for --debug."""


@dataclass(frozen=True)
class Result:
    """What became of one client."""

    job: Job
    status: Status
    seconds: float = 0.0
    period: str = ""
    """Name of the report's folder, <from>_<to>."""
    languages: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    """What was changed in the client's brand."""
    dropped: tuple[str, ...] = ()
    """Languages of the older report that were dropped, because its figures were others."""
    failure: Failure | None = None
    sections: Mapping[str, float] = field(default_factory=dict)
    """Title of each section of the notebook → seconds that it took, in all languages together."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell besides success."""
        return (*self.told, *([dropped_text(self.dropped)] if self.dropped else []))

    @property
    def reports(self) -> dict[str, dict[str, str]]:
        """Language → format → path as the user named the folder of reports."""
        place = self.job.out / self.job.slug / self.period
        return {
            lang: {name: str(place / lang / f"report.{name}") for name in self.job.formats} for lang in self.languages
        }


class _Clock:
    """Hands on what is told of cells, and knows how long each section has taken."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._section, self._since = "", 0.0
        self._took: dict[str, float] = {}

    def __call__(self, lang: str, cell: int, cells: int, section: str) -> None:
        self._turn(section)
        if self._progress is not None:
            self._progress(lang, cell, cells, section)

    def _turn(self, section: str) -> None:
        now = time.monotonic()
        if self._since:
            self._took[self._section] = self._took.get(self._section, 0.0) + now - self._since
        self._section, self._since = section, now

    def read(self) -> dict[str, float]:
        """Section → seconds until now."""
        self._turn(self._section)
        return {section: round(took, 3) for section, took in self._took.items()}


def run_job(
    job: Job,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
    stop: threading.Event | None = None,
) -> Result:
    """Audit one client, or say that its report is what it would be; every failure is in the result."""
    begun = time.monotonic()
    clock = _Clock(progress)

    def took() -> float:
        return round(time.monotonic() - begun, 3)

    try:
        place = job.out.resolve() / job.slug
        place.mkdir(parents=True, exist_ok=True)
        with _alone(place, waiting):
            kept = None if job.force else _kept(job, place)
            if kept is not None:
                return Result(job, kept.status, took(), kept.period, kept.languages)
            made = run_client(
                read_client(job.folder),
                job.out,
                languages=job.languages,
                period=job.period,
                formats=job.formats,
                more=job.values,
                brand=job.brand,
                progress=clock,
                isolated=job.isolated,
                limits=job.limits,
                stop=stop,
                peers=job.peers,
            )
    except Exception as error:  # one client's failure, foreseen or not, must not stop the others
        status: Status = "stopped" if stop is not None and stop.is_set() else "failed"
        return Result(job, status, took(), failure=_failure(error))
    sections = clock.read()
    return Result(job, "made", took(), made.folder.name, made.languages, made.notes, made.dropped, sections=sections)


def failed(job: Job, error: Exception) -> Result:
    """The result of a job that could not even be run."""
    return Result(job, "failed", failure=_failure(error))


def _alone(place: Path, waiting: Callable[[], None] | None) -> Any:
    """A lock on the client's place in the reports: of two runs at once the second finds what the first has made."""
    from contextlib import ExitStack

    held = ExitStack()
    if held.enter_context(locked(place / BUSY_FILE, wait=False)):
        return held
    held.close()
    if waiting is not None:
        waiting()
    return locked(place / BUSY_FILE)


def _kept(job: Job, place: Path) -> Result | None:
    if any(source.connection for source in read_client(job.folder).sources):
        # Nobody can tell from the folder whether a database has changed.
        return None
    values = asked_values(job.period, job.values, job.brand)
    found = unchanged_report(job.folder.resolve(), place, notebook=NOTEBOOK, values=values, languages=job.languages)
    if found is None:
        return None
    report, languages = found
    missing = {
        lang: [name for name in job.formats if not (report / lang / f"report.{name}").is_file()] for lang in languages
    }
    if not any(missing.values()):
        return Result(job, "unchanged", period=report.name, languages=languages)
    from helpers.report.render import render

    for lang, formats in missing.items():
        if formats:
            render(report / lang, formats)
    return Result(job, "rendered", period=report.name, languages=languages)


def _failure(error: Exception) -> Failure:
    lines = tuple(str(error).splitlines()) or (type(error).__name__,)
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, AuditError):
        return Failure(lines, error.exit_code, trace)
    if isinstance(error, OSError) and error.strerror:
        name = Path(str(error.filename)).name if error.filename else ""
        return Failure((f"{error.strerror}{f': {name}' if name else ''}",), EXIT_SOME_FAILED, trace)
    return Failure((f"unexpected {type(error).__name__}: {' '.join(lines)} - see --debug",), EXIT_SOME_FAILED, trace)
