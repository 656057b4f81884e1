"""One person's form → five dimension means and a total, where enough was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from helpers.survey.answers import Respondent

if TYPE_CHECKING:
    from helpers.survey.criteria import Questionnaire


@dataclass(frozen=True)
class Person:
    """A respondent with what counts of the form. ``total`` is None where too little was answered."""

    form: Respondent
    dimensions: Mapping[str, float]
    """Mean of the answers (1-5) of each dimension of which three quarters were answered."""
    total: float | None
    """20-100."""


def left_out(respondents: Iterable[Respondent], questionnaire: Questionnaire) -> frozenset[str]:
    """Criteria that do not apply to the company: more than half of those who judged it say so.

    Only criteria that offer "not applicable" can be left out. Who does not know or did not answer has not judged; a tie
    leaves the criterion in.
    """
    forms = list(respondents)
    out = set()
    for criterion in questionnaire.criteria:
        if criterion.not_applicable:
            without = sum(form.answers.get(criterion.id) == "na" for form in forms)
            applies = sum(form.number(criterion.id) is not None for form in forms)
            if without > applies:
                out.add(criterion.id)
    return frozenset(out)


def applying(questionnaire: Questionnaire, without: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Dimension → criteria that apply, in the order of the questionnaire."""
    found: dict[str, tuple[str, ...]] = {}
    for criterion in questionnaire.criteria:
        if criterion.id not in without:
            found[criterion.dimension] = (*found.get(criterion.dimension, ()), criterion.id)
    return found


def person(form: Respondent, criteria: Mapping[str, Sequence[str]]) -> Person:
    """Three quarters of what applies in each dimension and 80 % of all that applies are needed for a total.

    Total = 20 × mean of the dimension means. With all 20 criteria: 3 of 4, and 16 of 20.
    """
    means: dict[str, float] = {}
    answered = asked = 0
    for dimension, ids in criteria.items():
        given = [answer for answer in map(form.number, ids) if answer is not None]
        answered, asked = answered + len(given), asked + len(ids)
        if 4 * len(given) >= 3 * len(ids):
            means[dimension] = fsum(given) / len(given)
    enough = bool(criteria) and len(means) == len(criteria) and 5 * answered >= 4 * asked
    return Person(form, means, 20 * fsum(means.values()) / len(means) if enough else None)
