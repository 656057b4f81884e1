"""The agenda on disk: one page in each format asked for, and the same in numbers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.batch.publish import MEETING_FILE, stage
from helpers.report.write import dropped_text

if TYPE_CHECKING:
    from helpers.chapters.meeting import Meeting
    from helpers.report.model import Brand, Report

log = logging.getLogger(__name__)
PAGE = "agenda"


def write_agenda(meeting: Meeting, out: Path | str, formats: Sequence[str], brand: Brand | None = None) -> Path:
    """Publish ``out/<slug>/<year>-W<week>/`` with meeting.json and the page in one language; its language's folder.

    The whole folder is swapped in at once; an error leaves the last agenda as it was.

    Raises:
        ReportError: a page cannot be made, or the folder cannot be replaced.
    """
    report = meeting.report(brand)
    pages = {f"{PAGE}.{name}": _WRITERS[name](report) for name in dict.fromkeys(formats)}
    text = json.dumps(meeting.figures(), ensure_ascii=False, indent=2, allow_nan=False)
    with stage(Path(out), meeting.client.slug, meeting.week.label, MEETING_FILE) as writing:
        folder = writing.folder / report.lang
        folder.mkdir()
        for name, data in pages.items():
            (folder / name).write_bytes(data)
        (writing.folder / MEETING_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    if writing.dropped:
        log.warning(dropped_text(writing.dropped))
    return writing.target / report.lang


def _html(report: Report) -> bytes:
    from helpers.report.html import handout_page

    return handout_page(report, report.handouts[0]).encode()


def _pdf(report: Report) -> bytes:
    from helpers.report.pdf import handout_pdf

    return handout_pdf(report, report.handouts[0])


def _docx(report: Report) -> bytes:
    from helpers.report.docx import handout_docx

    return handout_docx(report, report.handouts[0], level=3)


_WRITERS: dict[str, Callable[[Report], bytes]] = {"html": _html, "pdf": _pdf, "docx": _docx}
