"""The portfolio on disk: one folder per language, swapped in as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from helpers.batch.publish import stage
from helpers.report.model import Report

FOLDER = "_portfolio"
"""No client's folder: names of clients hold no underscore (client.slug_of)."""


def write_portfolio(report: Report, out: Path | str, formats: Iterable[str] = ("html",)) -> Path:
    """Write ``out/_portfolio/<lang>/`` with the documents asked for; its path. An error leaves the last one as it was.

    Raises:
        ReportError: a document cannot be made, or the folder cannot be replaced.
    """
    from helpers.report.save import save_report

    with stage(Path(out), FOLDER, report.lang) as writing:
        save_report(report, writing.folder, tuple(formats))
    return writing.target
