"""The last cell of a notebook: the report and its key figures go to disk together."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from helpers.batch.publish import FIGURES_FILE, stage
from helpers.errors import ReportError
from helpers.report.model import Report

log = logging.getLogger(__name__)


def write_report(report: Report, figures: dict[str, Any], out: Path | str, formats: Iterable[str] = ("html",)) -> Path:
    """Publish ``out/<slug>/<from>_<to>/`` with audit.json and the report in one language; its language's folder.

    ``figures`` is the dict of audit.json: ``slug`` and ``period`` (two ISO dates) name the folder. The whole folder is
    swapped in at once; an error leaves the last report as it was.

    Raises:
        ReportError: the figures are no JSON (NaN, a date), or the folder cannot be replaced.
    """
    from helpers.report.save import save_report

    try:
        text = json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ReportError(f"the figures cannot be written to {FIGURES_FILE}: {error}") from error
    first, last = figures["period"]
    with stage(Path(out), figures["slug"], f"{first}_{last}") as writing:
        save_report(report, writing.folder / report.lang, tuple(formats))
        (writing.folder / FIGURES_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    if writing.dropped:
        log.warning(dropped_text(writing.dropped))
    return writing.target / report.lang


def dropped_text(languages: Iterable[str]) -> str:
    """What to tell when languages of an older report were dropped."""
    return f"the older report in {', '.join(languages)} held other figures and was dropped - run these languages again"
