"""The score in depth: how probable each state is, target against actual, agreement inside departments, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.chapters import score_tables as tables
from helpers.chapters import score_words as words
from helpers.report.model import Column, Exhibit, Figure, Table
from helpers.stats.change import difference_interval, is_real
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import CriterionScore, Score

DISAGREED = 0.6
"""r_wg below which people of a department have no common view (instrument.md 3.7); from 0.7 on they agree."""
ROW = 0.4
CELL = 0.33
LABEL = 34


def bands_exhibit(score: Score, questionnaire: Questionnaire, say: Language, note: str) -> Exhibit | None:
    """Probability of each of the four states; None where none can be given."""
    if score.bands is None:
        return None
    from helpers.report import theme

    found = score.bands
    labels = [words.label(band.key, questionnaire, say) for band in questionnaire.bands]
    # Nothing is certain: what the title says, the bar and the table say too.
    shares = [min(found[band.key], 0.99) for band in questionnaire.bands]
    likely = max(range(4), key=shares.__getitem__)
    title = say("Most probable state: “{band}”, {share}", band=labels[likely], share=say.share(shares[likely]))
    table = Table(
        columns=(Column(label=say("State")), Column(label=say("Probability"), kind="share")),
        rows=tuple(zip(labels, shares, strict=True)),
    )
    fig, ax = theme.figure(height=0.5 + ROW * 4)
    theme.margins(ax, left_labels=labels)
    colours = [theme.COLOURS["joint" if band.key == score.band else "neutral"] for band in questionnaire.bands]
    bars = ax.barh(range(4), shares, color=colours, height=0.6)
    theme.label_bars(ax, bars, [say.share(share) for share in shares])
    ax.set_yticks(range(4), labels)
    ax.set(xlim=(0, 1.1), ylim=(3.5, -0.5))
    ax.set_xticks([])
    return Exhibit(
        key="score-bands",
        title=title,
        figure=theme.picture(fig, "score-bands", tables.described(title, table, say, (1,))),
        reading=(
            say(
                "How sure the state is, given how many people answered and how much they differ. Two probable states "
                "mean: read both."
            ),
        ),
        table=table,
        note=note,
    )


def target_exhibit(score: Score, questionnaire: Questionnaire, say: Language, note: str) -> Exhibit | None:
    """Criteria with their target and the distance to it, the farthest first; None without a company score."""
    rated = [(one, one.score - one.target) for one in score.criteria if one.score is not None]
    if not rated:
        return None
    rated.sort(key=lambda pair: (pair[1], pair[0].id))
    below = [one for one, distance in rated if distance < 0]
    first, distance = rated[0]
    if below:
        title = say(
            "Farthest from its target: “{criterion}”, {points} points short",
            criterion=words.title(first, questionnaire, say), points=say.number(-distance, 1),
        )  # fmt: skip
    else:
        title = say("All criteria have reached their targets")
    table = Table(
        columns=(
            Column(label=say("Criterion")),
            Column(label=say("Company"), kind="number", digits=1),
            Column(label=say("Target"), kind="number", digits=1),
            Column(label=say("Distance"), kind="number", digits=1),
        ),
        rows=tuple((words.title(one, questionnaire, say), one.score, one.target, gap) for one, gap in rated),
    )
    return Exhibit(
        key="score-targets",
        title=title,
        figure=_draw_targets(
            [one for one, _ in rated], questionnaire, say, tables.described(title, table, say, (1, 2))
        ),
        reading=(
            say(
                "Dot: the company today. Line: its own target. Not everybody needs a 5; where no target is set it is 4."
            ),
        ),
        table=table,
        note=note,
    )  # fmt: skip


def _draw_targets(criteria: list[CriterionScore], questionnaire: Questionnaire, say: Language, alt: str) -> Figure:
    from helpers.report import theme

    names = [theme.shorten(words.title(one, questionnaire, say), LABEL, lines=2) for one in criteria]
    ends = [say.number((one.score or 0) - one.target, 1, signed=True) for one in criteria]
    fig, ax = theme.figure(height=0.7 + CELL * len(names))
    theme.margins(ax, left_labels=names, right_labels=ends)
    ax.set(xlim=(0.85, 5.15), ylim=(len(names) - 0.4, -0.7))
    for place, (one, end) in enumerate(zip(criteria, ends, strict=True)):
        actual = one.score or 1.0
        short = actual < one.target
        ax.hlines(place, min(actual, one.target), max(actual, one.target), color=theme.COLOURS["edge"], linewidth=2)
        ax.plot([actual], [place], "o", color=theme.COLOURS["joint"], markersize=7, zorder=4)
        ax.vlines(one.target, place - 0.3, place + 0.3, color=theme.COLOURS["ink"], linewidth=2, zorder=3)
        ax.annotate(
            end, (1, place), (6, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            va="center_baseline", fontsize=8.5, fontweight="bold" if short else "normal", annotation_clip=False,
        )  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks([1, 2, 3, 4, 5], [say.count(tick) for tick in range(1, 6)])
    ax.grid(axis="x")
    return theme.picture(fig, "score-targets", alt, rows=theme.edges(len(names)))


def agreement_exhibit(score: Score, questionnaire: Questionnaire, say: Language, note: str) -> Exhibit | None:
    """Agreement (r_wg) inside marketing and inside sales, criterion by criterion; None where none can be computed."""
    shown = [key for key in SIDES if any(_agreement(one, key) is not None for one in score.criteria)]
    if not shown:
        return None
    criteria = [one for one in score.criteria if any(_agreement(one, key) is not None for key in shown)]
    criteria.sort(key=lambda one: (min(a for key in shown if (a := _agreement(one, key)) is not None), one.id))
    apart = sum(1 for one in criteria for key in shown if (a := _agreement(one, key)) is not None and a < DISAGREED)
    if apart:
        title = say.plural(
            "In {n} case people of one department do not share a view",
            "In {n} cases people of one department do not share a view",
            apart,
        )
    else:
        title = (
            say("Inside the departments people see things alike")
            if len(shown) > 1
            else say("Inside one department, {department}, people see things alike",
                     department=words.department(shown[0], say))
        )  # fmt: skip
    table = Table(
        columns=(
            Column(label=say("Criterion")),
            *(Column(label=words.department(key, say), kind="number", digits=2) for key in shown),
        ),
        rows=tuple(
            (words.title(one, questionnaire, say), *(_agreement(one, key) for key in shown)) for one in criteria
        ),
    )
    return Exhibit(
        key="score-agreement",
        title=title,
        figure=_draw_agreement(
            criteria, shown, questionnaire, say,
            tables.described(title, table, say, tuple(range(1, 1 + len(shown)))),
        ),
        reading=(
            say(
                "1: all people of the department answer alike; 0: as if by chance. Left of the dashed line their mean "
                "speaks for nobody: talk about the answers before acting on the number."
            ),
        ),
        table=table,
        note=note,
    )  # fmt: skip


def _agreement(one: CriterionScore, key: str) -> float | None:
    cell = one.cells.get(key)
    return None if cell is None or cell.hidden else cell.agreement


def _draw_agreement(
    criteria: list[CriterionScore], shown: list[str], questionnaire: Questionnaire, say: Language, alt: str
) -> Figure:
    from helpers.report import theme

    names = [theme.shorten(words.title(one, questionnaire, say), LABEL, lines=2) for one in criteria]
    fig, ax = theme.figure(height=0.9 + CELL * len(names))
    theme.margins(ax, left_labels=names, right_labels=[say.number(1, 1)], top_lines=1.6)
    ax.set(xlim=(-0.04, 1.04), ylim=(len(names) - 0.4, -0.8))
    ax.axvline(DISAGREED, color=theme.COLOURS["ink"], linestyle="--", linewidth=1)
    for key in shown:
        points = [(place, a) for place, one in enumerate(criteria) if (a := _agreement(one, key)) is not None]
        ring = key == "sales"
        ax.plot(
            [a for _, a in points], [place for place, _ in points], "o", color=theme.COLOURS[key], zorder=4,
            markersize=8 if ring else 6, markerfacecolor="none" if ring else theme.COLOURS[key],
            markeredgewidth=2 if ring else 0,
        )  # fmt: skip
    for place, key in enumerate(shown):
        mark = "○" if key == "sales" else "●"
        ax.text(
            0.02 + 0.32 * place, 1.01, f"{mark} {words.department(key, say)}", transform=ax.transAxes, ha="left",
            va="bottom", fontsize=8.5, fontweight="bold", color=theme.COLOURS[key],
        )  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, [say.number(tick, 2) for tick in ticks])
    ax.grid(axis="x")
    return theme.picture(fig, "score-agreement", alt, rows=theme.edges(len(names)))


def change_exhibit(
    score: Score, earlier: Mapping[str, Any] | None, questionnaire: Questionnaire, say: Language, note: str
) -> Exhibit | None:
    """This audit against the last one: real only beyond both intervals; None without an earlier total.

    ``earlier``: audit.json of the last audit. Totals of another criteria version are not compared.
    """
    then = (earlier or {}).get("score") or {}
    total, interval = then.get("total"), then.get("interval")
    if score.total is None or total is None or earlier is None:
        return None
    if then.get("criteria_version") != score.version:
        return Exhibit(
            key="score-change",
            title=say("The last audit asked other questions: its total is not compared"),
            note=note,
        )
    difference = score.total.value - float(total)
    if score.total.interval is None or not interval:
        title = say("{change} points since the last audit; nobody can say whether that is more than chance",
                    change=say.number(difference, 1, signed=True))  # fmt: skip
    elif is_real(difference_interval(score.total.value, score.total.interval, float(total), tuple(interval))):
        title = say("{change} points since the last audit: a real change",
                    change=say.number(difference, 1, signed=True))  # fmt: skip
    else:
        title = say("{change} points since the last audit: within chance",
                    change=say.number(difference, 1, signed=True))  # fmt: skip
    rows = [(say("Total of 100"), float(total), score.total.value, difference)]
    names = {dimension.id: dimension.title[say.code] for dimension in questionnaire.dimensions}
    for key, mean in score.dimensions.items():
        before = (then.get("dimensions") or {}).get(key)
        if before is not None:
            rows.append((names[key], float(before), mean.value, mean.value - float(before)))
    last = say.date(str(earlier["period"][1]))
    reading = say("The last audit ends on {day}. A change is called real only beyond the intervals of both.", day=last)
    return Exhibit(
        key="score-change",
        title=title,
        reading=(reading,),
        table=Table(
            columns=(
                Column(label=say("What")),
                Column(label=say("Last audit"), kind="number", digits=1),
                Column(label=say("This audit"), kind="number", digits=1),
                Column(label=say("Change"), kind="number", digits=1),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
        note=note,
    )
