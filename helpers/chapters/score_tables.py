"""The numbers behind the pictures of the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpers.chapters import score_words as words
from helpers.language import ABSENT
from helpers.report.model import Cell, Column, Table
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score


def totals_table(score: Score, say: Language) -> Table:
    """Totals of company and departments with people and interval, and the company's total counted otherwise."""
    rows: list[tuple[Cell, ...]] = []
    both = sum(score.departments[key].counted for key in SIDES)
    if score.total is not None:
        rows.append((say("Company"), both, score.total.value, *(score.total.interval or (None, None))))
    for key, found in score.departments.items():
        if found.forms:
            total = found.total
            interval = (total.interval if total else None) or (None, None)
            rows.append((words.department(key, say), found.counted, total.value if total else None, *interval))
        for role, mean in found.roles.items():
            if len(found.roles) > 1:
                name = words.department(key, say)
                name = (
                    say("{department}, leaders", department=name)
                    if role == "leader"
                    else say("{department}, staff", department=name)
                )
                rows.append((name, mean.people, mean.value, None, None))
    if score.by_person is not None:
        rows.append((say("Company, if each person weighed the same"), both, score.by_person, None, None))
    if score.without_flagged is not None:
        rows.append((say("Company, without questionable forms"), None, score.without_flagged, None, None))
    return Table(
        columns=(
            Column(label=say("Who")),
            Column(label=say("People"), kind="count"),
            Column(label=say("Total of 100"), kind="number", digits=1),
            Column(label=say("95 % from"), kind="number", digits=1),
            Column(label=say("95 % to"), kind="number", digits=1),
        ),
        rows=tuple(rows),
    )


def dimensions_table(score: Score, questionnaire: Questionnaire, say: Language) -> Table:
    """Means 1-5 of the five areas."""
    groups = [found for found in score.departments.values() if found.dimensions]
    rows: list[tuple[Cell, ...]] = []
    for dimension in questionnaire.dimensions:
        company = score.dimensions.get(dimension.id)
        means = [found.dimensions.get(dimension.id) for found in groups]
        rows.append(
            (
                dimension.title[say.code],
                *(None if mean is None else mean.value for mean in means),
                company.value if company else None,
                *((company.interval if company else None) or (None, None)),
            )
        )
    return Table(
        columns=(
            Column(label=say("Area")),
            *(Column(label=words.department(found.key, say), kind="number", digits=1) for found in groups),
            Column(label=say("Company"), kind="number", digits=1),
            Column(label=say("95 % from"), kind="number", digits=1),
            Column(label=say("95 % to"), kind="number", digits=1),
        ),
        rows=tuple(rows),
    )


def criteria_table(score: Score, questionnaire: Questionnaire, say: Language) -> Table:
    """Criteria by department with the share of don't know, the agreement of people and the target.

    A column in which nothing is known, or nothing may be shown, is left out.
    """
    columns: list[tuple[Column, list[Cell]]] = [
        (
            Column(label=say("Criterion")),
            [f"{one.id} {words.title(one, questionnaire, say)}" for one in score.criteria],
        ),
        (Column(label=say("Company"), kind="number", digits=1), [one.score for one in score.criteria]),
        (Column(label=say("Target"), kind="number", digits=1), [one.target for one in score.criteria]),
    ]
    for key in (key for key, found in score.departments.items() if found.forms):
        name, cells = words.department(key, say), [one.cells[key] for one in score.criteria]
        dont_know, agreement = (
            say("{department}: don't know", department=name),
            say("{department}: agreement", department=name),
        )
        own: list[tuple[Column, list[Cell]]] = [
            (Column(label=name, kind="number", digits=1), [cell.score for cell in cells]),
            (Column(label=dont_know, kind="share"), [cell.dont_know_share for cell in cells]),
            (Column(label=agreement, kind="number", digits=2), [cell.agreement for cell in cells]),
        ]
        columns += [(column, said) for column, said in own if any(one is not None for one in said)]
    agreed = any(cell.agreement is not None for one in score.criteria for cell in one.cells.values())
    note = say("Agreement 0-1 (r_wg): below 0.6 people of a department do not agree, and the mean speaks for nobody.")
    labels, held = zip(*columns, strict=True)
    return Table(columns=labels, rows=tuple(zip(*held, strict=True)), note=note if agreed else "")


def gaps_table(score: Score, questionnaire: Questionnaire, say: Language) -> Table:
    """Gaps, largest first, with interval and effect size."""
    rows = [
        (
            f"{one.id} {words.title(one, questionnaire, say)}",
            one.of("marketing"),
            one.of("sales"),
            one.gap,
            *(one.gap_interval or (None, None)),
            *(one.effect or (None, None, None)),
        )
        for one in score.gaps
    ]
    labels = [words.department("marketing", say), words.department("sales", say), say("Gap"), say("95 % from")]
    labels += [say("95 % to"), say("Effect (g)"), say("g from"), say("g to")]
    return Table(
        columns=(Column(label=say("Criterion")), *(Column(label=x, kind="number", digits=1) for x in labels)),
        rows=tuple(rows),
        note=say("Gap: marketing minus sales, points. Effect: Hedges' g, the gap in spreads of the answers."),
    )


def leak_table(score: Score, stages: Mapping[str, str], say: Language) -> Table:
    """Where people believe most clients are lost."""
    rows = sorted(score.loses_at.items(), key=lambda x: (-x[1], x[0]))
    return Table(
        columns=(Column(label=say("Step")), Column(label=say("People"), kind="count")),
        rows=tuple((stages.get(stage, stage), count) for stage, count in rows),
    )


def comments_table(score: Score, questionnaire: Questionnaire, say: Language) -> Table:
    """Comments by criterion, in the order of the questionnaire."""
    rows = [
        (words.title(one, questionnaire, say), words.department(comment.department, say), comment.text)
        for one in score.criteria
        for comment in one.comments
    ]
    labels = (say("Criterion"), say("Department"), say("Comment"))
    return Table(columns=tuple(Column(label=label) for label in labels), rows=tuple(rows))


def described(title: str, table: Table, say: Language, shown: Sequence[int] = (1, 2, 3)) -> str:
    """Alt text of a picture: its message and the numbers of the ``shown`` columns; the unknown is not read out."""
    lines = []
    for row in table.rows:
        known = [i for i in shown if i < len(row) and row[i] is not None]
        cells = [f"{table.columns[i].label} {say.cell(row[i], table.columns[i], '')}" for i in known]
        lines.append(f"{row[0]}: {', '.join(cells) or ABSENT}")
    return f"{title}. {'; '.join(lines)}."
