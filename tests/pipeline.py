"""The notebook's way from a client's folder to the report, as one call: for tests that need its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import helpers as audit
from helpers.briefing import Brief
from helpers.facts import Facts
from helpers.report.html import html_page
from helpers.report.model import Report
from helpers.sources.loading import Data


@dataclass(frozen=True)
class Audited:
    brief: Brief
    data: Data
    facts: Facts
    report: Report
    figures: dict[str, Any]

    def html(self) -> str:
        return html_page(self.report)

    def notice(self, code: str, table: str = "") -> dict[str, Any]:
        return next(n for n in self.figures["data"]["notices"] if n["code"] == code and table in ("", n["table"]))


def audited(folder: Path, lang: str = "", period: str = "") -> Audited:
    """Audit a client's folder without writing anything."""
    wish = {"client": str(folder), "out": "no-reports", "lang": lang, "period": period, "formats": "html"}
    brief = audit.brief(wish)
    data = audit.load(brief.client)
    facts = audit.count(data)
    answers = audit.read_answers(brief.client.folder / "answers")
    client, say = brief.client, brief.say
    score = audit.ScoreChapter.measure(answers, client, say)
    funnel = audit.Funnel.measure(facts, client, say, score.score)
    money = audit.Money.measure(facts, client, say)
    parts = {
        "leads": audit.Leads.measure(facts, client, say),
        "speed": audit.Speed.measure(facts, client, say),
        "conversations": audit.Conversations.measure(facts, client, say),
        "managers": audit.Managers.measure(facts, client, say),
        "plan": audit.Plan.measure(facts, client, say),
        "drivers": audit.Drivers.measure(facts, client, say),
        "journey": audit.Journey.measure(facts, client, say),
    }
    claims = audit.Claims.measure(facts, client, say, score.score)
    actions = audit.Actions.measure(facts, client, say, score.score, claims=claims, money=money, **parts)
    quality = audit.DataQuality.measure(data.ledger, facts, client, say, answers)
    chapters = (score, funnel, money, *parts.values(), claims, actions, quality)
    return Audited(
        brief, data, facts, audit.assemble(brief, data, score, chapters), audit.key_figures(brief, data, chapters)
    )
