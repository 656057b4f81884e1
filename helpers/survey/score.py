"""The score of a company: role → department → company, by METHOD.md "Score" and instrument.md 3, 5 and 6.

Numbers only; words are made by the chapter. Don't know, not applicable and a missing answer never become a 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from helpers.survey.anonymity import hide
from helpers.survey.answers import Answers, Respondent
from helpers.survey.bands import EDGES, Band, band_of, gated, probabilities
from helpers.survey.careless import careless_flags
from helpers.survey.criteria import Questionnaire
from helpers.survey.criteria_score import criterion_score
from helpers.survey.means import DIMENSION_ROUNDING, TOTAL_ROUNDING, Mean, company_mean, role_mean
from helpers.survey.people import Person, applying, left_out, person
from helpers.survey.result import SIDES, DepartmentScore, Estimate, Missing, Notice, Score, State

LEAST_ANSWERS = 3
"""People a department needs for a figure of its own, where it is not complete with fewer."""
DEFAULT_TARGET = 4.0
LOWEST, HIGHEST = EDGES[0], EDGES[-1]
Mode = Literal["open", "anonymous"]


def score(
    answers: Answers,
    questionnaire: Questionnaire,
    mode: Mode = "open",
    threshold: int = 5,
    headcount: Mapping[str, int] | None = None,
    targets: Mapping[str, float] | None = None,
    contradictions: Collection[str] = (),
) -> Score:
    """Scores the answers; what anonymity forbids to show is taken out before it is returned.

    A form that was promised anonymity keeps it: one such form makes the whole survey anonymous, and the highest
    threshold counts.

    Args:
        answers: valid forms, one per person.
        questionnaire: the criteria they answer.
        mode: how the survey was announced.
        threshold: smallest group shown in anonymous mode.
        headcount: people in each department, where known.
        targets: criterion → wanted level 1-5; 4 where none is given.
        contradictions: criteria whose claim the data contradict: no "one team" while there are any.
    """
    forms = answers.respondents
    believed, notices = _headcount(forms, headcount or {})
    mode, threshold, stricter = _promised(forms, mode, threshold)
    without = left_out(forms, questionnaire)
    criteria = applying(questionnaire, without)
    people = [person(form, criteria) for form in forms]
    means, departments = _departments(people, believed)
    company = _company(means, departments, contradictions)
    flags = [careless_flags(form, questionnaire) for form in forms]
    unflagged = [one for one, found in zip(people, flags, strict=True) if not found]
    result = Score(
        version=questionnaire.version,
        mode=mode,
        threshold=threshold,
        forms=len(forms),
        departments=departments,
        criteria=tuple(
            criterion_score(
                criterion, forms, criterion.id not in without, (targets or {}).get(criterion.id, DEFAULT_TARGET)
            )
            for criterion in questionnaire.criteria
        ),
        missing=company.missing,
        preliminary=company.preliminary,
        total=company.total,
        small=company.small,
        dimensions=company.dimensions,
        band=company.band,
        ungated=company.ungated,
        held_by=company.held_by,
        bands=company.bands,
        by_person=_by_person(people) if company.total is not None else None,
        flags=dict(sorted(Counter(flag for found in flags for flag in found).items())),
        flagged=len(people) - len(unflagged),
        without_flagged=_total(unflagged) if any(flags) and company.total is not None else None,
        flagged_forms=tuple((form.respondent, found) for form, found in zip(forms, flags, strict=True) if found),
        loses_at=dict(sorted(Counter(form.loses_at for form in forms if form.loses_at).items())),
        notices=(
            *notices,
            *stricter,
            *(Notice("not_applicable", criterion) for criterion in sorted(without)),
            *(
                Notice("unfinished", key, one.forms - one.counted)
                for key, one in departments.items()
                if one.forms > one.counted
            ),
        ),
    )
    return hide(result) if mode == "anonymous" else result


@dataclass(frozen=True)
class _Company:
    """Both departments together, as `Score` tells it; without a total nothing but ``missing`` and ``preliminary``."""

    missing: Missing
    preliminary: float | None = None
    """What the total would be of the forms that came, where it is missing."""
    total: Estimate | None = None
    small: bool = False
    dimensions: dict[str, Estimate] = field(default_factory=dict)
    band: Band | None = None
    ungated: Band | None = None
    held_by: tuple[str, ...] = ()
    bands: dict[Band, float] | None = None


def _promised(forms: Sequence[Respondent], mode: Mode, threshold: int) -> tuple[Mode, int, list[Notice]]:
    """How the survey counts: the strictest of what was announced and of what the forms were promised."""
    notices = []
    promised = [form.threshold or 0 for form in forms if form.mode == "anonymous"]
    if promised and mode == "open":
        notices.append(Notice("mode"))
        mode = "anonymous"
    highest = max(promised, default=0)
    if mode == "anonymous" and highest > threshold:
        notices.append(Notice("threshold", people=highest))
        threshold = highest
    return mode, threshold, notices


def _departments(
    people: Sequence[Person], headcount: Mapping[str, int]
) -> tuple[dict[str, dict[str, Mean]], dict[str, DepartmentScore]]:
    """By department, the two sides first and always there: means of `_means`, and what is told of it."""
    means: dict[str, dict[str, Mean]] = {}
    departments: dict[str, DepartmentScore] = {}
    for key in [*SIDES, *sorted({one.form.department for one in people} - set(SIDES))]:
        own = [one for one in people if one.form.department == key]
        means[key] = _means(own, headcount.get(key))
        departments[key] = _department(key, own, means[key], headcount.get(key))
    return means, departments


def _company(
    means: Mapping[str, Mapping[str, Mean]],
    departments: Mapping[str, DepartmentScore],
    contradictions: Collection[str],
) -> _Company:
    missing = _missing(departments)
    parts = {
        part: found
        for part in means["marketing"]
        if (found := company_mean(means["marketing"].get(part), means["sales"].get(part))) is not None
    }
    total = parts.pop("total", None)
    if missing or total is None:
        return _Company(missing, None if total is None else total.value)
    # Floating-point dust must not push a total of 60 below its border.
    value, levels = round(total.value, 9), {key: round(mean.value, 9) for key, mean in parts.items()}
    ungated = band_of(value)
    band, held = gated(ungated, levels, contradictions)
    return _Company(
        missing,
        total=_estimate(total, LOWEST, HIGHEST),
        small=total.se is None,
        dimensions={key: _estimate(mean, 1, 5) for key, mean in parts.items()},
        band=band,
        ungated=ungated,
        held_by=held,
        bands=None if total.se is None or total.df is None else probabilities(value, total.se, total.df),
    )


def _headcount(forms: Sequence[Respondent], given: Mapping[str, int]) -> tuple[dict[str, int], list[Notice]]:
    """Headcounts that can be true: fewer people than forms is a mistake and counts as unknown."""
    believed: dict[str, int] = {}
    notices = []
    for key, people in given.items():
        sent = sum(form.department == key for form in forms)
        if sent > people:
            notices.append(Notice("headcount", key, sent))
        else:
            believed[key] = people
    return believed, notices


def _means(people: Sequence[Person], headcount: int | None) -> dict[str, Mean]:
    """``total`` and each dimension of the people who answered enough for a total."""
    counted = [one for one in people if one.total is not None]
    roles = [one.form.role for one in counted]
    found = {"total": role_mean([one.total or 0.0 for one in counted], roles, headcount, TOTAL_ROUNDING)}
    for dimension in counted[0].dimensions if counted else ():
        values = [one.dimensions[dimension] for one in counted]
        found[dimension] = role_mean(values, roles, headcount, DIMENSION_ROUNDING)
    return {part: mean for part, mean in found.items() if mean is not None}


def _department(
    key: str, people: Sequence[Person], means: Mapping[str, Mean], headcount: int | None
) -> DepartmentScore:
    counted = [one for one in people if one.total is not None]
    roles: dict[str, Estimate] = {}
    for role in sorted({one.form.role for one in counted}):
        values = [one.total or 0.0 for one in counted if one.form.role == role]
        mean = role_mean(values, [role] * len(values), None, TOTAL_ROUNDING)
        if mean is not None:
            roles[role] = _estimate(mean, LOWEST, HIGHEST)
    asked = [one.form.sees for one in people if one.form.sees is not None]
    stages = Counter(stage for seen in asked for stage in set(seen))
    return DepartmentScore(
        key=key,
        forms=len(people),
        counted=len(counted),
        headcount=headcount,
        state=_state(len(people), len(counted), headcount),
        total=_estimate(means["total"], LOWEST, HIGHEST) if "total" in means else None,
        dimensions={part: _estimate(mean, 1, 5) for part, mean in means.items() if part != "total"},
        roles=roles,
        sees={stage: count / len(asked) for stage, count in sorted(stages.items())},
        seen_asked=len(asked),
    )


def _state(forms: int, counted: int, headcount: int | None) -> State:
    if not forms:
        return "none"
    if not counted:
        return "unfinished"
    if counted < LEAST_ANSWERS:
        return "complete" if headcount == forms else "few"
    return "ok" if headcount is None or 2 * counted >= headcount else "half"


def _missing(departments: Mapping[str, DepartmentScore]) -> Missing:
    states = [departments[key].state for key in SIDES]
    if states == ["none", "none"]:
        return "no_answers"
    if "none" in states:
        return "one_sided"
    if "unfinished" in states:
        return "unfinished"
    if "few" in states:
        return "few"
    return "half" if "half" in states else ""


def _estimate(mean: Mean, low: float, high: float) -> Estimate:
    return Estimate(mean.value, mean.interval(low, high), mean.people)


def _by_person(people: Sequence[Person]) -> float | None:
    totals = [one.total for one in people if one.total is not None and one.form.department in SIDES]
    return sum(totals) / len(totals) if totals else None


def _total(people: Sequence[Person]) -> float | None:
    sides = [_means([one for one in people if one.form.department == key], None).get("total") for key in SIDES]
    found = company_mean(sides[0], sides[1])
    return None if found is None else found.value
