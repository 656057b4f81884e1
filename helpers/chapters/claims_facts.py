"""The twenty facts by criterion. Adding one: its text in criteria.yml, its function here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.chapters import claims_leads as leads
from helpers.chapters import claims_records as records
from helpers.chapters.claims_fact import Fact
from helpers.chapters.claims_retention import e3_retention
from helpers.chapters.claims_weekly import d3_five

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score

FACTS: Mapping[str, Callable[[Facts, Client, Mapping[str, int]], Fact]] = {
    "A1": leads.a1_plan,
    "A2": records.a2_goals,
    "A3": records.a3_pay,
    "A4": records.a4_joints,
    "B1": leads.b1_accepted,
    "B2": leads.b2_first_answer,
    "B3": leads.b3_lying,
    "B4": leads.b4_reasons,
    "C1": records.c1_meetings,
    "C2": records.c2_promotions,
    "C3": records.c3_contacts,
    "C4": records.c4_reviews,
    "D1": leads.d1_traced,
    "D3": d3_five,
    "D4": leads.d4_customer_cost,
    "E1": records.e1_journey,
    "E3": e3_retention,
    "E4": leads.e4_asked,
}
"""Criterion → its fact; D2 and E2 also need the answers to the two extra questions."""


def all_facts(
    facts: Facts, client: Client, score: Score, questionnaire: Questionnaire, say: Language
) -> dict[str, Fact]:
    """Criterion → fact, in the order of the questionnaire."""
    found = {}
    for criterion in questionnaire.criteria:
        need = criterion.min_n
        if criterion.id == "D2":
            found["D2"] = records.d2_figures(facts, client, need, score)
        elif criterion.id == "E2":
            found["E2"] = leads.e2_weakest(facts, client, need, score, say)
        else:
            found[criterion.id] = FACTS[criterion.id](facts, client, need)
    if found["A3"].known and not found["A3"].rule and found["B1"].rule == "rubber_stamp":
        # Paid for accepted leads, and everything is accepted: the same warning.
        found["A3"] = replace(found["A3"], rule="rubber_stamp")
    return found
