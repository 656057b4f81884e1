"""Chapters → the report and the key figures of audit.json."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from helpers.chapters.five import cac_aim, five
from helpers.report.model import Box, Report, SourceFile

if TYPE_CHECKING:
    from helpers.briefing import Brief
    from helpers.chapters.base import Chapter
    from helpers.chapters.score import ScoreChapter
    from helpers.language import Language
    from helpers.report.model import Action, Exhibit, Finding, Section
    from helpers.sources.loading import Data

SCHEMA = 1
FINDINGS = 3
"""An executive reads three."""


def assemble(brief: Brief, data: Data, score: ScoreChapter, chapters: Sequence[Chapter]) -> Report:
    """The report of one client in one language; ``chapters`` in reading order."""
    from helpers.chapters.actions import Actions
    from helpers.chapters.claims import Claims
    from helpers.portfolio.peers import read_peers
    from helpers.portfolio.place import place_exhibit

    say, client = brief.say, brief.client
    sections = tuple(chapter.drawn for chapter in chapters)
    if client.peers and (place := place_exhibit(score.score, read_peers(brief.out, client.slug), say)) is not None:
        sections = tuple(with_exhibit(section, place) if section.key == score.key else section for section in sections)
    actions = next((chapter for chapter in chapters if isinstance(chapter, Actions)), None)
    claims = next((chapter for chapter in chapters if isinstance(chapter, Claims)), None)
    first: dict[str, Any] = {}
    if actions is not None:
        first = {
            "headline": actions.headline(),
            "actions": leading(actions.actions(), sections),
            "days": actions.days(),
            "next_audit": actions.next_audit(),
            "handouts": actions.handouts(),
        }
    return Report(
        lang=client.lang,
        title=say("How marketing and sales work together"),
        client=client.name,
        currency=client.currency,
        period=(data.period.from_, data.period.to),
        as_of=data.as_of,
        brand=brief.brand,
        score=score.score_card() if claims is None else score.score_card(claims.overclaimed, claims.compared),
        findings=strongest([finding for chapter in chapters for finding in chapter.findings()]),
        sections=sections,
        method=method(say),
        sources=tuple(SourceFile(name=raw.name, rows=raw.rows, sha256=raw.sha256) for raw in data.files),
        version=toolkit_version(),
        **first,
    )


def with_exhibit(section: Section, exhibit: Exhibit) -> Section:
    """The section with one exhibit more, at its end."""
    return section.model_copy(update={"exhibits": (*section.exhibits, exhibit)})


def leading(actions: Sequence[Action], sections: Sequence[Section]) -> tuple[Action, ...]:
    """The actions, each pointing to the section that shows it, or, where the report has no such one, to the steps."""
    known = {section.key for section in sections}
    return tuple(
        action if action.section in known else action.model_copy(update={"section": "actions"}) for action in actions
    )


def key_figures(brief: Brief, data: Data, chapters: Sequence[Chapter]) -> dict[str, Any]:
    """audit.json: who, when, and what each chapter measured; free of language except the client's own names."""
    client = brief.client
    figures: dict[str, Any] = {
        "schema": SCHEMA,
        "client": client.name,
        "slug": client.slug,
        "lang": client.lang,
        "currency": client.currency,
        "period": [data.period.from_.isoformat(), data.period.to.isoformat()],
        "as_of": data.as_of.isoformat(),
    }
    for chapter in chapters:
        figures.update(chapter.figures())
    return {
        **figures,
        "peers": client.peers,
        "five": five(figures),
        "aims": {"cac": cac_aim(figures.get("money"), client)},
    }


def strongest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Up to three findings, those about most money first; findings without money come after, in reading order."""
    ranked = sorted(findings, key=lambda finding: -abs(finding.money) if finding.money is not None else 0.0)
    return tuple(ranked[:FINDINGS])


def method(say: Language) -> tuple[Box, ...]:
    """How the figures were made, in plain words."""
    return (
        Box(
            title=say("Leads are counted by the day they came"),
            text=(
                say(
                    "A month's leads are followed up to the day of the audit; this month's sales are never divided "
                    "by this month's leads. Leads whose outcome is not known yet are not counted as lost."
                ),
            ),
        ),
        Box(
            title=say("A range beside a figure"),
            text=(
                say(
                    "A range (95 %) says between which values the true figure lies, given how many cases were seen: "
                    "the fewer cases, the wider. Where fewer than {n} cases were seen, no rate is judged.",
                    n=30,
                ),
                say(
                    "Shares: confidence interval by Wilson. Campaigns: 4,000 draws from what is known of each campaign "
                    "and of all of them together."
                ),
            ),
        ),
        Box(
            title=say("Small numbers are corrected"),
            text=(
                say(
                    "Three sales out of five leads do not make a campaign that sells to 60 %. Small groups are drawn "
                    "towards the average of the company's own groups, the more so the smaller they are."
                ),
            ),
        ),
        Box(
            title=say("What this audit does not do"),
            text=(
                say(
                    "It takes the source of a lead from the CRM and does not divide a sale among several "
                    "advertisements. It does not multiply money by other companies' averages. "
                    "It judges how work is arranged, not people."
                ),
            ),
        ),
    )


def toolkit_version() -> str:
    """Version of the installed toolkit."""
    try:
        return version("alignment-audit")
    except PackageNotFoundError:
        return ""
