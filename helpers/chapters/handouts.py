"""The pages to hand out: the sign-off page and the six templates, filled with the client's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.handout_answer import answer_rule
from helpers.chapters.handout_meeting import meeting_regulation
from helpers.chapters.handout_pay import pay_clause
from helpers.chapters.handout_qualified import qualified_definition
from helpers.chapters.handout_reasons import rejection_reasons
from helpers.chapters.handout_sign import sign_off
from helpers.chapters.handout_sources import Sources
from helpers.chapters.handout_utm import utm_rules

if TYPE_CHECKING:
    from helpers.report.model import Handout

__all__ = ["Sources", "handouts"]


def handouts(sources: Sources) -> tuple[Handout, ...]:
    """All seven, in the order in which they are used; what the data do not tell is left as a line to fill in."""
    return (
        sign_off(sources),
        meeting_regulation(sources),
        qualified_definition(sources),
        answer_rule(sources),
        rejection_reasons(sources),
        pay_clause(sources),
        utm_rules(sources),
    )
