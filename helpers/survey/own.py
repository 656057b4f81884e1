"""What one person's answers give: the result that the form shows at its end. The company's result is score.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpers.survey.answers import Respondent
from helpers.survey.bands import Band, band_of, gated
from helpers.survey.criteria import Questionnaire
from helpers.survey.people import applying, left_out, person


@dataclass(frozen=True)
class OwnResult:
    """One person's result, by the rules of one form; form.js counts the same and test vectors keep them equal."""

    answered: int
    """Criteria rated 1-5."""
    applying: int
    """Criteria without those the person calls not applicable."""
    dimensions: Mapping[str, float]
    """Means 1-5 where three quarters of the dimension were rated."""
    total: float | None
    """20-100; None below 80 % of what applies or with a dimension missing."""
    band: Band | None
    ungated: Band | None
    """The band by the total alone."""
    held_by: tuple[str, ...]
    """Dimensions that hold the band back."""


def own_result(form: Respondent, questionnaire: Questionnaire) -> OwnResult:
    """One person's total, dimensions and band; a criterion the person calls not applicable leaves the denominator."""
    criteria = applying(questionnaire, left_out([form], questionnaire))
    one = person(form, criteria)
    asked = [criterion for ids in criteria.values() for criterion in ids]
    # Floating-point dust must not push a total below its border.
    ungated = None if one.total is None else band_of(round(one.total, 9))
    band, held = (
        (None, ()) if ungated is None else gated(ungated, {key: round(mean, 9) for key, mean in one.dimensions.items()})
    )
    return OwnResult(
        answered=sum(form.number(criterion) is not None for criterion in asked),
        applying=len(asked),
        dimensions=one.dimensions,
        total=one.total,
        band=band,
        ungated=ungated,
        held_by=held,
    )
