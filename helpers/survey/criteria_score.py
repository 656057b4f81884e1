"""One criterion: what each department says, how far they differ, who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.survey.agreement import gap_interval, hedges_g, r_wg
from helpers.survey.answers import Respondent
from helpers.survey.means import LEAST_FOR_INTERVAL, role_mean
from helpers.survey.result import SIDES, Cell, Comment, CriterionScore

if TYPE_CHECKING:
    from helpers.survey.criteria import Criterion

LARGE_GAP = 1.0
"""Points between the departments from which a gap is worth a talk."""
NOT_VISIBLE = 0.4
"""Share of receivers who do not know from which a thing counts as not visible to them."""


def criterion_score(criterion: Criterion, forms: Sequence[Respondent], applies: bool, target: float) -> CriterionScore:
    """Score of one criterion from all forms, those with too few answers for a total included."""
    keys = [*SIDES, *sorted({form.department for form in forms} - set(SIDES))]
    groups = {key: [form for form in forms if form.department == key] for key in keys}
    comments = tuple(
        Comment(form.department, form.comments[criterion.id]) for form in forms if form.comments.get(criterion.id)
    )
    if not applies:
        cells = {key: Cell(len(group), 0, None, None) for key, group in groups.items()}
        return CriterionScore(criterion.id, criterion.dimension, False, cells, None, None, target, comments=comments)
    cells = {key: _cell(criterion.id, group) for key, group in groups.items()}
    marketing, sales = (cells[key].score for key in SIDES)
    both = None if marketing is None or sales is None else (marketing + sales) / 2
    gap = None if marketing is None or sales is None else marketing - sales
    given = {key: [(form.number(criterion.id), form.role) for form in groups[key]] for key in SIDES}
    values = {key: [float(answer) for answer, _ in found if answer is not None] for key, found in given.items()}
    roles = {key: [role for answer, role in found if answer is not None] for key, found in given.items()}
    enough = min(len(values[key]) for key in SIDES) >= LEAST_FOR_INTERVAL
    unknown = sum(cells[key].dont_know or 0 for key in SIDES)
    judged = unknown + sum(cells[key].answered for key in SIDES)
    return CriterionScore(
        id=criterion.id,
        dimension=criterion.dimension,
        applies=True,
        cells=cells,
        score=both,
        dont_know=unknown / judged if judged else None,
        target=target,
        gap=gap,
        gap_interval=gap_interval(values["marketing"], roles["marketing"], values["sales"], roles["sales"]),
        effect=hedges_g(values["marketing"], values["sales"], roles["marketing"], roles["sales"]),
        # A gap of exactly one point may be 0.9999999999 after the division by three people.
        differs=gap is not None and enough and abs(round(gap, 9)) >= LARGE_GAP,
        not_visible=tuple(
            key for key in _receivers(criterion.receiver) if (cells[key].dont_know_share or 0.0) >= NOT_VISIBLE
        ),
        comments=comments,
    )


def _cell(criterion: str, forms: Sequence[Respondent]) -> Cell:
    given = [(answer, form.role) for form in forms if (answer := form.number(criterion)) is not None]
    values = [float(answer) for answer, _ in given]
    mean = role_mean(values, [role for _, role in given], None)
    counts = [sum(answer == level for answer, _ in given) for level in range(1, 6)]
    return Cell(
        asked=len(forms),
        answered=len(given),
        dont_know=sum(form.answers.get(criterion) == "dk" for form in forms),
        score=None if mean is None else mean.value,
        agreement=r_wg(values),
        counts=(counts[0], counts[1], counts[2], counts[3], counts[4]),
    )


def _receivers(receiver: str) -> tuple[str, ...]:
    return (receiver,) if receiver in SIDES else SIDES
