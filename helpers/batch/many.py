"""Clients one after another: a failure of one does not stop the rest; results as a table or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from helpers.batch.run import Run, run_client
from helpers.brand import Branding
from helpers.client import Client, read_client
from helpers.errors import EXIT_SOME_FAILED, AuditError, ParameterError, Problem
from helpers.report.write import dropped_text
from helpers.terminal import printable


@dataclass(frozen=True)
class Result:
    """What became of one client: a run or an error."""

    folder: Path
    out: Path
    formats: tuple[str, ...]
    client: Client | None = None
    run: Run | None = None
    error: Exception | None = None

    @property
    def shown(self) -> str:
        """Name of the client's folder, safe for a terminal."""
        return printable(self.folder.resolve().name)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell besides success."""
        if self.run is None:
            return ()
        return (*self.run.notes, *([dropped_text(self.run.dropped)] if self.run.dropped else []))

    @property
    def reports(self) -> dict[str, dict[str, str]]:
        """Language → format → path as the user named the folder of reports."""
        if self.run is None:
            return {}
        place = self.out / self.run.folder.parent.name / self.run.folder.name
        return {
            lang: {name: str(place / lang / f"report.{name}") for name in self.formats} for lang in self.run.languages
        }


def run_clients(
    folders: Sequence[Path],
    out: Path,
    *,
    languages: Sequence[str],
    period: str,
    formats: tuple[str, ...],
    brand: Branding | None = None,
) -> tuple[Result, ...]:
    """Audit every client; progress is shown on stderr. ``brand`` takes the place of the clients' own.

    Raises:
        ParameterError: two clients would write the same report; nothing has run.
    """
    read = [_read(folder, out, formats) for folder in folders]
    _refuse_same_slug(read)
    results = []
    with _progress(len(read)) as show:
        for number, result in enumerate(read):
            results.append(_audited(result, number, languages, period, brand, show) if result.client else result)
    return tuple(results)


def exit_code(results: Sequence[Result]) -> int:
    """0: all well; the error's own code for a single client; 1 where some of several failed."""
    errors = [result.error for result in results if result.error is not None]
    if not errors:
        return 0
    if len(results) == 1 and isinstance(errors[0], AuditError):
        return errors[0].exit_code
    return EXIT_SOME_FAILED


def show_table(results: Sequence[Result]) -> str:
    """A line per report: client, language, period, path; a failed client is one line."""
    table = Table(box=None, pad_edge=False, header_style="")
    for header in ("client", "language", "period", "report"):
        table.add_column(header, no_wrap=True)
    for result in results:
        if result.run is None:
            table.add_row(Text(result.shown), "-", "-", "failed")
        for lang, files in result.reports.items():
            period = result.run.folder.name.replace("_", "..") if result.run else ""
            for path in files.values():
                table.add_row(Text(result.shown), lang, period, Text(printable(path)))
    # A path must come out whole, so that it can be copied or read by a program: the table is as wide as it needs.
    console = Console(width=10_000, color_system=None)
    with console.capture() as written:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in written.get().splitlines())


def show_json(results: Sequence[Result]) -> str:
    """A list with one object per client."""
    rows = [
        {
            "client": str(result.folder),
            "slug": result.client.slug if result.client else None,
            "ok": result.error is None,
            "exit_code": exit_code([result]),
            "error": str(result.error).splitlines() if result.error else [],
            "notes": list(result.notes),
            "reports": result.reports,
        }
        for result in results
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _read(folder: Path, out: Path, formats: tuple[str, ...]) -> Result:
    try:
        return Result(folder, out, formats, read_client(folder))
    except AuditError as error:
        return Result(folder, out, formats, error=error)


def _refuse_same_slug(results: Sequence[Result]) -> None:
    seen: dict[str, Path] = {}
    problems = []
    for result in results:
        slug = result.client.slug if result.client else None
        if slug is not None and seen.setdefault(slug, result.folder) is not result.folder:
            what = f"{seen[slug]} and {result.folder} would both be {slug!r} in the reports"
            problems.append(Problem(what, "rename one of the folders"))
    if problems:
        raise ParameterError(problems)


@dataclass(frozen=True)
class _Shown:
    """Where progress goes: a bar on a terminal, a line per client elsewhere."""

    bar: Progress
    total: int

    def client(self, result: Result, number: int) -> None:
        if self.bar.disable:
            sys.stderr.write(f"{number + 1}/{self.total} {result.shown}\n")

    def cell(self, result: Result, number: int, lang: str, done: float, section: str) -> None:
        what = f"{result.shown} {lang}: {printable(section)}"
        self.bar.update(self.bar.task_ids[0], completed=number + done, description=escape(what))


@contextmanager
def _progress(total: int) -> Iterator[_Shown]:
    console = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.completed:.1f}/{task.total}"), TimeElapsedColumn(),
               TextColumn("{task.description}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        bar.add_task("", total=total)
        yield _Shown(bar, total)


def _audited(
    result: Result, number: int, languages: Sequence[str], period: str, brand: Branding | None, show: _Shown
) -> Result:
    assert result.client is not None
    show.client(result, number)
    count = max(len(languages), 1)

    def cell(lang: str, cell: int, cells: int, section: str) -> None:
        order = list(languages).index(lang) if languages else 0
        show.cell(result, number, lang, (order + cell / cells) / count, section)

    given = (result.folder, result.out, result.formats, result.client)
    try:
        made = run_client(
            result.client,
            result.out,
            languages=languages,
            period=period,
            formats=result.formats,
            brand=brand,
            progress=cell,
        )
    except Exception as error:  # one client's failure, foreseen or not, must not stop the others
        return Result(*given, error=error)
    return Result(*given, run=made)
