"""What a batch has made: a table for people, JSON for programs, ``batch.json`` beside the reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from helpers.batch.job import Result
from helpers.errors import EXIT_SOME_FAILED
from helpers.terminal import printable
from helpers.whole import write_whole

BATCH_FILE = "batch.json"
INTERRUPTED = 130
GOOD = ("made", "rendered", "unchanged")


def exit_code(results: Sequence[Result]) -> int:
    """0: all well; the error's own code for a single client; 1 where some of several failed; 130 after Ctrl-C."""
    if any(result.status == "stopped" for result in results):
        return INTERRUPTED
    failures = [result.failure for result in results if result.failure is not None]
    if not failures:
        return 0
    return failures[0].exit_code if len(results) == 1 else EXIT_SOME_FAILED


def as_table(results: Sequence[Result]) -> str:
    """A line per report: client, language, period, what became of it, path; a failed client is one line."""
    table = Table(box=None, pad_edge=False, header_style="")
    for header in ("client", "language", "period", "state", "report"):
        table.add_column(header, no_wrap=True)
    for result in results:
        name = Text(result.job.shown)
        if result.status not in GOOD:
            table.add_row(name, "-", "-", result.status, "-")
        for lang, files in result.reports.items():
            period = result.period.replace("_", "..")
            for path in files.values():
                table.add_row(name, lang, period, result.status, Text(printable(path)))
    # A path must come out whole, so that it can be copied or read by a program: the table is as wide as it needs.
    console = Console(width=10_000, color_system=None)
    with console.capture() as written:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in written.get().splitlines())


def count_line(results: Sequence[Result]) -> str:
    """'12 made, 3 unchanged, 1 failed'."""
    counts: Counter[str] = Counter(result.status for result in results)
    return ", ".join(f"{counts[status]} {status}" for status in (*GOOD, "failed", "stopped") if counts[status])


def as_data(result: Result) -> dict[str, Any]:
    """One client as JSON holds it."""
    return {
        "client": str(result.job.folder),
        "slug": result.job.slug,
        "ok": result.status in GOOD,
        "status": result.status,
        "exit_code": exit_code([result]),
        "seconds": result.seconds,
        "sections": dict(result.sections),
        "error": list(result.failure.lines) if result.failure else [],
        "notes": list(result.notes),
        "reports": result.reports,
    }


def as_event(results: Sequence[Result]) -> str:
    """The last line of ``--json``: every client and the exit code."""
    whole = {"event": "batch", "exit_code": exit_code(results), "clients": [as_data(result) for result in results]}
    return json.dumps(whole, ensure_ascii=False)


def write_batch(results: Sequence[Result], out: Path) -> None:
    """``batch.json`` in the folder of reports: what the last batch made; paths inside that folder only."""
    rows = []
    for result in results:
        place = Path(result.job.slug) / result.period if result.period else None
        row = as_data(result) | {
            "client": result.job.folder.resolve().name,
            "report": place.as_posix() if place else None,
        }
        del row["reports"]
        rows.append(row | {"languages": list(result.languages), "formats": list(result.job.formats)})
    # A summary that cannot be written (disk full) must not take the place of the failures it would tell.
    with suppress(OSError):
        text = json.dumps({"schema": 1, "clients": rows}, ensure_ascii=False, indent=2) + "\n"
        write_whole(out / BATCH_FILE, text)
