"""``audit check --html``: the data chapter and the state of the survey as one page, before any report is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from helpers.errors import ParameterError, Problem
from helpers.report.html import html_page
from helpers.report.model import Report, ScoreCard, SourceFile
from helpers.whole import write_whole

if TYPE_CHECKING:
    from helpers.client import Lang
    from helpers.language import Language
    from helpers.report.model import Brand
    from helpers.sources.loading import Data
    from helpers.survey.answers import Answers


def check_report(data: Data, answers: Answers, say: Language, brand: Brand | None = None) -> Report:
    """The page as a report of one or two sections; without exports only the survey."""
    from helpers.chapters.control import ControlRoom
    from helpers.chapters.data import DataQuality
    from helpers.facts import count
    from helpers.report.assemble import toolkit_version

    client = data.client
    # Counted first: what the ledger still lacks is asked with the facts.
    facts = count(data)
    sections = [DataQuality.measure(data.ledger, facts, client, say, answers).section()]
    if answers.respondents or answers.problems:
        sections.append(ControlRoom.measure(answers, client, say).section())
    return Report(
        lang=cast("Lang", say.code),
        title=say("Can the data be trusted"),
        client=client.name,
        currency=client.currency,
        period=(data.period.from_, data.period.to),
        as_of=data.as_of,
        brand=brand,
        score=ScoreCard(),
        sections=tuple(sections),
        sources=tuple(SourceFile(name=raw.name, rows=raw.rows, sha256=raw.sha256) for raw in data.files),
        version=toolkit_version(),
    )


def write_check(data: Data, answers: Answers, say: Language, out: Path, brand: Brand | None = None) -> Path:
    """Write the page beside the client's reports (the client's own folder stays as it is); its path.

    Raises:
        ParameterError: the page cannot be written.
    """
    page = html_page(check_report(data, answers, say, brand))
    path = out / data.client.slug / f"check-{say.code}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except OSError as error:
        raise ParameterError(
            [Problem(f"{path} cannot be written ({error.strerror})", "name another folder")]
        ) from error
    return path
