"""What an anonymous survey may show: groups from the threshold up, and nothing from which a smaller one follows.

Rules of instrument.md 3.2. Because the company's figure is the mean of the two departments, one department's figure
and the company's give away the other: marketing and sales are shown together or not at all (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers.survey.result import SIDES, Cell, CriterionScore, DepartmentScore, Score

LEAST_FOR_SPREAD = 8
"""Answers from which distributions and agreement are shown: with fewer they give single answers away."""
LEAST_FOR_COMMENTS = 10
"""Forms of a department from which its comments are shown."""


def hide(score: Score) -> Score:
    """The score without what its threshold forbids to show."""
    least = score.threshold
    sides = [score.departments[key] for key in SIDES]
    few = {key for key, department in score.departments.items() if department.counted < least}
    hidden = few | set(SIDES) if any(0 < side.counted < least for side in sides) else few
    # The company's own figure: enough people behind it, and nobody who is alone in one department can subtract
    # himself from a small other one.
    shown = _mixed([side.counted for side in sides], least)
    departments = {key: _department(found, key in hidden, least) for key, found in score.departments.items()}
    if not shown:
        score = replace(
            score,
            total=None,
            missing=score.missing or "hidden",
            dimensions={},
            band=None,
            ungated=None,
            held_by=(),
            bands=None,
            small=False,
        )
    told = sum(score.loses_at.values())
    return replace(
        score,
        departments=departments,
        criteria=_complemented([_criterion(one, score, least) for one in score.criteria], score),
        preliminary=None,
        # Two sums over the same people, weighted differently, give both departments.
        by_person=None if hidden & set(SIDES) or not shown else score.by_person,
        # The difference of the totals with and without a few forms is those forms.
        without_flagged=score.without_flagged if shown and score.flagged >= least else None,
        flagged_forms=(),
        loses_at=score.loses_at if told >= least else {},
    )


def _mixed(people: Sequence[int], least: int) -> bool:
    """May the mean of the two departments be shown, when they themselves may not?"""
    return sum(people) >= least and (min(people) > 1 or max(people) >= least)


def _department(found: DepartmentScore, hidden: bool, least: int) -> DepartmentScore:
    small_role = any(role.people < least for role in found.roles.values())
    return replace(
        found,
        total=None if hidden else found.total,
        dimensions={} if hidden else found.dimensions,
        # One role and the mean of both roles give the other role.
        roles={} if hidden or small_role else found.roles,
        sees=found.sees if found.seen_asked >= least else {},
        hidden=hidden and found.counted > 0,
    )


def _criterion(one: CriterionScore, score: Score, least: int) -> CriterionScore:
    hidden = {key for key, cell in one.cells.items() if 0 < cell.answered < least}
    if hidden & set(SIDES):
        hidden |= set(SIDES)
    few_forms = any(0 < one.cells[key].asked < least for key in SIDES)
    cells = {
        key: _cell(cell, key in hidden, few_forms if key in SIDES else cell.asked < least)
        for key, cell in one.cells.items()
    }
    answered = [one.cells[key].answered for key in SIDES]
    forms = {key: score.departments[key].forms for key in score.departments}
    return _without_sides(
        replace(
            one,
            cells=cells,
            score=one.score if _mixed(answered, least) else None,
            dont_know=one.dont_know if sum(one.cells[key].asked for key in SIDES) >= least else None,
            not_visible=tuple(key for key in one.not_visible if cells[key].dont_know is not None),
            comments=tuple(x for x in one.comments if forms[x.department] >= LEAST_FOR_COMMENTS),
        )
    )


def _cell(cell: Cell, hidden: bool, few_forms: bool) -> Cell:
    return replace(
        cell,
        score=None if hidden else cell.score,
        dont_know=None if few_forms else cell.dont_know,
        agreement=None if hidden or cell.answered < LEAST_FOR_SPREAD else cell.agreement,
        counts=None if hidden or cell.answered < LEAST_FOR_SPREAD else cell.counts,
        hidden=(hidden and cell.answered > 0) or cell.hidden,
    )


def _without_sides(one: CriterionScore) -> CriterionScore:
    """Takes the gap out where a side is hidden: with the company's mean it would give both sides."""
    if not any(one.cells[key].hidden for key in SIDES):
        return one
    return replace(one, gap=None, gap_interval=None, effect=None, differs=False)


def _complemented(criteria: Sequence[CriterionScore], score: Score) -> tuple[CriterionScore, ...]:
    """Where one criterion of a dimension is hidden, hides the next smallest too.

    The dimension's mean and three of its criteria would give the fourth.
    """
    found = {one.id: one for one in criteria}
    for key in score.departments:
        for dimension in sorted({one.dimension for one in criteria}):
            group = [found[one.id] for one in criteria if one.dimension == dimension and one.applies]
            hidden = [one for one in group if one.cells[key].hidden]
            others = [one for one in group if not one.cells[key].hidden and one.cells[key].answered > 0]
            if len(hidden) != 1 or not others:
                continue
            keys = SIDES if key in SIDES else (key,)
            smallest = min(others, key=lambda one: (min(one.cells[side].answered for side in keys), one.id))
            cells = {side: _cell(cell, side in keys or cell.hidden, False) for side, cell in smallest.cells.items()}
            found[smallest.id] = _without_sides(replace(smallest, cells=cells))
    return tuple(found[one.id] for one in criteria)
