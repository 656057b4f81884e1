"""Alignment Audit: what a notebook needs, loaded when it is first used.

::

    import helpers as audit

    brief = audit.brief(globals())
    data = audit.load(brief.client)
    facts = audit.count(data)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.briefing import brief, meeting_brief
    from helpers.chapters.actions import Actions
    from helpers.chapters.claims import Claims
    from helpers.chapters.control import ControlRoom
    from helpers.chapters.conversations import Conversations
    from helpers.chapters.data import DataQuality
    from helpers.chapters.drivers import Drivers
    from helpers.chapters.funnel import Funnel
    from helpers.chapters.journey import Journey
    from helpers.chapters.leads import Leads
    from helpers.chapters.managers import Managers
    from helpers.chapters.meeting import Meeting
    from helpers.chapters.money import Money
    from helpers.chapters.plan import Plan
    from helpers.chapters.score import ScoreChapter
    from helpers.chapters.speed import Speed
    from helpers.chapters.whatif import WhatIf
    from helpers.client import read_client
    from helpers.facts import count
    from helpers.importing import ImportBox
    from helpers.meeting.form import DecisionForm
    from helpers.meeting.write import write_agenda
    from helpers.portfolio.portfolio import Portfolio
    from helpers.report.assemble import assemble, key_figures
    from helpers.report.earlier import earlier_figures
    from helpers.report.notebook import show_first_page
    from helpers.report.write import write_report
    from helpers.sources import load
    from helpers.survey.answers import read_answers
    from helpers.survey.widget import AnswersBox, Questionnaire

_HOMES = {
    "Actions": "helpers.chapters.actions",
    "AnswersBox": "helpers.survey.widget",
    "Claims": "helpers.chapters.claims",
    "ControlRoom": "helpers.chapters.control",
    "Conversations": "helpers.chapters.conversations",
    "DataQuality": "helpers.chapters.data",
    "DecisionForm": "helpers.meeting.form",
    "Drivers": "helpers.chapters.drivers",
    "Funnel": "helpers.chapters.funnel",
    "ImportBox": "helpers.importing",
    "Journey": "helpers.chapters.journey",
    "Leads": "helpers.chapters.leads",
    "Managers": "helpers.chapters.managers",
    "Meeting": "helpers.chapters.meeting",
    "Money": "helpers.chapters.money",
    "Plan": "helpers.chapters.plan",
    "Portfolio": "helpers.portfolio.portfolio",
    "Questionnaire": "helpers.survey.widget",
    "ScoreChapter": "helpers.chapters.score",
    "Speed": "helpers.chapters.speed",
    "WhatIf": "helpers.chapters.whatif",
    "assemble": "helpers.report.assemble",
    "brief": "helpers.briefing",
    "count": "helpers.facts",
    "earlier_figures": "helpers.report.earlier",
    "key_figures": "helpers.report.assemble",
    "load": "helpers.sources",
    "meeting_brief": "helpers.briefing",
    "read_answers": "helpers.survey.answers",
    "read_client": "helpers.client",
    "show_first_page": "helpers.report.notebook",
    "write_agenda": "helpers.meeting.write",
    "write_report": "helpers.report.write",
}

__all__ = [
    "Actions",
    "AnswersBox",
    "Claims",
    "ControlRoom",
    "Conversations",
    "DataQuality",
    "DecisionForm",
    "Drivers",
    "Funnel",
    "ImportBox",
    "Journey",
    "Leads",
    "Managers",
    "Meeting",
    "Money",
    "Plan",
    "Portfolio",
    "Questionnaire",
    "ScoreChapter",
    "Speed",
    "WhatIf",
    "assemble",
    "brief",
    "count",
    "earlier_figures",
    "key_figures",
    "load",
    "meeting_brief",
    "read_answers",
    "read_client",
    "show_first_page",
    "write_agenda",
    "write_report",
]


def __getattr__(name: str) -> Any:
    # pandas, ibis and matplotlib cost seconds: `audit --help` must not pay for them.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
