"""The score of a company: role → department → company, by METHOD.md "Score" and instrument.md 3, 5 and 6.

Numbers only; words are made by the chapter. Don't know, not applicable and a missing answer never become a 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from helpers.survey.anonymity import hide
from helpers.survey.answers import Answers, Respondent
from helpers.survey.bands import EDGES, band_of, gated, probabilities
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


def score(
    answers: Answers,
    questionnaire: Questionnaire,
    mode: Literal["open", "anonymous"] = "open",
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
    headcount, notices = _headcount(forms, headcount or {})
    promised = any(form.mode == "anonymous" for form in forms)
    highest = max((form.threshold or 0 for form in forms if form.mode == "anonymous"), default=0)
    if promised and mode == "open":
        notices.append(Notice("mode"))
        mode = "anonymous"
    if mode == "anonymous" and highest > threshold:
        notices.append(Notice("threshold", people=highest))
        threshold = highest

    without = left_out(forms, questionnaire)
    notices += [Notice("not_applicable", criterion) for criterion in sorted(without)]
    criteria = applying(questionnaire, without)
    people = [person(form, criteria) for form in forms]
    keys = [*SIDES, *sorted({form.department for form in forms} - set(SIDES))]
    means: dict[str, dict[str, Mean]] = {}
    departments: dict[str, DepartmentScore] = {}
    for key in keys:
        own = [one for one in people if one.form.department == key]
        means[key] = _means(own, headcount.get(key))
        departments[key] = _department(key, own, means[key], headcount.get(key))
        unfinished = len(own) - departments[key].counted
        notices += [Notice("unfinished", key, unfinished)] if unfinished else []

    missing = _missing(departments)
    company = {
        part: found
        for part in means["marketing"]
        if (found := company_mean(means["marketing"].get(part), means["sales"].get(part))) is not None
    }
    total = company.pop("total", None)
    preliminary = total.value if total is not None and missing else None
    if missing:
        total, company = None, {}
    dimensions = {key: _estimate(mean, 1, 5) for key, mean in company.items()}
    # Floating-point dust must not push a total of 60 below its border.
    ungated = None if total is None else band_of(round(total.value, 9))
    band, held = (
        (None, ())
        if ungated is None
        else gated(ungated, {key: round(mean.value, 9) for key, mean in dimensions.items()}, contradictions)
    )
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
        total=None if total is None else _estimate(total, LOWEST, HIGHEST),
        missing=missing,
        preliminary=preliminary,
        small=total is not None and total.se is None,
        dimensions=dimensions,
        band=band,
        ungated=ungated,
        held_by=held,
        bands=None
        if total is None or total.se is None or total.df is None
        else probabilities(round(total.value, 9), total.se, total.df),
        by_person=_by_person(people) if total is not None else None,
        flags=dict(sorted(Counter(flag for found in flags for flag in found).items())),
        flagged=len(people) - len(unflagged),
        without_flagged=_total(unflagged) if any(flags) and total is not None else None,
        flagged_forms=tuple((form.respondent, found) for form, found in zip(forms, flags, strict=True) if found),
        loses_at=dict(sorted(Counter(form.loses_at for form in forms if form.loses_at).items())),
        notices=tuple(notices),
    )
    return hide(result) if mode == "anonymous" else result


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
